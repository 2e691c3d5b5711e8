"""Deposits: which member handed in which file, and to whom it counts as held already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import BindParameter, Connection, Select, bindparam, insert, select

from soap.archive.draft import CHUNK, Arrival
from soap.archive.policy import must_publish, visible
from soap.archive.schema import collection, contribution, deposit, granule, original, station
from soap.core.who import Viewer

_SOME: BindParameter[str] = bindparam("some", expanding=True)
_MINE = select(deposit.c.original).where(deposit.c.provider == bindparam("provider"), deposit.c.original.in_(_SOME))
_ANYBODYS = select(original.c.sha256).where(original.c.sha256.in_(_SOME))
_INTO_GRANULES = (
    select(contribution.c.original, collection.c.provider, granule.c.terms)
    .distinct()
    .join_from(contribution, granule, granule.c.id == contribution.c.granule)
    .join(collection, collection.c.id == granule.c.collection)
    .where(contribution.c.original.in_(_SOME))
)
_INTO_STATIONS = (
    select(station.c.original, station.c.provider, station.c.terms).distinct().where(station.c.original.in_(_SOME))
)


def held_already(
    connection: Connection, viewer: Viewer, checksums: Iterable[str], provider: str | None = None
) -> set[str]:
    """Those of the checksums whose files count as held already when the viewer hands them in.

    These are what the provider handed in before, and what the viewer sees all of that another made of it: more would
    tell what is hidden. Who sees everything and names a provider hands in for that one, whatever others did.
    """
    wanted = list(checksums)
    found: set[str] = set()
    seen = visible(connection, viewer)
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        mine = {"provider": must_publish(viewer, provider), "some": some}
        found |= set(connection.execute(_MINE, mine).scalars())
        if seen is not None:
            found |= _seen_whole(connection, some, seen)
        elif provider is None:
            found |= set(connection.execute(_ANYBODYS, {"some": some}).scalars())
    return found


def _seen_whole(connection: Connection, some: list[str], seen: frozenset[int]) -> set[str]:
    """Files of which all that some provider's deposit became is under terms that are seen."""
    under: dict[tuple[str, str], set[int]] = {}
    queries: tuple[Select, ...] = (_INTO_GRANULES, _INTO_STATIONS)
    for query in queries:
        for checksum, provider, terms in connection.execute(query, {"some": some}):
            under.setdefault((checksum, provider), set()).add(terms)
    return {checksum for (checksum, _), terms in under.items() if terms <= seen}


def record_deposits(connection: Connection, arrivals: Mapping[str, Arrival], provider: str, now: int) -> None:
    """Note that a provider handed in files; their originals where no other has handed in the same bytes."""
    there = held_originals(connection, arrivals)
    rows = [
        {
            "sha256": one.sha256,
            "name": one.name,
            "bytes": len(one.content),
            "reader": one.reader,
            "recorded_from": now,
        }
        for one in arrivals.values()
        if one.sha256 not in there
    ]
    if rows:
        connection.execute(insert(original), rows)
    deposits = [
        {"original": one.sha256, "provider": provider, "name": one.name, "recorded_from": now}
        for one in arrivals.values()
    ]
    connection.execute(insert(deposit), deposits)


def held_originals(connection: Connection, checksums: Iterable[str]) -> set[str]:
    """Those of the checksums under which anybody's file is kept; not to be told."""
    wanted = list(checksums)
    found: set[str] = set()
    for start in range(0, len(wanted), CHUNK):
        found |= set(connection.execute(_ANYBODYS, {"some": wanted[start : start + CHUNK]}).scalars())
    return found
