"""Slant TEC of one receiver: levelled to the codes, with the biases of satellites and receiver still in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.domains.ionosphere.science.gnss.signals import SignalPair


@dataclass(frozen=True)
class SlantTec:
    """Slant TEC of the satellites of one system that one pair of signals is taken for.

    Arrays have shape (time, sv) unless said; NaN where there is none. The TEC along the ray is

        stec = stec_levelled + tecu_per_ns * (satellite bias + receiver bias)

    with biases [ns] of `pair.code_1` minus `pair.code_2`, as SINEX-BIAS and the centres' DCB files give them.
    """

    system: str
    pair: SignalPair
    time: np.ndarray
    """GPS time, datetime64[ns], shape (time,), that of the observations."""
    sv: tuple[str, ...]
    stec_levelled: np.ndarray
    """[TECU] Phase, each arc levelled to its codes; biases are in it."""
    arc: np.ndarray
    """int32: number of the arc, counted through all satellites of this record; -1 where there is none."""
    levelling_sigma: np.ndarray
    """[TECU] Standard error of the level of the arc; one error for all values of an arc."""
    elevation_deg: np.ndarray
    azimuth_deg: np.ndarray
    roti: np.ndarray
    """[TECU/min] Rate of TEC index over `roti_window_s` seconds up to each time."""
    roti_window_s: float
    quality: np.ndarray
    """uint8, flags of `soap.observations.quality.Quality`: JUMP at the first value after a slip, SPIKE where a phase
    stands alone (its TEC is NaN), CONTAMINATED where only the code is wild (it is left out of the level)."""
    slips: np.ndarray
    """int64, shape (sv,): slips found by their size or where the receiver warned (gaps are none)."""
    tecu_per_ns: np.ndarray
    """[TECU/ns], shape (sv,): each GLONASS satellite has its own frequencies."""
