"""Lines of the WDC hourly format to numbers: all lines at once, every character accounted for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadFile
from soap.formats.fixed_columns import shown, table_of_lines, two_digits, whole_numbers

WIDTH = 120
"""Characters of a record."""

ELEMENTS = b"DIHXYZF"
ANGLES = b"DI"
MISSING = 9999

_NT_PER_BASE, _PARTS_PER_DEGREE = 100, 600
_LINES_AT_ONCE = 4096  # keeps the work in the processor's cache: 1.8 times the speed of one large table
_FIRST_YEAR, _LAST_YEAR = 1800, 2099
_RECORD = re.compile(
    rb"[A-Za-z0-9]{3}[ \d]\d[ \d]\d[DIHXYZF][ \d]\d[ -~]{4}(?:\d\d|[ A-Z]{2})(?=[ \d-]{104})(?: *-?\d+)+(?:\r?\n|$)"
)


@dataclass(frozen=True)
class Records:
    """Records in the order of the file; `values` are in nT or degree, NaN where the file says missing.

    Shapes: `code` (n,) three ASCII bytes; `element` (n,) uint8, the letter; `day` (n,) `datetime64[D]`; `values`
    (n, 24); `no_century`, `mean_beside_gap` (n,) bool: the century was left out; a daily mean stands beside missing hours.
    """

    code: np.ndarray
    element: np.ndarray
    day: np.ndarray
    values: np.ndarray
    no_century: np.ndarray
    mean_beside_gap: np.ndarray

    def of(self, chosen: np.ndarray) -> Records:
        """The chosen records only."""
        return Records(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def notes(self) -> list[str]:
        """What a person should hear about the records."""
        notes = []
        if count := int(self.no_century.sum()):
            notes.append(f"{count:,} records leave the century out; their years are taken as 19yy.")
        if count := int(self.mean_beside_gap.sum()):
            notes.append(f"{count:,} records give a daily mean beside missing hours; the hours stay missing.")
        return notes


def recognise(head: bytes) -> bool:
    """True when the content begins with a record."""
    first = head[: WIDTH + 2].split(b"\n", 1)[0].rstrip(b"\r")
    return len(first) == WIDTH and _RECORD.match(first) is not None


def parse(text: bytes, *, file: str) -> Records:
    """The records of a file; `BadFile` names the first line that breaks the format, and how."""
    lines = table_of_lines(text, WIDTH, file=file)
    check = _Check(lines, file)
    code, element = lines[:, 0:3], lines[:, 7]
    check("the station code (columns 1-3)", _alphanumeric(code).all(axis=1))
    check("the element (column 8; one of D I H X Y Z F)", np.isin(element, np.frombuffer(ELEMENTS, np.uint8)))
    day, no_century = _days(lines, check)
    values, mean_beside_gap = np.empty((len(lines), 24)), np.empty(len(lines), bool)
    for start in range(0, len(lines), _LINES_AT_ONCE):
        part = slice(start, start + _LINES_AT_ONCE)
        numbers, good = whole_numbers(lines[part, 16:WIDTH].reshape(-1, 26, 4))
        check("a number in columns 17-120 (base, 24 hours, daily mean)", good.all(axis=1), start)
        values[part], mean_beside_gap[part] = _physical(numbers, np.isin(element[part], np.frombuffer(ANGLES, np.uint8)))
    names = np.char.upper(np.ascontiguousarray(code).view("S3")[:, 0])
    return Records(names, element, day, values, no_century, mean_beside_gap)


@dataclass(frozen=True)
class _Check:
    """Raises `BadFile` for the first line of which something is not `good`."""

    lines: np.ndarray
    file: str

    def __call__(self, what: str, good: np.ndarray, first: int = 0) -> None:
        if good.all():
            return
        at = first + int(np.argmin(good))
        raise BadFile(
            f"Line {at + 1} breaks the WDC hourly format in {what}: {shown(self.lines[at])}", file=self.file,
            next_step="Compare the line with its source; nothing of the file was taken.",
        )  # fmt: skip


def _alphanumeric(characters: np.ndarray) -> np.ndarray:
    letter = ((characters | 32) >= ord("a")) & ((characters | 32) <= ord("z"))
    return letter | ((characters >= ord("0")) & (characters <= ord("9")))


def _days(lines: np.ndarray, check: Callable[..., None]) -> tuple[np.ndarray, np.ndarray]:
    """Calendar days (n,) `datetime64[D]`, and where the century was left out."""
    year, good_year = two_digits(lines[:, 3:5])
    month, good_month = two_digits(lines[:, 5:7])
    day, good_day = two_digits(lines[:, 8:10])
    century, given = two_digits(lines[:, 14:16])
    mark = lines[:, 14:16]  # blank, or a letter for quiet and disturbed days
    no_century = ((mark == 32) | ((mark >= ord("A")) & (mark <= ord("Z")))).all(axis=1)
    check("columns 11-14 (blanks or marks)", ((lines[:, 10:14] >= 32) & (lines[:, 10:14] < 127)).all(axis=1))
    full_year = np.where(no_century, 1900, century * 100) + year
    check("the year (columns 4-5, century in 15-16)", good_year & (given | no_century)
          & (full_year >= _FIRST_YEAR) & (full_year <= _LAST_YEAR))  # fmt: skip
    check("the month (columns 6-7)", good_month & (month >= 1) & (month <= 12))
    months = ((full_year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    check("the day (columns 9-10)", good_day & (day >= 1) & (days.astype("datetime64[M]") == months))
    return days, no_century


def _physical(numbers: np.ndarray, angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values (n, 24) in nT or degree from base, 24 hours and daily mean (n, 26), and where a mean stands beside a gap.

    One integer sum and, for angles, one division: the result is the nearest float to the printed number.
    """
    base, hours = numbers[:, :1], numbers[:, 1:25]
    missing = hours == MISSING
    values = (base * _NT_PER_BASE + hours).astype(float)
    if angle.any():
        turn = 360 * _PARTS_PER_DEGREE
        parts = base[angle] * _PARTS_PER_DEGREE + hours[angle]
        values[angle] = ((parts + turn // 2) % turn - turn // 2) / _PARTS_PER_DEGREE
    values[missing] = np.nan
    return values, missing.any(axis=1) & (numbers[:, 25] != MISSING)
