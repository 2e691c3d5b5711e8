"""Orbits as positions at even steps, interpolated: the common form of precise and broadcast orbits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadParameter
from soap.core.time import NS

MINIMUM_NODES = 11
"""An arc shorter than one window of interpolation is of no use."""

_EARTH_ROTATION = 7.2921151467e-5


@dataclass(frozen=True)
class Arcs:
    """Stretches of satellites' paths, n of them.

    `sv` (n,) names the satellite. Arc k has `count[k]` positions, at `start[k]` (GPS time, `datetime64[ns]`) and every
    `step[k]` (`timedelta64[ns]`) from there; `positions` (all counts together, 3) holds them one arc after another,
    Earth-fixed [m], without NaN. It serves the times `serves_from[k] <= t < serves_to[k]`, at most one step beyond its
    positions.
    """

    sv: np.ndarray
    start: np.ndarray
    step: np.ndarray
    count: np.ndarray
    serves_from: np.ndarray
    serves_to: np.ndarray
    positions: np.ndarray

    @classmethod
    def joined(cls, parts: Sequence[Arcs]) -> Arcs:
        """Several tables of arcs as one."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__dataclass_fields__))


class SampledOrbits:
    """Orbits from arcs of even steps: Lagrange polynomials of degree 10 in the frame that does not turn.

    The frame is turned back with the Earth for each time; there a GNSS orbit's 15-min nodes give its place to well
    under 1 cm between nodes and about 1 m one step beyond the last (M. Horemuz, J. V. Andersson, "Polynomial
    interpolation of GPS satellite coordinates," GPS Solutions 10, 67-72, 2006, doi:10.1007/s10291-005-0018-0).
    `notes` say what was left out.
    """

    def __init__(self, arcs: Arcs, notes: Sequence[str] = ()):
        """`BadParameter` where an arc is too short or two arcs of one satellite serve the same time."""
        order = np.lexsort((arcs.serves_from, arcs.sv))
        self.notes = tuple(notes)
        self._serves_from, self._serves_to, self._start = (
            np.asarray(times, NS)[order].view(np.int64) for times in (arcs.serves_from, arcs.serves_to, arcs.start)
        )
        self._step = np.asarray(arcs.step, "timedelta64[ns]")[order].view(np.int64)
        self._node, self._count = (np.cumsum(arcs.count) - arcs.count)[order], arcs.count[order]
        names = arcs.sv[order]
        self._satellites = tuple(str(name) for name in np.unique(names))
        bounds = [*self._satellites, "~"]
        self._first = np.searchsorted(names, bounds).astype(np.int64)
        if (self._count < MINIMUM_NODES).any():
            raise BadParameter(f"An arc has {self._count.min()} positions; it needs at least {MINIMUM_NODES}.")
        overlap = (names[1:] == names[:-1]) & (self._serves_to[:-1] > self._serves_from[1:])
        if overlap.any():
            raise BadParameter(f"Two arcs of {names[1:][overlap][0]} serve the same time.")
        self._origin = int(self._start.min()) if len(names) else 0
        self._nodes = _unturned(arcs, self._origin)

    @property
    def satellites(self) -> tuple[str, ...]:
        """Satellites with at least one arc, sorted."""
        return self._satellites

    def positions(self, time: np.ndarray, sv: Sequence[str]) -> np.ndarray:
        """Earth-fixed positions [m], shape (time, sv, 3), at GPS times; NaN where no arc serves. See `Orbits`."""
        from soap.domains.ionosphere.science.gnss import orbit_kernel

        time = np.asarray(time, NS).view(np.int64)
        number = {name: k for k, name in enumerate(self._satellites)}
        wanted = np.array([number.get(name, -1) for name in sv], np.int64)
        out = np.empty((len(time), len(wanted), 3))
        orbit_kernel.interpolate(
            time, wanted, self._first, self._serves_from, self._serves_to, self._start, self._step, self._node,
            self._count, self._origin, self._nodes, out,
        )  # fmt: skip
        return out


def _unturned(arcs: Arcs, origin: int) -> np.ndarray:
    """All positions in the frame that does not turn with the Earth, shape (node, 3)."""
    within = np.arange(arcs.count.sum()) - np.repeat(np.cumsum(arcs.count) - arcs.count, arcs.count)
    start, step = (np.asarray(times).astype(np.int64) for times in (arcs.start, arcs.step))
    angle = _EARTH_ROTATION * 1e-9 * (np.repeat(start - origin, arcs.count) + within * np.repeat(step, arcs.count))
    x, y, z = arcs.positions.reshape(-1, 3).T
    return np.stack([np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y, z], axis=-1)
