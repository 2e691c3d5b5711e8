"""Date, time and day of the year of IAGA-2002 data lines to instants: `2014-11-01 00:01:00.000 305`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from soap.core.time import NS
from soap.formats.fixed_columns import digits, words_of

WIDTH = 30
"""Characters before the first element: date, time, day of the year and the blanks after each."""

_FIRST_YEAR, _LAST_YEAR = 1700, 2200
_BLANKS, _NO_FRACTION = (int.from_bytes(text, "little") for text in (b"    ", b".000"))
_ZEROS = np.uint64(int.from_bytes(b"00:00:00", "little"))
_NOT_DIGITS = np.uint64(0xF0F0FFF0F0FFF0F0)
"""Bits that are 0 in a clock time once `_ZEROS` are taken from it: the high halves of digits, all of the colons."""

_SIXES = np.uint64(0x0606000606000606)
_TENS = np.uint64(0x000F00000F00000F)
_DAY_MS = 86_400_000

Check = Callable[[str, np.ndarray], None]
"""Raises for the first line of which something is not good."""


def instants(lines: np.ndarray, check: Check) -> tuple[np.ndarray, int]:
    """Times (n,) `datetime64[ns]` of lines (n, at least 30), and how many days of the year are not their date's."""
    turns = _turns(lines)
    days = _days(lines[turns], lambda what, good: check(what, good[np.cumsum(turns) - 1]))
    which = np.cumsum(turns) - 1
    milliseconds = _clock(words_of(lines[:, 11:19]), check) * 1000 + _fraction(lines, check)
    check("the blanks before the first element", words_of(lines[:, 26:30]) >> np.uint32(8) == _BLANKS >> 8)
    time = days.astype(NS)[which] + milliseconds.astype("timedelta64[ms]")
    return time, _wrong_days(lines, days, which, check)


def _turns(lines: np.ndarray) -> np.ndarray:
    """True where the date (with the blank after it) is not that of the line before: most are, and are read once."""
    first, last = words_of(lines[:, 0:8]), words_of(lines[:, 3:11])
    turns = np.ones(len(lines), bool)
    turns[1:] = (first[1:] != first[:-1]) | (last[1:] != last[:-1])
    return turns


def _days(lines: np.ndarray, check: Check) -> np.ndarray:
    """Calendar days `datetime64[D]` of the dates of these lines."""
    year, good_year = digits(lines[:, 0:4])
    month, good_month = digits(lines[:, 5:7])
    day, good_day = digits(lines[:, 8:10])
    marks = (lines[:, 4] == ord("-")) & (lines[:, 7] == ord("-")) & (lines[:, 10] == ord(" "))
    good = good_year & good_month & good_day & marks & (month >= 1) & (month <= 12) & (day >= 1)
    check("the date", good & (year >= _FIRST_YEAR) & (year <= _LAST_YEAR))
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    check("the date", days.astype("datetime64[M]") == months)
    return days


def _clock(words: np.ndarray, check: Check) -> np.ndarray:
    """Seconds of the day (int64) of HH:MM:SS, the eight characters of a word."""
    digit = words ^ _ZEROS
    pairs = (digit & _TENS) * np.uint64(10) + ((digit >> np.uint64(8)) & _TENS)
    hour, minute, second = (((pairs >> np.uint64(shift)) & np.uint64(0xFF)).view(np.int64) for shift in (0, 24, 48))
    good = ((digit | (digit + _SIXES)) & _NOT_DIGITS) == 0
    check("the time", good & (hour < 24) & (minute < 60) & (second < 60))
    return (hour * 60 + minute) * 60 + second


def _fraction(lines: np.ndarray, check: Check) -> np.ndarray | int:
    """Milliseconds beyond the second."""
    blank = lines[:, 23] == ord(" ")
    if (words_of(lines[:, 19:23]) == _NO_FRACTION).all():
        check("the blank after the time", blank)
        return 0
    milliseconds, good = digits(lines[:, 20:23])
    check("the time", good & blank & (lines[:, 19] == ord(".")))
    return milliseconds


def _wrong_days(lines: np.ndarray, days: np.ndarray, which: np.ndarray, check: Check) -> int:
    """How many lines have another day of the year than their date's; each must at least be a number."""
    expected = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(int) + 1
    printed = np.frombuffer("".join(f" {day:03d}" for day in expected.tolist()).encode(), "<u4")
    other = words_of(lines[:, 23:27]) != printed[which]
    if not other.any():
        return 0
    shown = lines[:, 24:27]
    is_digit, blank = (shown >= ord("0")) & (shown <= ord("9")), shown == ord(" ")
    check("the day of the year (columns 25-27)", (is_digit | blank).all(axis=1) & is_digit[:, 2])
    value = (np.where(is_digit, shown - np.uint8(48), 0).astype(int) * [100, 10, 1]).sum(axis=1)
    return int((value != expected[which]).sum())
