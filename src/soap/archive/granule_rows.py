"""Rows of the catalogue as records of granules: the columns that a search asks for, and the fields made of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, Row, String, cast, func, select

from soap.archive.parts import Part, checksum_of
from soap.archive.records import GranuleRecord
from soap.archive.schema import collection, contribution, granule, terms, version
from soap.core.place import Box
from soap.core.time import Window

_BETWEEN, _AFTER = ",", ":"

COLUMNS: tuple[ColumnElement, ...] = (
    *version.c,
    granule.c.granule_id,
    granule.c.platform,
    granule.c.period,
    collection.c.collection_id,
    collection.c.provider,
    collection.c.shape,
    collection.c.simulated,
    collection.c.cadence,
    collection.c.level,
    terms.c.owner,
    terms.c.access,
    terms.c.licence,
    terms.c.citation,
)
ORIGINALS = (
    select(
        func.aggregate_strings(cast(contribution.c.recorded_from, String) + _AFTER + contribution.c.original, _BETWEEN)
    )
    .where(contribution.c.granule == version.c.granule, contribution.c.recorded_from <= version.c.recorded_from)
    .correlate(version)
    .scalar_subquery()
    .label("originals")
)
"""Times of recording and checksums of the files that had contributed to a version when it was recorded."""

AT = {str(column.key): place for place, column in enumerate(COLUMNS)} | {"originals": len(COLUMNS)}
"""Place of each column in a row: to look up a row's columns by name takes longer."""


class _Place(NamedTuple):
    """Where a granule's one point is, without the rest of the row that tells it."""

    latitude: float | None
    longitude: float | None
    height_m: float | None


class Told:
    """What the catalogue tells of a granule: its row, the row that tells where its one point is, its parts."""

    __slots__ = ("parts", "row", "stands")

    def __init__(self, row: Sequence[Any], stands: Row | _Place | None, parts: tuple[Part, ...]):
        self.row, self.stands, self.parts = row, stands, parts

    def __reduce__(self) -> tuple:
        """Into another process it goes as plain values: a row's class is known only here."""
        at = self.stands
        place = None if at is None else _Place(at.latitude, at.longitude, getattr(at, "height_m", None))
        return Told, (tuple(self.row), place, self.parts)

    def field(self, name: str) -> Any:
        """A field of the record."""
        made = _MADE.get(name)
        return self.row[_PLAIN[name]] if made is None else made(self.row, self)


_PLAIN = {
    name: AT[column]
    for name, column in {
        "granule_id": "granule_id",
        "version": "number",
        "collection_id": "collection_id",
        "shape": "shape",
        "platform": "platform",
        "cadence": "cadence",
        "level": "level",
        "period": "period",
        "count": "count",
        "maturity": "maturity",
        "bytes": "object_bytes",
        "object_key": "object_key",
        "place": "place",
        "provider": "provider",
        "owner": "owner",
        "access": "access",
        "licence": "licence",
        "citation": "citation",
    }.items()
}
_SIDES = tuple(AT[side] for side in ("west", "south", "east", "north"))
_FIRST, _LAST, _RECORDED = AT["first"], AT["last"], AT["recorded_from"]


def sides(row: Sequence[Any]) -> tuple[float, float, float, float] | tuple[None, None, None, None]:
    """West, south, east and north of the box round a granule."""
    west, south, east, north = _SIDES
    return row[west], row[south], row[east], row[north]


def _box(row: Sequence[Any], _told: Told) -> Box | None:
    return None if row[_SIDES[0]] is None else Box(*sides(row))


def _window(row: Sequence[Any], _told: Told) -> Window:
    return Window(np.datetime64(row[_FIRST], "ns"), np.datetime64(row[_LAST] + 1, "ns"))


def _height_m(row: Sequence[Any], told: Told) -> float | None:
    return told.stands.height_m if told.stands is not None and row[AT["place"]] == "station" else None


def _originals(row: Sequence[Any], _told: Told) -> tuple[str, ...]:
    """By time of recording; none where they were not asked for."""
    if len(row) == len(COLUMNS) or row[AT["originals"]] is None:
        return ()
    known = (one.split(_AFTER) for one in row[AT["originals"]].split(_BETWEEN))
    return tuple(checksum for _, checksum in sorted((int(recorded), checksum) for recorded, checksum in known))


_MADE: Mapping[str, Callable[[Sequence[Any], Told], Any]] = {
    "window": _window,
    "variables": lambda row, _: tuple(row[AT["variables"]].split()),
    "simulated": lambda row, _: bool(row[AT["simulated"]]),
    "quality": lambda row, _: json.loads(row[AT["quality"]]),
    "sha256": lambda row, told: checksum_of(told.parts) if told.parts else row[AT["object_sha256"]],
    "originals": _originals,
    "recorded_from": lambda row, _: np.datetime64(row[_RECORDED], "us"),
    "latitude": lambda _, told: None if told.stands is None else told.stands.latitude,
    "longitude": lambda _, told: None if told.stands is None else told.stands.longitude,
    "height_m": _height_m,
    "box": _box,
    "parts": lambda _, told: told.parts,
}


_plain_fields = itemgetter(*_PLAIN.values())


def record(row: Sequence[Any], stands: Row | None, parts: tuple[Part, ...]) -> GranuleRecord:
    """The record of a row of `COLUMNS`, whose point, if any, `stands` tells."""
    return GranuleRecord.of(Told(row, stands, parts))


def whole_record(row: Sequence[Any], stands: Row | None, parts: tuple[Part, ...]) -> GranuleRecord:
    """The same, for who asks for all of its fields: those that are a column's value are filled in at once."""
    return GranuleRecord.of(Told(row, stands, parts), dict(zip(_PLAIN, _plain_fields(row), strict=True)))
