"""Deposits: which member handed in which file, and to whom it counts as held already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import BindParameter, Connection, and_, bindparam, exists, insert, select

from soap.archive.draft import CHUNK, Arrival
from soap.archive.nodes import must_be_ours
from soap.archive.policy import must_publish, visible
from soap.archive.prepared import Prepared, PreparedSelect
from soap.archive.schema import (
    archive_fact,
    authority,
    collection,
    contribution,
    deposit,
    granule,
    original,
    quarantine,
    station,
)
from soap.core.who import Viewer

_SOME: BindParameter[str] = bindparam("some", expanding=True)
_MINE = and_(deposit.c.original == original.c.sha256, deposit.c.provider == bindparam("provider"))
_KEPT = PreparedSelect(
    select(
        archive_fact.c.value,
        original.c.sha256,
        deposit.c.provider,
        exists().where(quarantine.c.sha256.in_(_SOME)).label("quarantined"),
        exists().where(authority.c.provider == bindparam("provider")).label("elsewhere"),
    )
    .join_from(archive_fact, original, original.c.sha256.in_(_SOME), isouter=True)
    .join(deposit, _MINE, isouter=True)
    .where(archive_fact.c.name == "clock")
)
_KEEP, _NOTE = Prepared(insert(original)), Prepared(insert(deposit))
_INTO_GRANULES = PreparedSelect(
    select(contribution.c.original, collection.c.provider, granule.c.terms)
    .distinct()
    .join_from(contribution, granule, granule.c.id == contribution.c.granule)
    .join(collection, collection.c.id == granule.c.collection)
    .where(contribution.c.original.in_(_SOME))
)
_INTO_STATIONS = PreparedSelect(
    select(station.c.original, station.c.provider, station.c.terms).distinct().where(station.c.original.in_(_SOME))
)


@dataclass(frozen=True)
class Held:
    """Of some checksums, those whose files count as held `already`; and those under which anybody's file is `kept`.

    The latter are not to be told. `clock` is the last time of recording of then; `quarantined` is true where one of
    the files could not be read before.
    """

    clock: int = 0
    already: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    quarantined: bool = False


def held(connection: Connection, viewer: Viewer, checksums: Iterable[str], provider: str | None = None) -> Held:
    """Which of the checksums' files are held when the viewer hands them in.

    Already held is what the provider handed in before, and what the viewer sees all of that another made of it: more
    would tell what is hidden. Who sees everything and names a provider hands in for that one, whatever others did.
    `Refused` where the provider's data come from another node.
    """
    wanted = list(checksums)
    clock, quarantined = 0, False
    already: set[str] = set()
    kept: set[str] = set()
    seen = visible(connection, viewer)
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        owner = must_publish(viewer, provider)
        rows = _KEPT.rows(connection, {"provider": owner, "some": some})
        if rows[0].elsewhere:
            must_be_ours(connection, [owner])
        clock, quarantined = rows[0].value, quarantined or bool(rows[0].quarantined)
        kept.update(row.sha256 for row in rows if row.sha256 is not None)
        already.update(row.sha256 for row in rows if row.provider is not None)
        if seen is not None:
            already.update(_seen_whole(connection, some, seen))
        elif provider is None:
            already.update(kept)
    return Held(clock, already, kept, quarantined)


def _seen_whole(connection: Connection, some: list[str], seen: frozenset[int]) -> set[str]:
    """Files of which all that some provider's deposit became is under terms that are seen."""
    under: dict[tuple[str, str], set[int]] = {}
    for query in (_INTO_GRANULES, _INTO_STATIONS):
        for checksum, provider, terms in query.rows(connection, {"some": some}):
            under.setdefault((checksum, provider), set()).add(terms)
    return {checksum for (checksum, _), terms in under.items() if terms <= seen}


def record_deposits(
    connection: Connection, arrivals: Mapping[str, Arrival], kept: set[str], provider: str, now: int
) -> None:
    """Note that a provider handed in files; their originals where none are `kept` of the same bytes."""
    rows = [
        {
            "sha256": one.sha256,
            "name": one.name,
            "bytes": len(one.content),
            "reader": one.reader,
            "recorded_from": now,
        }
        for one in arrivals.values()
        if one.sha256 not in kept
    ]
    if rows:
        _KEEP.run(connection, rows)
    deposits = [
        {"original": one.sha256, "provider": provider, "name": one.name, "recorded_from": now}
        for one in arrivals.values()
    ]
    _NOTE.run(connection, deposits)
