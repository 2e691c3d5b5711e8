"""Whether phases count the wavelengths they are said to count, and GLONASS channels that no header gives.

Range by range, phase and code must grow alike; the ratio is the wavelength, far finer than two channels of GLONASS or
two carriers differ. A phase that counts other waves would make TEC run away by many units a minute.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from soap.domains.ionosphere.science.gnss.observation import SystemObservations
from soap.domains.ionosphere.science.gnss.signals import SPEED_OF_LIGHT, SignalPair, frequency, wavelength

_TOLERANCE = 1e-4
"""Largest error of a wavelength, relative; neighbouring channels of GLONASS differ by 3.5e-4."""

_LEAST_M = 100.0
"""What a wrong wavelength must add up to [m] over the way that was covered: the ionosphere, which delays codes and
advances phases, and multipath stay below."""

_SMOOTH = 0.1
"""A step of code and phase differing by more, relative, is a slip, a reset of the clock or a wild code."""

_CHANNELS = range(-7, 14)


def stretch(phase_m: np.ndarray, code_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By how much wavelengths are longer than taken, relative, and the way covered [m]; each of shape (sv,).

    `phase_m`, `code_m`: phase times the wavelength taken, and pseudorange [m], shape (sv, time). NaN where the two
    never moved.
    """
    moved, told = np.diff(phase_m, axis=1), np.diff(code_m, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        good = np.abs(told - moved) < _SMOOTH * np.abs(moved) + 10.0
        moved, told = np.where(good, moved, 0.0), np.where(good, told, 0.0)
        return (moved * told).sum(axis=1) / (moved * moved).sum(axis=1) - 1.0, np.abs(moved).sum(axis=1)


def glonass_channels(observed: SystemObservations, pairs: Mapping[SignalPair, np.ndarray]) -> dict[str, int]:
    """Frequency numbers of GLONASS satellites as their own phases and codes tell them; those that cannot be told lack.

    Not seldom a header has none, or an outdated one.
    """
    found = {}
    for pair, svs in pairs.items():
        taken = frequency("R", pair.phase_1)
        phase = SPEED_OF_LIGHT / taken * observed.plane(pair.phase_1).T[svs]
        excess, way = stretch(phase, observed.plane(pair.code_1).T[svs])
        off = np.abs(taken / (1.0 + excess)[:, None] / [frequency("R", pair.phase_1, k) for k in _CHANNELS] - 1.0)
        for row, sv in enumerate(svs):
            if off[row].min() < _TOLERANCE and way[row] * _TOLERANCE > _LEAST_M:
                found[observed.sv[sv]] = _CHANNELS[int(off[row].argmin())]
    return found


def counts_other_waves(
    observed: SystemObservations, pair: SignalPair, svs: np.ndarray, channels: Mapping[str, int]
) -> np.ndarray:
    """True, shape (sv,), where a phase of `pair` surely does not count the wavelength of its signal."""
    wrong = np.zeros(len(svs), dtype=bool)
    for phase, code in ((pair.phase_1, pair.code_1), (pair.phase_2, pair.code_2)):
        lengths = np.array([[wavelength(pair.system, phase, channels.get(observed.sv[sv], 0))] for sv in svs])
        excess, way = stretch(lengths * observed.plane(phase).T[svs], observed.plane(code).T[svs])
        with np.errstate(invalid="ignore"):
            wrong |= (np.abs(excess) > _TOLERANCE) & (np.abs(excess) * way > _LEAST_M)
    return wrong
