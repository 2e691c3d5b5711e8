"""What the solar wind does to every magnetometer at once: the ring current and the fluctuations of disturbed hours."""

from __future__ import annotations

import numpy as np

from soap.science.random_field import autocorrelated
from soap.science.simulator import Drivers

_RING_NT_PER_AP = 1.5
_RING_DECAY_HOURS = 15.0
_FLUCTUATION_NT_PER_AP = 0.35
_FLUCTUATION_DECAY_MINUTES = 25.0


def ring_current(times: np.ndarray, drivers: Drivers) -> np.ndarray:
    """Depression of the horizontal field at the equator [nT], shape (time,): a Dst made from ap.

    ap injects and the ring current decays with an e-folding time of 15 h: the balance of R. K. Burton, R. L. McPherron
    and C. T. Russell (J. Geophys. Res. 80, 4204, 1975, doi:10.1029/JA080i031p04204) with ap in the place of the solar
    wind's electric field. Decay and scale, -1.5 nT for each nT of ap that lasts, by least squares on Dst from November
    2005 to November 2006 (correlation 0.75).
    """
    step_hours = 3.0
    keep = np.exp(-step_hours / _RING_DECAY_HOURS)
    level, levels = float(drivers.ap[0]), np.empty(len(drivers.ap))
    for i, ap in enumerate(drivers.ap):
        level = keep * level + (1 - keep) * ap
        levels[i] = level
    ends = (drivers.time - drivers.time[0]) / np.timedelta64(1, "m") + 180.0  # the level is reached at the end
    return -_RING_NT_PER_AP * np.interp((times - drivers.time[0]) / np.timedelta64(1, "m"), ends, levels)


def fluctuation(times: np.ndarray, drivers: Drivers) -> np.ndarray:
    """Fluctuations of the horizontal field that all stations share [nT], shape (time,); `times` are whole minutes.

    Autoregressive over 25 min, their standard deviation 0.35 nT for each nT of ap (ap is, by its definition, half the
    range in three hours at a subauroral station; this gives low latitudes about half of that).
    """
    first = drivers.time[0]
    minutes = ((times - first) / np.timedelta64(1, "m")).astype(int)
    count = len(drivers.time) * 180
    noise = autocorrelated(drivers.rng("geomagnetic fluctuation"), count, _FLUCTUATION_DECAY_MINUTES)
    centres = (drivers.time - first) / np.timedelta64(1, "m") + 90.0
    size = np.interp(np.arange(count), centres, _FLUCTUATION_NT_PER_AP * drivers.ap)
    return (noise * size)[minutes]
