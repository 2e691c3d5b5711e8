"""The data lines of an IAGA-2002 file to times and numbers: all lines at once, every character accounted for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadFile
from soap.domains.geomagnetism.formats.magnetometer_iaga2002.header import ANGLES, Header
from soap.domains.geomagnetism.formats.magnetometer_iaga2002.times import WIDTH, instants
from soap.formats.fixed_columns import hundredths, shown, table_of_lines, whole_numbers

_LINES_AT_ONCE = 8192  # keeps the work in the processor's cache
_FILLS = (88888, 99999, 999999)
"""Before the decimal point: not recorded, missing, and missing with a nine too many, as some programs write it."""


@dataclass(frozen=True)
class Lines:
    """`time` (n,) `datetime64[ns]`, `values` (elements, n) in nT and degree, in the order of the file.

    `wrong_days` counts lines whose day of the year is not that of their date, `out_of_columns` those whose elements
    stand beside their columns, and were told apart by the blanks between them.
    """

    time: np.ndarray
    values: np.ndarray
    wrong_days: int
    out_of_columns: int


def parse_lines(data: bytes, header: Header, *, file: str) -> Lines:
    """The lines of a file after its header to numbers; `BadFile` names the first line that is none, and why.

    Columns that are not used are checked too.
    """
    count = len(header.columns)
    first = header.line_count + 1
    table = table_of_lines(data, WIDTH + 10 * count, file=file, start=header.size, first_line=first)
    if not len(table):
        raise BadFile("There is no line after the header", file=file, next_step="Fetch the file again.")
    time, wrong_days = instants(table, _Check(table, file, first))
    values = np.empty((count, len(table)))
    parts = [60 if name in ANGLES else 1 for name in header.variables]
    out_of_columns = 0
    for start in range(0, len(table), _LINES_AT_ONCE):
        some = table[start : start + _LINES_AT_ONCE]
        here, check = slice(start, start + len(some)), _Check(some, file, first + start)
        out_of_columns += _read_values(some, parts, values[:, here], check)
    return Lines(time, values, wrong_days, out_of_columns)


@dataclass(frozen=True)
class _Check:
    """Raises `BadFile` for the first of `lines` of which something is not `good`."""

    lines: np.ndarray
    file: str
    first: int

    def __call__(self, what: str, good: np.ndarray) -> None:
        if not good.all():
            at = int(np.argmin(good.reshape(len(good), -1).all(axis=1)))
            raise BadFile(
                f"Line {self.first + at} breaks IAGA-2002 in {what}: {shown(self.lines[at])}", file=self.file,
                next_step="Compare the line with its source; nothing of the file was taken.",
            )  # fmt: skip


def _read_values(lines: np.ndarray, parts: list[int], values: np.ndarray, check: _Check) -> int:
    """Fills `values` (elements, n) in nT and degree, NaN for both fill values; a degree has `parts` of the file's unit.

    Returns how many lines have elements out of their columns.
    """
    for at, part in enumerate(parts):
        number, good = hundredths(lines[:, WIDTH + 10 * at : WIDTH + 10 * (at + 1)])
        if not good.all():
            return _read_unusual(lines, parts, values, check)
        _scale(number, 100, part, values[at])
    return 0


def _read_unusual(lines: np.ndarray, parts: list[int], values: np.ndarray, check: _Check) -> int:
    """`_read_values` where not every element is F9.2 in its column."""
    fields = lines[:, WIDTH:].reshape(len(lines), -1, 10)
    number, good, unit = _numbers(fields)
    astray = () if good.all() else np.flatnonzero(~good.all(axis=1))
    if len(astray):
        fields = fields.copy()
        fields[astray] = [_realigned(line, fields.shape[1]) for line in lines[astray, WIDTH:]]
        number, good, unit = _numbers(fields)
        check("an element", good)
    for at, part in enumerate(parts):
        _scale(number[:, at], unit[:, at], part, values[at])
    return len(astray)


def _scale(number: np.ndarray, unit: np.ndarray | int, part: int, values: np.ndarray) -> None:
    """Writes `number` / `unit` into `values`, in degree where `part` is 60; NaN for both fill values."""
    np.divide(number, unit * part, out=values)  # both exact in a float: the quotient is the nearest to the print
    if max(int(number.max()), -int(number.min())) >= _FILLS[0] * np.min(unit):
        values[np.isin(np.abs(number) // unit, _FILLS)] = np.nan


def _realigned(characters: np.ndarray, count: int) -> np.ndarray:
    """The elements of a line (count, 10) in their columns, where blanks set them apart; else as they are."""
    words = bytes(characters).split()
    if len(words) == count and max(map(len, words)) < 10:
        characters = np.frombuffer(b"".join(word.rjust(10) for word in words), np.uint8)
    return characters.reshape(count, 10)


def _numbers(fields: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers of fields (n, elements, 10), which are such, and how many of the last digit make one."""
    apart, fields = fields[:, :, 0] == ord(" "), fields[:, :, 1:]
    width = fields.shape[-1]
    dots = fields == ord(".")
    points = np.where(dots.any(axis=-1), np.argmax(dots, axis=-1), width)
    number, good = np.empty(points.shape, np.int64), np.empty(points.shape, bool)
    for point in np.unique(points):
        number[points == point], good[points == point] = _printed(fields[points == point], int(point))
    return number, good & apart, 10 ** np.maximum(width - 1 - points, 0)


def _printed(fields: np.ndarray, point: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers without their decimal point, which stands at `point` (9: there is none), and which fields are such."""
    before, after = fields[..., :point], fields[..., point + 1 :]
    if point == fields.shape[-1]:
        before = fields[..., 1:]
    number, good = whole_numbers(np.concatenate([before, after], axis=-1))
    for column in range(after.shape[-1]):
        good &= after[..., column] >= ord("0")
    return number, good if point < fields.shape[-1] else good & (fields[..., 0] == ord(" "))
