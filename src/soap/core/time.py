"""Time: UTC, `datetime64[ns]`, windows that include their start and exclude their end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from soap.core.errors import BadParameter

NS = np.dtype("datetime64[ns]")
_OFFSET = re.compile(r"T.*[+-]\d\d:?\d*$")
_EARLIEST, _LATEST = np.datetime64("1678-01-01"), np.datetime64("2262-01-01")  # what datetime64[ns] can hold


def utc(text: str | np.datetime64) -> np.datetime64:
    """One instant as `datetime64[ns]`, UTC.

    Accepts ISO 8601 with an optional trailing `Z` or `+00:00`; raises `BadParameter` for anything else, another
    offset from UTC included, and outside the years 1678 to 2261.
    """
    if isinstance(text, np.datetime64) and text.dtype == NS and not np.isnat(text):
        return text
    spelled = str(text).strip()
    for zone in ("Z", "z", "+00:00"):
        spelled = spelled.removesuffix(zone)
    try:
        coarse = np.datetime64("NaT" if _OFFSET.search(spelled) else spelled)
    except ValueError:
        coarse = np.datetime64("NaT")
    if np.isnat(coarse) or not _EARLIEST <= coarse < _LATEST:
        raise BadParameter(
            f"{str(text)!r} is not a time in UTC between 1678 and 2261; write it as 2016-04-13T13:55:17Z or 2016-04-13."
        )
    return coarse.astype(NS)


def iso(instant: np.datetime64) -> str:
    """ISO 8601 text in UTC with a trailing `Z`, no more decimals than the instant needs."""
    text = str(np.asarray(instant, NS))
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"


def duration(seconds: float) -> str:
    """So many seconds as an ISO 8601 duration (`PT30S`, `PT0.05S`, `PT5M`, `PT1H`); `PT0S` of no number."""
    if not np.isfinite(seconds):
        return "PT0S"
    whole = round(seconds)
    if abs(seconds - whole) < 1e-9 and whole >= 60 and whole % 60 == 0:
        return f"PT{whole // 60}M" if whole % 3600 else f"PT{whole // 3600}H"
    return f"PT{seconds:.6f}".rstrip("0").rstrip(".") + "S"


@dataclass(frozen=True)
class Window:
    """A span of time, `start <= t < stop`."""

    start: np.datetime64
    stop: np.datetime64

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", utc(self.start))
        object.__setattr__(self, "stop", utc(self.stop))
        if not self.start < self.stop:
            raise BadParameter(
                f"The window {iso(self.start)} to {iso(self.stop)} is empty; its stop must come after its start."
            )

    @classmethod
    def between(cls, start: np.datetime64 | str | None, stop: np.datetime64 | str | None) -> Window:
        """From `start` until before `stop`; open where one is None, to a day short of what an instant can be."""
        return cls(_OPEN[0] if start is None else utc(start), _OPEN[1] if stop is None else utc(stop))

    def holds(self, times: np.ndarray) -> np.ndarray:
        """True where `times` (`datetime64`) lie in the window."""
        return (times >= self.start) & (times < self.stop)


_OPEN = (utc("1678-01-02"), utc("2261-12-31"))  # so that what lies around is an instant, too


def local_time(times: np.ndarray, longitude_deg) -> np.ndarray:
    """UTC times moved to local mean solar time, UTC + longitude / 15 h; `datetime64[ns]`, arguments broadcast."""
    return times + (np.round(np.asarray(longitude_deg) * 240e9)).astype("timedelta64[ns]")


def local_hours(times: np.ndarray, longitude_deg) -> np.ndarray:
    """Hour of the day, 0 <= hour < 24, of local mean solar time; `times` UTC `datetime64`, arguments broadcast."""
    local = local_time(times, longitude_deg)
    return (local - local.astype("datetime64[D]")) / np.timedelta64(1, "h")


_PERIOD_UNIT = {"day": "D", "month": "M", "year": "Y"}


def period_starts(times: np.ndarray, period: str) -> np.ndarray:
    """Start of the calendar `period` (day, month or year, UTC) of each time, `datetime64[ns]`."""
    return np.asarray(times).astype(f"datetime64[{_PERIOD_UNIT[period]}]").astype(NS)


def period_window(start: np.datetime64, period: str) -> Window:
    """The whole calendar period that begins at `start`."""
    first: Any = np.asarray(start).astype(f"datetime64[{_PERIOD_UNIT[period]}]")
    return Window(first.astype(NS)[()], (first + 1).astype(NS)[()])


LEAP_SECONDS: tuple[tuple[str, int], ...] = (
    ("1980-01-06", 0), ("1981-07-01", 1), ("1982-07-01", 2), ("1983-07-01", 3), ("1985-07-01", 4), ("1988-01-01", 5),
    ("1990-01-01", 6), ("1991-01-01", 7), ("1992-07-01", 8), ("1993-07-01", 9), ("1994-07-01", 10), ("1996-01-01", 11),
    ("1997-07-01", 12), ("1999-01-01", 13), ("2006-01-01", 14), ("2009-01-01", 15), ("2012-07-01", 16),
    ("2015-07-01", 17), ("2017-01-01", 18),
)  # fmt: skip
"""GPS time minus UTC [s] from the start of each date (UTC) on; GPS time began on 1980-01-06.

Source: the IERS Bulletins C, as collected in the IANA time zone database, 2025b, file `leapseconds`.
"""

LEAP_SECONDS_KNOWN_UNTIL = np.datetime64("2026-06-28", "ns")
"""Until when Bulletin C 70 (July 2025) vouches for the table; after it the last value is kept, see `gps_to_utc`."""

_LEAPS_UTC = np.array([date for date, _ in LEAP_SECONDS], NS)
_LEAPS = np.array([seconds for _, seconds in LEAP_SECONDS], np.int64).astype("timedelta64[s]").astype("timedelta64[ns]")
_LEAPS_GPS = _LEAPS_UTC + _LEAPS


def utc_to_gps(times) -> np.ndarray:
    """UTC (`datetime64`) as GPS time, `datetime64[ns]`; `BadParameter` before 1980-01-06. See `gps_to_utc`."""
    return _moved(times, _LEAPS_UTC, 1)


def gps_to_utc(times) -> np.ndarray:
    """GPS time (`datetime64`, continuous) as UTC, `datetime64[ns]`; NaT stays NaT.

    An instant inside a leap second, which `datetime64` cannot spell, becomes the first second of the new day. Times
    after `LEAP_SECONDS_KNOWN_UNTIL` are moved by the last known value: leap seconds are announced half a year ahead,
    none has been since 2017. Whoever reports such times says so (`leap_seconds_note`). Raises `BadParameter` for times
    before 1980-01-06, when there was no GPS time.
    """
    return _moved(times, _LEAPS_GPS, -1)


def _moved(times, starts: np.ndarray, sign: int) -> np.ndarray:
    times = np.asarray(times).astype(NS)
    if (times < starts[0]).any():
        raise BadParameter(f"{iso(times[times < starts[0]].min())} is before GPS time began, 1980-01-06.")
    return times + sign * _LEAPS[np.clip(np.searchsorted(starts, times, side="right") - 1, 0, len(starts) - 1)]


def leap_seconds_note(times) -> str:
    """What to say of UTC made from GPS times that the table of leap seconds does not vouch for; "" where it does."""
    times = np.asarray(times)
    if not (times > LEAP_SECONDS_KNOWN_UNTIL).any():
        return ""
    return (
        f"Leap seconds are known until {iso(LEAP_SECONDS_KNOWN_UNTIL)[:10]}; later times take the last value,"
        f" GPS - UTC = {LEAP_SECONDS[-1][1]} s."
    )
