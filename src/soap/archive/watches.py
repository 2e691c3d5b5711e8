"""Subscriptions and notices: who wants to be told of what, and what there was to tell; each subject once.

A subscription is its maker's: others are told of none, but who runs the archive. A notice keeps only what it is about;
what is told of it is worked out when it is sent, as what its maker may see then.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, Select, delete, exists, func, insert, or_, select, update

from soap.archive.accounts import PUBLIC, viewer_of
from soap.archive.archive import Archive
from soap.archive.catalogue import recording_time
from soap.archive.policy import must_run, sees_all
from soap.archive.schema import archive_fact, notice, subscription, version
from soap.archive.tokens import digest
from soap.core.errors import NotFound, Refused, TooMany
from soap.core.time import NS
from soap.core.who import Viewer

MOST = 100
"""Subscriptions that one user may have."""

LONGEST_SUBJECT = 300
_LEASE = "watch_lease"
_SECOND = 1_000_000


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to be told of: `conditions` as JSON holds them, by `channel` to `target`."""

    name: str
    kind: str
    conditions: Mapping[str, Any]
    channel: str
    target: str


@dataclass(frozen=True)
class Subscription:
    """A subscription; all that was recorded until `looked` was looked at."""

    number: int
    made_by: str
    name: str
    kind: str
    conditions: Mapping[str, Any]
    channel: str
    target: str
    active: bool
    recorded_from: np.datetime64
    looked: np.datetime64


@dataclass(frozen=True)
class Notice:
    """Something that there was to tell: `sent` when, or None; `due` when it is tried next, None: no more."""

    number: int
    subscription: int
    subject: str
    about: Mapping[str, Any]
    recorded_from: np.datetime64
    sent: np.datetime64 | None
    due: np.datetime64 | None
    attempts: int
    error: str


def make(archive: Archive, viewer: Viewer, wanted: Wanted, secret: str) -> Subscription:
    """A new subscription of the viewer's, of what is recorded from now on.

    `secret` is what a webhook's calls are signed with, or the digest of a feed's. `Refused` for who has no account,
    `TooMany` for who has `MOST`.
    """
    user = subscriber(archive, viewer.user).user
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        recording_time(connection)
        theirs = select(func.count()).where(subscription.c.made_by == user)
        if connection.execute(theirs).scalar_one() >= MOST:
            raise TooMany(f"{user} has {MOST} subscriptions, as many as one user may have; remove one.")
        told = _columns(wanted) | {"made_by": user, "secret": secret, "active": True, "recorded_from": _now(),
                                   "looked": _newest(connection)}  # fmt: skip
        return _subscription(connection.execute(insert(subscription).returning(*subscription.c), told).one())


def subscriptions(archive: Archive, viewer: Viewer) -> tuple[Subscription, ...]:
    """The viewer's subscriptions, for who runs the archive all, by number."""
    with archive.catalogue.reading() as connection:
        rows = connection.execute(_theirs(select(subscription), viewer).order_by(subscription.c.id))
        return tuple(_subscription(row) for row in rows)


def change(
    archive: Archive, viewer: Viewer, number: int, *, wanted: Wanted | None = None, active: bool | None = None
) -> Subscription:
    """Make a subscription another, or pause it; what was recorded meanwhile is not told of. `NotFound` for no such."""
    values = ({} if wanted is None else _columns(wanted)) | ({} if active is None else {"active": active})
    with archive.catalogue.publishing() as connection:
        recording_time(connection)
        row = _row(connection, viewer, number)
        if values:
            values |= {"looked": _newest(connection)}
            connection.execute(update(subscription).where(subscription.c.id == row.id).values(values))
        return _subscription(_row(connection, viewer, number))


def remove(archive: Archive, viewer: Viewer, number: int) -> None:
    """Remove a subscription and its notices; `NotFound` for no such."""
    with archive.catalogue.publishing() as connection:
        recording_time(connection)
        row = _row(connection, viewer, number)
        connection.execute(delete(notice).where(notice.c.subscription == row.id))
        connection.execute(delete(subscription).where(subscription.c.id == row.id))


def notices(archive: Archive, viewer: Viewer, number: int, most: int = 50) -> tuple[Notice, ...]:
    """What there was to tell for a subscription, the latest first; `NotFound` for no such."""
    with archive.catalogue.reading() as connection:
        _row(connection, viewer, number)
        query = select(notice).where(notice.c.subscription == number).order_by(notice.c.id.desc()).limit(most)
        return tuple(_notice(row) for row in connection.execute(query))


def of_feed(archive: Archive, secret: str) -> Subscription:
    """The subscription whose feed has this secret; `NotFound` where none has."""
    found = select(subscription).where(subscription.c.secret == digest(secret), subscription.c.channel == "feed")
    with archive.catalogue.reading() as connection:
        row = connection.execute(found).one_or_none()
    if row is None:
        raise NotFound("There is no such feed; make a subscription with the channel `feed`, which tells its address.")
    return _subscription(row)


def subscriber(archive: Archive, user: str) -> Viewer:
    """Who made a subscription, as their account is now; `Refused` for who has none (any more)."""
    if user != PUBLIC.user:
        try:
            return viewer_of(archive, user)
        except NotFound:  # said below: of a folder's owner too, who has no account
            pass
    raise Refused(
        f"{user or 'Nobody'} has no account here, and somebody is told what their account may see. Who runs the archive"
        " makes accounts.",
        command="`soap admin account add` makes one.",
    )


def signing_key(archive: Archive, viewer: Viewer, number: int) -> str:
    """What a webhook's calls are signed with, for who runs the archive."""
    must_run(viewer)
    with archive.catalogue.reading() as connection:
        return str(_row(connection, viewer, number).secret)


def recorded_until(archive: Archive) -> np.datetime64:
    """When the latest of all that is held was recorded; what comes later has a later time."""
    with archive.catalogue.reading() as connection:
        return np.datetime64(_newest(connection), "us")


def something_to_do(archive: Archive, viewer: Viewer, by_time: Iterable[str]) -> bool:
    """False where nothing was recorded since the last look, nothing is due, and none is of the kinds `by_time`."""
    must_run(viewer)
    with archive.catalogue.reading() as connection:
        fresh_or_by_time = or_(subscription.c.looked < _newest(connection), subscription.c.kind.in_(list(by_time)))
        due = exists().where(notice.c.subscription == subscription.c.id, notice.c.due <= _now())
        some = select(subscription.c.id).where(subscription.c.active, or_(fresh_or_by_time, due)).limit(1)
        return connection.execute(some).first() is not None


def fresh(archive: Archive, number: int, subjects: Iterable[str]) -> frozenset[str]:
    """Those of the subjects of which there is no notice for the subscription."""
    with archive.catalogue.reading() as connection:
        known = connection.execute(select(notice.c.subject).where(notice.c.subscription == number)).scalars()
        return frozenset(subjects) - frozenset(known)


def note(
    archive: Archive, viewer: Viewer, number: int, found: Mapping[str, Mapping[str, Any]], looked: np.datetime64
) -> None:
    """Keep what was found, by subject, of which there is no notice yet, to be sent now; and until when was looked."""
    must_run(viewer)
    with archive.catalogue.publishing() as connection:
        recording_time(connection)
        known = set(connection.execute(select(notice.c.subject).where(notice.c.subscription == number)).scalars())
        now = _now()
        rows = [
            {"subscription": number, "subject": subject, "about": json.dumps(about, sort_keys=True),
             "recorded_from": now, "due": now, "attempts": 0, "error": ""}
            for subject, about in found.items()
            if subject not in known
        ]  # fmt: skip
        if rows:
            connection.execute(insert(notice), rows)
        seen = {"looked": looked.astype("datetime64[us]").astype(np.int64).item()}
        connection.execute(update(subscription).where(subscription.c.id == number).values(seen))


def take_due(archive: Archive, viewer: Viewer, number: int, lease_s: float, most: int = 100) -> tuple[Notice, ...]:
    """Notices of a subscription that are to be sent now; for `lease_s` nobody else takes them."""
    must_run(viewer)
    with archive.catalogue.publishing() as connection:
        recording_time(connection)
        now = _now()
        due = select(notice).where(notice.c.subscription == number, notice.c.due <= now).order_by(notice.c.id)
        rows = connection.execute(due.limit(most)).all()
        taken = update(notice).where(notice.c.id.in_([row.id for row in rows]))
        values = {"due": now + int(lease_s * _SECOND), "attempts": notice.c.attempts + 1}
        if rows:
            connection.execute(taken.values(values))
    return tuple(_notice(row, attempts=row.attempts + 1) for row in rows)


def sent(archive: Archive, viewer: Viewer, number: int) -> None:
    """A notice has been sent."""
    _settle(archive, viewer, number, {"sent": _now(), "due": None, "error": ""})


def failed(archive: Archive, viewer: Viewer, number: int, error: str, again_s: float | None) -> None:
    """A notice could not be sent: it is tried again in `again_s` seconds, or, with None, no more."""
    due = None if again_s is None else _now() + int(again_s * _SECOND)
    _settle(archive, viewer, number, {"due": due, "error": error[:1000]})


def take_lease(archive: Archive, viewer: Viewer, lease_s: float) -> int | None:
    """The right to look round, for `lease_s` seconds; None while another has it."""
    must_run(viewer)
    until = _now() + int(lease_s * _SECOND)
    with archive.catalogue.publishing() as connection:
        recording_time(connection)
        held = connection.execute(select(archive_fact.c.value).where(archive_fact.c.name == _LEASE)).scalar()
        if held is not None and held > _now():
            return None
        if held is None:
            connection.execute(insert(archive_fact).values(name=_LEASE, value=until))
        else:
            connection.execute(update(archive_fact).where(archive_fact.c.name == _LEASE).values(value=until))
    return until


def give_back(archive: Archive, viewer: Viewer, lease: int) -> None:
    """End a lease, unless it ran out and another has one."""
    must_run(viewer)
    with archive.catalogue.publishing() as connection:
        recording_time(connection)
        mine = (archive_fact.c.name == _LEASE, archive_fact.c.value == lease)
        connection.execute(update(archive_fact).where(*mine).values(value=0))


def new_secret() -> str:
    """A secret that is not guessed."""
    return secrets.token_urlsafe(32)


def _settle(archive: Archive, viewer: Viewer, number: int, values: Mapping[str, Any]) -> None:
    must_run(viewer)
    with archive.catalogue.publishing() as connection:
        recording_time(connection)
        connection.execute(update(notice).where(notice.c.id == number).values(dict(values)))


def _columns(wanted: Wanted) -> dict[str, Any]:
    conditions = json.dumps(dict(wanted.conditions), sort_keys=True, allow_nan=False)
    return {"name": wanted.name, "kind": wanted.kind, "conditions": conditions, "channel": wanted.channel,
            "target": wanted.target}  # fmt: skip


def _theirs(query: Select, viewer: Viewer) -> Select:
    return query if sees_all(viewer) else query.where(subscription.c.made_by == viewer.user)


def _row(connection: Connection, viewer: Viewer, number: int) -> Row:
    query = _theirs(select(subscription).where(subscription.c.id == number), viewer)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no subscription {number} of yours.")
    return row


def _newest(connection: Connection) -> int:
    return connection.execute(select(func.max(version.c.recorded_from))).scalar_one() or 0


def _now() -> int:
    return time.time_ns() // 1000


def _instant(microseconds: int | None) -> np.datetime64 | None:
    return None if microseconds is None else np.datetime64(microseconds, "us").astype(NS)


def _subscription(row: Row) -> Subscription:
    return Subscription(
        row.id, row.made_by, row.name, row.kind, json.loads(row.conditions), row.channel, row.target, bool(row.active),
        np.datetime64(row.recorded_from, "us").astype(NS), np.datetime64(row.looked, "us"),
    )  # fmt: skip


def _notice(row: Row, attempts: int | None = None) -> Notice:
    return Notice(
        row.id, row.subscription, row.subject, json.loads(row.about), np.datetime64(row.recorded_from, "us").astype(NS),
        _instant(row.sent), _instant(row.due), row.attempts if attempts is None else attempts, row.error,
    )  # fmt: skip
