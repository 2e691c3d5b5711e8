"""Code biases from rows of differences: what is not given directly is composed of what is."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

ABSOLUTE = ""
"""In place of the second signal: a bias of one signal alone, against a reference that the file's biases share."""


Span = tuple[np.datetime64, np.datetime64]
"""Start and stop of the time that a bias is of."""


@dataclass(frozen=True)
class BiasRow:
    """One row of a file: `owner` is a satellite (`G05`) or a receiver (`CIBG/G`), `two` may be `ABSOLUTE`; ns.

    It is of the time `span` (start, stop); None where the file does not tell.
    """

    owner: str
    one: str
    two: str
    value_ns: float
    sigma_ns: float = float("nan")
    span: Span | None = None


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
        self._rows = list(rows)
        self._spans = {row.span for row in self._rows}
        self._days: dict[np.datetime64, CodeBiases] = {}
        for row in self._rows:
            graph = self._steps.setdefault(row.owner, {})
            if row.two not in graph.get(row.one, {}):
                graph.setdefault(row.one, {})[row.two] = (row.value_ns, row.sigma_ns)
                graph.setdefault(row.two, {})[row.one] = (-row.value_ns, row.sigma_ns)

    @property
    def owners(self) -> tuple[str, ...]:
        """Satellites and receivers with biases, sorted."""
        return tuple(sorted(self._steps))

    def at(self, time: np.datetime64) -> CodeBiases:
        """The biases of one time: of rows given for several times those whose span holds it, else the nearest.

        Their only note says so where none is of that day. Files of many days can so be given together.
        """
        day = time.astype("datetime64[D]")
        if day not in self._days:
            told = [span for span in self._spans if span is not None]
            notes = [] if not told or len(told) < len(self._spans) else _notes_of_another_time(told, day)
            self._days[day] = (
                self if len(self._spans) < 2 and not notes else CodeBiases(self._nearest_first(day), notes)
            )
        return self._days[day]

    def _nearest_first(self, day: np.datetime64) -> list[BiasRow]:
        apart = {span: _days_apart(span, day) for span in self._spans}
        return sorted(self._rows, key=lambda row: apart[row.span])

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


def _days_apart(span: Span | None, day: np.datetime64) -> float:
    """How far [d] the middle of a day lies outside a span; 0 where the span is not told."""
    if span is None:
        return 0.0
    noon, day_long = day.astype("datetime64[s]") + np.timedelta64(12, "h"), np.timedelta64(1, "D")
    return float(max((span[0] - noon) / day_long, (noon - span[1]) / day_long, 0.0))


def _notes_of_another_time(spans: Sequence[Span], day: np.datetime64) -> list[str]:
    start, stop = min(spans, key=lambda span: _days_apart(span, day))
    if _days_apart((start, stop), day) == 0:
        return []
    return [
        f"No bias given is of {day}; the nearest, of {start.astype('datetime64[D]')} to {stop.astype('datetime64[D]')},"
        " are used. They change by tenths of a nanosecond in a month, and with every new satellite."
    ]
