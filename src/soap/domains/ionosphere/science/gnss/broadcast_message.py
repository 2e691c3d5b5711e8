"""Broadcast messages as tables, and which of a satellite's messages serves when."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import ClassVar, Self

import numpy as np

from soap.domains.ionosphere.science.gnss.broadcast_orbit import Elements, kepler_positions
from soap.domains.ionosphere.science.gnss.glonass_orbit import STEP_S, glonass_position_at, glonass_positions
from soap.domains.ionosphere.science.gnss.message_check import trusted
from soap.domains.ionosphere.science.gnss.sampled_orbit import MINIMUM_NODES, Arcs, SampledOrbits

_ELEMENTS = tuple(field.name for field in fields(Elements))
_REACH = MINIMUM_NODES // 2


@dataclass(frozen=True)
class Messages(ABC):
    """n messages of one system: satellite, reference time (GPS time), how long either side of it they hold [s], health.

    Each system's messages add what its orbit model takes, and compute positions every `step_s`.
    """

    step_s: ClassVar[int]
    sv: np.ndarray
    reference: np.ndarray
    valid_s: np.ndarray
    healthy: np.ndarray

    @abstractmethod
    def sampled(self, reach: int) -> np.ndarray:
        """Positions [m], shape (n, 2 * reach + 1, 3), every `step_s` around each reference time."""

    @abstractmethod
    def at(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Positions [m], shape (n, 3), `elapsed_s` (n,) after each reference time."""

    def and_(self, other: Self) -> Self:
        """These messages and then `other`, of the same system."""
        return replace(self, **{name: _chained(getattr(self, name), getattr(other, name)) for name in _columns(self)})

    def taken(self, rows: np.ndarray) -> Self:
        """The messages of some rows."""
        return replace(self, **{name: _rows(getattr(self, name), rows) for name in _columns(self)})


@dataclass(frozen=True)
class KeplerMessages(Messages):
    """Messages of GPS, QZSS, Galileo or BeiDou."""

    step_s = 900
    elements: Elements

    def sampled(self, reach: int) -> np.ndarray:
        """See `Messages`."""
        elapsed = np.broadcast_to(np.arange(-reach, reach + 1) * float(self.step_s), (len(self.sv), 2 * reach + 1))
        return self._positions(elapsed)

    def at(self, elapsed_s: np.ndarray) -> np.ndarray:
        """See `Messages`."""
        return self._positions(elapsed_s[:, None])[:, 0]

    def _positions(self, elapsed_s: np.ndarray) -> np.ndarray:
        system, number = str(self.sv[0])[0], np.array([int(name[1:]) for name in self.sv.tolist()])
        geostationary = ((number <= 5) | (number >= 59)) & (system == "C")  # BDS-SIS-ICD B1I 3.0, table 4-1
        return kepler_positions(self.elements, elapsed_s, system, geostationary)


@dataclass(frozen=True)
class GlonassMessages(Messages):
    """Messages of GLONASS: state [m, m/s] and acceleration [m/s2] by Sun and Moon, each (n, 3)."""

    position_m: np.ndarray
    velocity: np.ndarray
    acceleration: np.ndarray
    step_s = 300

    def sampled(self, reach: int) -> np.ndarray:
        """See `Messages`."""
        every = round(self.step_s / STEP_S)
        return glonass_positions(self.position_m, self.velocity, self.acceleration, reach, every)

    def at(self, elapsed_s: np.ndarray) -> np.ndarray:
        """See `Messages`."""
        return glonass_position_at(self.position_m, self.velocity, self.acceleration, elapsed_s)


def _columns(table: Messages) -> list[str]:
    return [field.name for field in fields(table)]


def _rows(column, rows: np.ndarray):
    if isinstance(column, Elements):
        return Elements(*(getattr(column, name)[rows] for name in _ELEMENTS))
    return column[rows]


def _chained(one, two):
    if isinstance(one, Elements):
        return Elements(*(np.concatenate([getattr(part, name) for part in (one, two)]) for name in _ELEMENTS))
    return np.concatenate([one, two])


def broadcast_orbits(tables: Sequence[Messages], notes: Sequence[str] = ()) -> SampledOrbits:
    """Orbits from messages; of a satellite's messages the one serves whose reference time is nearest.

    A message serves no longer than it holds (`valid_s` either side of its reference time), and not where it says that
    the satellite is unhealthy. The paths are computed by each system's own model at 900 s (GLONASS 300 s) and
    interpolated between, which changes them by less than 1 mm.
    """
    arcs: list[Arcs] = []
    unhealthy, odd = Counter[str](), Counter[str]()
    for table in _by_system(tables):
        table = _one_a_time(table)
        good = trusted(table)
        odd.update(table.sv[~good].tolist())
        served, from_, to = _service(table.taken(np.flatnonzero(good)))
        sick = ~served.healthy
        unhealthy.update(served.sv[sick].tolist())
        keep = np.flatnonzero(~sick & (to > from_))
        if len(keep):
            arcs.extend(_arcs(served.taken(keep), from_[keep], to[keep]))
    if odd:
        notes = (*notes, f"Messages that contradict others of their satellite were left out: {_counted(odd)}.")
    if unhealthy:
        notes = (*notes, f"Satellites have no orbit while their messages call them unhealthy: {_counted(unhealthy)}.")
    return SampledOrbits(Arcs.joined(arcs) if arcs else _NO_ARCS, notes)


def _by_system(tables: Sequence[Messages]) -> list[Messages]:
    """One table for each system, whichever files the messages are from."""
    joined: dict[str, Messages] = {}
    for table in tables:
        if len(table.sv):
            system = str(table.sv[0])[0]
            joined[system] = joined[system].and_(table) if system in joined else table
    return list(joined.values())


def _counted(names: Counter[str]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in sorted(names.items()))


_NO_ARCS = Arcs(
    np.empty(0, "U3"), np.empty(0, "datetime64[ns]"), np.empty(0, "timedelta64[ns]"), np.empty(0, np.int64),
    np.empty(0, "datetime64[ns]"), np.empty(0, "datetime64[ns]"), np.empty((0, 3)),
)  # fmt: skip


def _one_a_time(table: Messages) -> Messages:
    """Messages in order of satellite and reference time, one a time: the last given."""
    order = np.lexsort((np.arange(len(table.sv)), table.reference, table.sv))
    sv, reference = table.sv[order], table.reference[order]
    last = np.ones(len(order), bool)
    last[:-1] = (sv[1:] != sv[:-1]) | (reference[1:] != reference[:-1])
    return table.taken(order[last])


def _service(table: Messages) -> tuple[Messages, np.ndarray, np.ndarray]:
    """Messages and when each serves: until half-way to its satellite's next, no longer than it holds."""
    sv, reference = table.sv, table.reference
    reach = (table.valid_s * 1e9).astype("timedelta64[ns]")
    from_, to = reference - reach, reference + reach + np.timedelta64(1, "ns")
    same = sv[1:] == sv[:-1]
    middle = reference[:-1] + (reference[1:] - reference[:-1]) // 2
    from_[1:] = np.where(same, np.maximum(from_[1:], middle), from_[1:])
    to[:-1] = np.where(same, np.minimum(to[:-1], middle), to[:-1])
    return table, from_, to


def _arcs(table: Messages, from_: np.ndarray, to: np.ndarray) -> list[Arcs]:
    """Positions of each message over the time it serves; messages of like length together."""
    step_s = table.step_s
    span_s = np.maximum(table.reference - from_, to - table.reference) / np.timedelta64(1, "s")
    reach = np.maximum(np.ceil(span_s / step_s).astype(np.int64), _REACH)
    arcs = []
    for nodes in np.unique(reach):
        rows = np.flatnonzero(reach == nodes)
        part, count = table.taken(rows), len(rows)
        places = part.sampled(int(nodes))
        step = np.timedelta64(step_s * 10**9, "ns")
        arcs.append(
            Arcs(part.sv, part.reference - nodes * step, np.full(count, step), np.full(count, 2 * nodes + 1),
                 from_[rows], to[rows], places.reshape(-1, 3))
        )  # fmt: skip
    return arcs
