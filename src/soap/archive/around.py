"""Everything around a place in a window, of all shapes and collections: how much there is, then the observations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr

from soap.archive.archive import Archive
from soap.archive.block import to_dataset
from soap.archive.cover import Near
from soap.archive.earthquakes import events
from soap.archive.overlap import by_time
from soap.archive.parts import held_values
from soap.archive.passes import passes_in_turn
from soap.archive.policy import visible
from soap.archive.records import GranuleRecord, Selection
from soap.archive.search import search
from soap.archive.values import Asked
from soap.core.place import Box, distance_km
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Earthquake

_MOST_READ = 16 * 2**20
"""Bytes of objects that are read to count what the window cuts: a few months of minutes, a few dozen days of maps."""

_ORDER = ("events", "series", "profile", "track", "rays", "field")


@dataclass(frozen=True)
class Count:
    """How much of a collection lies in the place and window."""

    collection_id: str
    shape: str
    granules: int
    count: int
    """Earthquakes, times of a series, samples of tracks or maps: that many where `exact`, else at most that many."""
    exact: bool
    first: np.datetime64
    last: np.datetime64
    """Of the granules; cut to the window."""
    bytes: int
    """Size of the granules' objects."""
    simulated: bool
    licence: str
    citation: str
    version: np.datetime64
    """Time of recording of the latest change of these granules: they are had again by `as_of`."""
    context: bool = False
    """True of what belongs to no place, and was asked for along with it."""
    platform: str = ""
    cadence: str = ""
    """Words that differ between its granules are comma-separated."""
    variables: tuple[str, ...] = ()
    point: tuple[float, float] | None = None
    """Latitude, longitude [degree] where all of it was observed at one point."""


@dataclass(frozen=True)
class ListedEarthquake:
    """An earthquake and the catalogues (collections) that list it, of which the first is the one quoted."""

    earthquake: Earthquake
    catalogues: tuple[str, ...]


@dataclass(frozen=True)
class Observed:
    """One part of what is around: a granule's series or maps, or a pass, cut to the place and window."""

    collection_id: str
    shape: str
    dataset: xr.Dataset


@dataclass(frozen=True)
class Around:
    """What is around a place in a window, for one viewer; `counts` are there, the observations come by `stream`."""

    archive: Archive
    viewer: Viewer
    place: Near | Box
    window: Window
    variables: tuple[str, ...] | None
    as_of: np.datetime64 | None
    counts: tuple[Count, ...]
    earthquakes: tuple[ListedEarthquake, ...]
    """By time; one that several catalogues list under one identifier is here once."""
    granules: tuple[GranuleRecord, ...]

    def stream(self, collection_id: str | None = None) -> Iterator[Observed]:
        """The observations one at a time, of all collections or one; it can be left at any point.

        Series first (the context among them), then profiles, passes of tracks, maps; in each shape by collection and
        time. No more than a few granules are in memory.
        """
        for one in self.counts:
            if one.shape != "events" and collection_id in (None, one.collection_id):
                for dataset in self.datasets(one):
                    yield Observed(one.collection_id, one.shape, dataset)

    def datasets(self, one: Count) -> Iterator[xr.Dataset]:
        """The observations of one of the `counts`, one at a time."""
        if one.shape == "track":
            its = (self.archive, self.viewer, one.collection_id, self.place, self.window, self.variables)
            for track in passes_in_turn(*its, as_of=self.as_of):
                if bool(track.attrs["simulated"]) == one.simulated:
                    yield track
            return
        kind = (one.collection_id, one.shape, one.simulated)
        found = [record for record in self.granules if (record.collection_id, record.shape, record.simulated) == kind]
        asked = Asked(self.archive, self.viewer, one.collection_id, self.window, self.variables, self.as_of, None)
        for pieces in asked.read_in_turn(found):
            for piece in by_time(pieces):
                dataset = to_dataset(piece.block)
                if one.shape == "field":
                    dataset = cut_map(dataset, self.place)
                elif piece.record.latitude is not None and "latitude" not in dataset.attrs:
                    dataset.attrs |= {"latitude": piece.record.latitude, "longitude": piece.record.longitude}
                yield dataset


def around(
    archive: Archive,
    viewer: Viewer,
    place: Near | Box,
    window: Window,
    *,
    variables: Iterable[str] | None = None,
    context: Iterable[str] = (),
    as_of: np.datetime64 | None = None,
    originals: bool = False,
) -> Around:
    """Everything in a circle or box and window that the viewer may see; `context` names global indices to add.

    The counts come from the catalogue, but for what it does not know: where along its path a track was, where a
    catalogue's earthquakes were, and how much of a few granules (up to 16 MB) the window cuts off; for these the
    places and times are read, not the values. A count is exact but for tracks, for what several members handed in,
    and where the window cuts more than a few. With `originals` the granules name the files they were made of.
    `variables` narrows the observations, not the earthquakes; a granule with none of them is left out. Raises
    `BadParameter` for a `context` that is no series, `NotFound` for one that the viewer does not know.
    """
    names = None if variables is None else tuple(variables)
    context = tuple(dict.fromkeys(context))
    for name in context:
        Asked(archive, viewer, name, window, None, as_of, None).records("series")
    near, box = (place, None) if isinstance(place, Near) else (None, place)
    selections = [Selection(window=window, near=near, box=box, as_of=as_of)]
    selections += [Selection(name, window=window, as_of=as_of) for name in context]
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        found = [record for one in selections for record in search(archive, connection, one, seen, originals=originals)]
    unique = {record.granule_id: record for record in found if _has(record, names)}
    listed: dict[str, tuple[Earthquake, ...]] = {}
    for name in sorted({record.collection_id for record in unique.values() if record.shape == "events"}):
        listed[name] = events(archive, viewer, collection_id=name, window=window, near=near, box=box, as_of=as_of)
    counts = _counts(archive, unique.values(), listed, window, context)
    return Around(archive, viewer, place, window, names, as_of, counts, merged(listed), tuple(unique.values()))


def merged(listed: dict[str, tuple[Earthquake, ...]]) -> tuple[ListedEarthquake, ...]:
    """One list of several catalogues': an identifier once, as the first catalogue by name gives it, by time."""
    one_list: dict[str, ListedEarthquake] = {}
    for name in sorted(listed):
        for earthquake in listed[name]:
            held = one_list.setdefault(earthquake.event_id, ListedEarthquake(earthquake, ()))
            one_list[earthquake.event_id] = ListedEarthquake(held.earthquake, (*held.catalogues, name))
    return tuple(sorted(one_list.values(), key=lambda one: (one.earthquake.time, one.earthquake.event_id)))


def cut_map(dataset: xr.Dataset, place: Near | Box) -> xr.Dataset:
    """Rows and columns of maps that have a grid point in the place; the grid point nearest to it when there is none."""
    latitude, longitude = dataset["latitude"].values, dataset["longitude"].values
    inside = place.holds(latitude[:, None], longitude[None, :])
    if not inside.any():
        centre = place if isinstance(place, Near) else _centre(place)
        reach = distance_km(centre.latitude, centre.longitude, latitude[:, None], longitude[None, :])
        inside = reach == reach.min()
    return dataset.isel(latitude=np.flatnonzero(inside.any(axis=1)), longitude=np.flatnonzero(inside.any(axis=0)))


def _centre(box: Box) -> Near:
    across = (box.east - box.west) % 360.0
    return Near((box.south + box.north) / 2, (box.west + across / 2 + 180.0) % 360.0 - 180.0, 1.0)


def _has(record: GranuleRecord, variables: tuple[str, ...] | None) -> bool:
    return variables is None or record.shape == "events" or bool(set(variables) & set(record.variables))


def _counts(
    archive: Archive,
    found: Iterable[GranuleRecord],
    listed: dict[str, tuple[Earthquake, ...]],
    window: Window,
    context: tuple[str, ...],
) -> tuple[Count, ...]:
    grouped: dict[tuple[int, str, bool], list[GranuleRecord]] = {}
    for record in found:
        grouped.setdefault((_ORDER.index(record.shape), record.collection_id, record.simulated), []).append(record)
    cut = [record for record in found if record.shape not in ("events", "track") and not _within(record, window)]
    inside: dict[str, int] = {}
    if sum(record.bytes for record in cut) <= _MOST_READ:
        inside = {record.granule_id: _times_in(archive, record, window) for record in cut}
    return tuple(_count(grouped[key], inside, listed, window, key[1] in context) for key in sorted(grouped))


def _within(record: GranuleRecord, window: Window) -> bool:
    return bool(window.start <= record.window.start and record.window.stop <= window.stop)


def _times_in(archive: Archive, record: GranuleRecord, window: Window) -> int:
    block = held_values(archive.objects, record.object_key, record.parts, variables=())
    return int(window.holds(block.time).sum())


def _count(
    records: list[GranuleRecord],
    inside: dict[str, int],
    listed: dict[str, tuple[Earthquake, ...]],
    window: Window,
    context: bool,
) -> Count:
    one = records[0]
    known = all(record.granule_id in inside or _within(record, window) for record in records)
    apart = len({record.provider for record in records}) == 1
    quakes = listed.get(one.collection_id) if one.shape == "events" else None
    return Count(
        collection_id=one.collection_id,
        shape=one.shape,
        granules=len(records),
        count=sum(inside.get(record.granule_id, record.count) for record in records) if quakes is None else len(quakes),
        exact=quakes is not None or (known and apart and one.shape != "track"),
        first=max(window.start, min(record.window.start for record in records)),
        last=min(window.stop, max(record.window.stop for record in records)),
        bytes=sum(record.bytes for record in records),
        simulated=one.simulated,
        licence="; ".join(sorted({record.licence for record in records if record.licence})),
        citation="; ".join(sorted({record.citation for record in records if record.citation})),
        version=max(record.recorded_from for record in records),
        context=context,
        platform=", ".join(sorted({record.platform for record in records})),
        cadence=", ".join(sorted({record.cadence for record in records if record.cadence})),
        variables=tuple(dict.fromkeys(name for record in records for name in record.variables)),
        point=_point(records),
    )


def _point(records: list[GranuleRecord]) -> tuple[float, float] | None:
    points = {(record.latitude, record.longitude) for record in records}
    latitude, longitude = points.pop()
    return None if points or latitude is None or longitude is None else (latitude, longitude)
