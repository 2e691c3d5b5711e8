"""Which granules answer a selection: candidates by SQL and the cell index, then the exact test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, or_, select

from soap.archive.archive import Archive
from soap.archive.cover import EVERYWHERE, Place, box_of, cells_of_box, meets
from soap.archive.events_object import event_columns
from soap.archive.granule_rows import AT, COLUMNS, ORIGINALS, record, sides
from soap.archive.parts import parts_of
from soap.archive.prepared import PreparedSelect
from soap.archive.records import GranuleRecord, Selection
from soap.archive.schema import FOREVER, collection, cover, granule, terms, version
from soap.archive.station_places import station_places
from soap.archive.stretches import Reach, stretches
from soap.core.time import NS, Window

LONGEST_NS = 367 * 86_400 * 10**9
"""No granule spans more than a leap year, so that a range of start times bounds the search."""

_EARLIEST_NS = -(2**63)
_ID, _PLACE = AT["id"], AT["place"]


def search(
    archive: Archive,
    connection: Connection,
    selection: Selection,
    visible: frozenset[int] | None,
    *,
    originals: bool = True,
) -> list[GranuleRecord]:
    """Records of the granules under `visible` terms that answer, by collection, platform and time.

    Without `originals` the records lack the checksums of their files, which take a third of the time.
    """
    asked = _asked(selection, visible)
    rows: Sequence[Row] = _statement(frozenset(asked), originals).rows(connection, asked)
    if selection.variable is not None:  # SQLite's LIKE does not tell B from b
        rows = [row for row in rows if f" {selection.variable} " in row.variables]
    stands = stand(connection, rows, visible, asked.get("as_of"))
    if selection.place is not None:
        inside = in_place(archive, rows, stands, selection.place, selection.window)
        rows, stands = [rows[number] for number in inside], [stands[number] for number in inside]
    parts = parts_of(connection, rows)
    return [record(row, at, parts.get(row[_ID], ())) for row, at in zip(rows, stands, strict=True)]


def _asked(selection: Selection, visible: frozenset[int] | None) -> dict[str, Any]:
    """Values of the conditions that hold, by name; the names tell the statement."""
    asked: dict[str, Any] = {
        "collection_id": selection.collection_id,
        "provider": selection.provider,
        "shape": selection.shape,
        "visible": None if visible is None else list(visible),
        "as_of": None if selection.as_of is None else nanoseconds(selection.as_of) // 1000,
        "variable": None if selection.variable is None else f"% {escaped(selection.variable)} %",
    }
    if selection.station is not None:
        asked["station"] = spellings(selection.station)
    if selection.place is not None and selection.as_of is None:
        box = box_of(selection.place)
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


def spellings(code: str) -> list[str]:
    """How a station's code may be written."""
    return sorted({code, code.lower(), code.upper()})


def escaped(text: str) -> str:
    """Text as LIKE takes it, with `/` to escape by."""
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


EVERY = (
    select(*COLUMNS)
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


BOXES = {west: _in_box(west, across) for west, across in (("west", and_), ("west_over_180", or_))}


@cache
def _statement(kinds: frozenset[str], originals: bool) -> PreparedSelect:
    """The SQL of a selection with these conditions; with a box, of its candidates.

    Made once for each: to put a statement together takes longer than to run it.
    """
    query = EVERY.add_columns(ORIGINALS) if originals else EVERY
    query = query.where(*(condition for name, condition in _WHERE.items() if name in kinds))
    boxes = [condition for name, condition in BOXES.items() if name in kinds]
    if boxes:
        # The cells hold current versions only, each with its times: naming either again would lead the database to
        # another, slower index.
        some = select(cover.c.version)
        if "cells" in kinds:
            some = some.where(cover.c.cell.in_(bindparam("cells", expanding=True)))
        query = query.where(version.c.id.in_(some.where(_CELLS_IN_WINDOW) if "stop" in kinds else some), *boxes)
        return PreparedSelect(query)
    if "as_of" not in kinds:
        query = query.where(version.c.recorded_to == FOREVER)
    return PreparedSelect(query.where(_IN_WINDOW) if "stop" in kinds else query)


def stand(
    connection: Connection, rows: Sequence[Row], visible: frozenset[int] | None, as_of: int | None
) -> list[Row | None]:
    """The row that tells where each one's one point is: its own, or its station's; None for no point, or unknown."""
    codes = {row.code for row in rows if row[_PLACE] == "station"}
    places = station_places(connection, codes, visible, as_of)
    return [
        row
        if row[_PLACE] == "point"
        else places.of(row.code_scheme, row.code, row.provider)
        if row[_PLACE] == "station"
        else None
        for row in rows
    ]


def in_place(
    archive: Archive, rows: Sequence[Row], stands: Sequence[Row | None], place: Place, window: Window | None
) -> list[int]:
    """Numbers of the rows whose granules have some value in the place, and those along a path in the window."""
    nowhere = (np.nan, np.nan)
    points = np.array([nowhere if at is None else (at.latitude, at.longitude) for at in stands]).reshape(-1, 2)
    inside = place.holds(*points.T)
    areas = [number for number, row in enumerate(rows) if row[_PLACE] == "area"]
    if areas:
        inside[areas] = meets(place, *np.array([sides(rows[number]) for number in areas]).T)
    for number, row in enumerate(rows):
        if row[_PLACE] in ("path", "points"):
            inside[number] = _reaches_in(archive, row, place, window)
    return np.flatnonzero(inside).tolist()


def _reaches_in(archive: Archive, row: Row, place: Place, window: Window | None) -> bool:
    """True where some sample of a path, or some scattered point, lies in the place, in the window."""
    if row[_PLACE] == "path":
        reach = Reach(box_of(place), window)
        return any(
            _some_in(place, window, one.time, one.along)
            for one in stretches(archive.objects, row.object_key, (), reach)
        )
    columns = event_columns(archive.objects.get(row.object_key), row.object_key)
    return _some_in(place, window, columns["time"], columns)


def _some_in(place: Place, window: Window | None, time: np.ndarray, along: Mapping[str, np.ndarray]) -> bool:
    inside = place.holds(along["latitude"], along["longitude"])
    return bool((inside if window is None else inside & window.holds(time)).any())


def nanoseconds(instant: np.datetime64) -> int:
    """Nanoseconds since 1970, as the catalogue keeps times of observations."""
    return int(instant.astype(NS).astype(np.int64))
