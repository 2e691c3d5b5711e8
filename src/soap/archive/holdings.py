"""Collections as somebody sees them: sums over the granules that they may see, and when the latest of it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, bindparam, case, func, select

from soap.archive.draft import CHUNK
from soap.archive.prepared import PreparedSelect
from soap.archive.records import CollectionRecord
from soap.archive.schema import FOREVER, collection, granule, station, terms, version

_HOLDS = version.c.count > 0
_KINDS = ("collection_id", "provider", "shape", "domain", "cadence", "simulated")
_LIKE = (
    granule.c.collection,
    granule.c.platform,
    granule.c.terms,
    version.c.variables,
    version.c.code_scheme,
    version.c.code,
)
_GROUPS = (
    select(
        *_LIKE,
        func.min(case((_HOLDS, version.c.first))).label("first"),
        func.max(case((_HOLDS, version.c.last))).label("last"),
        func.sum(case((_HOLDS, 1), else_=0)).label("granules"),
        func.sum(version.c.count).label("values_count"),
        func.max(version.c.recorded_from).label("changed"),
    )
    .join_from(version, granule, granule.c.id == version.c.granule)
    .group_by(*_LIKE)
)
"""Granules that are alike, put together: the one look at all that is held."""
_MOVES = select(station.c.code_scheme, station.c.code, func.max(station.c.recorded_from).label("changed")).group_by(
    station.c.code_scheme, station.c.code
)


def microseconds(instant: np.datetime64 | None) -> int | None:
    """A time of recording as the catalogue writes it [µs since 1970]."""
    return None if instant is None else instant.astype("datetime64[us]").astype(np.int64).item()


def held_collections(
    connection: Connection,
    visible: frozenset[int] | None,
    asked: Mapping[str, Any],
    as_of: int | None = None,
    *,
    by_platform: bool = False,
) -> tuple[CollectionRecord, ...]:
    """Collections with something in them that is under `visible` terms, by identifier.

    `asked` are values that columns of the collection must have; `as_of` a time of recording [µs], none: now. With
    `by_platform` what each platform has of a collection is a record of its own.
    """
    parameters = dict(asked) if visible is None else {**asked, "visible": list(visible)}
    parameters |= {} if as_of is None else {"as_of": as_of}
    kinds: dict[tuple[str, str, bool, str], list[Row]] = {}
    for row in _statement(frozenset(parameters)).rows(connection, parameters):
        platform = row.platform if by_platform else ""
        kinds.setdefault((row.collection_id, row.shape, bool(row.simulated), platform), []).append(row)
    moves = _moves(connection, (row for rows in kinds.values() for row in rows), visible, as_of)
    return tuple(_record(rows, moves) for rows in kinds.values() if any(row.granules for row in rows))


def _record(rows: Sequence[Row], moves: Mapping[tuple[str, str], int]) -> CollectionRecord:
    """One collection over its providers, of the rows of its granules."""
    one, held = rows[0], [row for row in rows if row.granules]
    providers = {row.provider for row in held}
    # What is emptied does not count, but that it was emptied is a change.
    changes = [row.changed for row in rows]
    changes += [moves[row.code_scheme, row.code] for row in held if (row.code_scheme, row.code) in moves]
    embargoes = [row.embargo_until for row in held if row.embargo_until is not None]
    return CollectionRecord(
        collection_id=one.collection_id,
        shape=one.shape,
        domain=one.domain,
        platform=_words(held, "platform"),
        cadence=",".join(dict.fromkeys(row.cadence for row in held)),
        level=",".join(dict.fromkeys(row.level for row in held)),
        variables=tuple(sorted({name for row in held for name in row.variables.split()})),
        first=np.datetime64(min(row.first for row in held), "ns"),
        last=np.datetime64(max(row.last for row in held), "ns"),
        granules=sum(int(row.granules) for row in held),
        count=sum(int(row.values_count) for row in held),
        simulated=bool(one.simulated),
        providers=tuple(sorted(providers)),
        owner=_words(held, "owner"),
        access=_words(held, "access"),
        licence=_words(held, "licence", "; "),
        citation=_words(held, "citation", "; "),
        embargo_until=np.datetime64(max(embargoes), "us") if embargoes else None,
        version=np.datetime64(max(changes), "us"),
    )


def _words(rows: Sequence[Row], name: str, between: str = ",") -> str:
    """The values of a column, each once."""
    return between.join(sorted({value for row in rows if (value := getattr(row, name))}))


def _moves(
    connection: Connection, parts: Iterable[Row], visible: frozenset[int] | None, as_of: int | None
) -> dict[tuple[str, str], int]:
    """When the stations that place series were last recorded anew, by scheme and code."""
    codes = sorted({row.code for row in parts if row.code is not None})
    asked: dict[str, Any] = {"as_of": FOREVER if as_of is None else as_of}
    asked |= {} if visible is None else {"visible": list(visible)}
    found: dict[tuple[str, str], int] = {}
    for start in range(0, len(codes), CHUNK):
        some = asked | {"codes": codes[start : start + CHUNK]}
        rows = _station_moves(visible is not None).rows(connection, some)
        found |= {(row.code_scheme, row.code): row.changed for row in rows}
    return found


@cache
def _statement(kinds: frozenset[str]) -> PreparedSelect:
    query = _GROUPS
    if "as_of" in kinds:
        query = query.where(version.c.recorded_from <= bindparam("as_of"), version.c.recorded_to > bindparam("as_of"))
    else:
        query = query.where(version.c.recorded_to == FOREVER)
    if "visible" in kinds:
        query = query.where(granule.c.terms.in_(bindparam("visible", expanding=True)))
    named = [collection.c[name] == bindparam(name) for name in _KINDS if name in kinds]
    if named:  # by the granules of these collections; joined, the database would look at all that is held
        theirs = select(granule.c.id).join_from(collection, granule, granule.c.collection == collection.c.id)
        query = query.where(version.c.granule.in_(theirs.where(*named)))
    alike = query.subquery("alike")
    return PreparedSelect(
        select(
            collection.c.collection_id, collection.c.provider, collection.c.shape, collection.c.domain,
            collection.c.cadence, collection.c.level, collection.c.simulated,
            *(column for column in alike.c if column.key not in ("collection", "terms")),
            terms.c.owner, terms.c.access, terms.c.licence, terms.c.citation, terms.c.embargo_until,
        )
        .join_from(alike, collection, collection.c.id == alike.c.collection)
        .join(terms, terms.c.id == alike.c.terms)
        .order_by(collection.c.collection_id, collection.c.provider)
    )  # fmt: skip


@cache
def _station_moves(narrowed: bool) -> PreparedSelect:
    query = _MOVES.where(
        station.c.code.in_(bindparam("codes", expanding=True)), station.c.recorded_from <= bindparam("as_of")
    )
    if narrowed:
        query = query.where(station.c.terms.in_(bindparam("visible", expanding=True)))
    return PreparedSelect(query)
