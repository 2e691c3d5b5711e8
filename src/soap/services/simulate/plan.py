"""Where a signal is put: which earthquakes, which stations, which days. Known beforehand, and written as the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.core.place import distance_km
from soap.core.time import Window
from soap.observations import Earthquake, Station
from soap.science.decluster import mainshocks
from soap.science.preparation import preparation_radius_km
from soap.science.simulator import Drivers

DAYS_BEFORE = (-5, -1)
"""First and last day that carry the signal, relative to the local day of the earthquake."""
MIN_MAGNITUDE = 5.0
DECLUSTER_KM, DECLUSTER_DAYS = 200.0, 30.0
MAX_QUIET_KP = 3.0
_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Target:
    """One earthquake that the signal is tied to, and the `codes` of the stations in its preparation zone."""

    event: Earthquake
    radius_km: float
    codes: tuple[str, ...]


def targets(events: tuple[Earthquake, ...], stations: tuple[Station, ...], window: Window) -> tuple[Target, ...]:
    """The declustered earthquakes of M >= 5 with at least one station in their preparation zone, in order of time.

    `events` are those of the whole time shipped, so that the same ones are mainshocks for every `window`; of them,
    those whose days of signal lie in `window` at least in part.
    """
    strong = [event for event in events if event.magnitude >= MIN_MAGNITUDE]
    if not strong:
        return ()
    kept = mainshocks(
        *([getattr(event, name) for event in strong] for name in ("time", "latitude", "longitude", "magnitude")),
        within_days=DECLUSTER_DAYS, within_km=DECLUSTER_KM,
    )  # fmt: skip
    found = []
    for event in (event for event, keep in zip(strong, kept, strict=True) if keep):
        if not window.start < event.time < window.stop - DAYS_BEFORE[0] * _DAY:
            continue
        radius = float(preparation_radius_km(event.magnitude))
        codes = tuple(
            station.code for station in stations
            if distance_km(event.latitude, event.longitude, station.latitude, station.longitude) <= radius
        )  # fmt: skip
        if codes:
            found.append(Target(event, radius, codes))
    return tuple(found)


def signal_days(target: Target, station: Station) -> np.ndarray:
    """The station's days of local mean solar time that carry the signal of `target`, `datetime64[D]`."""
    local = target.event.time + np.timedelta64(round(station.longitude * 240), "s")
    return local.astype("datetime64[D]") + np.arange(DAYS_BEFORE[0], DAYS_BEFORE[1] + 1)


def days_of(station: Station, chosen: tuple[Target, ...]) -> np.ndarray:
    """Every day that carries a signal at a station, each once, in order."""
    days = [signal_days(target, station) for target in chosen if station.code in target.codes]
    return np.unique(np.concatenate(days)) if days else np.array([], "datetime64[D]")


def quiet_days(station: Station, drivers: Drivers, max_kp: float = MAX_QUIET_KP) -> np.ndarray:
    """The station's local days on which no three-hour interval has a larger Kp, `datetime64[D]`."""
    half_interval = np.timedelta64(90, "m")
    local = drivers.time + half_interval + np.timedelta64(round(station.longitude * 240), "s")
    days = local.astype("datetime64[D]")
    return np.setdiff1d(days, days[drivers.kp > max_kp + 0.01])
