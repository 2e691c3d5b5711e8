"""Browsers' sessions: begun when somebody has proved who they are; only the SHA-256 of the cookie is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from soap.archive.accounts import viewer_in
from soap.archive.archive import Archive
from soap.archive.schema import account, session
from soap.archive.tokens import digest
from soap.core.errors import NotFound
from soap.core.who import Viewer

_MINUTE = 60_000_000


@dataclass(frozen=True)
class Session:
    """Who is signed in, and until when at most [µs since 1970]; `seen` is when they last asked, to the minute."""

    viewer: Viewer
    expires: int
    seen: int


def begin(archive: Archive, user: str, now: int, hours: int) -> str:
    """A new session of a user, for so many hours at most; the cookie's value, told this once [now: µs].

    `NotFound` when the account is gone. Sessions that have ended are swept away.
    """
    secret = secrets.token_urlsafe(32)
    row = {"digest": digest(secret), "user": user, "begun": now, "seen": now, "expires": now + hours * 60 * _MINUTE}
    with archive.catalogue.noting() as connection:
        if connection.execute(select(account.c.user).where(account.c.user == user)).one_or_none() is None:
            raise NotFound(f"There is no account {user!r} here.")
        connection.execute(delete(session).where(session.c.expires <= now))
        connection.execute(insert(session).values(row))
    return secret


def holder(archive: Archive, secret: str, now: int, idle_minutes: int) -> Session | None:
    """Who is signed in by a cookie; None for one that is none, has ended, or was not used for so long [now: µs]."""
    query = select(account, session.c.expires, session.c.seen).join_from(session, account)
    with archive.catalogue.reading() as connection:
        row = connection.execute(query.where(session.c.digest == digest(secret))).one_or_none()
    if row is None or row.expires <= now or row.seen + idle_minutes * _MINUTE <= now:
        return None
    return Session(viewer_in(row), row.expires, row.seen)


def end(archive: Archive, secret: str) -> None:
    """End a session; one that is none has ended already."""
    with archive.catalogue.noting() as connection:
        connection.execute(delete(session).where(session.c.digest == digest(secret)))


def seen(connection: Connection, digests: Mapping[str, int]) -> None:
    """Note when sessions were last used [µs], by their digests."""
    for one, when in digests.items():
        connection.execute(update(session).where(session.c.digest == one, session.c.seen < when).values(seen=when))


def csrf_of(secret: str) -> str:
    """What a page of ours sends with a change, and another site's cannot know; it follows from the cookie alone."""
    return hashlib.sha256(b"csrf of a session\0" + secret.encode("utf-8", "surrogateescape")).hexdigest()
