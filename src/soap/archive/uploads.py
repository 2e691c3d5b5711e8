"""Uploads: files that are being sent in parts, how many of their bytes are durable, and what became of them.

The offset moves by compare-and-set in the catalogue, after the bytes were brought to the disk (`spool`); it reaches the
file's length only together with what became of the file. So an upload whose offset is its length is published.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, delete, func, insert, or_, select, update

from soap.archive.archive import Archive
from soap.archive.policy import must_publish, sees_all
from soap.archive.publish import for_whom
from soap.archive.schema import upload
from soap.archive.spool import Spool
from soap.core.errors import Conflict, NotFound, TooMany
from soap.core.who import Viewer

OPEN, PUBLISHED, DUPLICATE, QUARANTINED, DAMAGED = STATES = (
    "open",
    "published",
    "duplicate",
    "quarantined",
    "damaged",
)
"""Being sent; in the archive; in it already; kept apart, with the reason; not what its sender said it would be."""

_US = 1_000_000


@dataclass(frozen=True)
class Upload:
    """A file that is being sent, or was: `offset` bytes of `bytes` are durable, all of them once it is not open."""

    upload_id: str
    made_by: str
    provider: str
    name: str
    bytes: int
    offset: int = 0
    sha256: str = ""
    told: str = ""
    state: str = OPEN
    reason: str = ""
    granules: tuple[str, ...] = ()
    recorded_from: int = 0
    seen: int = 0
    """When it was last written to [µs since 1970]."""


@dataclass(frozen=True)
class Ended:
    """What became of an upload."""

    state: str
    reason: str = ""
    granules: tuple[str, ...] = ()


def number() -> str:
    """A number for a new upload; nobody guesses it."""
    return secrets.token_hex(16)


def announced(viewer: Viewer, name: str, size: int, sha256: str = "", told: str = "", provider: str = "") -> Upload:
    """An upload that is not kept yet."""
    now = time.time_ns() // 1000
    return Upload(number(), viewer.user, provider, name, size, 0, sha256, told, recorded_from=now, seen=now)


def begin(archive: Archive, viewer: Viewer, one: Upload, most_open: int) -> Upload:
    """Keep an announced upload; `TooMany` when the user has `most_open` of them open."""
    spool = Spool.of(archive)
    spool.make(one.upload_id)
    try:
        with archive.catalogue.noting() as connection:
            mine = and_(upload.c.made_by == viewer.user, upload.c.state == OPEN)
            if (connection.scalar(select(func.count()).select_from(upload).where(mine)) or 0) >= most_open:
                raise TooMany(
                    f"{viewer.user} has {most_open} uploads open; end some (DELETE), or finish them.", retry_after_s=60
                )
            connection.execute(insert(upload), _row(one))
    except BaseException:
        spool.remove(one.upload_id)
        raise
    return one


def found(archive: Archive, viewer: Viewer, upload_id: str) -> Upload:
    """The viewer's upload of that number; `NotFound` when there is none, or it is another's."""
    with archive.catalogue.reading() as connection:
        row = connection.execute(select(upload).where(upload.c.upload_id == upload_id)).one_or_none()
    if row is None or (row.made_by != viewer.user and not sees_all(viewer)):
        raise NotFound("There is no such upload of yours; it may have expired. Begin another.")
    return _upload(row)


def listed(archive: Archive, viewer: Viewer, most: int) -> tuple[Upload, ...]:
    """The viewer's latest uploads, the newest first; all users' for who runs the archive."""
    query = select(upload).order_by(upload.c.seen.desc(), upload.c.upload_id).limit(most)
    if not sees_all(viewer):
        query = query.where(upload.c.made_by == viewer.user)
    with archive.catalogue.reading() as connection:
        return tuple(_upload(row) for row in connection.execute(query))


def advance(archive: Archive, one: Upload, offset: int) -> None:
    """Note that bytes up to `offset` are durable; `Conflict` unless they were up to `one.offset` until now."""
    here = and_(upload.c.upload_id == one.upload_id, upload.c.offset == one.offset, upload.c.state == OPEN)
    with archive.catalogue.noting() as connection:
        moved = connection.execute(update(upload).where(here).values(offset=offset, seen=time.time_ns() // 1000))
    if moved.rowcount != 1:
        raise Conflict("The upload has moved on meanwhile; ask for its offset (HEAD), and go on from there.")


def end(archive: Archive, ended: Iterable[tuple[Upload, Ended]]) -> None:
    """Note what became of uploads, kept or only announced; all their bytes count from now on."""
    now = time.time_ns() // 1000
    rows = [_row(one) | _row_of(what) | {"offset": one.bytes, "seen": now} for one, what in ended]
    if not rows:
        return
    with archive.catalogue.noting() as connection:
        connection.execute(delete(upload).where(upload.c.upload_id.in_([row["upload_id"] for row in rows])))
        connection.execute(insert(upload), rows)


def forget(archive: Archive, viewer: Viewer, upload_id: str) -> None:
    """End the viewer's upload before it is whole, or forget one that is; what was published stays."""
    found(archive, viewer, upload_id)
    with archive.catalogue.noting() as connection:
        connection.execute(delete(upload).where(upload.c.upload_id == upload_id))
    Spool.of(archive).remove(upload_id)


def expire(archive: Archive, idle_s: float, told_s: float) -> int:
    """Forget open uploads that nobody wrote to for `idle_s`, and others that ended `told_s` ago; number of these.

    Files that no open upload names any more go too, unless they were written to within the last hour.
    """
    now = time.time_ns() // 1000
    old = or_(
        and_(upload.c.state == OPEN, upload.c.seen < now - int(idle_s * _US)),
        and_(upload.c.state != OPEN, upload.c.seen < now - int(told_s * _US)),
    )
    with archive.catalogue.reading() as connection:
        some = connection.scalar(select(func.count()).select_from(upload).where(old)) or 0
    if some:
        with archive.catalogue.noting() as connection:
            some = connection.execute(delete(upload).where(old)).rowcount
    spool = Spool.of(archive)
    lying = [name for name, written in spool.there() if written < time.time() - min(idle_s, 3600.0)]
    with archive.catalogue.reading() as connection:
        named = set(connection.execute(select(upload.c.upload_id).where(upload.c.state == OPEN)).scalars())
    for name in lying:
        if name not in named:
            spool.remove(name)
    return some


def provider_of(archive: Archive, viewer: Viewer, provider: str | None) -> str:
    """For whom the viewer hands in; `Refused` unless they may, `BadParameter` when there is no such member."""
    if provider in (None, viewer.member):
        return must_publish(viewer, provider)
    return for_whom(archive, viewer, provider)


def _row(one: Upload) -> dict:
    return {**vars(one), "granules": json.dumps(one.granules)}


def _row_of(what: Ended) -> dict:
    return {"state": what.state, "reason": what.reason, "granules": json.dumps(what.granules)}


def _upload(row) -> Upload:
    return Upload(**{**row._mapping, "granules": tuple(json.loads(row.granules))})
