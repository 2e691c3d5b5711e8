"""The data lines of an IAGA-2002 file to times and numbers: all lines at once, every character accounted for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadFile
from soap.core.time import NS
from soap.domains.geomagnetism.formats.magnetometer_iaga2002.header import ANGLES, Header
from soap.formats.fixed_columns import shown, table_of_lines, whole_numbers

_FIELDS = 30
"""Where the first element's ten characters begin: a blank, then F9.2."""

_LINES_AT_ONCE = 4096
_DATE, _CLOCK = [0, 1, 2, 3, 5, 6, 8, 9], [11, 12, 14, 15, 17, 18, 20, 21]
_LAST_MILLISECOND = 22
_PUNCTUATION = np.array([4, 7, 10, 13, 16, 19, 23, 27, 28, 29]), np.frombuffer(b"-- ::.    ", np.uint8)
"""Columns (from 0) of a line, and what stands there."""

_USUAL_POINT = 6
"""Where the decimal point of F9.2 stands."""

_MISSING, _NOT_RECORDED = 99999, 88888
_FIRST_YEAR, _LAST_YEAR = 1700, 2200


@dataclass(frozen=True)
class Lines:
    """`time` (n,) `datetime64[ns]`, `values` (n, elements) in nT and degree, in the order of the file.

    `wrong_days` counts lines whose day of the year is not that of their date, `out_of_columns` those whose elements
    stand beside their columns, and were told apart by the blanks between them.
    """

    time: np.ndarray
    values: np.ndarray
    wrong_days: int
    out_of_columns: int


def parse_lines(text: bytes, header: Header, *, file: str) -> Lines:
    """Data lines to numbers; `BadFile` names the first line that is none, and why. Unused columns are checked too."""
    count = len(header.columns)
    first = header.line_count + 1
    table = table_of_lines(text, _FIELDS + 10 * count, file=file, first_line=first)
    if not len(table):
        raise BadFile("There is no line after the header", file=file, next_step="Fetch the file again.")
    time, values = np.empty(len(table), NS), np.empty((len(table), count))
    parts = np.where([name in ANGLES for name in header.variables], 60, 1)
    wrong_days = out_of_columns = 0
    for start in range(0, len(table), _LINES_AT_ONCE):
        some = table[start : start + _LINES_AT_ONCE]
        check = _Check(some, file, first + start)
        time[start : start + len(some)], wrong = _times(some, check)
        values[start : start + len(some)], astray = _values(some, parts, check)
        wrong_days += wrong
        out_of_columns += astray
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


def _times(lines: np.ndarray, check: _Check) -> tuple[np.ndarray, int]:
    """Times (n,) `datetime64[ns]`, and how many days of the year are wrong."""
    lines = np.ascontiguousarray(lines[:, :_FIELDS])
    columns, characters = _PUNCTUATION
    check("what sets date, time and day of the year apart", lines[:, columns] == characters)
    date, good = whole_numbers(lines[:, _DATE])
    check("the date", good & (date >= _FIRST_YEAR * 10_000) & (date < (_LAST_YEAR + 1) * 10_000))
    turns = np.diff(date, prepend=-1) != 0  # many lines have the date of the line before: compute it once
    days, real = _days(date[turns])
    which = np.cumsum(turns) - 1
    check("the date", real[which])
    clock, good = whole_numbers(lines[:, _CLOCK])
    last = lines[:, _LAST_MILLISECOND] - np.uint8(48)
    hour, minute, second = clock // 1_000_000, clock // 10_000 % 100, clock // 100 % 100
    all_digits = good & (lines[:, 11] != ord(" ")) & (last < 10)
    check("the time", all_digits & (clock >= 0) & (hour < 24) & (minute < 60) & (second < 60))
    milliseconds = ((hour * 60 + minute) * 60 + second) * 1000 + clock % 100 * 10 + last
    day_of_year, good = whole_numbers(lines[:, 23:27])  # with the blank before it
    check("the day of the year (columns 25-27)", good)
    expected = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(int) + 1
    return days.astype(NS)[which] + milliseconds.astype("timedelta64[ms]"), int((day_of_year != expected[which]).sum())


def _days(date: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Calendar days `datetime64[D]` of dates written as YYYYMMDD, and which of them exist."""
    month, day = date // 100 % 100, date % 100
    months = ((date // 10_000 - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    return days, (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == months)


def _values(lines: np.ndarray, parts: np.ndarray, check: _Check) -> tuple[np.ndarray, int]:
    """Values (n, elements) in nT and degree, NaN for both fill values; a degree has `parts` of the file's units.

    Also how many lines have elements out of their columns.
    """
    fields = lines[:, _FIELDS:].reshape(len(lines), -1, 10)
    number, good, unit = _numbers(fields)
    astray = () if good.all() else np.flatnonzero(~good.all(axis=1))
    if len(astray):
        fields = fields.copy()
        fields[astray] = [_realigned(line, fields.shape[1]) for line in lines[astray, _FIELDS:]]
        number, good, unit = _numbers(fields)
        check("an element", good)
    values = number / (unit * parts)  # both exact in a float: the quotient is the nearest to the printed number
    size = np.abs(number)
    if (size >= _NOT_RECORDED * unit).any():
        between = (size >= (_NOT_RECORDED + 1) * unit) & (size < _MISSING * unit)
        values[(size >= _NOT_RECORDED * unit) & ~between] = np.nan
    return values, len(astray)


def _realigned(characters: np.ndarray, count: int) -> np.ndarray:
    """The elements of a line (count, 10) in their columns, where blanks set them apart; else as they are."""
    words = bytes(characters).split()
    if len(words) == count and max(map(len, words)) < 10:
        characters = np.frombuffer(b"".join(word.rjust(10) for word in words), np.uint8)
    return characters.reshape(count, 10)


def _numbers(fields: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers of fields (n, elements, 10), which are such, and how many of the last digit make one."""
    apart, fields = fields[:, :, 0] == ord(" "), fields[:, :, 1:]
    if (fields[:, :, _USUAL_POINT] == ord(".")).all():
        number, good = _printed(fields, _USUAL_POINT)
        return number, good & apart, np.array(100)
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
