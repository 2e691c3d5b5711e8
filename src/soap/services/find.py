"""Find: what is held, by place, time, variable and collection, or around an earthquake."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.archive import Archive, CollectionRecord, GranuleRecord, Selection, citation, query
from soap.archive.around import Around
from soap.core.place import Box
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Earthquake, Station
from soap.services.around import check_one_place, zone

__all__ = ["CollectionRecord", "Found", "GranuleRecord", "collections", "find", "stations"]


@dataclass(frozen=True)
class Found:
    """Granules that answer; with an earthquake, that and the radius of its preparation zone."""

    granules: tuple[GranuleRecord, ...]
    earthquake: Earthquake | None = None
    radius_km: float | None = None
    window: Window | None = None
    around: Around | None = None
    """Of a place and window, without collection, station or provider: how much there is of all."""
    notes: tuple[str, ...] = ()
    """Conditions that nothing here can meet: a collection or variable that is not held."""


def find(
    viewer: Viewer,
    archive: Archive,
    *,
    near: tuple[float, float, float] | None = None,
    box: Box | None = None,
    event_id: str | None = None,
    start: np.datetime64 | None = None,
    stop: np.datetime64 | None = None,
    variable: str | None = None,
    collection_id: str | None = None,
    provider: str | None = None,
    as_of: np.datetime64 | None = None,
    station: str | None = None,
) -> Found:
    """Granules in a place (`near` = latitude, longitude, radius_km; or `box`; or an earthquake's zone) and time.

    With `event_id`, the place is the Dobrovolsky (1979) preparation zone and the time 30 days before to 15 after,
    unless `start` or `stop` say otherwise. `as_of`, or a collection cited as `collection_id@T`, asks for what was held
    at that time of recording. `station` is a station's code or a platform, in capitals or not. Without conditions,
    all granules. Raises `BadParameter` for contradictory conditions and
    `NotFound` for an unknown earthquake.
    """
    if collection_id is not None:
        collection_id, pinned = citation.parse(collection_id)
        as_of = as_of if pinned is None else pinned
    if as_of is not None:
        as_of = citation.state_of(archive, viewer, as_of).as_of
    check_one_place(near, box, event_id)
    earthquake = radius = None
    if event_id is not None:
        earthquake, near, start, stop = zone(archive, viewer, event_id, start, stop, as_of)
        radius = near[2]
    window = None if start is None and stop is None else Window.between(start, stop)
    selection = Selection(
        collection_id, variable, window=window, near=near, box=box, as_of=as_of, provider=provider, station=station
    )
    surroundings = None
    if window is not None and selection.place is not None and (collection_id, provider, station) == (None, None, None):
        names = None if variable is None else [variable]
        surroundings = query.around(
            archive, viewer, selection.place, window, variables=names, as_of=as_of, originals=True
        )
        found = tuple(one for one in surroundings.granules if variable is None or variable in one.variables)
    else:
        found = query.granules(archive, viewer, selection)
    notes = () if found else _notes(viewer, archive, variable, collection_id)
    return Found(found, earthquake, radius, window, surroundings, notes)


def _notes(viewer: Viewer, archive: Archive, variable: str | None, collection_id: str | None) -> tuple[str, ...]:
    held = query.collections(archive, viewer)
    notes = []
    if collection_id is not None and collection_id not in {one.collection_id for one in held}:
        notes.append(f"There is no collection {collection_id!r} here.")
    names = sorted({name for one in held for name in one.variables})
    if variable is not None and variable not in names:
        notes.append(f"Nothing here has the variable {variable!r}; there are {', '.join(names) or 'none'}.")
    return tuple(notes)


def collections(viewer: Viewer, archive: Archive, as_of: np.datetime64 | None = None) -> tuple[CollectionRecord, ...]:
    """All collections held, or held at an earlier time of recording."""
    instant = None if as_of is None else citation.state_of(archive, viewer, as_of).as_of
    return query.collections(archive, viewer, as_of=instant)


def stations(viewer: Viewer, archive: Archive) -> tuple[Station, ...]:
    """All stations of known place."""
    return query.stations(archive, viewer)
