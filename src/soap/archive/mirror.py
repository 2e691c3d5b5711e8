"""Taking what another node gives: objects as they are, under the terms they have there; and hiding what it takes back.

A granule is brought to what the node holds one object after another, each in a transaction of its own, so that what
is held is at every moment a state that the node was in, or was on the way through.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from soap.archive.archive import Archive
from soap.archive.catalogue import recording_time
from soap.archive.changes import HeldCollection, HeldGranule, HeldPart, HeldStation
from soap.archive.deposits import record_deposits
from soap.archive.draft import CHUNK, Arrival, Draft, current, heads
from soap.archive.encoding import described, described_in, suffix_of
from soap.archive.foreign_object import Claim, check_claim, earthquakes_in, values_in
from soap.archive.identifiers import check_stations, key_part
from soap.archive.nodes import must_come_from, note
from soap.archive.objects import sha256
from soap.archive.parts import parts_of
from soap.archive.policy import Terms, must_run, terms_of
from soap.archive.publish import original_key
from soap.archive.record_granules import Told, Written, record, tell
from soap.archive.record_stations import record_stations
from soap.archive.schema import (
    FOREVER,
    collection,
    event_key,
    granule,
    mirrored,
    node_notice,
    original,
    station,
    storable,
    terms,
)
from soap.archive.terms import put_under
from soap.core.errors import BadFile, Conflict
from soap.core.who import Viewer
from soap.formats import Reading

READER = "soap_node"
"""Reader named for what a node told of its stations, which is kept as an original."""

_ALL_DAYS = (-(10**6), 10**6)
_ASK = "It was not taken; ask who runs the node."


@dataclass(frozen=True)
class Source:
    """The node from which something comes, and the collection it is of."""

    node: str
    collection: HeldCollection


def claim_of(source: Source, told: HeldGranule) -> Claim:
    """What a granule's objects have to be; errors as `check_claim`."""
    kind = source.collection
    claim = Claim(told.granule_id, kind.collection_id, kind.provider, told.platform, told.period, kind.shape,
                  kind.simulated, kind.cadence, kind.level)  # fmt: skip
    check_claim(claim)
    return claim


def under_terms(archive: Archive, viewer: Viewer, source: Source, told: Sequence[HeldGranule]) -> int:
    """Put those of the granules that are held under the terms they have at their node; how many were under others.

    What was withdrawn and is told again comes back.
    """
    must_run(viewer)
    wanted = {one.granule_id: one.terms for one in told}
    with archive.catalogue.reading() as connection:
        must_come_from(connection, source.node, source.collection.provider)
        rows = _under_others(connection, wanted)
    if not rows:
        return 0
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        must_come_from(connection, source.node, source.collection.provider)
        rows = _under_others(connection, wanted)
        notices = []
        for row in rows:
            after = wanted[row.granule_id]
            if row.withdrawn is not None:
                values = {"withdrawn": None}
                connection.execute(update(mirrored).where(mirrored.c.granule == row.id).values(values))
            put_under(connection, viewer, "granule", row, after, now)
            kind = "terms" if row.withdrawn is None else "returned"
            notices.append((kind, row.granule_id, f"It is {_said(after)} now."))
        note(connection, source.node, notices, now)
    return len(rows)


def withdraw(archive: Archive, viewer: Viewer, source: Source, names: Collection[str]) -> int:
    """Hide granules that their node no longer gives: only their owner's people see them from now on; how many."""
    must_run(viewer)
    wanted = sorted(names)
    hidden = 0
    for start in range(0, len(wanted), CHUNK):
        with archive.catalogue.publishing() as connection:
            now = recording_time(connection)
            must_come_from(connection, source.node, source.collection.provider)
            rows = [row for row in _granules(connection, wanted[start : start + CHUNK]) if row.withdrawn is None]
            for row in rows:
                before = terms_of(row)
                after = replace(before, access="private", named=(), embargo_until=None)
                put_under(connection, viewer, "granule", row, after, now)
                _mark(connection, source.node, row.id, 0, now)
            told = "Its node no longer gives it: only its owner's people see it here."
            note(connection, source.node, [("withdrawn", row.granule_id, told) for row in rows], now)
            hidden += len(rows)
    return hidden


def take(
    archive: Archive, viewer: Viewer, source: Source, told: HeldGranule, fetch: Callable[[HeldPart], bytes]
) -> int:
    """Bring a granule to what its node holds; number of objects that were taken.

    `fetch` gives the bytes of an object. Raises `BadFile` or `BadObservation` for what is not what it is said to be,
    `Refused` where the provider's data do not come from that node, `Conflict` where somebody else took it meanwhile;
    what was taken before stays.
    """
    must_run(viewer)
    claim = claim_of(source, told)
    with archive.catalogue.reading() as connection:
        must_come_from(connection, source.node, claim.provider)
        _check_same_kind(connection, source.collection)
        head = heads(connection, [claim.granule_id]).get(claim.granule_id)
        held = _checksums(connection, head)
    wanted = [part.sha256 for part in told.parts]
    kept = len(held) if held and wanted[: len(held)] == held else 0
    for number, part in enumerate(told.parts[kept:], kept):
        content = fetch(part)
        if sha256(content) != part.sha256:
            raise BadFile(f"An object of {claim.granule_id} has the SHA-256 {sha256(content)}, and was told to have"
                          f" {part.sha256}", next_step=_ASK)  # fmt: skip
        drafted = _draft(archive, claim, head, content, told.maturity, adds=number > 0)
        head = _publish(archive, viewer, source, drafted, content, told, part)
    return len(wanted) - kept


def lacking(archive: Archive, viewer: Viewer, told: Sequence[HeldGranule]) -> list[HeldGranule]:
    """Those of the granules that are not held as they are told."""
    must_run(viewer)
    with archive.catalogue.reading() as connection:
        held = heads(connection, [one.granule_id for one in told])
        parts = parts_of(connection, held.values())
    sums = {name: [part.sha256 for part in parts.get(head.id, ())] or [head.object_sha256]
            for name, head in held.items()}  # fmt: skip
    return [one for one in told if sums.get(one.granule_id) != [part.sha256 for part in one.parts]]


def take_stations(
    archive: Archive, viewer: Viewer, node: str, provider: str, told: Sequence[HeldStation]
) -> tuple[int, int]:
    """Make a provider's stations what its node tells: how many changed, and how many are hidden since.

    What was told of those that are new or have moved is kept as an original.
    """
    must_run(viewer)
    check_stations(one.station for one in told)
    with archive.while_publishing(), archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        must_come_from(connection, node, provider)
        held = _stations(connection, provider)
        changed = _record_stations(archive, connection, provider, told, held, now)
        after = {_name(one): one.terms for one in told}
        gone, notices = 0, []
        for name, row in _stations(connection, provider).items():
            before = terms_of(row)
            wanted = after.get(name) or replace(before, access="private", named=(), embargo_until=None)
            if wanted == before:
                continue
            put_under(connection, viewer, "station", row, wanted, now)
            gone += name not in after
            if name not in after:
                notices.append(("withdrawn", f"station:{name}:{provider}", "Its node no longer gives it."))
            elif name in held:
                notices.append(("terms", f"station:{name}:{provider}", f"It is {_said(wanted)} now."))
        note(connection, node, notices, now)
    return changed, gone


def note_refused(archive: Archive, viewer: Viewer, node: str, subject: str, reason: str) -> None:
    """Keep for who runs the archive what could not be taken, and why; once, as long as it is the same."""
    must_run(viewer)
    own = (node_notice.c.node == node, node_notice.c.kind == "refused", node_notice.c.subject == subject[:300])
    last = select(node_notice.c.told).where(*own).order_by(node_notice.c.id.desc()).limit(1)
    with archive.catalogue.reading() as connection:
        if connection.execute(last).scalar() == storable(reason[:2000]):
            return
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        note(connection, node, [("refused", subject[:300], reason[:2000])], now)


def _under_others(connection: Connection, wanted: Mapping[str, Terms]) -> list[Row]:
    rows = _granules(connection, wanted)
    return [row for row in rows if row.withdrawn is not None or terms_of(row) != wanted[row.granule_id]]


def _granules(connection: Connection, names: Collection[str]) -> list[Row]:
    """Granules that are held, with their terms, and since when they are withdrawn."""
    columns = [column for column in terms.c if column.name not in ("id", "digest")]
    query = (
        select(*granule.c, *columns, mirrored.c.withdrawn)
        .join(terms, terms.c.id == granule.c.terms)
        .join(mirrored, mirrored.c.granule == granule.c.id, isouter=True)
        .where(granule.c.granule_id.in_(list(names)))
        .order_by(granule.c.granule_id)
    )
    return list(connection.execute(query))


def _said(one: Terms) -> str:
    embargo = "" if one.embargo_until is None else ", under an embargo"
    return f"{one.access}{' to ' + ', '.join(one.named) if one.named else ''}{embargo}"


def _checksums(connection: Connection, head: Row | None) -> list[str]:
    """SHA-256 of the objects that hold a granule now."""
    if head is None:
        return []
    return [part.sha256 for part in parts_of(connection, [head]).get(head.id, ())] or [head.object_sha256]


def _check_same_kind(connection: Connection, told: HeldCollection) -> None:
    here = (collection.c.collection_id == told.collection_id, collection.c.provider == told.provider)
    held = connection.execute(select(collection).where(*here)).one_or_none()
    if held is not None and (held.shape, bool(held.simulated)) != (told.shape, told.simulated):
        raise BadFile(
            f"{told.collection_id} is held as {held.shape}, simulated: {bool(held.simulated)}; the node tells of"
            f" {told.shape}, simulated: {told.simulated}",
            next_step=_ASK,
        )


def _draft(archive: Archive, claim: Claim, head: Row | None, content: bytes, maturity: str, *, adds: bool) -> Draft:
    """What a granule will hold with an object from elsewhere; `BadFile` where it does not fit what it is added to."""
    made: dict[str, Any] = {
        "head": head,
        "before": None,
        "contributors": (),
        "maturities": (maturity,),
        "described": {"cadence": claim.cadence, "level": claim.level},
        "provider": claim.provider,
        "adds": adds,
    }
    kind = (claim.collection_id, claim.platform, claim.period, claim.shape, claim.simulated)
    if claim.shape == "events":
        if adds:
            raise BadFile(f"{claim.granule_id} is told to have several objects", next_step=_ASK)
        return Draft(*kind, content=earthquakes_in(content, claim), **made)
    block = values_in(content, claim)
    if adds:
        fits = (
            head is not None
            and claim.shape == "series"
            and head.last < int(block.time[0].astype("int64"))
            and described(block) == described_in(archive.objects.get(head.object_key), head.object_key)
        )
        if not fits:
            raise BadFile(f"An object of {claim.granule_id} does not follow the one before it", next_step=_ASK)
    return Draft(*kind, content=block, **made)


def _publish(
    archive: Archive, viewer: Viewer, source: Source, one: Draft, content: bytes, told: HeldGranule, part: HeldPart
) -> Row:
    """Put an object and record it with the granule's terms, all at once; the granule's current version then."""
    name = one.granule_id
    key = (
        f"objects/{one.collection_id}/{key_part(one.platform)}/{key_part(one.period)}.{part.sha256[:16]}"
        f".{suffix_of(one.shape)}"
    )
    written = Written(key, part.sha256, len(content), _told_anew(one))
    with archive.while_publishing():
        archive.objects.put(key, content)
        with archive.catalogue.publishing() as connection:
            now = recording_time(connection)
            must_come_from(connection, source.node, one.provider)
            if current(connection, [name]) != ({} if one.head is None else {name: one.head.id}):
                raise Conflict(f"Somebody else took {name} meanwhile; synchronise again.")
            if one.shape == "events":
                _forget_events(connection, one)
            record(connection, {name: one}, {name: written}, now)
            (row,) = _granules(connection, [name])
            put_under(connection, viewer, "granule", row, told.terms, now)
            _mark(connection, source.node, row.id, part.recorded_from, None)
            return heads(connection, [name])[name]


def _told_anew(one: Draft) -> Told:
    """What a draft tells; of one that replaces a version, that all its days may have been judged before."""
    found = tell(one)
    if one.head is None or found.health is None:
        return found
    low, high = (found.health.low, found.health.high) if one.adds else _ALL_DAYS
    return replace(found, health=replace(found.health, again=True, low=low, high=high))


def _forget_events(connection: Connection, one: Draft) -> None:
    """No granule holds these earthquakes, and this one none: what is recorded next says which it holds."""
    if one.head is not None:
        connection.execute(delete(event_key).where(event_key.c.granule == one.head.granule))
    owner = select(collection.c.id).where(
        collection.c.collection_id == one.collection_id, collection.c.provider == one.provider
    )
    ids = list(one.earthquakes)
    for start in range(0, len(ids), CHUNK):
        some = event_key.c.event_id.in_(ids[start : start + CHUNK])
        connection.execute(delete(event_key).where(event_key.c.collection.in_(owner), some))


def _mark(connection: Connection, node: str, number: int, recorded_from: int, withdrawn: int | None) -> None:
    """Note that a granule came from a node, or that it no longer gives it."""
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"granule": number, "node": node, "recorded_from": recorded_from, "withdrawn": withdrawn}
    after = {"node": node, "withdrawn": withdrawn} | ({} if withdrawn else {"recorded_from": recorded_from})
    connection.execute(kind.insert(mirrored).values(row).on_conflict_do_update(index_elements=["granule"], set_=after))


def _stations(connection: Connection, provider: str) -> dict[str, Row]:
    columns = [column for column in terms.c if column.name not in ("id", "digest")]
    query = (
        select(*(column for column in station.c if column.name != "terms"), station.c.terms, *columns)
        .join(terms, terms.c.id == station.c.terms)
        .where(station.c.provider == provider, station.c.recorded_to == FOREVER)
    )
    return {f"{row.code_scheme}:{row.code}": row for row in connection.execute(query)}


def _name(one: HeldStation) -> str:
    return f"{one.station.code_scheme}:{one.station.code}"


def _record_stations(
    archive: Archive, connection: Connection, provider: str, told: Sequence[HeldStation], held: Mapping[str, Row],
    now: int,
) -> int:  # fmt: skip
    """Record stations that are new or have moved; how many."""
    fresh = [one for one in told if not _same_station(one, held.get(_name(one)))]
    for simulated in (False, True):
        some = tuple(one.station for one in fresh if one.simulated is simulated)
        if not some:
            continue
        rows = [{name: None if value != value else value for name, value in asdict(one).items()} for one in some]
        content = json.dumps({"provider": provider, "simulated": simulated, "stations": rows}, indent=1).encode()
        arrival = Arrival("stations.json", content, sha256(content), READER,
                          Reading(stations=some, simulated=simulated))  # fmt: skip
        archive.objects.put(original_key(arrival.sha256), content)
        _keep(connection, arrival, provider, now)
        record_stations(connection, arrival, provider, now)
    return len(fresh)


def _keep(connection: Connection, arrival: Arrival, provider: str, now: int) -> None:
    """Note the original, and who handed it in, unless that was told before."""
    known = connection.execute(select(original.c.sha256).where(original.c.sha256 == arrival.sha256)).scalar()
    if known is None:
        record_deposits(connection, {arrival.sha256: arrival}, set(), provider, now)


def _same_station(one: HeldStation, row: Row | None) -> bool:
    if row is None or bool(row.simulated) != one.simulated:
        return False
    told = asdict(one.station)
    told["height_m"] = None if math.isnan(one.station.height_m) else one.station.height_m
    return all(getattr(row, name) == value for name, value in told.items())
