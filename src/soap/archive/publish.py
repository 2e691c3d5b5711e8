"""Publication: objects first, each durable, then one catalogue transaction that makes all of it visible.

Files are published in batches. Readers see a batch whole or not at all; what a killed writer leaves behind is named
by no row, and is removed by `soap verify --repair`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import Connection, bindparam, delete, select

from soap.archive.archive import Archive
from soap.archive.block import Block
from soap.archive.catalogue import next_recording_time, recording_time
from soap.archive.deposits import Held, held, record_deposits
from soap.archive.draft import CHUNK, Arrival, Draft, current, draft
from soap.archive.encoding import encode, suffix_of
from soap.archive.events_object import encode_events
from soap.archive.identifiers import key_part
from soap.archive.objects import sha256
from soap.archive.parts import MOST_ADDED, note_day, told_alike
from soap.archive.policy import must_publish
from soap.archive.record_granules import Written, record, tell
from soap.archive.record_stations import record_stations
from soap.archive.schema import collection, event_key, granule, member, quarantine, storable
from soap.core.errors import ArchiveError, BadParameter
from soap.core.who import Viewer

KEPT_BYTES = 256 << 20
"""Largest file whose bytes are kept in quarantine; of a larger one only name, checksum and reason are."""

_UNQUARANTINE = delete(quarantine).where(quarantine.c.sha256.in_(bindparam("some", expanding=True)))

_TRIES = 50
_WRITERS = 4
_SHORT = 4096
"""Values of an object that is made at once, and not in a thread of its own."""


@dataclass(frozen=True)
class Receipt:
    """What became of some arrivals: checksums published, checksums held already, arrivals refused with why."""

    published: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    refused: tuple[tuple[Arrival, str], ...] = ()
    granules: frozenset[str] = frozenset()
    """Public names of the granules created or given a new version."""
    into: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Public names of the granules that each published file has a part in, by its checksum."""


@dataclass(frozen=True)
class _Handing:
    """Who hands in, for which provider as asked, into which archive, and which files it held when that was drafted."""

    archive: Archive
    viewer: Viewer
    provider: str | None
    held: Held


class _Overtaken(Exception):
    """What was drafted upon has changed meanwhile."""


def original_key(checksum: str) -> str:
    """Where an original lies."""
    return f"originals/{checksum[:2]}/{checksum}"


def quarantine_key(checksum: str) -> str:
    """Where a quarantined file lies."""
    return f"quarantine/{checksum[:2]}/{checksum}"


def for_whom(archive: Archive, viewer: Viewer, provider: str | None = None) -> str:
    """The member for whom the viewer hands in; `Refused` unless they may, `BadParameter` when there is no such one."""
    owner = must_publish(viewer, provider)
    with archive.catalogue.reading() as connection:
        codes = connection.execute(select(member.c.code).order_by(member.c.code)).scalars().all()
    if owner and owner not in codes:
        raise BadParameter(f"There is no member {owner!r}; there are {', '.join(codes)}.")
    return owner


def known(archive: Archive, viewer: Viewer, checksums: Iterable[str], provider: str | None = None) -> set[str]:
    """Those of the checksums whose files count as held already when the viewer hands them in for the provider.

    Those that the provider handed in before, and those of which the viewer sees all that another made of them.
    """
    must_publish(viewer, provider)
    with archive.catalogue.reading() as connection:
        return held(connection, viewer, checksums, provider).already


def restore(archive: Archive, viewer: Viewer, checksum: str, content: bytes, provider: str | None = None) -> bool:
    """Put the bytes of a `known` file back where they were lost or damaged; True when they were."""
    if not known(archive, viewer, [checksum], provider):
        return False
    with archive.while_publishing():
        return archive.objects.put(original_key(checksum), content)


def publish(
    archive: Archive,
    viewer: Viewer,
    arrivals: Sequence[Arrival],
    provider: str | None = None,
    *,
    most_added: int = MOST_ADDED,
) -> Receipt:
    """Publish what some files hold, in their order, visible together.

    What is handed in is the provider's (a member's code; empty: the archive itself; None: the viewer's own member),
    apart from what others hand in, and new collections are theirs alone until they say otherwise. Files that are
    `known` are left out. Later times of a series are added to what is held, up to `most_added` times (0: never);
    then its granule is written anew. Raises `Refused` when the viewer may not, `ArchiveError` when the archive cannot
    be written; then nothing was published.
    """
    owner = must_publish(viewer, provider)
    for _ in range(_TRIES):
        with archive.catalogue.reading() as connection:
            there = held(connection, viewer, [arrival.sha256 for arrival in arrivals], provider)
            fresh = {arrival.sha256: arrival for arrival in arrivals if arrival.sha256 not in there.already}
            drafts, refused = draft(archive, connection, fresh.values(), owner, most_added)
        duplicates = _duplicates(arrivals, there.already)
        for arrival, _reason in refused:
            del fresh[arrival.sha256]
        if not fresh:
            return Receipt((), duplicates, tuple(refused))
        try:
            with archive.while_publishing():
                written = _write(archive, fresh.values(), drafts)
                quarantined = _record(_Handing(archive, viewer, provider, there), fresh, drafts, written)
        except _Overtaken:
            continue
        if quarantined:
            _forget_quarantined(archive, fresh)
        into = {mine: tuple(name for name, one in drafts.items() if mine in one.contributors) for mine in fresh}
        return Receipt(tuple(fresh), duplicates, tuple(refused), frozenset(written), into)
    raise ArchiveError(f"Other writers changed the same granules {_TRIES} times in a row; ingest again.")


@dataclass(frozen=True)
class Unreadable:
    """A file that cannot be read: its name, its bytes, and why."""

    name: str
    content: bytes
    reason: str


def quarantine_files(archive: Archive, viewer: Viewer, files: Sequence[Unreadable]) -> None:
    """Keep files that cannot be read, and why; the bytes too of those that have at most `KEPT_BYTES`."""
    must_publish(viewer)
    rows = {sha256(one.content): one for one in files}
    with archive.catalogue.reading() as connection:
        some = select(quarantine.c.sha256, quarantine.c.reason).where(quarantine.c.sha256.in_(list(rows)))
        held = {row.sha256: row.reason for row in connection.execute(some)}
    fresh = {checksum: one for checksum, one in rows.items() if held.get(checksum) != storable(one.reason)}
    with archive.while_publishing():
        _put_quarantined(archive, rows)
        if not fresh:
            return
        with archive.catalogue.publishing() as connection:
            now = recording_time(connection)
            connection.execute(_UNQUARANTINE, {"some": list(fresh)})
            connection.execute(
                quarantine.insert(),
                [
                    {
                        "sha256": checksum,
                        "name": one.name,
                        "bytes": len(one.content),
                        "reason": one.reason,
                        "kept": len(one.content) <= KEPT_BYTES,
                        "recorded_from": now,
                    }
                    for checksum, one in fresh.items()
                ],
            )


def _put_quarantined(archive: Archive, files: Mapping[str, Unreadable]) -> None:
    jobs = [
        _writers().submit(archive.objects.put, quarantine_key(checksum), one.content)
        for checksum, one in files.items()
        if len(one.content) <= KEPT_BYTES
    ]
    wait(jobs)
    for job in jobs:
        job.result()


def _duplicates(arrivals: Sequence[Arrival], there: set[str]) -> tuple[str, ...]:
    seen, out = set(there), []
    for arrival in arrivals:
        if arrival.sha256 in seen:
            out.append(arrival.sha256)
        seen.add(arrival.sha256)
    return tuple(out)


def _write(archive: Archive, arrivals: Iterable[Arrival], drafts: dict[str, Draft]) -> dict[str, Written]:
    """Put originals and objects, durable, several at a time; what was written for each changed granule.

    What is long is made in other threads. What is short is made here: between threads, its many small steps would take
    longer.
    """
    put, submit = archive.objects.put, _writers().submit
    changed = {name: one for name, one in drafts.items() if one.changed}
    short = {name: one for name, one in changed.items() if len(changed) == 1 or _is_short(one)}
    jobs: list[Future] = []

    def put_originals() -> None:
        jobs.extend(submit(put, original_key(one.sha256), one.content) for one in arrivals)

    def put_later(key: str, content: bytes) -> None:
        jobs.append(submit(put, key, content))

    if len(changed) != 1:
        put_originals()
    made = {name: submit(_written, one, put) for name, one in changed.items() if name not in short}
    written = {}
    try:
        for name, one in short.items():
            alone = len(changed) == 1
            written[name] = _written(one, put if alone else put_later, put_originals if alone else None)
    finally:
        wait([*jobs, *made.values()])
    for job in jobs:
        job.result()
    return written | {name: job.result() for name, job in made.items()}


def _is_short(one: Draft) -> bool:
    return isinstance(one.content, Block) and one.content.time.size * len(one.content.values) <= _SHORT


@cache
def _writers() -> ThreadPoolExecutor:
    """The threads that write, kept: to start one takes longer than to write a small object."""
    return ThreadPoolExecutor(_WRITERS, thread_name_prefix="soap-write")


os.register_at_fork(after_in_child=_writers.cache_clear)


def _written(one: Draft, put: Callable[[str, bytes], object], meanwhile: Callable[[], None] | None = None) -> Written:
    """The draft's object, put, and what is to be told of it; `meanwhile` as `encode`."""
    content = _encoded(one, meanwhile)
    suffix = suffix_of(one.shape)
    checksum = sha256(content)
    key = f"objects/{one.collection_id}/{key_part(one.platform)}/{key_part(one.period)}.{checksum[:16]}.{suffix}"
    put(key, content)
    if one.adds and one.head is not None:
        told_alike(key, one.head.object_key)
    if one.shape == "series":
        note_day(key, one.block)
    return Written(key, checksum, len(content), tell(one))


def _encoded(one: Draft, meanwhile: Callable[[], None] | None) -> bytes:
    if one.shape != "events":
        return encode(one.block, meanwhile)
    if meanwhile is not None:
        meanwhile()
    return encode_events(one.earthquakes.values())


def _record(by: _Handing, fresh: dict[str, Arrival], drafts: dict[str, Draft], written: dict[str, Written]) -> bool:
    """The one transaction; true where a file was in quarantine until then."""
    with by.archive.catalogue.publishing() as connection:
        now, there = next_recording_time(connection, by.held.clock), by.held
        if now is None:  # others have published meanwhile
            now, there = recording_time(connection), _check_still_so(connection, by, fresh, drafts)
        owner = must_publish(by.viewer, by.provider)
        record_deposits(connection, fresh, there.kept, owner, now)
        record(connection, drafts, written, now)
        for arrival in fresh.values():
            record_stations(connection, arrival, owner, now)
        if there.quarantined:
            connection.execute(_UNQUARANTINE, {"some": list(fresh)})
    return there.quarantined


def _check_still_so(connection: Connection, by: _Handing, fresh: dict[str, Arrival], drafts: dict[str, Draft]) -> Held:
    """`_Overtaken` unless all is as drafted upon; what is held of the files now."""
    there = held(connection, by.viewer, fresh, by.provider)
    if there.already:
        raise _Overtaken
    if current(connection, drafts) != {name: one.head.id for name, one in drafts.items() if one.head is not None}:
        raise _Overtaken
    _check_events_still_so(connection, drafts)
    return there


def _check_events_still_so(connection: Connection, drafts: dict[str, Draft]) -> None:
    """An earthquake new to a drafted year must not have appeared in another year meanwhile."""
    for one in drafts.values():
        if one.shape != "events":
            continue
        ids = [key for key in one.earthquakes if key not in one.before_earthquakes]
        for start in range(0, len(ids), CHUNK):
            names = connection.execute(
                select(granule.c.granule_id)
                .join(event_key, event_key.c.granule == granule.c.id)
                .join(collection, collection.c.id == event_key.c.collection)
                .where(
                    event_key.c.event_id.in_(ids[start : start + CHUNK]),
                    collection.c.collection_id == one.collection_id,
                    collection.c.provider == one.provider,
                )
            ).scalars()
            if any(name not in drafts for name in names):
                raise _Overtaken


def _forget_quarantined(archive: Archive, fresh: dict[str, Arrival]) -> None:
    """The bytes are kept as an original now."""
    for checksum in fresh:
        archive.objects.delete(quarantine_key(checksum))
