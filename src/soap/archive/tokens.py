"""Personal tokens: made for an account, for some scopes, until a time; only their SHA-256 is kept."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from sqlalchemy import insert, select, update

from soap.archive.accounts import viewer_of
from soap.archive.archive import Archive
from soap.archive.catalogue import recording_time
from soap.archive.policy import sees_all
from soap.archive.schema import account, token
from soap.core.errors import BadParameter, NotFound, Refused, Unknown
from soap.core.time import NS
from soap.core.who import Viewer

PREFIX = "soap_"
"""What every token begins with, so that one that was published by mistake is found."""

LONGEST_DAYS = 366
_WORD = re.compile(r"[a-z][a-z_]{1,19}")


@dataclass(frozen=True)
class Token:
    """What is known of a token: never the token."""

    number: int
    user: str
    name: str
    scopes: tuple[str, ...]
    recorded_from: np.datetime64
    expires: np.datetime64
    revoked: bool


def make(archive: Archive, viewer: Viewer, user: str, name: str, scopes: Iterable[str], days: int) -> tuple[str, Token]:
    """A new token for a user's scripts, and what is known of it; it is told this once.

    `Refused` unless the viewer is that user or runs the archive; `BadParameter` for scopes that are words for nothing
    or a life of more than `LONGEST_DAYS` days.
    """
    _must_be_theirs(viewer, user)
    words = sorted(set(scopes))
    if not words or not all(_WORD.fullmatch(word) for word in words):
        raise BadParameter(f"{', '.join(words) or 'Nothing'} are no scopes of a token; name what it may be used for.")
    if not 1 <= days <= LONGEST_DAYS:
        raise BadParameter(f"A token holds for 1 to {LONGEST_DAYS} days, not {days}.")
    secret = PREFIX + secrets.token_urlsafe(32)
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        if connection.execute(select(account.c.user).where(account.c.user == user)).one_or_none() is None:
            raise NotFound(f"There is no account {user!r} here. `soap admin account list` lists those there are.")
        row = connection.execute(
            insert(token).returning(*token.c),
            {"user": user, "name": name.strip()[:200], "digest": digest(secret), "scopes": " ".join(words),
             "recorded_from": now, "expires": now + days * 86_400_000_000},
        ).one()  # fmt: skip
    return secret, _token(row)


def tokens(archive: Archive, viewer: Viewer, user: str | None = None) -> tuple[Token, ...]:
    """Tokens of a user, or, for who runs the archive, of all; the newest first."""
    if user is None and not sees_all(viewer):
        user = viewer.user
    query = select(token).order_by(token.c.id.desc())
    if user is not None:
        _must_be_theirs(viewer, user)
        query = query.where(token.c.user == user)
    with archive.catalogue.reading() as connection:
        return tuple(_token(row) for row in connection.execute(query))


def revoke(archive: Archive, viewer: Viewer, number: int) -> Token:
    """End a token; `NotFound` when there is none of that number that the viewer may end."""
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        theirs = token.c.id == number if sees_all(viewer) else (token.c.id == number) & (token.c.user == viewer.user)
        ended = connection.execute(update(token).where(theirs, token.c.revoked.is_(None)).values(revoked=now))
        row = connection.execute(select(token).where(theirs)).one_or_none()
    if row is None or (ended.rowcount == 0 and row.revoked is None):
        raise NotFound(f"There is no token {number} of yours.")
    return _token(row)


def holder(archive: Archive, secret: str, now: int) -> tuple[Viewer, frozenset[str]]:
    """Whose token it is, and its scopes; `Unknown` for one that is none, has ended or was revoked [now: µs]."""
    with archive.catalogue.reading() as connection:
        row = connection.execute(select(token).where(token.c.digest == digest(secret))).one_or_none()
    if row is None or row.revoked is not None or row.expires <= now:
        raise Unknown("This token is none, has ended or was revoked; make another: `soap admin token make`.")
    return viewer_of(archive, row.user), frozenset(row.scopes.split())


def digest(secret: str) -> str:
    """What is kept of a secret that is random and long enough not to be guessed: its SHA-256."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _must_be_theirs(viewer: Viewer, user: str) -> None:
    if viewer.user != user and not sees_all(viewer):
        raise Refused(f"{viewer.user or 'Nobody'} may not see or make the tokens of others.")


def _token(row) -> Token:
    def instant(microseconds: int) -> np.datetime64:
        return np.datetime64(microseconds, "us").astype(NS)

    scopes = tuple(row.scopes.split())
    return Token(row.id, row.user, row.name, scopes, instant(row.recorded_from), instant(row.expires),
                 row.revoked is not None)  # fmt: skip
