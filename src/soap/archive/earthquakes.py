"""Earthquakes asked of the archive: by place, time and size, and by identifier."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from sqlalchemy import select

from soap.archive.archive import Archive
from soap.archive.cover import Near
from soap.archive.events_object import decode_events
from soap.archive.overlap import check_kind
from soap.archive.policy import visible
from soap.archive.records import GranuleRecord, Selection
from soap.archive.schema import FOREVER, event_key, granule, version
from soap.archive.search import search
from soap.core.errors import NotFound
from soap.core.place import Box
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Earthquake

_ONE_DAY = np.timedelta64(1, "D")


def events(
    archive: Archive,
    viewer: Viewer,
    *,
    collection_id: str | None = None,
    window: Window | None = None,
    near: tuple[float, float, float] | Near | None = None,
    box: Box | None = None,
    min_magnitude: float | None = None,
    as_of: np.datetime64 | None = None,
    provider: str | None = None,
) -> tuple[Earthquake, ...]:
    """Earthquakes by time. Several catalogues may list the same one: name a collection to have it once.

    Where several members handed in one catalogue, the earthquake is as it was recorded last.
    """
    place = Selection(near=near, box=box).place
    selection = Selection(
        collection_id, window=_wider(window), shape="events", as_of=as_of, provider=provider
    )  # of a place all years are looked through: an earthquake may have been moved into it, or out of it
    with archive.catalogue.reading() as connection:
        found = search(archive, connection, selection, visible(connection, viewer), originals=False)
    out = []
    for one in _listed(archive, found):
        if window is not None and not window.start <= one.time < window.stop:
            continue
        if min_magnitude is not None and not one.magnitude >= min_magnitude:
            continue
        if place is None or bool(place.holds(one.latitude, one.longitude)):
            out.append(one)
    return tuple(sorted(out, key=lambda one: (one.time, one.event_id)))


def _wider(window: Window | None) -> Window | None:
    """A day more at either end: a member may have revised an earthquake's time across a new year."""
    return None if window is None else Window(window.start - _ONE_DAY, window.stop + _ONE_DAY)


def _listed(archive: Archive, found: Iterable[GranuleRecord]) -> Iterable[Earthquake]:
    """The earthquakes of some granules, each once a collection, as recorded last."""
    catalogues: dict[str, list[GranuleRecord]] = {}
    for record in found:
        catalogues.setdefault(record.collection_id, []).append(record)
    for records in catalogues.values():
        check_kind(records)
        known: dict[str, Earthquake] = {}
        for record in sorted(records, key=lambda one: (one.recorded_from, one.provider)):
            content = archive.objects.get(record.object_key)
            known |= {one.event_id: one for one in decode_events(content, record.object_key)}
        yield from known.values()


def event(archive: Archive, viewer: Viewer, event_id: str, *, as_of: np.datetime64 | None = None) -> Earthquake:
    """The earthquake of that identifier, from the catalogue recorded last if several list it; else `NotFound`."""
    for key in _listing(archive, viewer, event_id.lower()) if as_of is None else _catalogues(archive, viewer, as_of):
        for one in decode_events(archive.objects.get(key), key):
            if one.event_id == event_id.lower():
                return one
    raise NotFound(
        f"No earthquake {event_id!r} is held.", command="`soap find --collection C` lists what a catalogue holds."
    )


def _listing(archive: Archive, viewer: Viewer, event_id: str) -> list[str]:
    """Object that holds the earthquake now."""
    query = (
        select(version.c.object_key)
        .join(event_key, event_key.c.granule == version.c.granule)
        .join(granule, granule.c.id == version.c.granule)
        .where(event_key.c.event_id == event_id, version.c.recorded_to == FOREVER)
        .order_by(version.c.recorded_from.desc(), version.c.id.desc())
        .limit(1)
    )
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        query = query if seen is None else query.where(granule.c.terms.in_(seen))
        return list(connection.execute(query).scalars())


def _catalogues(archive: Archive, viewer: Viewer, as_of: np.datetime64) -> list[str]:
    """Objects of all catalogues as they were, the last recorded first."""
    with archive.catalogue.reading() as connection:
        selection = Selection(shape="events", as_of=as_of)
        found = search(archive, connection, selection, visible(connection, viewer), originals=False)
    return [record.object_key for record in sorted(found, key=lambda one: one.recorded_from, reverse=True)]
