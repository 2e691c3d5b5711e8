"""Passes: the parts of tracks inside a place and window, at some local times, while Kp was in some range.

What cannot match is left out before any object is read: the place x time index holds a track as short segments, each
in one cell from one time to another, and a cell's longitudes and a segment's times bound the local time and name the
values of Kp that count.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain, groupby

import numpy as np
import xarray as xr
from sqlalchemy import Connection, Row, Select, select

from soap.archive.absent import check_known, known_shape
from soap.archive.activity import UNKNOWN, WITHIN, Activity, held_activity
from soap.archive.archive import Archive
from soap.archive.block import Block, to_dataset, unite
from soap.archive.cover import EVERYWHERE, Near, cells_of_box, longitudes_of
from soap.archive.draft import CHUNK
from soap.archive.encoding import decode
from soap.archive.holdings import held_collections
from soap.archive.named_keys import several_at_once
from soap.archive.policy import visible
from soap.archive.records import Selection
from soap.archive.schema import collection, cover, granule, version
from soap.archive.search import LONGEST_NS, nanoseconds
from soap.archive.stretches import Reach, Stretch, stretches
from soap.core.errors import BadObservation, BadParameter
from soap.core.place import Box
from soap.core.time import NS, Window, local_hours
from soap.core.who import Viewer

_GAP = np.timedelta64(60, "s")
"""A longer silence ends a pass: a satellite flies some 450 km in it, and where it was meanwhile is not known."""

_READERS = min(4, (os.cpu_count() or 1) + 1)


@dataclass(frozen=True)
class Passes:
    """Passes by time, each a track cut to where the conditions hold, and what had to be left out."""

    tracks: tuple[xr.Dataset, ...]
    without_kp: int = 0
    """Samples that all else admits, left out because no Kp is held for their time."""


@dataclass(frozen=True)
class Conditions:
    """Which samples of a track belong to a pass."""

    place: Near | Box
    window: Window
    local_time: tuple[float, float] | None = None
    activity: Activity | None = None

    def __post_init__(self) -> None:
        if self.local_time is None:
            return
        first, last = self.local_time
        if not (0 <= first < 24 and 0 <= last <= 24 and first != last):
            raise BadParameter(
                f"The local times {first:g} to {last:g} h are none; give two different hours, from 0 to below 24"
                " and from 0 to 24, the first included, the last not; 22 to 4 goes over midnight."
            )

    def hold(self, time: np.ndarray, latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
        """True where place, window and local time hold; Kp is `activity`'s matter."""
        inside = self.place.holds(latitude, longitude) & self.window.holds(time)
        if self.local_time is not None:
            inside[inside] = _between(local_hours(time[inside], longitude[inside]), *self.local_time)
        return inside

    @property
    def box(self) -> Box:
        """The place, or the box round it."""
        return self.place.box() if isinstance(self.place, Near) else self.place

    def may_hold(self, cell: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """False for the segments (cell, first and last time) no sample of which can match."""
        begin = np.maximum(first, self.window.start)
        end = np.minimum(last, self.window.stop)
        possible = begin <= end
        if self.local_time is not None:
            west, east = longitudes_of(cell)
            span = (end - begin) / np.timedelta64(1, "h") + (east - west) / 15.0
            possible &= _reaches(local_hours(begin, west), span, *self.local_time)
        if self.activity is not None:
            possible &= self.activity.may_hold(begin, end)
        return possible


def passes(
    archive: Archive,
    viewer: Viewer,
    collection_id: str | None,
    place: Near | Box,
    window: Window,
    variables: Iterable[str] | None = None,
    *,
    local_time: tuple[float, float] | None = None,
    kp: tuple[float, float] | None = None,
    kp_collection: str | None = None,
    as_of: np.datetime64 | None = None,
    provider: str | None = None,
) -> Passes:
    """Parts of tracks in a circle or box (edges included) and window, of one collection, or with None of all.

    `local_time` (from, to) [h] is of local mean solar time at the sample, UTC + longitude / 15 h, from <= t < to,
    over midnight when from > to. `kp` (low, high), both included, is the three-hour index at the sample's time, read
    from the index collection `kp_collection`, or from the only one with `kp` that the viewer knows. A sample for
    whose time no Kp is held is left out and counted in `without_kp`.

    A pass ends where a condition ends, where its granule ends (a half-orbit, a day), and at a silence of more than
    60 s. Raises `NotFound` when the viewer knows no such collection, `BadParameter` when it is no track or lacks a
    variable, for local times or Kp that are none, or when several collections hold Kp and none is named.
    """
    asked = None if variables is None else tuple(variables)
    activity = None if kp is None else held_activity(archive, viewer, kp, kp_collection, window, as_of)
    selection = Selection(collection_id, window=window, as_of=as_of, provider=provider, shape="track")
    parts = list(_in_turn(archive, viewer, selection, Conditions(place, window, local_time, activity), asked))
    tracks = [track for pieces, _ in parts for track in pieces]
    tracks.sort(key=_when_and_whose)
    return Passes(tuple(tracks), sum(without for _, without in parts))


def _when_and_whose(track: xr.Dataset) -> tuple[np.datetime64, str, str]:
    return track.variables["time"].values[0], track.attrs["collection_id"], track.attrs["platform"]


def passes_in_turn(
    archive: Archive,
    viewer: Viewer,
    collection_id: str,
    place: Near | Box,
    window: Window,
    variables: Iterable[str] | None = None,
    *,
    as_of: np.datetime64 | None = None,
    provider: str | None = None,
) -> Iterator[xr.Dataset]:
    """`passes` one after the other, granule by granule; no more than a few granules are in memory."""
    asked = None if variables is None else tuple(variables)
    selection = Selection(collection_id, window=window, as_of=as_of, provider=provider, shape="track")
    for tracks, _ in _in_turn(archive, viewer, selection, Conditions(place, window), asked):
        yield from tracks


def _in_turn(
    archive: Archive, viewer: Viewer, selection: Selection, conditions: Conditions, asked: tuple[str, ...] | None
) -> Iterator[tuple[list[xr.Dataset], int]]:
    """The passes of each granule, and the number of its samples whose Kp is unknown."""
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        _must_be_tracks(connection, seen, selection)
        candidates = None if selection.as_of is not None else _candidates(connection, conditions)
        rows = _versions(connection, seen, None if candidates is None else candidates.versions, selection)
        unknown = set(asked or ()) - {name for row in rows for name in row.variables.split()}
        if unknown:
            _must_be_known(connection, seen, selection, unknown)
    found = _Found(archive, conditions, asked, candidates)
    work = several_at_once(lambda group: _parts(found, group), _granules(rows), _READERS)
    for _, parts in work:
        yield parts


def _must_be_tracks(connection: Connection, seen: frozenset[int] | None, selection: Selection) -> None:
    if selection.collection_id is None:
        return
    shape = known_shape(connection, seen, selection)
    if shape != "track":
        raise BadParameter(f"{selection.collection_id} is of shape {shape}, not track.")


def _must_be_known(
    connection: Connection, seen: frozenset[int] | None, selection: Selection, variables: set[str]
) -> None:
    """`BadParameter` when the collection, or without one no collection of tracks, ever has these variables."""
    if selection.collection_id is not None:
        check_known(connection, seen, selection, variables)
        return
    known = {name for one in held_collections(connection, seen, {"shape": "track"}) for name in one.variables}
    unknown = sorted(variables - known)
    if unknown:
        raise BadParameter(f"No track here has {', '.join(unknown)}; there are {', '.join(sorted(known)) or 'none'}.")


@dataclass(frozen=True)
class _Segments:
    """Segments that may match: number of the version (rising), first and last time [ns]."""

    version: np.ndarray
    first: np.ndarray
    last: np.ndarray

    @property
    def versions(self) -> list[int]:
        """Each once."""
        return np.unique(self.version).tolist()

    def of(self, version: int) -> tuple[np.ndarray, np.ndarray]:
        """First and last times of one version's."""
        part = slice(*np.searchsorted(self.version, [version, version + 1]).tolist())
        return self.first[part], self.last[part]


def _candidates(connection: Connection, conditions: Conditions) -> _Segments:
    """Segments that may match, by the index of what holds now."""
    found = connection.execute(_segments(conditions.place, conditions.window)).all()
    flat = np.fromiter(chain.from_iterable(found), dtype=np.int64, count=4 * len(found))
    number, cell, first, last = np.ascontiguousarray(flat.reshape(-1, 4).T)
    possible = np.flatnonzero(conditions.may_hold(cell, first.view(NS), last.view(NS)))
    possible = possible[np.argsort(number[possible], kind="stable")]
    return _Segments(number[possible], first[possible], last[possible])


def _segments(place: Near | Box, window: Window) -> Select:
    """Version, cell, first and last time of the segments in touched cells and the window, of whatever shape."""
    found = place.cells() if isinstance(place, Near) else cells_of_box(place)
    start, stop = nanoseconds(window.start), nanoseconds(window.stop)
    query = select(cover.c.version, cover.c.cell, cover.c.t0, cover.c.t1).where(
        cover.c.t0 < stop, cover.c.t0 > max(start - LONGEST_NS, -(2**63)), cover.c.t1 >= start
    )
    return query if not found or found == [EVERYWHERE] else query.where(cover.c.cell.in_(found))


def _versions(
    connection: Connection, seen: frozenset[int] | None, candidates: list[int] | None, selection: Selection
) -> list[Row]:
    """Rows of the track versions among `candidates` (None: of all) under `seen` terms, granule by granule.

    Of one granule, given by several providers, those recorded later come later, as `unite` wants them.
    """
    conditions = [collection.c.shape == "track", version.c.count > 0]
    if seen is not None:
        conditions.append(granule.c.terms.in_(seen))
    if selection.collection_id is not None:
        conditions.append(collection.c.collection_id == selection.collection_id)
    if selection.provider is not None:
        conditions.append(collection.c.provider == selection.provider)
    if selection.as_of is not None and selection.window is not None:
        instant = nanoseconds(selection.as_of) // 1000
        conditions += [version.c.recorded_from <= instant, version.c.recorded_to > instant]
        conditions += [
            version.c.first < nanoseconds(selection.window.stop),
            version.c.last >= nanoseconds(selection.window.start),
        ]
    columns = (version.c.id, version.c.object_key, version.c.maturity, version.c.variables, version.c.recorded_from)
    names = (collection.c.collection_id, collection.c.provider, collection.c.simulated)
    query = (
        select(*columns, *names, granule.c.platform, granule.c.period)
        .join_from(version, granule, granule.c.id == version.c.granule)
        .join(collection, collection.c.id == granule.c.collection)
        .where(*conditions)
    )
    if candidates is None:
        return _in_order(connection.execute(query).all())
    rows: list[Row] = []
    for begin in range(0, len(candidates), CHUNK):
        rows += connection.execute(query.where(version.c.id.in_(candidates[begin : begin + CHUNK]))).all()
    return _in_order(rows)


def _in_order(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (*_key(row), row.recorded_from, row.provider))


def _key(row: Row) -> tuple[str, bool, str, str]:
    return row.collection_id, bool(row.simulated), row.platform, row.period


def _granules(rows: Iterable[Row]) -> list[tuple[Row, ...]]:
    return [tuple(group) for _, group in groupby(rows, key=_key)]


@dataclass(frozen=True)
class _Found:
    """What is asked of the granules found: `segments` of these may match, with None all."""

    archive: Archive
    conditions: Conditions
    variables: tuple[str, ...] | None
    segments: _Segments | None

    def reach(self, row: Row) -> Reach:
        """Where and when samples of a version may match."""
        spells = None if self.segments is None else self.segments.of(row.id)
        return Reach(self.conditions.box, self.conditions.window, spells)


def _parts(found: _Found, rows: tuple[Row, ...]) -> tuple[list[xr.Dataset], int]:
    """The passes in one granule, and the number of samples whose Kp is unknown."""
    conditions, tracks, without = found.conditions, [], 0
    for block in _blocks(found, rows):
        admitted = conditions.hold(block.time, block.along["latitude"], block.along["longitude"])
        if conditions.activity is not None:
            state = conditions.activity.at(block.time[admitted])
            without += int((state == UNKNOWN).sum())
            admitted[admitted] = state == WITHIN
        tracks += [to_dataset(block[part]) for part in _runs(block.time, admitted)]
    if len(rows) == 1:  # an object tells what its version's values were when they were written
        for track in tracks:
            track.attrs["maturity"] = rows[0].maturity
    return tracks, without


def _blocks(found: _Found, rows: tuple[Row, ...]) -> Sequence[Block | Stretch]:
    """The granule's values, as far as some may be admitted, by time; those of several providers united."""
    objects, asked = found.archive.objects, found.variables
    if asked is not None and not any(set(asked) & set(row.variables.split()) for row in rows):
        return []
    if len(rows) == 1:
        return stretches(objects, rows[0].object_key, asked, found.reach(rows[0]))
    # Several may differ on where the satellite was: which of them holds is known only when they are united.
    blocks = []
    for row in rows:
        block = decode(objects.get(row.object_key), row.object_key, asked)
        blocks.append(replace(block, attrs={**block.attrs, "maturity": row.maturity}))
    try:
        united = reduce(unite, blocks)
    except BadObservation as error:
        raise BadParameter(f"{str(error).rstrip('.')}; ask for what one member handed in, with provider=….") from error
    return [united]


def _runs(time: np.ndarray, admitted: np.ndarray) -> list[slice]:
    """Spans of samples next to each other that are all admitted, with no silence in them."""
    index = np.flatnonzero(admitted)
    if not len(index):
        return []
    breaks = np.flatnonzero((np.diff(index) > 1) | (np.diff(time[index]) > _GAP)) + 1
    return [slice(int(part[0]), int(part[-1]) + 1) for part in np.split(index, breaks)]


def _between(hours: np.ndarray, first: float, last: float) -> np.ndarray:
    """True where first <= hour < last, over midnight when first > last."""
    if first < last:
        return (hours >= first) & (hours < last)
    return (hours >= first) | (hours < last)


def _reaches(begin: np.ndarray, length: np.ndarray, first: float, last: float) -> np.ndarray:
    """True where the hours from `begin` [h of the day] over `length` [h] have one of the asked hours among them."""
    wait = (first - begin) % 24.0
    return _between(begin, first, last) | (length >= wait - 1e-6)
