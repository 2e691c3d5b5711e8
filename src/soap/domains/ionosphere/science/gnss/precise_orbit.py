"""Precise orbits: positions tabulated by analysis centres, made into arcs that can be interpolated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from soap.domains.ionosphere.science.gnss.sampled_orbit import MINIMUM_NODES, Arcs, SampledOrbits
from soap.domains.ionosphere.science.gnss.tabulated_check import checked_positions


@dataclass(frozen=True)
class PositionTable:
    """Positions as tabulated: `time` (GPS, strictly rising), `sv`, `position_m` (time, sv, 3) with NaN where there is
    none, `manoeuvre` (time, sv) True where a satellite was moved between the time before and this one."""

    time: np.ndarray
    sv: tuple[str, ...]
    position_m: np.ndarray
    manoeuvre: np.ndarray
    notes: tuple[str, ...] = ()

    @property
    def step(self) -> np.timedelta64:
        """Smallest distance of two times; 15 min where there is but one time."""
        return np.diff(self.time).min() if len(self.time) > 1 else np.timedelta64(900, "s")


def joined_tables(tables: Sequence[PositionTable]) -> list[PositionTable]:
    """Tables of several files, those of one step as one, so that days are interpolated across midnight.

    Where two tables give the same satellite and time, the first given holds.
    """
    alike: dict[np.timedelta64, list[PositionTable]] = {}
    for table in tables:
        alike.setdefault(table.step, []).append(table)
    return [one if not others else _joined([one, *others]) for one, *others in alike.values()]


def _joined(tables: Sequence[PositionTable]) -> PositionTable:
    time = np.unique(np.concatenate([table.time for table in tables]))
    sv = tuple(sorted({name for table in tables for name in table.sv}))
    position = np.full((len(time), len(sv), 3), np.nan)
    manoeuvre = np.zeros(position.shape[:2], bool)
    for table in reversed(tables):
        rows, columns = np.searchsorted(time, table.time), np.searchsorted(np.array(sv), table.sv)
        cells = np.ix_(rows, columns)
        there = np.isfinite(table.position_m).all(axis=2)
        position[cells] = np.where(there[:, :, None], table.position_m, position[cells])
        manoeuvre[cells] |= table.manoeuvre
    return PositionTable(time, sv, position, manoeuvre, tuple(note for table in tables for note in table.notes))


def precise_orbits(table: PositionTable) -> SampledOrbits:
    """Orbits from tabulated positions.

    Positions that contradict their neighbours are left out and single missing ones filled in (`tabulated_check`). A
    satellite's arc ends at two missing positions and where it was moved; nothing is interpolated across. It serves from
    one step before its first position to one step after its last (a day's file ends at 23:45), unless that is where it
    was interrupted. An arc of fewer than 11 positions is left out, with a note.
    """
    sv, manoeuvre = table.sv, table.manoeuvre
    step = table.step
    time, position_m, manoeuvre = _with_single_times(table, step)
    position_m, remarks = checked_positions(time, sv, position_m, step)
    notes = (*table.notes, *remarks)
    runs = [
        (column, first, stop)
        for column in range(len(sv))
        for first, stop in _runs(time, position_m[:, column], manoeuvre[:, column], step)
    ]
    short = sorted({sv[column] for column, first, stop in runs if stop - first < MINIMUM_NODES})
    if short:
        notes = (*notes, f"Fewer than {MINIMUM_NODES} positions in a row cannot be interpolated: {', '.join(short)}.")
    long = [run for run in runs if run[2] - run[1] >= MINIMUM_NODES]
    column, first, stop = (np.array(values, np.int64) for values in (zip(*long, strict=True) if long else ([], [], [])))
    arcs = Arcs(
        sv=np.array(sv, "U3")[column],
        start=time[first],
        step=np.full(len(long), step),
        count=stop - first,
        serves_from=time[first] - np.where(first == 0, step, np.timedelta64(0, "ns")),
        serves_to=time[stop - 1] + np.where(stop == len(time), step, np.timedelta64(1, "ns")),
        positions=np.concatenate([np.empty((0, 3)), *(position_m[a:b, c] for c, a, b in long)]),
    )
    return SampledOrbits(arcs, notes)


def _with_single_times(table: PositionTable, step) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, positions and manoeuvres with a row for every single time that the table skips."""
    skipped = np.flatnonzero(np.diff(table.time) == 2 * step) + 1
    time = np.insert(table.time, skipped, table.time[skipped] - step)
    return (
        time,
        np.insert(table.position_m, skipped, np.nan, axis=0),
        np.insert(table.manoeuvre, skipped, False, axis=0),
    )


def _runs(time: np.ndarray, positions: np.ndarray, manoeuvre: np.ndarray, step) -> list[tuple[int, int]]:
    """Index ranges of nodes that follow each other at the step, without gap or manoeuvre."""
    there = np.isfinite(positions).all(axis=1)
    joined = np.zeros(len(time), bool)
    joined[1:] = there[1:] & there[:-1] & (np.diff(time) == step) & ~manoeuvre[1:]
    firsts = np.flatnonzero(there & ~joined)
    return [(int(first), int(first) + _length(joined, int(first))) for first in firsts]


def _length(joined: np.ndarray, first: int) -> int:
    following = joined[first + 1 :]
    return 1 + (len(following) if following.all() else int(np.argmin(following)))
