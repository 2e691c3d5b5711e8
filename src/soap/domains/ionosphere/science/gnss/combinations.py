"""Combinations of two signals that take out what is not wanted: geometry and clocks, or geometry and ionosphere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from soap.domains.ionosphere.science.gnss.observation import SystemObservations
from soap.domains.ionosphere.science.gnss.signals import (
    SPEED_OF_LIGHT,
    SignalPair,
    frequency,
    tecu_per_metre,
)

_RANGE_M = (1.5e7, 6.0e7)
"""Pseudoranges from the ground: 19,100 km (GLONASS at zenith) to 42,000 km (geostationary), and clocks of 15 ms."""


@dataclass(frozen=True)
class Combined:
    """Observations of a pair of signals combined; arrays have shape (sv, time), NaN where one of the signals lacks."""

    phase_tec: np.ndarray
    """[TECU] Geometry-free phase: TEC with an unknown level for each arc."""
    code_tec: np.ndarray
    """[TECU] Geometry-free code: TEC with noise, multipath and biases."""
    wide_lane: np.ndarray
    """[cycle] Melbourne-Wuebbena: the ambiguity of phase 1 minus that of phase 2, with code noise and biases."""
    warned: np.ndarray
    """bool: the receiver lost lock on either phase just before (bit 0 of the loss of lock indicator)."""
    wavelengths: np.ndarray
    """[m], shape (sv, 2)."""
    tecu_per_metre: np.ndarray
    """[TECU/m], shape (sv,)."""


def combine(observed: SystemObservations, pair: SignalPair, svs: np.ndarray, channels: Mapping[str, int]) -> Combined:
    """Geometry-free and Melbourne-Wuebbena combinations of `pair` for the satellites at indices `svs`.

    Pseudoranges that no satellite can have are left out. W. G. Melbourne, Proc. 1st Int. Symp. Precise Positioning
    with GPS, 373-386, 1985; G. Wuebbena, ibid. 403-412; G. Blewitt, Geophys. Res. Lett. 17, 199-202, 1990,
    doi:10.1029/GL017i003p00199, equations 1 to 6.
    """
    phase_1, phase_2 = (_columns(observed, code, svs) for code in (pair.phase_1, pair.phase_2))
    code_1, code_2 = (_possible(_columns(observed, code, svs)) for code in (pair.code_1, pair.code_2))
    numbers = [channels.get(observed.sv[sv], 0) for sv in svs]
    one, two = (
        np.array([[frequency(pair.system, code, number)] for number in numbers]) for code in (pair.code_1, pair.code_2)
    )
    length_1, length_2 = SPEED_OF_LIGHT / one, SPEED_OF_LIGHT / two
    scale = tecu_per_metre(one, two)
    narrow = (one - two) / (one + two)
    lost = (observed.lli[observed.codes.index(code)][:, svs].T & 1 for code in (pair.phase_1, pair.phase_2))
    return Combined(
        phase_tec=scale * length_1 * phase_1 - scale * length_2 * phase_2,
        code_tec=scale * (code_2 - code_1),
        wide_lane=phase_1 - phase_2 - narrow / length_1 * code_1 - narrow / length_2 * code_2,
        warned=np.logical_or(*lost),
        wavelengths=np.hstack([length_1, length_2]),
        tecu_per_metre=scale[:, 0],
    )


def _columns(observed: SystemObservations, code: str, svs: np.ndarray) -> np.ndarray:
    """One code of some satellites, shape (sv, time), contiguous."""
    return np.ascontiguousarray(observed.plane(code).T[svs])


def _possible(ranges: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.where((ranges > _RANGE_M[0]) & (ranges < _RANGE_M[1]), ranges, np.nan)
