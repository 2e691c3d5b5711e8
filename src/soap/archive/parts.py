"""Parts: the objects that hold a version's values, of which a series has several where it grew by later times.

Values that come after all that is held are added as an object of their own, and what is held is not written again. A
version is then held by the objects of the versions from its `base` to itself, one after the other in time. After
`MOST_ADDED` such objects, and whenever something else changes, the granule is written whole again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Connection, Row, bindparam, select

from soap.archive.block import Block, in_succession
from soap.archive.encoding import Span, decode, described, described_in
from soap.archive.objects import Objects, sha256
from soap.archive.periods import cadence_seconds
from soap.archive.prepared import PreparedSelect
from soap.archive.schema import version
from soap.core.time import NS, Window

MOST_ADDED = 7
"""Objects that may be added to the one that was written whole: reading each costs about as much as a day of minutes."""

_MOST_DAYS, _MOST_TIMES = 4096, 300_000
"""Days of objects that are kept, and times in them: some 30 MB of minutes."""

_MOST_TOLD = 4096
"""Objects of which what they tell is kept in memory, some 2 kB each: a network's, to each of which a day is added."""

_CHUNK, _DAY_S = 5000, 86_400
_KEPT = ("values", "flags", "finality")
_OWN = version.alias("own")
_OBJECTS = PreparedSelect(
    select(_OWN.c.id, version.c.object_key, version.c.object_sha256, version.c.first, version.c.last)
    .join_from(_OWN, version, version.c.granule == _OWN.c.granule)
    .where(_OWN.c.id.in_(bindparam("ids", expanding=True)), version.c.number.between(_OWN.c.base, _OWN.c.number))
    .order_by(_OWN.c.id, version.c.number)
)


@dataclass(frozen=True)
class Part:
    """An object that holds values of a version, and between which times they all are [ns]."""

    key: str
    sha256: str
    first: int
    last: int


def added(row: Row) -> int:
    """How many objects were added to the one of a version's base; 0 for a version that was written whole."""
    return row.number - row.base


def parts_of(connection: Connection, rows: Iterable[Row]) -> dict[int, tuple[Part, ...]]:
    """Parts of versions by their number in the catalogue, by time; those of one object are left out."""
    several = [row.id for row in rows if row.base < row.number]
    found: dict[int, list[Part]] = {}
    for start in range(0, len(several), _CHUNK):
        asked = {"ids": several[start : start + _CHUNK]}
        for number, key, checksum, first, last in _OBJECTS.rows(connection, asked):
            parts = found.setdefault(number, [])
            parts.append(Part(key, checksum, parts[-1].last + 1 if parts else first, last))
    return {number: tuple(parts) for number, parts in found.items()}


def checksum_of(parts: Sequence[Part]) -> str:
    """The checksum that stands for several objects: that of their own, hexadecimal, one after the other."""
    return sha256("".join(part.sha256 for part in parts).encode())


def may_add(objects: Objects, head: Row, part: Block, most_added: int) -> bool:
    """True where a series comes after all that its granule's current version holds, and is told of in the same words.

    Then whatever is asked of the two objects is answered as by one that holds both. The values held are not read.
    """
    return bool(
        head.shape == part.attrs["shape"] == "series"
        and added(head) < most_added
        and head.last < int(part.time[0].astype(np.int64))
        and cadence_seconds(str(part.attrs.get("cadence", "")))  # else what is held tells how many times a day has
        and described(part) == _TOLD.of(objects, head.object_key)
    )


def told_alike(key: str, held: str) -> None:
    """Note that the object `key` tells the same as the object `held`, to which it `may_add`."""
    _TOLD.note(key, held)


class _Told:
    """What objects tell of their values, kept for the last of them: what lies under a key never changes."""

    def __init__(self) -> None:
        self._told: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, objects: Objects, key: str) -> str:
        """`described_in` the object, which is read unless that is known."""
        told = self._told.get(key)
        if told is None:
            told = described_in(objects.get(key), key)
            self._keep(key, told)
        return told

    def note(self, key: str, like: str) -> None:
        """One object tells what another does, if that is known."""
        told = self._told.get(like)
        if told is not None:
            self._keep(key, told)

    def _keep(self, key: str, told: str) -> None:
        with self._lock:
            self._told[key] = told
            if len(self._told) > _MOST_TOLD:
                self._told.popitem(last=False)


_TOLD = _Told()


class _Days:
    """What was read of objects' days, as long as it is little: stations that send every minute ask for it each time.

    Objects never change, so that it stays true; the oldest is forgotten first.
    """

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, np.datetime64], Block] = OrderedDict()
        self._times = 0
        self._lock = threading.Lock()

    def of(self, objects: Objects, key: str, day: Window) -> Block:
        """What an object holds of a day."""
        name = (key, day.start)
        held = self._held.get(name)
        if held is None:
            held = decode(objects.get(key), key, None, _inside(day))
            self.note(name, held)
        return held

    def note(self, name: tuple[str, np.datetime64], held: Block) -> None:
        """An object, by its key, holds this of the day that begins then."""
        with self._lock:
            if self._held.setdefault(name, held) is held:
                self._times += len(held.time)
            while self._times > _MOST_TIMES or len(self._held) > _MOST_DAYS:
                self._times -= len(self._held.popitem(last=False)[1].time)


_DAYS = _Days()


def note_day(key: str, block: Block) -> None:
    """Note what a series that lies under `key` now holds of its last day, where more of that day is to come."""
    start = _day_of(block.time[-1])
    begin = int(np.searchsorted(block.time, start))
    cadence = cadence_seconds(str(block.attrs.get("cadence", "")))
    if cadence is None or (len(block.time) - begin) * cadence >= _DAY_S:
        return
    parts = {part: {name: array[begin:].copy() for name, array in getattr(block, part).items()} for part in _KEPT}
    _DAYS.note((key, start), replace(block, time=block.time[begin:].copy(), **parts))  # copies: a month is let go


def _day_of(time: np.datetime64) -> np.datetime64:
    return time.astype("datetime64[D]").astype(NS)


def of_day(objects: Objects, head: Row, parts: Sequence[Part], time: np.datetime64) -> Block:
    """What a version whose last time is of the day of `time` holds of that day."""
    start = _day_of(time)
    window = Window(start, start + np.timedelta64(1, "D"))
    return in_succession([_DAYS.of(objects, key, window) for key in _keys(head.object_key, parts, window)])


def held_values(
    objects: Objects,
    key: str,
    parts: Sequence[Part] = (),
    variables: tuple[str, ...] | None = None,
    window: Window | None = None,
) -> Block:
    """What a version holds: the block in the object `key`, or in several `parts`; as far as asked, and in the window.

    Parts outside the window are not read. `NotFound` or `ArchiveError` when an object is missing or damaged.
    """
    span = None if window is None else _inside(window)
    return in_succession([decode(objects.get(one), one, variables, span) for one in _keys(key, parts, window)])


def _keys(key: str, parts: Sequence[Part], window: Window | None) -> list[str]:
    """The objects, in order of time, that may hold something in the window."""
    return [part.key for part in parts if window is None or meets_window(part, window)] or [key]


def _inside(window: Window) -> Span:
    def rows(time: np.ndarray, _along: Mapping[str, np.ndarray]) -> slice:
        first, last = np.searchsorted(time, [window.start, window.stop])
        return slice(int(first), int(last))

    return rows


def meets_window(part: Part, window: Window) -> bool:
    """True for an object that may hold something in the window."""
    start, stop = (int(one.astype(NS).astype(np.int64)) for one in (window.start, window.stop))
    return part.first < stop and part.last >= start
