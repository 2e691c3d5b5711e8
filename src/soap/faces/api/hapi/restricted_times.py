"""Times as HAPI restricts ISO 8601: year-month-day or year-day of the year, cut short anywhere, with or without Z."""

from __future__ import annotations

import re

import numpy as np

from soap.core.time import NS

_FORM = re.compile(
    r"(?P<year>[0-9]{4})"
    r"(?:-(?P<doy>[0-9]{3})|-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?"
    r"(?:T(?P<hour>[0-9]{2})(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<part>[0-9]{0,18}))?)?)?)?Z?"
)
_MOST = {"month": 12, "hour": 24, "minute": 59, "second": 60}
FIRST, LAST = np.datetime64("1678-01-01", "ns"), np.datetime64("2261-12-31", "ns")
"""What times are moved to that are before or after all that an archive can hold."""


def restricted_time(text: str) -> np.datetime64 | None:
    """The instant, `datetime64[ns]`; None for what is no such time.

    What is left out is the least possible. Hour 24 and second 60 are the next day's and minute's first; of a second
    nine decimals are taken.
    """
    found = _FORM.fullmatch(text)
    if found is None or (found["hour"] and not (found["doy"] or found["day"])):
        return None
    parts = {name: int(value) for name, value in found.groupdict().items() if value and name != "part"}
    if any(parts.get(name, 0) > most for name, most in _MOST.items()):
        return None
    date = _date(parts)
    part = int((found["part"] or "").ljust(9, "0")[:9])
    clock = [parts.get(name, 0) for name in ("hour", "minute", "second")]
    if date is None or (clock[0] == 24 and (any(clock[1:]) or part)) or (clock[2] == 60 and clock[:2] != [23, 59]):
        return None
    if not FIRST.astype(date.dtype) <= date < LAST.astype(date.dtype):
        return FIRST if date < FIRST.astype(date.dtype) else LAST
    seconds = (clock[0] * 60 + clock[1]) * 60 + clock[2]
    return date.astype(NS) + np.timedelta64(seconds * 10**9 + part, "ns")


def _date(parts: dict[str, int]) -> np.datetime64 | None:
    """The day, `datetime64[D]`; None for one that its year or month does not have."""
    year = np.datetime64(f"{parts['year']:04}", "Y")
    if "doy" in parts:
        date = year.astype("datetime64[D]") + np.timedelta64(parts["doy"] - 1, "D")
        return date if parts["doy"] >= 1 and date.astype("datetime64[Y]") == year else None
    if parts.get("month", 1) < 1 or parts.get("day", 1) < 1:
        return None
    month = year.astype("datetime64[M]") + np.timedelta64(parts.get("month", 1) - 1, "M")
    date = month.astype("datetime64[D]") + np.timedelta64(parts.get("day", 1) - 1, "D")
    return date if date.astype("datetime64[M]") == month else None
