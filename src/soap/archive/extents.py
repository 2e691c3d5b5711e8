"""Extents: in which box all that a viewer sees of a collection lies."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from soap.archive.archive import Archive
from soap.archive.policy import visible
from soap.archive.schema import FOREVER, archive_fact, collection, granule, version
from soap.archive.station_places import station_places
from soap.core.place import Box
from soap.core.who import Viewer

_ALIKE = (collection.c.collection_id, collection.c.provider, version.c.code_scheme, version.c.code)
_SIDES = (
    func.min(func.coalesce(version.c.west, version.c.longitude)).label("west"),
    func.min(func.coalesce(version.c.south, version.c.latitude)).label("south"),
    func.max(func.coalesce(version.c.east, version.c.longitude)).label("east"),
    func.max(func.coalesce(version.c.north, version.c.latitude)).label("north"),
    func.max(case((version.c.west > version.c.east, 1), else_=0)).label("across"),
)


_STATE = select(archive_fact.c.name, archive_fact.c.value).where(archive_fact.c.name.in_(("identity", "clock")))


def extents(archive: Archive, viewer: Viewer, collection_id: str | None = None) -> dict[str, Box]:
    """Boxes by collection; of those whose place is known. One that crosses 180 degrees goes all the way round."""
    query = (
        select(*_ALIKE, *_SIDES)
        .join_from(version, granule, granule.c.id == version.c.granule)
        .join(collection, collection.c.id == granule.c.collection)
        .where(version.c.recorded_to == FOREVER, version.c.count > 0)
        .group_by(*_ALIKE)
    )
    if collection_id is not None:
        numbers = select(collection.c.id).where(collection.c.collection_id == collection_id)
        query = query.where(version.c.collection.in_(numbers))
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        query = query if seen is None else query.where(granule.c.terms.in_(seen))
        rows = connection.execute(query).all()
        return {name: _united(sides) for name, sides in _sides(connection, rows, seen).items()}


def state_seen(archive: Archive, viewer: Viewer) -> tuple:
    """What stands for all that a viewer sees now: equal while nothing is recorded and they see the same."""
    with archive.catalogue.reading() as connection:
        facts = connection.execute(_STATE).all()
        return (*sorted((row.name, row.value) for row in facts), visible(connection, viewer))


def _sides(connection: Connection, rows: Iterable[Row], seen: frozenset[int] | None) -> dict[str, list[tuple]]:
    places = station_places(connection, {row.code for row in rows if row.code is not None}, seen)
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        if row.west is not None:
            west, east = (-180.0, 180.0) if row.across else (row.west, row.east)
            found.setdefault(row.collection_id, []).append((west, row.south, east, row.north))
        station = None if row.code is None else places.of(row.code_scheme, row.code, row.provider)
        if station is not None:
            sides = (station.longitude, station.latitude) * 2
            found.setdefault(row.collection_id, []).append(sides)
    return found


def _united(sides: list[tuple]) -> Box:
    west, south, east, north = zip(*sides, strict=True)
    return Box(min(west), min(south), max(east), max(north))
