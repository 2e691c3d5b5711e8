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
_PUNCTUATION = {4: "-", 7: "-", 10: " ", 13: ":", 16: ":", 19: ".", 23: " ", 27: " ", 28: " ", 29: " "}
_USUAL_POINT = 6
"""Where the decimal point of F9.2 stands."""

_MISSING, _NOT_RECORDED = 99999, 88888
_FIRST_YEAR, _LAST_YEAR = 1700, 2200


@dataclass(frozen=True)
class Lines:
    """`time` (n,) `datetime64[ns]`, `values` (n, elements) in nT and degree, in the order of the file.

    `wrong_days` counts lines whose day of the year is not that of their date.
    """

    time: np.ndarray
    values: np.ndarray
    wrong_days: int


def parse_lines(text: bytes, header: Header, *, file: str) -> Lines:
    """Data lines to numbers; `BadFile` names the first line that is none, and why. Unused columns are checked too."""
    count = len(header.columns)
    first = header.line_count + 1
    table = table_of_lines(text, _FIELDS + 10 * count, file=file, first_line=first)
    if not len(table):
        raise BadFile("There is no line after the header", file=file, next_step="The file was cut short; fetch it again.")
    time, values = np.empty(len(table), NS), np.empty((len(table), count))
    parts = np.where([name in ANGLES for name in header.variables], 60, 1)
    wrong_days = 0
    for start in range(0, len(table), _LINES_AT_ONCE):
        some = table[start : start + _LINES_AT_ONCE]
        check = _Check(some, file, first + start)
        time[start : start + len(some)], wrong = _times(some, check)
        values[start : start + len(some)] = _values(some, parts, check)
        wrong_days += wrong
    return Lines(time, values, wrong_days)


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
    for column, character in _PUNCTUATION.items():
        check(f"column {column + 1}", lines[:, column] == ord(character))
    date, good = whole_numbers(lines[:, _DATE])
    check("the date", good & (date >= _FIRST_YEAR * 10_000) & (date < (_LAST_YEAR + 1) * 10_000))
    turn = np.flatnonzero(np.diff(date, prepend=-1))  # a file has many lines of one date: compute each date once
    days, real = _days(date[turn])
    which = np.cumsum(np.diff(date, prepend=-1) != 0) - 1
    check("the date", real[which])
    clock, good = whole_numbers(lines[:, _CLOCK])
    last = lines[:, _LAST_MILLISECOND] - np.uint8(48)
    hour, minute, second = clock // 1_000_000, clock // 10_000 % 100, clock // 100 % 100
    all_digits = good & (lines[:, 11] != ord(" ")) & (last < 10)
    check("the time", all_digits & (clock >= 0) & (hour < 24) & (minute < 60) & (second < 60))
    milliseconds = ((hour * 60 + minute) * 60 + second) * 1000 + clock % 100 * 10 + last
    day_of_year, good = whole_numbers(np.insert(lines[:, 24:27], 0, ord(" "), axis=1))
    check("the day of the year (columns 25-27)", good)
    expected = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(int) + 1
    return days.astype(NS)[which] + milliseconds.astype("timedelta64[ms]"), int((day_of_year != expected[which]).sum())


def _days(date: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Calendar days `datetime64[D]` of dates written as YYYYMMDD, and which of them exist."""
    month, day = date // 100 % 100, date % 100
    months = ((date // 10_000 - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    return days, (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == months)


def _values(lines: np.ndarray, parts: np.ndarray, check: _Check) -> np.ndarray:
    """Values (n, elements) in nT and degree; a degree has `parts` of the file's units. NaN for both fill values."""
    fields = lines[:, _FIELDS:].reshape(len(lines), -1, 10)
    check("the blank before an element", fields[:, :, 0] == ord(" "))
    fields = fields[:, :, 1:]
    if (fields[:, :, _USUAL_POINT] == ord(".")).all():
        number, good, unit = *_printed(fields, _USUAL_POINT), np.int64(100)
    else:
        number, good, unit = _printed_anyhow(fields)
    check("an element", good)
    size = np.abs(number)
    missing = (size >= _MISSING * unit) | ((size >= _NOT_RECORDED * unit) & (size < (_NOT_RECORDED + 1) * unit))
    values = number / (unit * parts)  # both exact in a float: the quotient is the nearest to the printed number
    values[missing] = np.nan
    return values


def _printed(fields: np.ndarray, point: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers without their decimal point, which stands at `point` (9: there is none), and which fields are such."""
    before, after = fields[..., :point], fields[..., point + 1 :]
    if point == fields.shape[-1]:
        before = fields[..., 1:]
    number, good = whole_numbers(np.concatenate([before, after], axis=-1))
    good &= (after >= ord("0")).all(axis=-1)
    return number, good if point < fields.shape[-1] else good & (fields[..., 0] == ord(" "))


def _printed_anyhow(fields: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """As `_printed`, the point anywhere: numbers, which are such, and how many of the last digit make one."""
    width = fields.shape[-1]
    dots = fields == ord(".")
    points = np.where(dots.any(axis=-1), np.argmax(dots, axis=-1), width)
    number, good = np.empty(points.shape, np.int64), np.empty(points.shape, bool)
    for point in np.unique(points):
        number[points == point], good[points == point] = _printed(fields[points == point], int(point))
    return number, good, 10 ** np.maximum(width - 1 - points, 0)
