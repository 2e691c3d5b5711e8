"""Which granules answer a selection: candidates by SQL and the cell index, then the exact test."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, or_, select

from soap.archive.archive import Archive
from soap.archive.cover import EVERYWHERE, Near, boxes_meet, cells_of_box
from soap.archive.draft import CHUNK
from soap.archive.encoding import decode
from soap.archive.events_object import event_columns
from soap.archive.parts import Part, checksum_of, parts_of
from soap.archive.records import GranuleRecord, Selection
from soap.archive.schema import FOREVER, collection, contribution, cover, granule, terms, version
from soap.archive.station_places import StationPlaces, station_places
from soap.core.place import Box
from soap.core.time import NS, Window

LONGEST_NS = 367 * 86_400 * 10**9
"""No granule spans more than a leap year, so that a range of start times bounds the search."""

_EARLIEST_NS = -(2**63)


def search(
    archive: Archive,
    connection: Connection,
    selection: Selection,
    visible: frozenset[int] | None,
    *,
    originals: bool = True,
) -> list[GranuleRecord]:
    """Records of the granules under `visible` terms that answer, by collection, platform and time.

    Without `originals` the records lack the checksums of their files, which take a question of their own.
    """
    asked = _asked(selection, visible)
    rows: Sequence[Row] = connection.execute(_statement(frozenset(asked)), asked).all()
    if selection.variable is not None:  # SQLite's LIKE does not tell B from b
        rows = [row for row in rows if f" {selection.variable} " in row.variables]
    places = station_places(
        connection, {row.code for row in rows if row.place == "station"}, visible, asked.get("as_of")
    )
    found = [(row, _stands(row, places)) for row in rows]
    place = selection.place
    if place is not None:
        found = [
            (row, at)
            for (row, at), sure in zip(found, _surely_in(found, place), strict=True)
            if sure or (at is None and _reaches_in(archive, row, place, selection.window))
        ]
    files = _originals(connection, [row.id for row, _ in found]) if originals else {}
    parts = parts_of(connection, [row for row, _ in found])
    names = rows[0]._fields if rows else ()  # a row's own look-up by name takes longer
    return [
        _record(dict(zip(names, row, strict=True)), at, files.get(row.id, ()), parts.get(row.id, ()))
        for row, at in found
    ]


def _asked(selection: Selection, visible: frozenset[int] | None) -> dict[str, Any]:
    """Values of the conditions that hold, by name; the names tell the statement."""
    asked: dict[str, Any] = {
        "collection_id": selection.collection_id,
        "provider": selection.provider,
        "shape": selection.shape,
        "visible": None if visible is None else list(visible),
        "as_of": None if selection.as_of is None else nanoseconds(selection.as_of) // 1000,
        "variable": None if selection.variable is None else f"% {_escaped(selection.variable)} %",
    }
    if selection.station is not None:
        asked["station"] = _spellings(selection.station)
    if selection.place is not None and selection.as_of is None:
        box = selection.place.box() if isinstance(selection.place, Near) else selection.place
        cells = cells_of_box(box)
        asked["cells"] = None if cells == [EVERYWHERE] else [EVERYWHERE, *cells]
        asked |= {"south": box.south, "north": box.north, "east": box.east}
        asked["west" if box.west <= box.east else "west_over_180"] = box.west
    if selection.window is not None:
        start = nanoseconds(selection.window.start)
        asked |= {
            "start": start,
            "stop": nanoseconds(selection.window.stop),
            "earliest": max(start - LONGEST_NS, _EARLIEST_NS),
        }
    return {name: value for name, value in asked.items() if value is not None}


def _spellings(code: str) -> list[str]:
    return sorted({code, code.lower(), code.upper()})


def _escaped(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


_EVERY = (
    select(
        *version.c,
        granule.c.granule_id,
        granule.c.platform,
        granule.c.period,
        collection.c.collection_id,
        collection.c.provider,
        collection.c.shape,
        collection.c.simulated,
        terms.c.owner,
        terms.c.access,
        terms.c.licence,
        terms.c.citation,
    )
    .join_from(version, granule, granule.c.id == version.c.granule)
    .join(collection, collection.c.id == granule.c.collection)
    .join(terms, terms.c.id == granule.c.terms)
    .where(version.c.count > 0)
    .order_by(collection.c.collection_id, granule.c.platform, version.c.first, collection.c.provider, version.c.id)
)
# A station's code is its platform in capitals. By the index of platforms, which is of each collection.
_STATION = (
    select(granule.c.id)
    .join_from(collection, granule, granule.c.collection == collection.c.id)
    .where(granule.c.platform.in_(bindparam("station", expanding=True)))
)
_WHERE = {
    "station": version.c.granule.in_(_STATION),
    "visible": granule.c.terms.in_(bindparam("visible", expanding=True)),
    "collection_id": collection.c.collection_id == bindparam("collection_id"),
    "provider": collection.c.provider == bindparam("provider"),
    "shape": collection.c.shape == bindparam("shape"),
    "variable": version.c.variables.like(bindparam("variable"), escape="/"),
    "as_of": and_(version.c.recorded_from <= bindparam("as_of"), version.c.recorded_to > bindparam("as_of")),
}
_IN_WINDOW = and_(
    version.c.first < bindparam("stop"),
    version.c.first > bindparam("earliest"),
    version.c.last >= bindparam("start"),
)
_CELLS_IN_WINDOW = and_(
    cover.c.t0 < bindparam("stop"), cover.c.t0 > bindparam("earliest"), cover.c.t1 >= bindparam("start")
)
_POINT, _SIDES = version.c.latitude, (version.c.south, version.c.north, version.c.west, version.c.east)


def _in_box(west: str, across: Callable[..., ColumnElement[bool]]) -> ColumnElement[bool]:
    """What may lie in a box, as far as the row tells: a point, or a box round it; the exact test comes after.

    `across` puts together that a longitude is east of the box's west and west of its east: both, or either where the
    box crosses 180 degrees.
    """
    south, north, first, last = _SIDES
    point = and_(
        _POINT.between(bindparam("south"), bindparam("north")),
        across(version.c.longitude >= bindparam(west), version.c.longitude <= bindparam("east")),
    )
    area = and_(
        south <= bindparam("north"),
        north >= bindparam("south"),
        or_(first > last, across(last >= bindparam(west), first <= bindparam("east"))),
    )
    return and_(or_(_POINT.is_(None), point), or_(south.is_(None), area))


_BOXES = {west: _in_box(west, across) for west, across in (("west", and_), ("west_over_180", or_))}


@cache
def _statement(kinds: frozenset[str]) -> Select:
    """The SQL of a selection with these conditions; with a box, of its candidates.

    Made once for each: to put a statement together takes longer than to run it.
    """
    query = _EVERY.where(*(condition for name, condition in _WHERE.items() if name in kinds))
    boxes = [condition for name, condition in _BOXES.items() if name in kinds]
    if boxes:
        # The cells hold current versions only, each with its times: naming either again would lead the database to
        # another, slower index.
        some = select(cover.c.version)
        if "cells" in kinds:
            some = some.where(cover.c.cell.in_(bindparam("cells", expanding=True)))
        return query.where(version.c.id.in_(some.where(_CELLS_IN_WINDOW) if "stop" in kinds else some), *boxes)
    if "as_of" not in kinds:
        query = query.where(version.c.recorded_to == FOREVER)
    return query.where(_IN_WINDOW) if "stop" in kinds else query


def _stands(row: Row, places: StationPlaces) -> Row | None:
    """The row that tells where a granule's one point is: its own, or its station's; None for no point, or unknown."""
    if row.place == "point":
        return row
    return places.of(row.code_scheme, row.code, row.provider) if row.place == "station" else None


def _surely_in(found: Sequence[tuple[Row, Row | None]], place: Near | Box) -> np.ndarray:
    """True where a point lies in the place, and where an area's centre does."""
    middle = np.full((2, len(found)), np.nan)
    for number, (row, at) in enumerate(found):
        if at is not None:
            middle[:, number] = at.latitude, at.longitude
        elif row.place == "area" and row.west <= row.east:
            middle[:, number] = (row.south + row.north) / 2, (row.west + row.east) / 2
    return place.holds(*middle)


def _reaches_in(archive: Archive, row: Row, place: Near | Box, window: Window | None) -> bool:
    """The exact test of what is no point: does some value of the granule lie in the place, in the window?"""
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


_FILES = (
    select(version.c.id, contribution.c.original)
    .join(
        version,
        and_(contribution.c.granule == version.c.granule, contribution.c.recorded_from <= version.c.recorded_from),
    )
    .where(version.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(version.c.id, contribution.c.recorded_from, contribution.c.original)
)


def _originals(connection: Connection, versions: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Checksums of the files of each version: those that had contributed when it was recorded."""
    found: dict[int, list[str]] = {}
    for start in range(0, len(versions), CHUNK):
        for number, checksum in connection.execute(_FILES, {"ids": versions[start : start + CHUNK]}).all():
            found.setdefault(number, []).append(checksum)
    return {number: tuple(checksums) for number, checksums in found.items()}


def _record(
    told: Mapping[str, Any], at: Row | None, originals: tuple[str, ...], parts: tuple[Part, ...]
) -> GranuleRecord:
    first, last = np.datetime64(told["first"], "ns"), np.datetime64(told["last"] + 1, "ns")
    return GranuleRecord(
        granule_id=told["granule_id"],
        version=told["number"],
        collection_id=told["collection_id"],
        shape=told["shape"],
        platform=told["platform"],
        period=told["period"],
        window=Window(first, last),
        variables=tuple(told["variables"].split()),
        count=told["count"],
        simulated=bool(told["simulated"]),
        maturity=told["maturity"],
        quality=json.loads(told["quality"]),
        sha256=checksum_of(parts) if parts else told["object_sha256"],
        bytes=told["object_bytes"],
        object_key=told["object_key"],
        originals=originals,
        recorded_from=np.datetime64(told["recorded_from"], "us"),
        place=told["place"],
        latitude=None if at is None else at.latitude,
        longitude=None if at is None else at.longitude,
        height_m=at.height_m if at is not None and told["place"] == "station" else None,
        box=Box(told["west"], told["south"], told["east"], told["north"]) if told["west"] is not None else None,
        provider=told["provider"],
        owner=told["owner"],
        access=told["access"],
        licence=told["licence"],
        citation=told["citation"],
        parts=parts,
    )


def nanoseconds(instant: np.datetime64) -> int:
    """Nanoseconds since 1970, as the catalogue keeps times of observations."""
    return int(instant.astype(NS).astype(np.int64))
