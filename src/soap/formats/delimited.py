"""Comma-separated tables with a header line: the header decides which column is which."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from soap.core.errors import BadFile


@dataclass(frozen=True)
class Table:
    """Rows of a table and the names of their columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    """Line of the file on which each row ends, for messages."""

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of one column, blanks at their ends removed; a column that is absent is all empty."""
        if name not in self.columns:
            return ("",) * len(self.rows)
        at = self.columns.index(name)
        return tuple(row[at].strip() for row in self.rows)


def header_of(head: bytes) -> frozenset[str]:
    """Column names on the first line of a file's first bytes; empty when that line is no text."""
    try:
        first = head.split(b"\n", 1)[0].decode("utf-8").removeprefix("\ufeff").strip().strip('"')
    except UnicodeDecodeError:
        return frozenset()
    return frozenset(name.strip().strip('"') for name in first.split(","))


def table(text: str, needed: Collection[str], file: str) -> Table:
    """The table in `text`.

    Raises `BadFile` when a `needed` column is absent, a column comes twice, a row has more or fewer cells than the
    header or repeats it, a quote is left open, or there is no row.
    """
    numbered = list(_cells(text, file))
    columns = tuple(name.strip() for name in numbered[0][1]) if numbered else ()
    absent = [name for name in needed if name not in columns]
    if absent or len(set(columns)) != len(columns):
        raise BadFile(
            f"The header lacks the column(s) {', '.join(absent)}" if absent else "The header names a column twice",
            file=file,
            next_step=f"The first line must name the columns {', '.join(needed)}, in any order.",
        )
    for line, row in numbered[1:]:
        if row == numbered[0][1]:
            raise BadFile(
                f"Line {line} repeats the header", file=file, next_step="Give one catalogue a file, not several in one."
            )
        if len(row) != len(columns):
            raise BadFile(
                f"Line {line} has {len(row)} cells, the header {len(columns)}",
                file=file,
                next_step="The file is cut short or damaged; fetch it again.",
            )
    if len(numbered) < 2:
        raise BadFile("The table has a header but no row", file=file, next_step="Check the query that made it.")
    lines, rows = zip(*numbered[1:], strict=True)
    return Table(columns, rows, lines)


def _cells(text: str, file: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO(text, newline="\n"), strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, tuple(row)
    except csv.Error as error:
        raise BadFile(
            f"Line {reader.line_num} is no comma-separated row ({error})",
            file=file,
            next_step="The file is cut short or damaged; fetch it again.",
        ) from error
