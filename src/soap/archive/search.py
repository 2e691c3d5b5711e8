"""Which granules answer a selection: candidates by SQL and the cell index, then the exact test."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from sqlalchemy import Connection, Row, Select, and_, func, select

from soap.archive.archive import Archive
from soap.archive.cover import EVERYWHERE, Near, boxes_meet, cells_of_box
from soap.archive.draft import CHUNK
from soap.archive.encoding import decode
from soap.archive.events_object import event_columns
from soap.archive.records import GranuleRecord, Selection
from soap.archive.schema import FOREVER, collection, contribution, cover, granule, station, version
from soap.core.place import Box
from soap.core.time import NS, Window

_LONGEST_NS = 367 * 86_400 * 10**9
"""No granule spans more than a leap year, so that a range of start times bounds the search."""

_EARLIEST_NS = -(2**63)

_ONE_NS = np.timedelta64(1, "ns")


def search(archive: Archive, connection: Connection, selection: Selection) -> list[GranuleRecord]:
    """Records of the granules that answer, by collection, platform and time."""
    rows = connection.execute(statement(selection)).all()
    place = selection.place
    if place is not None:
        rows = [row for row in rows if _lies_in(archive, row, place, selection.window)]
    originals = _originals(connection, rows)
    return [_record(row, originals.get(row.id, ())) for row in rows]


def statement(selection: Selection) -> Select:
    """The SQL of a selection; with a place, of its candidates."""
    here = and_(
        station.c.code == version.c.code,
        station.c.code_scheme == version.c.code_scheme,
        station.c.recorded_to == FOREVER,
    )
    columns = [column for column in version.c if column.name not in ("latitude", "longitude")]
    query = (
        select(
            *columns,
            granule.c.granule_id,
            granule.c.platform,
            granule.c.period,
            collection.c.collection_id,
            collection.c.shape,
            collection.c.simulated,
            func.coalesce(version.c.latitude, station.c.latitude).label("latitude"),
            func.coalesce(version.c.longitude, station.c.longitude).label("longitude"),
        )
        .join_from(version, granule, granule.c.id == version.c.granule)
        .join(collection, collection.c.id == granule.c.collection)
        .outerjoin(station, here)
        .order_by(collection.c.collection_id, granule.c.platform, version.c.first)
    )
    return query.where(*_conditions(selection))


def _conditions(selection: Selection) -> Iterator:
    yield version.c.count > 0
    if selection.as_of is not None:
        instant = _ns(selection.as_of) // 1000
        yield and_(version.c.recorded_from <= instant, version.c.recorded_to > instant)
    if selection.collection_id is not None:
        yield collection.c.collection_id == selection.collection_id
    if selection.shape is not None:
        yield collection.c.shape == selection.shape
    if selection.variable is not None:
        yield version.c.variables.contains(f" {selection.variable} ", autoescape=True)
    if selection.place is not None and selection.as_of is None:
        # The cells hold current versions only, each with its times: naming either again would lead the database to
        # another, slower index.
        yield version.c.id.in_(_covering(selection.place, selection.window))
        return
    if selection.as_of is None:
        yield version.c.recorded_to == FOREVER
    if selection.window is not None:
        start, stop = _ns(selection.window.start), _ns(selection.window.stop)
        yield and_(
            version.c.first < stop,
            version.c.first > max(start - _LONGEST_NS, _EARLIEST_NS),
            version.c.last >= start,
        )


def _covering(place: Near | Box, window: Window | None) -> Select:
    """Versions of which some part lies in a touched cell in the window."""
    found = place.cells() if isinstance(place, Near) else cells_of_box(place)
    query = select(cover.c.version)
    if found and found != [EVERYWHERE]:
        query = query.where(cover.c.cell.in_([EVERYWHERE, *found]))
    if window is not None:
        start, stop = _ns(window.start), _ns(window.stop)
        query = query.where(cover.c.t0 < stop, cover.c.t0 > max(start - _LONGEST_NS, _EARLIEST_NS), cover.c.t1 >= start)
    return query


def _lies_in(archive: Archive, row: Row, place: Near | Box, window: Window | None) -> bool:
    """The exact test: does some value of the granule lie in the place, in the window?"""
    if row.place in ("point", "station"):
        return row.latitude is not None and bool(place.holds(row.latitude, row.longitude))
    if row.place == "area":
        box = Box(row.west, row.south, row.east, row.north)
        return place.meets(box) if isinstance(place, Near) else boxes_meet(place, box)
    if row.place not in ("path", "points"):
        return False
    content = archive.objects.get(row.object_key)
    if row.place == "path":
        block = decode(content, row.object_key, variables=())
        time, latitude, longitude = block.time, block.along["latitude"], block.along["longitude"]
    else:
        columns = event_columns(content, row.object_key)
        time, latitude, longitude = columns["time"], columns["latitude"], columns["longitude"]
    inside = place.holds(latitude, longitude)
    if window is not None:
        inside &= window.holds(time)
    return bool(inside.any())


def _originals(connection: Connection, rows: Sequence[Row]) -> dict[int, tuple[str, ...]]:
    """Checksums of the files of each version: those that had contributed when it was recorded."""
    found: dict[int, list[str]] = {}
    for start in range(0, len(rows), CHUNK):
        ids = [row.id for row in rows[start : start + CHUNK]]
        query = (
            select(version.c.id, contribution.c.original)
            .join(
                version,
                and_(
                    contribution.c.granule == version.c.granule, contribution.c.recorded_from <= version.c.recorded_from
                ),
            )
            .where(version.c.id.in_(ids))
            .order_by(version.c.id, contribution.c.recorded_from, contribution.c.original)
        )
        for number, checksum in connection.execute(query):
            found.setdefault(number, []).append(checksum)
    return {number: tuple(checksums) for number, checksums in found.items()}


def _record(row: Row, originals: Iterable[str]) -> GranuleRecord:
    first, last = np.datetime64(row.first, "ns"), np.datetime64(row.last, "ns")
    return GranuleRecord(
        granule_id=row.granule_id,
        version=row.number,
        collection_id=row.collection_id,
        shape=row.shape,
        platform=row.platform,
        period=row.period,
        window=Window(first, last + _ONE_NS),
        variables=tuple(row.variables.split()),
        count=row._mapping["count"],
        simulated=bool(row.simulated),
        maturity=row.maturity,
        quality=json.loads(row.quality),
        sha256=row.object_sha256,
        object_key=row.object_key,
        originals=tuple(originals),
        recorded_from=np.datetime64(row.recorded_from, "us"),
        place=row.place,
        latitude=row.latitude,
        longitude=row.longitude,
        box=Box(row.west, row.south, row.east, row.north) if row.west is not None else None,
    )


def _ns(instant: np.datetime64) -> int:
    return int(instant.astype(NS).astype(np.int64))
