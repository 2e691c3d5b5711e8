"""Questions to the archive. Each is asked as a viewer, who is told only what they may know."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Connection, Join, func, select

from soap.archive.archive import Archive
from soap.archive.cover import Near
from soap.archive.events_object import decode_events
from soap.archive.policy import sees_all
from soap.archive.records import CollectionRecord, GranuleRecord, Selection
from soap.archive.schema import FOREVER, collection, event_key, granule, station, version
from soap.archive.search import search
from soap.archive.values import fields, series, tracks, whole
from soap.core.errors import NotFound
from soap.core.place import Box
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Earthquake, Station

__all__ = [
    "collections",
    "event",
    "events",
    "fields",
    "granules",
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
    shape: str | None = None,
    domain: str | None = None,
    cadence: str | None = None,
    simulated: bool | None = None,
) -> tuple[CollectionRecord, ...]:
    """Collections that hold something, by identifier; the conditions given must all hold."""
    if not sees_all(viewer):
        return ()
    asked = {"shape": shape, "domain": domain, "cadence": cadence, "simulated": simulated}
    conditions = [collection.c[name] == value for name, value in asked.items() if value is not None]
    current = version.c.recorded_to == FOREVER
    joined = collection.join(granule, granule.c.collection == collection.c.id).join(
        version, version.c.granule == granule.c.id
    )
    sums = (
        select(
            collection,
            func.min(version.c.first).label("first"),
            func.max(version.c.last).label("last"),
            func.count().label("granules"),
            func.sum(version.c.count).label("values_count"),
        )
        .select_from(joined)
        .where(current, version.c.count > 0, *conditions)
        .group_by(*collection.c)
        .order_by(collection.c.collection_id)
    )
    with archive.catalogue.reading() as connection:
        platforms, variables = _parts(connection, joined, (current, version.c.count > 0, *conditions))
        return tuple(
            CollectionRecord(
                row.collection_id,
                row.shape,
                row.domain,
                ",".join(sorted(platforms[row.id])),
                row.cadence,
                row.level,
                tuple(sorted(variables[row.id])),
                np.datetime64(row.first, "ns"),
                np.datetime64(row.last, "ns"),
                row.granules,
                int(row.values_count),
                bool(row.simulated),
            )
            for row in connection.execute(sums)
        )


def _parts(connection: Connection, joined: Join, conditions: tuple) -> tuple[dict[int, set[str]], dict[int, set[str]]]:
    """Platforms and variables of each collection, by its number."""
    platforms: dict[int, set[str]] = {}
    variables: dict[int, set[str]] = {}
    found = select(granule.c.collection, granule.c.platform, version.c.variables).select_from(joined)
    for number, platform, names in connection.execute(found.where(*conditions).distinct()):
        platforms.setdefault(number, set()).add(platform)
        variables.setdefault(number, set()).update(names.split())
    return platforms, variables


def granules(archive: Archive, viewer: Viewer, selection: Selection) -> tuple[GranuleRecord, ...]:
    """Granules that answer the selection, by collection, platform and time."""
    if not sees_all(viewer):
        return ()
    with archive.catalogue.reading() as connection:
        return tuple(search(archive, connection, selection))


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
) -> tuple[Earthquake, ...]:
    """Earthquakes by time. Several catalogues may list the same one: name a collection to have it once."""
    if not sees_all(viewer):
        return ()
    selection = Selection(collection_id=collection_id, window=window, near=near, box=box, shape="events", as_of=as_of)
    with archive.catalogue.reading() as connection:
        found = search(archive, connection, selection)
    out = []
    for record in found:
        for one in decode_events(archive.objects.get(record.object_key), record.object_key):
            if window is not None and not window.start <= one.time < window.stop:
                continue
            if min_magnitude is not None and not one.magnitude >= min_magnitude:
                continue
            if selection.place is None or bool(selection.place.holds(one.latitude, one.longitude)):
                out.append(one)
    return tuple(sorted(out, key=lambda one: (one.time, one.event_id)))


def event(archive: Archive, viewer: Viewer, event_id: str) -> Earthquake:
    """The earthquake of that identifier, from the catalogue recorded last if several list it; else `NotFound`."""
    with archive.catalogue.reading() as connection:
        row = connection.execute(
            select(version.c.object_key)
            .join(event_key, event_key.c.granule == version.c.granule)
            .where(event_key.c.event_id == event_id.lower(), version.c.recorded_to == FOREVER)
            .order_by(version.c.recorded_from.desc(), version.c.id.desc())
        ).first()
    if row is None or not sees_all(viewer):
        raise NotFound(f"No earthquake {event_id!r} is held. `soap find --collection C` lists what a catalogue holds.")
    held = decode_events(archive.objects.get(row.object_key), row.object_key)
    return next(one for one in held if one.event_id == event_id.lower())


def stations(archive: Archive, viewer: Viewer) -> tuple[Station, ...]:
    """Stations of known place, by code scheme and code."""
    if not sees_all(viewer):
        return ()
    query = select(station).where(station.c.recorded_to == FOREVER).order_by(station.c.code_scheme, station.c.code)
    with archive.catalogue.reading() as connection:
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
            for row in connection.execute(query)
        )


def unplaced(archive: Archive, viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """(collection, station code) of the series that no place query finds, because no station list knows the code."""
    if not sees_all(viewer):
        return ()
    here = (
        (station.c.code == version.c.code)
        & (station.c.code_scheme == version.c.code_scheme)
        & (station.c.recorded_to == FOREVER)
    )
    query = (
        select(collection.c.collection_id, version.c.code)
        .distinct()
        .join_from(version, granule, granule.c.id == version.c.granule)
        .join(collection, collection.c.id == granule.c.collection)
        .outerjoin(station, here)
        .where(version.c.recorded_to == FOREVER, version.c.place == "station", station.c.id.is_(None))
        .order_by(collection.c.collection_id)
    )
    with archive.catalogue.reading() as connection:
        return tuple((row.collection_id, row.code) for row in connection.execute(query))
