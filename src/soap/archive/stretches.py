"""Stretches of a track: the parts of its object in which a pass may lie, read without the rest.

The object's footer tells of each group of rows from when to when its samples are and in which box. A group that does
not reach into the place, or into no time that the place x time index allows, is not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from soap.archive.block import Block
from soap.archive.cover import meets
from soap.archive.encoding import Footer, as_numpy, block_of, even_times, footer, reading_object
from soap.archive.objects import Objects
from soap.core.place import Box
from soap.core.time import NS, Window

_ANY_TIME = -(2**63) + 1, 2**63 - 1  # the least of all is no time


@dataclass(frozen=True)
class Reach:
    """Where and when what is asked for may lie: in a box and, as far as these are given, a window and some spells.

    `spells` are first and last times [ns], both included.
    """

    box: Box
    window: Window | None
    spells: tuple[np.ndarray, np.ndarray] | None = None

    def at_some_time(self, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """True of what lasts from `first` to `last` [ns] and so may hold something."""
        possible = np.ones(len(first), dtype=bool)
        if self.window is not None:
            possible = (last.view(NS) >= self.window.start) & (first.view(NS) < self.window.stop)
        if self.spells is not None:
            begin, end = self.spells
            possible &= ((begin <= last[:, None]) & (end >= first[:, None])).any(axis=1)
        return possible


class Stretch:
    """Rows of a track's object that follow each other: `time` and place, and the block of some of them."""

    def __init__(self, told: Footer, columns: Mapping[str, Any], time: np.ndarray):
        self._told, self._columns = told, columns
        self.time = time
        self.along = {name: as_numpy(columns[name]) for name in ("latitude", "longitude")}

    def __getitem__(self, part: slice) -> Block:
        """The rows of `part` with all their values, in arrays of their own."""
        begin, end, _ = part.indices(len(self.time))
        arrays = {name: as_numpy(column.slice(begin, end - begin)) for name, column in self._columns.items()}
        return block_of(self._told, arrays | {"time": self.time[part]})


def stretches(objects: Objects, key: str, variables: tuple[str, ...] | None, reach: Reach) -> list[Stretch]:
    """The parts of a track's object, by time, outside which nothing is within reach; with these `variables`, or all.

    `ArchiveError` naming the `key` when the object is damaged, `NotFound` when it is gone.
    """
    import pyarrow.parquet as pq

    with objects.opened(key) as source, reading_object(key):
        file = pq.ParquetFile(source, pre_buffer=False)  # the source is near; to read ahead costs a change of thread
        told = footer(file, variables)
        groups = _Groups(file, told)
        return [groups.read(some) for some in _neighbours(groups.within(reach))]


class _Groups:
    """The groups of rows of an open object."""

    def __init__(self, file, told: Footer):
        self._file, self._told = file, told
        self._rows = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
        self._edges = np.cumsum([0, *(rows.num_rows for rows in self._rows)])
        self._column = {name: number for number, name in enumerate(file.schema.names)}
        even = told.manifest.get("even_time")
        self._time = even_times(*even) if even else None

    def within(self, reach: Reach) -> list[int]:
        """Numbers of those in which something may be within reach."""
        in_time = np.flatnonzero(reach.at_some_time(*self._times()))
        edges = [(self._bounds(number, "longitude"), self._bounds(number, "latitude")) for number in in_time.tolist()]
        (west, east), (south, north) = np.array(edges).reshape(-1, 2, 2).transpose(1, 2, 0)
        return in_time[meets(reach.box, west, south, east, north)].tolist()

    def read(self, numbers: list[int]) -> Stretch:
        """The rows of groups that follow each other."""
        columns = ("time", *self._told.columns) if self._time is None else self._told.columns
        table = self._file.read_row_groups(numbers, columns, use_threads=False)
        found = dict(zip(table.column_names, table.columns, strict=True))
        if self._time is None:
            return Stretch(self._told, found, as_numpy(found.pop("time")))
        return Stretch(self._told, found, self._time[self._edges[numbers[0]] : self._edges[numbers[-1] + 1]])

    def _times(self) -> tuple[np.ndarray, np.ndarray]:
        """First and last time of each group [ns]."""
        if self._time is not None:
            stamps = self._time.view(np.int64)
            return stamps[self._edges[:-1]], stamps[self._edges[1:] - 1]
        known = [self._statistics(number, "time") for number in range(len(self._rows))]
        spans = [_ANY_TIME if one is None else (one.min_raw, one.max_raw) for one in known]
        first, last = np.array(spans, dtype=np.int64).reshape(-1, 2).T
        return np.ascontiguousarray(first), np.ascontiguousarray(last)

    def _bounds(self, number: int, name: str) -> tuple[float, float]:
        """Least and greatest value that a group has of a coordinate; any, where the footer does not tell."""
        found = self._statistics(number, name)
        return (-np.inf, np.inf) if found is None else (found.min, found.max)

    def _statistics(self, number: int, name: str):
        found = self._rows[number].column(self._column[name]).statistics
        return found if found is not None and found.has_min_max else None


def _neighbours(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Rising numbers in runs without a gap."""
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        yield [number for _, number in run]
