"""Collections as somebody sees them: sums over the granules that they may see, and when the latest of it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, Select, bindparam, case, func, select

from soap.archive.draft import CHUNK
from soap.archive.records import CollectionRecord
from soap.archive.schema import FOREVER, collection, granule, station, terms, version

_HOLDS = version.c.count > 0
_KINDS = ("collection_id", "provider", "shape", "domain", "cadence", "simulated")
_JOINED = collection.join(granule, granule.c.collection == collection.c.id).join(
    version, version.c.granule == granule.c.id
)
_SUMS = (
    select(
        collection,
        func.min(case((_HOLDS, version.c.first))).label("first"),
        func.max(case((_HOLDS, version.c.last))).label("last"),
        func.sum(case((_HOLDS, 1), else_=0)).label("granules"),
        func.sum(version.c.count).label("values_count"),
        func.max(version.c.recorded_from).label("changed"),
    )
    .select_from(_JOINED)
    .group_by(*collection.c)
    .order_by(collection.c.collection_id, collection.c.provider)
)
_PARTS = (
    select(
        granule.c.collection,
        granule.c.platform,
        version.c.variables,
        version.c.code_scheme,
        version.c.code,
        terms.c.owner,
        terms.c.access,
        terms.c.licence,
        terms.c.citation,
        terms.c.embargo_until,
    )
    .distinct()
    .select_from(_JOINED.join(terms, terms.c.id == granule.c.terms))
    .where(_HOLDS)
)
_MOVES = select(station.c.code_scheme, station.c.code, func.max(station.c.recorded_from).label("changed")).group_by(
    station.c.code_scheme, station.c.code
)


@dataclass
class _Sum:
    """One collection over its providers."""

    rows: list[Row] = field(default_factory=list)
    parts: list[Row] = field(default_factory=list)

    def words(self, name: str, between: str = ",") -> str:
        """The values of a column of the parts, each once."""
        return between.join(sorted({value for row in self.parts if (value := getattr(row, name))}))


def microseconds(instant: np.datetime64 | None) -> int | None:
    """A time of recording as the catalogue writes it [µs since 1970]."""
    return None if instant is None else instant.astype("datetime64[us]").astype(np.int64).item()


def held_collections(
    connection: Connection, visible: frozenset[int] | None, asked: Mapping[str, Any], as_of: int | None = None
) -> tuple[CollectionRecord, ...]:
    """Collections with something in them that is under `visible` terms, by identifier.

    `asked` are values that columns of the collection must have; `as_of` a time of recording [µs], none: now.
    """
    parameters = dict(asked) if visible is None else {**asked, "visible": list(visible)}
    parameters |= {} if as_of is None else {"as_of": as_of}
    kinds = frozenset(parameters)
    sums: dict[tuple[str, str, bool], _Sum] = {}
    by_number: dict[int, _Sum] = {}
    for row in connection.execute(_statement("sums", kinds), parameters):
        one = sums.setdefault((row.collection_id, row.shape, bool(row.simulated)), _Sum())
        one.rows.append(row)
        by_number[row.id] = one
    for row in connection.execute(_statement("parts", kinds), parameters):
        by_number[row.collection].parts.append(row)
    moves = _moves(connection, (row for one in by_number.values() for row in one.parts), visible, as_of)
    return tuple(_record(one, moves) for one in sums.values() if one.parts)


def _record(one: _Sum, moves: Mapping[tuple[str, str], int]) -> CollectionRecord:
    filled = [row for row in one.rows if row.first is not None]
    first = one.rows[0]
    embargoes = [row.embargo_until for row in one.parts if row.embargo_until is not None]
    changes = [row.changed for row in one.rows]
    changes += [moves[row.code_scheme, row.code] for row in one.parts if (row.code_scheme, row.code) in moves]
    return CollectionRecord(
        collection_id=first.collection_id,
        shape=first.shape,
        domain=first.domain,
        platform=one.words("platform"),
        cadence=",".join(dict.fromkeys(row.cadence for row in filled)),
        level=",".join(dict.fromkeys(row.level for row in filled)),
        variables=tuple(sorted({name for row in one.parts for name in row.variables.split()})),
        first=np.datetime64(min(row.first for row in filled), "ns"),
        last=np.datetime64(max(row.last for row in filled), "ns"),
        granules=sum(int(row.granules) for row in filled),
        count=sum(int(row.values_count) for row in filled),
        simulated=bool(first.simulated),
        providers=tuple(row.provider for row in filled),
        owner=one.words("owner"),
        access=one.words("access"),
        licence=one.words("licence", "; "),
        citation=one.words("citation", "; "),
        embargo_until=np.datetime64(max(embargoes), "us") if embargoes else None,
        version=np.datetime64(max(changes), "us"),
    )


def _moves(
    connection: Connection, parts: Iterable[Row], visible: frozenset[int] | None, as_of: int | None
) -> dict[tuple[str, str], int]:
    """When the stations that place series were last recorded anew, by scheme and code."""
    codes = sorted({row.code for row in parts if row.code is not None})
    asked: dict[str, Any] = {"as_of": FOREVER if as_of is None else as_of}
    asked |= {} if visible is None else {"visible": list(visible)}
    found: dict[tuple[str, str], int] = {}
    for start in range(0, len(codes), CHUNK):
        rows = connection.execute(_station_moves(visible is not None), asked | {"codes": codes[start : start + CHUNK]})
        found |= {(row.code_scheme, row.code): row.changed for row in rows}
    return found


@cache
def _statement(what: str, kinds: frozenset[str]) -> Select:
    query = {"sums": _SUMS, "parts": _PARTS}[what]
    query = query.where(*(collection.c[name] == bindparam(name) for name in _KINDS if name in kinds))
    if "as_of" in kinds:
        query = query.where(version.c.recorded_from <= bindparam("as_of"), version.c.recorded_to > bindparam("as_of"))
    else:
        query = query.where(version.c.recorded_to == FOREVER)
    return query.where(granule.c.terms.in_(bindparam("visible", expanding=True))) if "visible" in kinds else query


@cache
def _station_moves(narrowed: bool) -> Select:
    query = _MOVES.where(
        station.c.code.in_(bindparam("codes", expanding=True)), station.c.recorded_from <= bindparam("as_of")
    )
    return query.where(station.c.terms.in_(bindparam("visible", expanding=True))) if narrowed else query
