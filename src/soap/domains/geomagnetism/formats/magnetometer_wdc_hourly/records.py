"""Lines of the WDC hourly format to numbers: all lines at once, every character accounted for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadFile
from soap.formats.fixed_columns import shown, table_of_lines, two_digits, whole_numbers
from soap.formats.source import BYTE_ORDER_MARK

WIDTH = 120
"""Characters of a record."""

ELEMENTS = b"DIHXYZF"
ANGLES = b"DI"
MISSING = 9999

_NT_PER_BASE, _PARTS_PER_DEGREE = 100, 600
_FIRST_YEAR, _LAST_YEAR = 1800, 2099
_RECORD = re.compile(
    rb"[A-Za-z0-9]{3}[ \d]\d[ \d]\d[DIHXYZF][ \d]\d[ -~]{4}(?:\d\d|[ A-Z12][ A-Z8])"
    rb"(?=[ \d-]{104})(?: *-?\d+)+$"
)


@dataclass(frozen=True)
class Records:
    """Records in the order of the file: what they are, and the characters that their values are in.

    Shapes: `lines` (n, 120) uint8; `code` (n,) three ASCII bytes; `element` (n,) uint8, the letter; `day` (n,)
    `datetime64[D]`; `number` (n,) the line's number in the file.
    """

    file: str
    lines: np.ndarray
    code: np.ndarray
    element: np.ndarray
    day: np.ndarray
    number: np.ndarray
    without_century: int = 0
    """How many records of the file leave the century out."""

    def __len__(self) -> int:
        return len(self.day)

    def of(self, chosen: np.ndarray) -> Records:
        """The chosen records only."""
        columns = (self.lines, self.code, self.element, self.day, self.number)
        return Records(self.file, *(column[chosen] for column in columns))

    def values(self, rows: slice | np.ndarray) -> tuple[np.ndarray, int]:
        """The 24 hourly values of these records (k, 24) in nT or degree, NaN where missing; `BadFile` where none.

        Also how many of the records give a daily mean beside missing hours.
        """
        numbers, good = whole_numbers(self.lines[rows, 16:WIDTH].reshape(-1, 26, 4))
        if not good.all():
            at = int(np.argmin(good.all(axis=1)))
            raise _broken(self.file, int(self.number[rows][at]), self.lines[rows][at],
                          "a number in columns 17-120 (base, 24 hours, daily mean)")  # fmt: skip
        element = self.element[rows]
        return _physical(numbers, (element == ord("D")) | (element == ord("I")))


def recognise(head: bytes) -> bool:
    """True when the content begins with a record; a line end after it may be missing."""
    first = head.split(b"\n", 1)[0].rstrip() if _has_lines(head) else head[:WIDTH]
    return len(first) == WIDTH and _RECORD.match(first) is not None


def parse(text: bytes, *, file: str) -> Records:
    """The records of a file; `BadFile` names the first line that breaks the format, and how. Values are read later."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    lines = table_of_lines(text, WIDTH, file=file) if _has_lines(text) or len(text) % WIDTH else _unbroken(text)
    check = _Check(lines, file)
    key = np.ascontiguousarray(lines[:, :16])
    code, element = np.ascontiguousarray(key[:, :3]), np.ascontiguousarray(key[:, 7])
    check("the station code (columns 1-3)", _alphanumeric(code))
    check("the element (column 8; one of D I H X Y Z F)", _IS_ELEMENT[element])
    check("columns 11-14 (blanks or marks)", (key[:, 10:14] >= 32) & (key[:, 10:14] < 127))
    day, without_century = _days(key, check)
    return Records(file, lines, code.view("S3")[:, 0], element, day, np.arange(1, len(lines) + 1), without_century)


def _has_lines(text: bytes) -> bool:
    return b"\n" in text or b"\r" in text


def _unbroken(text: bytes) -> np.ndarray:
    """Records (n, 120) that follow each other without line ends."""
    return np.frombuffer(text, np.uint8).reshape(-1, WIDTH)


_IS_ELEMENT = np.isin(np.arange(256), np.frombuffer(ELEMENTS, np.uint8))


@dataclass(frozen=True)
class _Check:
    """Raises `BadFile` for the first line of which something (shape (n,) or (n, k)) is not `good`."""

    lines: np.ndarray
    file: str

    def __call__(self, what: str, good: np.ndarray) -> None:
        if not good.all():
            at = int(np.argmin(good.reshape(len(good), -1).all(axis=1)))
            raise _broken(self.file, at + 1, self.lines[at], what)


def _broken(file: str, number: int, line: np.ndarray, what: str) -> BadFile:
    return BadFile(
        f"Line {number} breaks the WDC hourly format in {what}: {shown(line)}", file=file,
        next_step="Compare the line with its source; nothing of the file was taken.",
    )  # fmt: skip


def _alphanumeric(characters: np.ndarray) -> np.ndarray:
    letter = ((characters | 32) >= ord("a")) & ((characters | 32) <= ord("z"))
    return letter | ((characters >= ord("0")) & (characters <= ord("9")))


def _days(key: np.ndarray, check: Callable[[str, np.ndarray], None]) -> tuple[np.ndarray, int]:
    """Calendar days (n,) `datetime64[D]` from columns 1-16, and how many records leave the century out."""
    year, good_year = two_digits(key[:, 3:5])
    month, good_month = two_digits(key[:, 5:7])
    day, good_day = two_digits(key[:, 8:10])
    century, no_century = _centuries(key[:, 14:16], check)
    full_year = century * 100 + year
    check("the year (columns 4-5, century in 15-16)", good_year
          & (full_year >= _FIRST_YEAR) & (full_year <= _LAST_YEAR))  # fmt: skip
    check("the month (columns 6-7)", good_month & (month >= 1) & (month <= 12))
    months = ((full_year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    check("the day (columns 9-10)", good_day & (day >= 1) & (days.astype("datetime64[M]") == months))
    return days, int(no_century.sum())


def _centuries(characters: np.ndarray, check: Callable[[str, np.ndarray], None]) -> tuple[np.ndarray, np.ndarray]:
    """The century (n,) of columns 15-16, and where they leave it out (then 19).

    Older files mark quiet and disturbed days in column 15 (Q, D or 1, 2), and have 8 in column 16 before 1900.
    """
    century, given = two_digits(characters)
    mark, last = characters[:, 0], characters[:, 1]
    given &= (mark == ord("1")) | ((mark == ord("2")) & (last == ord("0")))
    letter = (characters >= ord("A")) & (characters <= ord("Z"))
    marked = (mark == 32) | letter[:, 0] | (mark == ord("1")) | (mark == ord("2"))
    old, left_out = marked & (last == ord("8")), marked & ((last == 32) | letter[:, 1])
    check("the century (columns 15-16)", given | old | left_out)
    return np.select([old, left_out], [18, 19], century), left_out


def _physical(numbers: np.ndarray, angle: np.ndarray) -> tuple[np.ndarray, int]:
    """Values (n, 24) in nT or degree from base, 24 hours and daily mean (n, 26); how many means stand beside a gap.

    One integer sum and, for angles, one division: the result is the nearest float to the printed number.
    """
    base, hours = numbers[:, :1], numbers[:, 1:25]
    values = (base * _NT_PER_BASE + hours).astype(float)
    if angle.any():
        turn = 360 * _PARTS_PER_DEGREE
        parts = base[angle] * _PARTS_PER_DEGREE + hours[angle]
        values[angle] = ((parts + turn // 2) % turn - turn // 2) / _PARTS_PER_DEGREE
    missing = hours == MISSING
    if not missing.any():
        return values, 0
    values[missing] = np.nan
    return values, int((missing.any(axis=1) & (numbers[:, 25] != MISSING)).sum())
