"""Questions to the archive. Each is asked as a viewer, who is told only what they may know."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from sqlalchemy import Connection, select

from soap.archive.archive import Archive
from soap.archive.around import Around, around
from soap.archive.contacts import contacts
from soap.archive.decimate import decimated
from soap.archive.earthquakes import event, events
from soap.archive.health import health
from soap.archive.holdings import held_collections, microseconds
from soap.archive.passes import Passes, passes
from soap.archive.policy import must_run, visible
from soap.archive.records import CollectionRecord, GranuleRecord, Selection, SetAside
from soap.archive.schema import FOREVER, collection, granule, quarantine, station, version
from soap.archive.search import search
from soap.archive.station_places import preference, station_places
from soap.archive.station_series import collection_of_station, series_of_station
from soap.archive.stream import Stream, Unread, unread
from soap.archive.values import fields, series, tracks, whole
from soap.core.who import Viewer
from soap.observations import Station

__all__ = [
    "Around",
    "Passes",
    "Stream",
    "Unread",
    "around",
    "collection_of_station",
    "collections",
    "contacts",
    "decimated",
    "event",
    "events",
    "fields",
    "granules",
    "health",
    "passes",
    "quarantined",
    "series",
    "series_of_station",
    "stations",
    "tracks",
    "unplaced",
    "unread",
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
    provider: str | None = None,
    as_of: np.datetime64 | None = None,
    by_platform: bool = False,
) -> tuple[CollectionRecord, ...]:
    """Collections that hold something, or held it at an earlier time of recording, by identifier.

    The conditions given must all hold. With `by_platform` what each platform has of a collection is a record of its
    own: its variables, times, rights and latest change.
    """
    asked = {
        "collection_id": collection_id,
        "shape": shape,
        "domain": domain,
        "cadence": cadence,
        "simulated": simulated,
        "provider": provider,
    }
    given = {name: value for name, value in asked.items() if value is not None}
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        return held_collections(connection, seen, given, microseconds(as_of), by_platform=by_platform)


def granules(archive: Archive, viewer: Viewer, selection: Selection) -> tuple[GranuleRecord, ...]:
    """Granules that answer the selection, by collection, platform and time."""
    with archive.catalogue.reading() as connection:
        return tuple(search(archive, connection, selection, visible(connection, viewer)))


def stations(archive: Archive, viewer: Viewer, *, as_of: np.datetime64 | None = None) -> tuple[Station, ...]:
    """Stations of known place, by code scheme and code.

    Each once: as the viewer's own member lists it, else the archive itself, else whoever did last.
    """
    instant = microseconds(as_of)
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
