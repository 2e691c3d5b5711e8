"""The orbit of the made-up satellite `simulated-leo`: circular, sun-synchronous, the ground track of CSES-01.

Mean height 507 km, inclination 97.4 degrees, ascending at 02:00 and descending at 14:00 mean local time, 76
revolutions in 5 days (X. Shen et al., Sci. China Technol. Sci. 61, 634, 2018, doi:10.1007/s11431-018-9242-0).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

import numpy as np

from soap.core.place import distance_km, east180
from soap.core.time import Window
from soap.science.simulator import HalfOrbit

PLATFORM = "simulated_leo"
EPOCH = np.datetime64("2016-03-01T00:00:00", "ns")
"""Instant at which revolution 0 rises through the equator; revolutions count from here."""
NODAL_PERIOD_S = 5 * 86400.0 / 76
INCLINATION_DEG = 97.4
NODE_LOCAL_HOURS = 2.0
RADIUS_KM = 6878.0
HIGHEST_LATITUDE_DEG = 65.0
"""Half-orbits are cut where the geodetic latitude passes this, as CSES does."""
_WGS84_A_KM, _WGS84_F = 6378.137, 1 / 298.257223563

_COARSE = np.timedelta64(4, "s")
"""Step at which the distance to places is asked: the satellite moves 28 km over the ground."""

State = Literal["ascending", "descending"]


def position(times: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Geodetic latitude, longitude [degree] and height above the ellipsoid [km] at `times`, each of shape (time,)."""
    seconds = (times - EPOCH) / np.timedelta64(1, "s")
    along = 2 * np.pi * (seconds / NODAL_PERIOD_S)
    tilt = np.radians(INCLINATION_DEG)
    geocentric = np.arcsin(np.sin(tilt) * np.sin(along))
    from_node = np.degrees(np.arctan2(np.cos(tilt) * np.sin(along), np.cos(along)))
    hours = (times - times.astype("datetime64[D]")) / np.timedelta64(1, "h")
    longitude = east180(15.0 * (NODE_LOCAL_HOURS - hours) + from_node)
    latitude, height = _geodetic(geocentric)
    return latitude, longitude, height


def _geodetic(geocentric: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Geodetic latitude [degree], height [km] of points `RADIUS_KM` out (B. R. Bowring, Survey Rev. 28, 202, 1985)."""
    b = _WGS84_A_KM * (1 - _WGS84_F)
    e2, second = 1 - (b / _WGS84_A_KM) ** 2, (_WGS84_A_KM / b) ** 2 - 1
    p, z = RADIUS_KM * np.cos(geocentric), RADIUS_KM * np.sin(geocentric)
    reduced = np.arctan2(z * (1 + second * b / RADIUS_KM), p * _WGS84_A_KM / b)
    latitude = np.arctan2(z + second * b * np.sin(reduced) ** 3, p - e2 * _WGS84_A_KM * np.cos(reduced) ** 3)
    normal = _WGS84_A_KM / np.sqrt(1 - e2 * np.sin(latitude) ** 2)
    height = p * np.cos(latitude) + z * np.sin(latitude) - _WGS84_A_KM**2 / normal
    return np.degrees(latitude), height


def half_orbit(number: int, state: State, cadence: np.timedelta64) -> HalfOrbit:
    """One half-orbit: the whole seconds around an equator crossing at which |latitude| < `HIGHEST_LATITUDE_DEG`."""
    step_s = int(cadence / np.timedelta64(1, "s"))
    reach = int(NODAL_PERIOD_S / 4) // step_s * step_s
    seconds = round(_crossing_s(number, state)) + np.arange(-reach, reach + 1, step_s)
    time = EPOCH + seconds * np.timedelta64(10**9, "ns")
    latitude, longitude, height = position(time)
    keep = np.abs(latitude) < HIGHEST_LATITUDE_DEG
    return HalfOrbit(time[keep], latitude[keep], longitude[keep], height[keep], number, state, PLATFORM)


def half_orbits(window: Window, latitudes: np.ndarray, longitudes: np.ndarray,
                within_km: float) -> Iterator[tuple[int, State]]:  # fmt: skip
    """Number and state of the half-orbits wholly in `window` that come within a distance of any of the places."""
    ends = ((end - EPOCH) / np.timedelta64(1, "s") / NODAL_PERIOD_S for end in (window.start, window.stop))
    first, last = next(ends), next(ends)
    for number in range(int(np.floor(first)), int(np.ceil(last)) + 1):
        for state in get_args(State):
            half = half_orbit(number, state, _COARSE)
            inside = half.time[0] - _COARSE >= window.start and half.time[-1] + _COARSE < window.stop
            if inside and _comes_near(half, latitudes, longitudes, within_km):
                yield number, state


def _crossing_s(number: int, state: State) -> float:
    """Seconds from `EPOCH` to the half-orbit's passage over the equator."""
    return (number + (0.5 if state == "descending" else 0.0)) * NODAL_PERIOD_S


def _comes_near(half: HalfOrbit, latitudes: np.ndarray, longitudes: np.ndarray, within_km: float) -> bool:
    apart = distance_km(latitudes[:, None], longitudes[:, None], half.latitude, half.longitude)
    return bool(apart.min(initial=np.inf) <= within_km)
