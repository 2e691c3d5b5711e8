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

    def holds(self, times: np.ndarray) -> np.ndarray:
        """True where `times` (`datetime64`) lie in the window."""
        return (times >= self.start) & (times < self.stop)


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
