"""Stream: a collection's values in a window in order of time, some megabytes at a time, however long the window.

The same values as `query.whole` gives, each instant once: where several members handed in the same times, their
granules are united as there. Granules are read one after the other, the next one ahead, and forgotten; nothing of
xarray is touched on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np

from soap.archive.archive import Archive
from soap.archive.block import Block
from soap.archive.object_rows import Described, Rows, absent, block_rows, described_object, table_rows
from soap.archive.overlap import by_time, maturity_of, overlapping
from soap.archive.parts import meets_window
from soap.archive.read_ahead import read_ahead
from soap.archive.records import GranuleRecord
from soap.archive.values import Asked, station_place
from soap.core.errors import BadParameter
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations.quality import SUFFIX
from soap.observations.quality import attributes as of_flags

FIRST_ROWS, ROWS = 2048, 65_536
"""Rows of the first batch, which shall be there soon, and of any later one at most; of fields a map at least."""

BATCH_BYTES = 4 << 20
"""Bytes of a batch's columns, of many columns too. A granule of no more is decoded ahead; else its bytes are there."""

AHEAD_BYTES = 4 << 20
"""Bytes of columns, or of stored objects, that are read ahead; one granule at least, of whatever size."""

_SHAPES = ("series", "track", "rays", "field", "profile")
_ROW_BYTES, _VALUE_BYTES = 48, 9  # of time and what goes along with it, and of a value and its flags

_Telling = Callable[[int], Iterator[Described]]
"""Gives rows, and what is told of their columns, in batches of no more rows than it is handed."""


@dataclass(frozen=True)
class Stream:
    """Values on their way: what they are, and batches of columns of equal length, `time` first; iterated once.

    `variables` tells every column beside `time`: coordinates along time or of a grid, then each variable and its flags
    `…_quality`. A variable that a period lacks is missing there (NaN, and flagged). `close` ends it early.
    """

    shape: str
    attrs: Mapping[str, Any]
    variables: Mapping[str, Mapping[str, Any]]
    owners: tuple[str, ...]
    """Codes of the members whose values these are; empty: the archive's own."""
    kinds: Mapping[str, np.dtype]
    """Number types of all columns."""
    count: int | None
    """Rows of all batches, where the catalogue tells: every granule is whole in the window, and united with none."""
    batches: Iterator[Rows]

    def __iter__(self) -> Iterator[Rows]:
        return self.batches

    def close(self) -> None:
        """Read no further."""
        close = getattr(self.batches, "close", None)
        if close is not None:
            close()


def unread(
    archive: Archive,
    viewer: Viewer,
    collection_id: str,
    window: Window,
    variables: Iterable[str] | None = None,
    *,
    station: str | None = None,
    provider: str | None = None,
    as_of: np.datetime64 | None = None,
    every_time: bool = False,
    flags: Collection[str] | None = None,
) -> Unread:
    """The collection's values in the window, found but not read yet: `read` gives them as they are read.

    Columns are those of `variables` in the order given, or of all by name, each with its flags, or those of `flags`
    alone. With `every_time` a time for which none of them was ever given is told too, so that a choice of variables
    changes no times. Errors of the catalogue as `query.whole`.
    """
    names = None if variables is None else tuple(variables)
    asked = Asked(archive, viewer, collection_id, window, names, as_of, provider, station)
    found = asked.records(*_SHAPES)
    if names is not None and not every_time:
        found = [record for record in found if set(names) & set(record.variables)]
    if not found:
        raise asked.nothing()
    _check_one_platform(asked, found)
    every = tuple(sorted({name for record in found for name in record.variables}))
    told = every if names is None else names
    return Unread(asked, tuple(found), told, tuple(told if flags is None else flags), every_time)


@dataclass(frozen=True)
class Unread:
    """Granules that answer, of which nothing is read yet, and which columns of them are asked for."""

    asked: Asked
    found: tuple[GranuleRecord, ...]
    names: tuple[str, ...]
    flags: tuple[str, ...]
    every_time: bool

    @property
    def owners(self) -> tuple[str, ...]:
        """Codes of the members whose values these are; empty: the archive's own."""
        return tuple(sorted({record.owner for record in self.found}))

    @property
    def most_rows(self) -> int:
        """Rows of all batches at most; of fields a map counts once."""
        return sum(record.count for record in self.found)

    def digest(self) -> str:
        """A hash of all that the rows depend on; what is the same in it is the same in every row."""
        asked = self.asked
        which = (asked.variables is None, self.names, self.flags, self.every_time, asked.window)
        digest = sha256(repr(which).encode())
        for one in self.found:
            digest.update(f"{one.granule_id}@{one.version}:{one.sha256}:{one.recorded_from}\n".encode())
        return digest.hexdigest()

    def read(self) -> Stream:
        """The rows, the first of them read at once.

        Errors as `query.whole`: those of the first granule at once, others when the batch is asked for in which they
        are found.
        """
        asked = self.asked
        telling = _Told(asked, self.names, self.flags, self.every_time)
        latest = max(self.found, key=lambda record: (record.window.stop, record.recorded_from))
        attrs, described = described_object(asked.archive.objects, latest.object_key)
        groups = _groups(self.found)
        batches = telling.batches(groups)
        first = next(batches, None)
        if first is None:
            raise asked.nothing()
        attrs = dict(attrs) | {"maturity": maturity_of(self.found)}
        attrs.pop("half_orbit_id", None)
        return Stream(
            shape=latest.shape,
            attrs=attrs | station_place(latest, attrs),
            variables={name: _told(name, described, telling.described) for name in first if name != "time"},
            owners=self.owners,
            kinds={name: values.dtype for name, values in first.items()},
            count=_count(groups, asked.window),
            batches=_with_first(first, batches),
        )


def _with_first(first: Rows, rest: Iterator[Rows]) -> Iterator[Rows]:
    """All batches; ends the reading when it is closed."""
    yield first
    yield from rest


def _told(name: str, *described: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """What is told of a column by the latest granule, else by the first that has it; of flags what is true of all."""
    told = next((held[name] for held in described if held.get(name)), {})
    return told or (of_flags(name.removesuffix(SUFFIX)) if name.endswith(SUFFIX) else {})


def _check_one_platform(asked: Asked, found: Iterable[GranuleRecord]) -> None:
    platforms = sorted({record.platform for record in found if record.shape == "series"})
    if len(platforms) > 1:
        raise BadParameter(
            f"{asked.collection_id} holds {len(platforms)} platforms ({', '.join(platforms)}); ask for one of them"
            " with station=CODE."
        )


def _count(groups: Iterable[list[GranuleRecord]], window: Window) -> int | None:
    """Rows of all granules; None where some may be told in part, or as other rows than they hold."""
    count = 0
    for one, *others in groups:
        inside = window.start <= one.window.start and one.window.stop <= window.stop
        if others or one.shape not in ("series", "track") or not inside:
            return None
        count += one.count
    return count


def _groups(found: Sequence[GranuleRecord]) -> list[list[GranuleRecord]]:
    """Granules by time, those that are united in one group: series that overlap, half-orbits and days of one period."""
    if found[0].shape == "series":
        return overlapping(found)
    groups: dict[tuple[str, str], list[GranuleRecord]] = {}
    for record in sorted(found, key=lambda record: (record.window.start, record.platform, record.provider)):
        groups.setdefault((record.platform, record.period), []).append(record)
    return list(groups.values())


class _Told:
    """What is on its way: columns, units as far as they were met, and the last time that was told."""

    def __init__(self, asked: Asked, names: tuple[str, ...], flagged: Collection[str], every_time: bool):
        self._asked, self._names, self._flagged, self._every_time = asked, names, flagged, every_time
        self._row_bytes = _ROW_BYTES + _VALUE_BYTES * len(names)
        self._most = max(min(ROWS, BATCH_BYTES // self._row_bytes), 1)
        self.described: dict[str, Mapping[str, Any]] = {}
        self._last: np.datetime64 | None = None

    def batches(self, groups: Iterable[list[GranuleRecord]]) -> Iterator[Rows]:
        """All that is told, in order of time; the first batch in two, the first of which is short."""
        for fetched in read_ahead(self._fetched, groups, self._size, AHEAD_BYTES):
            for rows, described in (told for tell in fetched for told in tell(self._most)):
                self._note(described)
                first, self._last = self._last is None, self._later(rows["time"])
                for part in (slice(FIRST_ROWS), slice(FIRST_ROWS, None)) if first else (slice(None),):
                    if len(rows["time"][part]):
                        yield {name: values[part] for name, values in self._columns(rows).items()}

    def _fetched(self, group: list[GranuleRecord]) -> list[_Telling]:
        """What is read ahead of a group, and decoded where it is small; what several members hold is united."""
        one, asked = group[0], self._asked
        if len(group) > 1 or one.shape not in ("series", "track"):
            # Which of several tells where a satellite was depends on all variables that they hold.
            whole = replace(asked, variables=None) if self._every_time else asked
            return [partial(_of_block, piece.block) for piece in by_time(whole.read(group))]
        wanted = self._names if asked.variables is not None else None
        out: list[_Telling] = []
        for key in [part.key for part in one.parts if meets_window(part, asked.window)] or [one.object_key]:
            rows = partial(table_rows, asked.archive.objects.get(key), key, wanted, self._flagged, asked.window)
            out.append(partial(_decoded, list(rows(self._most))) if one.count <= self._most else rows)
        return out

    def _size(self, group: list[GranuleRecord]) -> int:
        """Bytes that `_fetched` holds of a group, roughly: of columns, or of an object that is too large for them."""
        return sum(one.count * self._row_bytes if one.count <= self._most else one.bytes for one in group)

    def _note(self, described: Mapping[str, Mapping[str, Any]]) -> None:
        """Remember what is told of the variables; `BadParameter` where units change on the way."""
        for name, attrs in described.items():
            known = self.described.setdefault(name, attrs)
            if name in self._names and known.get("units") != attrs.get("units"):
                raise BadParameter(
                    f"{name} of {self._asked.collection_id} is held in {known.get('units')} and in"
                    f" {attrs.get('units')}; ask for a shorter window."
                )

    def _later(self, time: np.ndarray) -> np.datetime64:
        """The last time; `BadParameter` where platforms overlap, or members cut half-orbits differently."""
        if self._last is not None and time[0] <= self._last:
            raise BadParameter(f"{self._asked.collection_id}: platforms overlap in this window; ask for a shorter one.")
        return time[-1]

    def _columns(self, rows: Rows) -> Rows:
        """The columns that were asked for, in their order; those that a granule lacks are missing."""
        own = {*self._names, *(name for name in rows if name + SUFFIX in rows)}
        own |= {name + SUFFIX for name in own}
        out = {name: values for name, values in rows.items() if name not in own}
        for name in self._names:
            if name not in rows:
                rows = {**rows, **dict(zip((name, name + SUFFIX), absent(len(rows["time"])), strict=True))}
            out |= {column: rows[column] for column in (name, name + SUFFIX) if column == name or name in self._flagged}
        return out


def _of_block(block: Block, most: int) -> Iterator[Described]:
    for rows in block_rows(block, most):
        yield rows, block.described


def _decoded(batches: list[Described], _most: int) -> Iterator[Described]:
    """Batches that are decoded already; each is forgotten when it is told."""
    while batches:
        yield batches.pop(0)
