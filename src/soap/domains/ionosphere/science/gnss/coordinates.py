"""Where receivers stand, from the solutions of geodetic networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_YEAR_S = 365.25 * 86_400


@dataclass(frozen=True)
class Solution:
    """One solution of a station: Earth-fixed position [m] at `epoch`, velocity [m/year], and the time it is for.

    `start` and `stop` are NaT where the file does not tell them.
    """

    station: str
    epoch: np.datetime64
    position_m: np.ndarray
    velocity: np.ndarray
    start: np.datetime64
    stop: np.datetime64


class StationCoordinates:
    """Positions of stations, see `position`."""

    def __init__(self, solutions: Sequence[Solution], notes: Sequence[str] = ()):
        self.notes = tuple(notes)
        self._of: dict[str, list[Solution]] = {}
        for solution in solutions:
            self._of.setdefault(solution.station.upper(), []).append(solution)

    @property
    def stations(self) -> tuple[str, ...]:
        """Four-character names, upper case, sorted."""
        return tuple(sorted(self._of))

    def position(self, station: str, time: np.datetime64) -> np.ndarray:
        """Earth-fixed position [m], shape (3,), of a station at a time, moved by its velocity; NaN where unknown.

        `station` is a marker name whose first four characters count. Of several solutions that one is taken whose span
        holds the time (a station moves at an earthquake or a change of antenna), else the nearest in time.
        """
        solutions = self._of.get(station[:4].upper(), [])
        if not solutions:
            return np.full(3, np.nan)
        best = min(solutions, key=lambda solution: _apart(solution, time))
        years = (time - best.epoch) / np.timedelta64(1, "s") / _YEAR_S
        return best.position_m + best.velocity * years


def _apart(solution: Solution, time: np.datetime64) -> float:
    """How far [s] a time lies outside a solution's span; from its epoch where that is unknown."""
    start = solution.epoch if np.isnat(solution.start) else solution.start
    stop = solution.epoch if np.isnat(solution.stop) else solution.stop
    return float(max((start - time) / np.timedelta64(1, "s"), (time - stop) / np.timedelta64(1, "s"), 0.0))
