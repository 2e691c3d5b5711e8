"""Code biases from rows of differences: what is not given directly is composed of what is."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

ABSOLUTE = ""
"""In place of the second signal: a bias of one signal alone, against a reference that the file's biases share."""


@dataclass(frozen=True)
class BiasRow:
    """One row of a file: `owner` is a satellite (`G05`) or a receiver (`CIBG/G`), `two` may be `ABSOLUTE`; ns."""

    owner: str
    one: str
    two: str
    value_ns: float
    sigma_ns: float = float("nan")


def receiver_owner(station: str, system: str) -> str:
    """Name under which a receiver's biases for one system's signals stand."""
    return f"{station.upper()}/{system}"


class CodeBiases:
    """Biases of satellites and receivers, see `Biases`.

    Signals are joined by the rows; a difference is the sum along the shortest way between two signals, among equally
    short ways that with the smallest sum of variances. Where files give a row twice, the first given holds. `notes`
    say what was left out.
    """

    def __init__(self, rows: Iterable[BiasRow], notes: Sequence[str] = ()):
        self._steps: dict[str, dict[str, dict[str, tuple[float, float]]]] = {}
        self.notes = tuple(notes)
        for row in rows:
            graph = self._steps.setdefault(row.owner, {})
            if row.two not in graph.get(row.one, {}):
                graph.setdefault(row.one, {})[row.two] = (row.value_ns, row.sigma_ns)
                graph.setdefault(row.two, {})[row.one] = (-row.value_ns, row.sigma_ns)

    @property
    def owners(self) -> tuple[str, ...]:
        """Satellites and receivers with biases, sorted."""
        return tuple(sorted(self._steps))

    def satellite(self, sv: str, one: str, two: str) -> float:
        """Bias `one - two` of a satellite [ns]; NaN where unknown."""
        return self._difference(sv, one, two)[0]

    def receiver(self, station: str, system: str, one: str, two: str) -> float:
        """Bias `one - two` of a receiver for the signals of a system (`G`) [ns]; NaN where unknown."""
        return self._difference(receiver_owner(station, system), one, two)[0]

    def receiver_sigma(self, station: str, system: str, one: str, two: str) -> float:
        """Standard deviation of that bias as the file gives it [ns]; NaN where unknown."""
        return self._difference(receiver_owner(station, system), one, two)[1]

    def _difference(self, owner: str, one: str, two: str) -> tuple[float, float]:
        graph = self._steps.get(owner, {})
        if one not in graph or two not in graph:
            return (0.0, 0.0) if one == two else (np.nan, np.nan)
        best = {one: (0, 0.0, 0.0)}  # signal: steps, variance, value
        waiting = deque([one])
        while waiting:
            here = waiting.popleft()
            steps, variance, value = best[here]
            for there, (difference, sigma) in graph[here].items():
                way = (steps + 1, variance + (0.0 if isnan(sigma) else sigma**2), value + difference)
                if there not in best or way[:2] < best[there][:2]:
                    if there not in best:
                        waiting.append(there)
                    best[there] = way
        _, variance, value = best.get(two, (0, np.nan, np.nan))
        return value, float(np.sqrt(variance))
