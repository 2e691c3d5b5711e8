"""Numbers, times and satellites read from bytes, compiled; shared by the two kernels of observation files."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
kernel = njit(**_OPTIONS)
"""Compiled without what counts references to arrays: kernels make none, and then need nothing but their arguments."""

NO_TIME = np.iinfo(np.int64).min
BLANK, NUMBER, GARBAGE = 0, 1, 2
"""What a field is: nothing, a value, or neither."""

_POWER = np.array([10.0**k for k in range(23)])


@kernel
def line_end(data, at):
    """Index of the line feed that ends the line at `at` (or the length of `data`), and whether the line is text."""
    odd = False
    while at < data.shape[0] and data[at] != 10:
        byte = data[at]
        odd |= (byte < 32 and byte != 13) or byte > 126
        at += 1
    return at, odd


@kernel
def trimmed(data, at, end):
    """End of the text in `data[at:end]`, blanks and carriage returns behind it left out."""
    while end > at and (data[end - 1] == 32 or data[end - 1] == 13):
        end -= 1
    return end


@kernel
def whole(data, at, end):
    """A whole number with blanks before it; -1 where blank, -2 where it is none."""
    while at < end and data[at] == 32:
        at += 1
    if at >= end:
        return -1
    number = 0
    while at < end:
        digit = data[at] - 48
        if digit < 0 or digit > 9:
            return -2
        number = number * 10 + digit
        at += 1
    return number


@kernel
def nanoseconds(data, at, end):
    """Seconds with up to nine decimals as nanoseconds; -2 where they are none."""
    while at < end and data[at] == 32:
        at += 1
    number, decimals, digits = 0, -1, 0
    while at < end:
        byte = data[at]
        at += 1
        if byte == 46 and decimals < 0:
            decimals = 0
            continue
        if byte < 48 or byte > 57 or decimals >= 9:
            return -2
        number = number * 10 + (byte - 48)
        digits += 1
        if decimals >= 0:
            decimals += 1
    if digits == 0:
        return -2
    for _ in range(max(decimals, 0), 9):
        number *= 10
    return number


@kernel
def instant(year, month, day, hour, minute, second_ns):
    """Nanoseconds since 1970 of a calendar time, `NO_TIME` where there is no such day or hour.

    Days: the civil calendar counted from 1 March, as H. Hinnant, "chrono-compatible low-level date algorithms" (2013).
    """
    if year < 1980 or year > 2200 or month < 1 or month > 12 or day < 1 or hour < 0 or hour > 23:
        return NO_TIME
    if minute < 0 or minute > 59 or second_ns < 0 or second_ns > 60_000_000_000:
        return NO_TIME
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 30 if month in (4, 6, 9, 11) else (28 + int(leap)) if month == 2 else 31
    if day > longest:
        return NO_TIME
    shifted = year - int(month <= 2)
    era = shifted // 400
    of_era = shifted - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    days = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    return ((days * 24 + hour) * 60 + minute) * 60_000_000_000 + second_ns


@kernel
def satellite(data, at, end, default):
    """A satellite `G05`, `G 5` or ` 5` (of system `default`) as 100 * (letter - 64) + number; 0 where it is none."""
    if at + 3 > end:
        return 0
    letter = data[at] if data[at] != 32 else default
    number = whole(data, at + 1, at + 3)
    if letter < 65 or letter > 90 or number < 1:
        return 0
    return (letter - 64) * 100 + number


@kernel
def observation(data, at, end):
    """A field F14.3 of `data[at:end]`: what it is, and the value.

    The point must stand where the format has it, so that a line with a character lost or added gives no wrong value.
    A field of fewer than 14 characters is one that the end of its line cuts. Exponents (D or E) are read as well.
    """
    if end - at > 10 and data[at + 10] == 46:
        k = at
        while k < at + 10 and data[k] == 32:
            k += 1
        negative = k < at + 10 and data[k] == 45
        k += int(negative)
        number = 0
        while k < at + 10:
            digit = data[k] - 48
            if digit < 0 or digit > 9:
                return GARBAGE, 0.0
            number = number * 10 + digit
            k += 1
        if end - at == 14 and 48 <= data[at + 11] <= 57 and 48 <= data[at + 12] <= 57 and 48 <= data[at + 13] <= 57:
            number = number * 1000 + (data[at + 11] - 48) * 100 + (data[at + 12] - 48) * 10 + (data[at + 13] - 48)
            return NUMBER, (-number if negative else number) / 1000.0
    return with_exponent(data, at, end)


@kernel
def with_exponent(data, at, end):
    """A number `-0.12345D+08` in `data[at:end]`; only forms with an exponent count, see `observation`."""
    while at < end and data[at] == 32:
        at += 1
    end = trimmed(data, at, end)
    if at >= end:
        return BLANK, 0.0
    negative = data[at] == 45
    at += int(negative)
    number, decimals, digits = 0, -1, 0
    while at < end and (48 <= data[at] <= 57 or (data[at] == 46 and decimals < 0)):
        if data[at] == 46:
            decimals = 0
        else:
            number = number * 10 + (data[at] - 48)
            digits += 1
            decimals += int(decimals >= 0)
        at += 1
    if digits == 0 or digits > 15 or end - at < 2 or (data[at] | 32) not in (100, 101):
        return GARBAGE, 0.0
    sign = -1 if data[at + 1] == 45 else 1
    exponent = whole(data, at + 1 + int(data[at + 1] in (43, 45)), end)
    if exponent < 0 or exponent > 12:
        return GARBAGE, 0.0
    power = sign * exponent - max(decimals, 0)
    value = number * _POWER[power] if power >= 0 else number / _POWER[-power]
    if value >= 1e10:
        return GARBAGE, 0.0
    return NUMBER, -value if negative else value
