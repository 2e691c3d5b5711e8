"""Simulated scalar magnetometer on a half-orbit: the IGRF, a ring current by ap, and the instrument's noise."""

from __future__ import annotations

import numpy as np
import xarray as xr

from soap.domains.topside.names import NAMES
from soap.observations import track
from soap.science.main_field import igrf
from soap.science.simulator import Drivers, HalfOrbit

_NODE_STEP_S = 20.0
_NOISE_NT = 0.1
_RING_NT_PER_AP = 1.5


def scalar_magnetometer(half: HalfOrbit, times: np.ndarray, drivers: Drivers, rng: np.random.Generator) -> xr.Dataset:
    """`b_total` [nT] of a half-orbit; `times` are those of `half`.

    The ring current is uniform and along the dipole's axis, -1.5 nT for each nT of the past day's mean ap; it is seen
    through its component along the main field.
    """
    north, east, down = field_along(half)
    ring = -_RING_NT_PER_AP * drivers.ap_of_past_day(times)
    axis = np.radians(half.latitude)  # the geographic axis, 10 degrees from the dipole's, is near enough for this
    total = np.sqrt((north + ring * np.cos(axis)) ** 2 + east**2 + (down + ring * np.sin(axis)) ** 2)
    total += _NOISE_NT * rng.normal(size=len(times))
    return track(
        times, half.latitude, half.longitude, half.height_km, {"b_total": total}, names=NAMES,
        collection_id=f"topside.{half.platform}.hpm_6.l2", platform=half.platform, level="L2", time_stamp="instant",
        half_orbit_id=half.half_orbit_id, orbit_number=half.orbit_number, orbit_state=half.orbit_state, simulated=1,
    )  # fmt: skip


def field_along(half: HalfOrbit) -> np.ndarray:
    """North, east and down components of the IGRF [nT] along a half-orbit, shape (3, time).

    Computed every 20 s (150 km, against a finest wavelength of 3,000 km in the model) and splined in between.
    """
    from scipy.interpolate import CubicSpline  # slow to import

    seconds = (half.time - half.time[0]) / np.timedelta64(1, "s")
    every = max(1, round(_NODE_STEP_S / float(np.median(np.diff(seconds)))))
    nodes = np.unique(np.append(np.arange(0, len(seconds), every), len(seconds) - 1))
    parts = igrf(half.latitude[nodes], half.longitude[nodes], half.height_km[nodes], half.time[len(half.time) // 2])
    return np.asarray(CubicSpline(seconds[nodes], np.stack(parts), axis=1)(seconds))
