"""Questions to the archive. Each is asked as a viewer, who is told only what they may know."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from sqlalchemy import Connection, select

from soap.archive.archive import Archive
from soap.archive.cover import Near
from soap.archive.decimate import decimated
from soap.archive.events_object import decode_events
from soap.archive.health import health
from soap.archive.holdings import held_collections
from soap.archive.overlap import check_kind
from soap.archive.passes import Passes, passes
from soap.archive.policy import must_run, visible
from soap.archive.records import CollectionRecord, GranuleRecord, Selection, SetAside
from soap.archive.schema import FOREVER, collection, event_key, granule, quarantine, station, version
from soap.archive.search import search
from soap.archive.station_places import preference, station_places
from soap.archive.values import fields, series, tracks, whole
from soap.core.errors import NotFound
from soap.core.place import Box
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Earthquake, Station

_ONE_DAY = np.timedelta64(1, "D")

__all__ = [
    "Passes",
    "collections",
    "decimated",
    "event",
    "events",
    "fields",
    "granules",
    "health",
    "passes",
    "quarantined",
    "series",
    "stations",
    "tracks",
    "unplaced",
    "whole",
]


def collections(
    archive: Archive,
    viewer: Viewer,
    *,
    collection_id: str | None = None,
    shape: str | None = None,
    domain: str | None = None,
    cadence: str | None = None,
    simulated: bool | None = None,
    as_of: np.datetime64 | None = None,
) -> tuple[CollectionRecord, ...]:
    """Collections that hold something, or held it at an earlier time of recording, by identifier.

    The conditions given must all hold.
    """
    asked = {
        "collection_id": collection_id,
        "shape": shape,
        "domain": domain,
        "cadence": cadence,
        "simulated": simulated,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    with archive.catalogue.reading() as connection:
        return held_collections(connection, visible(connection, viewer), given, _microseconds(as_of))


def granules(archive: Archive, viewer: Viewer, selection: Selection) -> tuple[GranuleRecord, ...]:
    """Granules that answer the selection, by collection, platform and time."""
    with archive.catalogue.reading() as connection:
        return tuple(search(archive, connection, selection, visible(connection, viewer)))


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
    raise NotFound(f"No earthquake {event_id!r} is held. `soap find --collection C` lists what a catalogue holds.")


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
    found = granules(archive, viewer, Selection(shape="events", as_of=as_of))
    return [record.object_key for record in sorted(found, key=lambda one: one.recorded_from, reverse=True)]


def _microseconds(instant: np.datetime64 | None) -> int | None:
    return None if instant is None else instant.astype("datetime64[us]").astype(np.int64).item()


def stations(archive: Archive, viewer: Viewer, *, as_of: np.datetime64 | None = None) -> tuple[Station, ...]:
    """Stations of known place, by code scheme and code.

    Each once: as the viewer's own member lists it, else the archive itself, else whoever did last.
    """
    instant = _microseconds(as_of)
    query = select(station).order_by(station.c.code_scheme, station.c.code)
    if instant is None:
        query = query.where(station.c.recorded_to == FOREVER)
    else:
        query = query.where(station.c.recorded_from <= instant, station.c.recorded_to > instant)
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        rows = connection.execute(query if seen is None else query.where(station.c.terms.in_(seen))).all()
    best: dict = {}
    for row in rows:
        held = best.setdefault((row.code_scheme, row.code), row)
        if preference(row, viewer.member) > preference(held, viewer.member):
            best[row.code_scheme, row.code] = row
    return tuple(
        Station(
            code=row.code,
            latitude=row.latitude,
            longitude=row.longitude,
            height_m=float("nan") if row.height_m is None else row.height_m,
            name=row.name,
            region=row.region,
            code_scheme=row.code_scheme,
            place_grade=row.place_grade,
        )
        for row in best.values()
    )


def unplaced(archive: Archive, viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """(collection, station code) of the series that no place query finds, because no station list knows the code."""
    query = (
        select(collection.c.collection_id, version.c.code_scheme, version.c.code)
        .distinct()
        .join_from(version, granule, granule.c.id == version.c.granule)
        .join(collection, collection.c.id == granule.c.collection)
        .where(version.c.recorded_to == FOREVER, version.c.place == "station")
        .order_by(collection.c.collection_id, version.c.code)
    )
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        rows = connection.execute(query if seen is None else query.where(granule.c.terms.in_(seen))).all()
        places = station_places(connection, {row.code for row in rows}, seen)
    return tuple(
        (row.collection_id, row.code) for row in rows if places.of(row.code_scheme, row.code, viewer.member) is None
    )


def quarantined(archive: Archive, viewer: Viewer) -> tuple[SetAside, ...]:
    """Files that could not be read, by name; `Refused` unless the viewer runs the archive."""
    must_run(viewer)
    with archive.catalogue.reading() as connection:
        return tuple(_set_aside(connection))


def _set_aside(connection: Connection) -> Iterable[SetAside]:
    for row in connection.execute(select(quarantine).order_by(quarantine.c.name, quarantine.c.sha256)):
        yield SetAside(
            row.name, row.sha256, row.bytes, row.reason, bool(row.kept), np.datetime64(row.recorded_from, "us")
        )
