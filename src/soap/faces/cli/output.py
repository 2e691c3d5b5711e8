"""What commands print: JSON alone on standard output when asked for, tables otherwise, messages on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer


def plain(value: Any) -> Any:
    """A value as JSON knows it: times as ISO 8601 text, not-a-number as null, tuples and arrays as lists."""
    import numpy as np

    if isinstance(value, np.datetime64):
        from soap.core.time import iso

        return None if np.isnat(value) else iso(value)
    if isinstance(value, np.generic | np.ndarray):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return value


def print_json(value: Any) -> None:
    """One JSON document on standard output, in ASCII, so that it is the same for every terminal."""
    typer.echo(json.dumps(plain(value), indent=2, allow_nan=False))


def on_one_line(text: str) -> str:
    """Text with line ends and control characters escaped, so that a file's name cannot pass for something else."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def message(text: str) -> None:
    """A line on standard error."""
    typer.echo(text, err=True)


def print_table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Columns aligned by width on standard output; plain text, so that it can be cut and searched."""
    lines = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


@contextmanager
def progress_bar(unit: str) -> Iterator[Any]:
    """A bar with time left on standard error, where that is a terminal; gives `update(done, total, text)`."""
    if not sys.stderr.isatty():
        yield lambda done, total, text="": None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
        TextColumn("[dim]{task.fields[text]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, text="")
        yield lambda done, total, text="": bar.update(task, completed=done, total=total, text=text[-60:])
