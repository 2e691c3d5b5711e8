"""Times of rows in ISO 8601, made of looked-up pieces: no loop over rows, and no division where times are even.

A time is written as `2016-04-` (its month), `13T13:55` (a minute of the month) and `:17Z`, or `:17.123456789Z`: pieces
of 8, 8 and 4 bytes, which go into records of any length as single machine words.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from soap.core.errors import ArchiveError

WHOLE, FRACTION = 20, 9
"""Characters of `2016-04-13T13:55:17Z`, and decimals of a second where there are any."""

_MONTH, _MINUTE = slice(0, 8), slice(8, 16)
_SECOND, _FIRST_DIGITS, _NEXT_DIGITS, _END = slice(16, 20), slice(20, 24), slice(24, 28), slice(28, 30)
_NS, _MINUTE_NS, _HOUR_NS = 10**9, 60 * 10**9, 3600 * 10**9
_MINUTES_A_DAY = 1440


def iso_width(decimals: int) -> int:
    """Characters of a time with so many decimals of a second: 20 with none, 30 with nine."""
    return WHOLE + (decimals + 1 if decimals else 0)


def decimals_of_times(time: np.ndarray) -> int:
    """Decimals of a second that these times (`datetime64[ns]`, none missing) need: none, or nine."""
    return FRACTION if (time.view(np.int64) % _NS).any() else 0


def iso_characters(time: np.ndarray, decimals: int) -> np.ndarray:
    """Times (`datetime64[ns]`, none missing) in ISO 8601 as bytes, uint8 of shape (n, `iso_width`).

    `decimals` is 0 or 9. `ArchiveError` for a time with a part of a second that no decimals are there for.
    """
    out = np.empty((len(time), iso_width(decimals)), np.uint8)
    write_iso(out, time, decimals)
    return out


def write_iso(out: np.ndarray, time: np.ndarray, decimals: int) -> None:
    """`iso_characters` into `out`, uint8 of shape (n, `iso_width`), which may be a part of longer records."""
    stamps = time.view(np.int64)
    step = 0 if decimals else _minutes_apart(stamps)
    if step:
        _write_evenly(out, int(stamps[0]) // _MINUTE_NS, step)
    elif len(stamps):
        _write_each(out, stamps, decimals)


def _minutes_apart(stamps: np.ndarray) -> int:
    """Minutes from each time to the next where these are whole, and an hour at most; else 0."""
    if len(stamps) < 2 or stamps[0] % _MINUTE_NS:
        return 0
    step = int(stamps[1] - stamps[0])
    if not 0 < step <= _HOUR_NS or step % _MINUTE_NS or not (np.diff(stamps) == step).all():
        return 0
    return step // _MINUTE_NS


def _write_evenly(out: np.ndarray, first: int, step: int) -> None:
    """Times from the minute `first` [since 1970] on, `step` minutes apart: of each month a stretch of those there are.

    What is written is the same for a month, or looked up in its order.
    """
    month, minute, count = _words(out, _MONTH), _words(out, _MINUTE), len(out)
    _words(out, _SECOND)[:] = np.full(count, _seconds(b"Z")[0])  # a number alone is written far slower
    edges = np.array([first, first + (count - 1) * step]).view("datetime64[m]").astype("datetime64[M]")
    months = np.arange(edges[0], edges[1] + 2)
    starts = months.astype("datetime64[m]").astype(np.int64).tolist()
    places = [min(max(-(-(start - first) // step), 0), count) for start in starts]
    for number, text in enumerate(_texts(months[:-1])):
        begin, end = places[number : number + 2]
        month[begin:end] = np.full(end - begin, text)
        minute[begin:end] = _minutes()[first + begin * step - starts[number] :: step][: end - begin]


def _write_each(out: np.ndarray, stamps: np.ndarray, decimals: int) -> None:
    """Times in any order; months are spelled once for each stretch of times of one day."""
    seconds = stamps // _NS  # by a number: far faster than with the rest at once
    if not decimals:
        _check_whole(stamps, seconds)
    minutes = seconds // 60
    second = seconds - 60 * minutes
    days = minutes // _MINUTES_A_DAY
    begins = np.flatnonzero(np.append(True, days[1:] != days[:-1]))
    lengths = np.diff(np.append(begins, len(days)))
    months = days[begins].view("datetime64[D]").astype("datetime64[M]")
    starts = months.astype("datetime64[D]").astype(np.int64) * _MINUTES_A_DAY
    _words(out, _MONTH)[:] = np.repeat(_texts(months), lengths)
    _words(out, _MINUTE)[:] = _minutes().take(minutes - np.repeat(starts, lengths))
    _words(out, _SECOND)[:] = _seconds(b"." if decimals else b"Z").take(second)
    if decimals:
        _write_fraction(out, stamps - _NS * seconds)


def _write_fraction(out: np.ndarray, rest: np.ndarray) -> None:
    """Nine digits of nanoseconds, and the end: four digits, four, and one."""
    first = rest // 100_000
    rest = rest - 100_000 * first
    following = rest // 10
    _words(out, _FIRST_DIGITS)[:] = _four_digits().take(first)
    _words(out, _NEXT_DIGITS)[:] = _four_digits().take(following)
    _words(out, _END)[:] = _last_digit().take(rest - 10 * following)


def _check_whole(stamps: np.ndarray, seconds: np.ndarray) -> None:
    """`ArchiveError` for a time with a part of a second that no decimals are there for."""
    odd = seconds * _NS != stamps
    if odd.any():
        raise ArchiveError(f"{stamps[odd].view('datetime64[ns]')[0]} has a part of a second, among whole seconds.")


def _words(out: np.ndarray, part: slice) -> np.ndarray:
    """The characters of a part, as one number for each row."""
    return out[:, part].view(f"u{part.stop - part.start}")[:, 0]


def _texts(months: np.ndarray) -> np.ndarray:
    """Months as `2016-04-`."""
    return _number(months.astype("datetime64[D]").astype("S10").view(np.uint8).reshape(-1, 10)[:, _MONTH])


def _number(characters: np.ndarray) -> np.ndarray:
    """Rows of 2, 4 or 8 characters, each as a number."""
    return np.ascontiguousarray(characters).view(f"u{characters.shape[1]}")[:, 0]


@cache
def _minutes() -> np.ndarray:
    """Every minute of a month of 31 days as `13T13:55`."""
    number = np.arange(31 * _MINUTES_A_DAY)
    out = np.empty((len(number), 8), np.uint8)
    out[:] = np.frombuffer(b"00T00:00", np.uint8)
    _spell(out[:, 0:2], number // _MINUTES_A_DAY + 1)
    _spell(out[:, 3:5], number // 60 % 24)
    _spell(out[:, 6:8], number % 60)
    return _number(out)


@cache
def _seconds(after: bytes) -> np.ndarray:
    """Every second of a minute as `:17` and the character after it."""
    out = np.empty((60, 4), np.uint8)
    out[:] = np.frombuffer(b":00" + after, np.uint8)
    _spell(out[:, 1:3], np.arange(60))
    return _number(out)


@cache
def _four_digits() -> np.ndarray:
    """Every number from 0000 to 9999."""
    out = np.empty((10_000, 4), np.uint8)
    _spell(out, np.arange(10_000))
    return _number(out)


@cache
def _last_digit() -> np.ndarray:
    """Every digit, and `Z` after it."""
    out = np.full((10, 2), ord("Z"), np.uint8)
    _spell(out[:, :1], np.arange(10))
    return _number(out)


def _spell(out: np.ndarray, number: np.ndarray) -> None:
    """Numbers in decimal digits, as many as `out` has columns."""
    for place in range(out.shape[1]):
        out[:, place] = number // 10 ** (out.shape[1] - 1 - place) % 10 + ord("0")
