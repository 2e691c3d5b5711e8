"""Space weather on a station's local days: what drove the day, and whether a storm vetoes it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.science.background import Drivers, past_mean

KP_TOLERANCE = 0.01
"""Kp comes in thirds; 3.0 and 3o are the same however they were rounded."""

_HOUR_NS = 3_600_000_000_000
_DAY_NS = 24 * _HOUR_NS


@dataclass(frozen=True)
class Index:
    """An index of activity or flux: start of each interval (`datetime64[ns]`), its length [h], the values."""

    time: np.ndarray
    interval_hours: int
    values: np.ndarray


def local_day_start(days: np.ndarray, longitude: float) -> np.ndarray:
    """UTC instant at which each day of local mean solar time (UTC + longitude / 15 h) begins, `datetime64[ns]`."""
    return days.astype("datetime64[ns]") - np.timedelta64(round(longitude / 15 * _HOUR_NS), "ns")


def day_extreme(index: Index, days: np.ndarray, longitude: float, largest: bool = True) -> np.ndarray:
    """Largest (or smallest) value of the intervals that touch each local day; NaN where one of them is unknown.

    A day with an unknown interval is unknown, because the storm may be in it. `days` `datetime64[D]`, shape (day,).
    """
    start = local_day_start(days, longitude)
    length = np.timedelta64(index.interval_hours, "h")
    first = np.searchsorted(index.time, start - length, side="right")
    last = np.searchsorted(index.time, start + np.timedelta64(24, "h"))
    width = -(-24 // index.interval_hours) + 1
    at = first[:, None] + np.arange(width)
    inside = at < last[:, None]
    values = np.append(index.values, np.nan)[np.minimum(at, len(index.values))]
    whole = (last - first >= width - 1) & (np.isfinite(values) | ~inside).all(axis=1)
    held = np.where(inside & np.isfinite(values), values, -np.inf if largest else np.inf)
    extreme = held.max(axis=1) if largest else held.min(axis=1)
    return np.where(whole, extreme, np.nan)


def day_mean(index: Index, days: np.ndarray, longitude: float, shift_days: int = 0) -> np.ndarray:
    """Mean over the intervals centred in each local day, moved by `shift_days`; NaN below three quarters of them."""
    start = local_day_start(days, longitude) + np.timedelta64(shift_days, "D")
    centre = index.time + np.timedelta64(index.interval_hours * 30, "m")
    known = np.isfinite(index.values)
    total = np.concatenate([[0.0], np.cumsum(np.where(known, index.values, 0.0))])
    count = np.concatenate([[0], np.cumsum(known)])
    first, last = np.searchsorted(centre, start), np.searchsorted(centre, start + np.timedelta64(24, "h"))
    n = count[last] - count[first]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(4 * n * index.interval_hours >= 3 * 24, (total[last] - total[first]) / n, np.nan)


@dataclass(frozen=True)
class LocalDays:
    """Space weather of days of local mean solar time at one longitude; all arrays (day,).

    `start` UTC instant at which each day begins, `datetime64[ns]`; `max_kp`, `min_rc` [nT] extremes of the intervals
    that touch it, NaN where one is unknown; `calm` false where a storm vetoes the day, or its activity is unknown.
    """

    start: np.ndarray
    max_kp: np.ndarray
    min_rc: np.ndarray
    calm: np.ndarray


def local_days(
    kp: Index, days: np.ndarray, longitude: float, max_kp: float, rc: Index | None = None, min_rc: float = -30.0
) -> LocalDays:
    """The storm veto of all studies: a local day of Kp above `max_kp`, or RC below `min_rc` [nT], is not calm.

    `days` `datetime64[D]`; `longitude` [degree east]. Without `rc` it does not veto.
    """
    highest = day_extreme(kp, days, longitude)
    lowest = np.full(len(days), np.nan) if rc is None else day_extreme(rc, days, longitude, largest=False)
    with np.errstate(invalid="ignore"):
        calm = highest <= max_kp + KP_TOLERANCE
        if rc is not None:
            calm &= lowest >= min_rc
    return LocalDays(local_day_start(days, longitude), highest, lowest, calm)


def drivers(ap: Index, f107: Index, days: np.ndarray, longitude: float, flux_mean_days: int) -> Drivers:
    """What drove each local day at `longitude` [degree east]; F10.7 is that of its date."""
    flux_days = np.arange(days[0] - flux_mean_days, days[-1] + 1)
    daily = np.full(len(flux_days), np.nan)
    at = (f107.time.astype("datetime64[D]") - flux_days[0]).astype(int)
    inside = (at >= 0) & (at < len(daily))
    daily[at[inside]] = f107.values[inside]
    wanted = (days - flux_days[0]).astype(int)
    return Drivers(
        f107=daily[wanted],
        f107_past=past_mean(daily, flux_mean_days)[wanted],
        ap=day_mean(ap, days, longitude),
        ap_before=day_mean(ap, days, longitude, shift_days=-1),
    )
