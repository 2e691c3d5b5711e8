"""Date, time and day of the year of IAGA-2002 data lines to instants: `2014-11-01 00:01:00.000 305`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from soap.core.time import NS
from soap.formats.fixed_columns import digits, words_of

WIDTH = 30
"""Characters before the first element: date, time, day of the year and the blanks after each."""

_FIRST_YEAR, _LAST_YEAR = 1700, 2200
_BLANKS = int.from_bytes(b"    ", "little")
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
    turns = np.flatnonzero(_turns(lines))
    lengths = np.diff(turns, append=len(lines))
    days = _days(lines[turns], lambda what, good: check(what, np.repeat(good, lengths)))
    time = np.repeat(days.astype(NS).view(np.int64), lengths)
    time += _clock(words_of(lines[:, 11:19]), int(lengths.max()), check)
    rest = b"".join(b".000 %03d   " % day for day in _day_of_year(days).tolist())
    expected = np.frombuffer(rest, np.uint8).reshape(-1, WIDTH - 19)
    if all(
        (words_of(lines[:, 19 + at : 27 + at]) == np.repeat(words_of(expected[:, at : at + 8]), lengths)).all()
        for at in (0, 3)
    ):
        return time.view(NS), 0
    time += _fraction(lines, check) * 1_000_000
    check("the blanks before the first element", words_of(lines[:, 26:30]) >> np.uint32(8) == _BLANKS >> 8)
    return time.view(NS), _wrong_days(lines, np.repeat(_day_of_year(days), lengths), check)


def _turns(lines: np.ndarray) -> np.ndarray:
    """True where the date (with the blank after it) is not that of the line before: most are, and are read once."""
    first, last = words_of(lines[:, 0:4]), words_of(lines[:, 3:11])
    turns = np.ones(len(lines), bool)
    turns[1:] = (first[1:] != first[:-1]) | (last[1:] != last[:-1])
    return turns


def _day_of_year(days: np.ndarray) -> np.ndarray:
    return (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(int) + 1


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


def _clock(words: np.ndarray, day: int, check: Check) -> np.ndarray:
    """Nanoseconds of the day (int64) of HH:MM:SS, the eight characters of a word.

    Where the characters repeat after every `day` lines, as they do in whole days, they are read once.
    """
    if day < len(words) and (words[day:] == words[:-day]).all():
        return np.resize(_clock(words[:day], day, check), len(words))
    digit = words ^ _ZEROS
    pairs = digit & _TENS
    pairs *= np.uint64(10)
    pairs += (digit >> np.uint64(8)) & _TENS
    hour, minute, second = (((pairs >> np.uint64(shift)) & np.uint64(0xFF)).view(np.int64) for shift in (0, 24, 48))
    good = ((digit | (digit + _SIXES)) & _NOT_DIGITS) == 0
    check(
        "the time (00:00:00 to 23:59:59; a leap second has no place)",
        good & (hour < 24) & (minute < 60) & (second < 60),
    )
    return ((hour * 60 + minute) * 60 + second) * 1_000_000_000


def _fraction(lines: np.ndarray, check: Check) -> np.ndarray:
    """Milliseconds beyond the second."""
    milliseconds, good = digits(lines[:, 20:23])
    check("the time", good & (lines[:, 19] == ord(".")) & (lines[:, 23] == ord(" ")))
    return milliseconds


def _wrong_days(lines: np.ndarray, expected: np.ndarray, check: Check) -> int:
    """How many lines have another day of the year than `expected`; each must at least be a number."""
    shown = lines[:, 24:27]
    is_digit, blank = (shown >= ord("0")) & (shown <= ord("9")), shown == ord(" ")
    check("the day of the year (columns 25-27)", (is_digit | blank).all(axis=1) & is_digit[:, 2])
    value = (np.where(is_digit, shown - np.uint8(48), 0).astype(int) * [100, 10, 1]).sum(axis=1)
    return int((value != expected).sum())
