"""What passes over an epicentre: satellite tracks in the zone and map values at its centre, one value a local day."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import xarray as xr

from soap.core.place import distance_km
from soap.core.time import local_hours, local_time
from soap.observations.quality import SUFFIX

MIN_SAMPLES = 10
"""Samples of one pass within the zone, below which the pass does not count."""
MIN_MAPS = 8
"""Map times of a local day, below which the day does not count (two-hourly maps: 16 of 24 hours)."""
NIGHT_HOURS = (18.0, 6.0)


def passes_by_day(
    tracks: Iterable[xr.Dataset], variable: str, epicentre: tuple[float, float], radius_km: float, days: np.ndarray
) -> dict[str, np.ndarray]:
    """Median of `variable` over each day's samples within `radius_km` of the epicentre, apart by night and day.

    Night is 18 to 06 h local mean time at the sample. Keys `night` and `day`, values (day,) in the variable's unit;
    NaN where fewer than `MIN_SAMPLES` sound samples lie in the zone.
    """
    collected: dict[tuple[str, int], list[np.ndarray]] = {}
    for track in tracks:
        if variable not in track:
            continue
        latitude, longitude = track["latitude"].values, track["longitude"].values
        near = distance_km(latitude, longitude, *epicentre) <= radius_km
        sound = near & (track[variable + SUFFIX].values == 0)
        if not sound.any():
            continue
        hour = local_hours(track["time"].values[sound], longitude[sound])
        night = (hour >= NIGHT_HOURS[0]) | (hour < NIGHT_HOURS[1])
        at_epicentre = local_time(track["time"].values[sound], epicentre[1]).astype("datetime64[D]")
        values = track[variable].values[sound]
        for part, here in (("night", night), ("day", ~night)):
            for date in np.unique(at_epicentre[here]):
                index = int((date - days[0]).astype(int))
                if 0 <= index < len(days):
                    collected.setdefault((part, index), []).append(values[here & (at_epicentre == date)])
    out = {part: np.full(len(days), np.nan) for part in ("night", "day")}
    for (part, index), parts in collected.items():
        together = np.concatenate(parts)
        if len(together) >= MIN_SAMPLES:
            out[part][index] = np.median(together)
    return out


def map_by_day(
    fields: Iterable[xr.Dataset], variable: str, epicentre: tuple[float, float], days: np.ndarray
) -> np.ndarray:
    """Mean of `variable` at the grid point nearest to the epicentre over each local day, (day,), in its unit.

    NaN where fewer than `MIN_MAPS` maps of the day have a sound value there.
    """
    total, count = np.zeros(len(days)), np.zeros(len(days), int)
    seen: set[np.datetime64] = set()
    for field in fields:
        if variable not in field:
            continue
        point = field.sel(latitude=epicentre[0], method="nearest").sel(longitude=epicentre[1], method="nearest")
        at = (local_time(point["time"].values, epicentre[1]).astype("datetime64[D]") - days[0]).astype(int)
        sound = (point[variable + SUFFIX].values == 0) & (at >= 0) & (at < len(days))
        sound &= np.array([time not in seen for time in point["time"].values])
        seen.update(point["time"].values)
        np.add.at(total, at[sound], point[variable].values[sound])
        np.add.at(count, at[sound], 1)
    return np.where(count >= MIN_MAPS, total / np.maximum(count, 1), np.nan)
