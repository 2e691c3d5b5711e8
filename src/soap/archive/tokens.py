"""Personal tokens: made for an account, for some scopes, until a time; only their SHA-256 is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, Row, func, insert, select, update

from soap.archive.accounts import viewer_in
from soap.archive.archive import Archive
from soap.archive.catalogue import recording_time
from soap.archive.policy import sees_all
from soap.archive.schema import account, token
from soap.core.errors import BadParameter, NotFound, Refused, Unknown
from soap.core.time import NS
from soap.core.who import SCOPES, Viewer, scopes_of

PREFIX = "soap_"
"""What every token begins with, so that one that was published by mistake is found."""

LONGEST_DAYS = 366
LONGEST_NAME = 200
MOST = 100
"""Tokens that a user may have at a time."""


def ended() -> Unknown:
    """The error for a secret that is no token now."""
    return Unknown(
        "This token is none, has ended or was revoked; make another.", command="`soap admin token make` makes one."
    )


@dataclass(frozen=True)
class Token:
    """What is known of a token: never the token."""

    number: int
    user: str
    name: str
    scopes: tuple[str, ...]
    recorded_from: np.datetime64
    expires: np.datetime64
    used: np.datetime64 | None
    """When it was last used, to the minute; None: never."""
    revoked: bool


@dataclass(frozen=True)
class Holder:
    """Who asks by a token, for what, and until when [µs since 1970]."""

    viewer: Viewer
    scopes: frozenset[str]
    expires: int


def make(archive: Archive, viewer: Viewer, user: str, name: str, scopes: Iterable[str], days: int) -> tuple[str, Token]:
    """A new token for a user's scripts, and what is known of it; it is told this once.

    `Refused` unless the viewer is that user or runs the archive; `BadParameter` for scopes that are none or that the
    account's roles cannot use, for more tokens than `MOST`, and for a life of more than `LONGEST_DAYS` days.
    """
    _must_be_theirs(viewer, user)
    words = sorted(set(scopes))
    if not 1 <= days <= LONGEST_DAYS:
        raise BadParameter(f"A token holds for 1 to {LONGEST_DAYS} days, not {days}.")
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadParameter(f"A token's name says what it is for, in one line of at most {LONGEST_NAME} characters.")
    secret = PREFIX + secrets.token_urlsafe(32)
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        held = connection.execute(select(account).where(account.c.user == user)).one_or_none()
        if held is None:
            raise NotFound(
                f"There is no account {user!r} here.", command="`soap admin account list` lists those there are."
            )
        _check_scopes(viewer_in(held), words)
        _check_room(connection, user, now)
        row = connection.execute(
            insert(token).returning(*token.c),
            {"user": user, "name": name.strip(), "digest": digest(secret), "scopes": " ".join(words),
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


def holder(archive: Archive, secret: str, now: int) -> Holder:
    """Whose token it is, and for what; `Unknown` for one that is none, has ended or was revoked [now: µs]."""
    its = token.c.digest == digest(secret)
    query = select(account, token.c.scopes, token.c.expires, token.c.revoked).join_from(token, account).where(its)
    with archive.catalogue.reading() as connection:
        row = connection.execute(query).one_or_none()
    if row is None or row.revoked is not None or row.expires <= now:
        raise ended()
    return Holder(viewer_in(row), frozenset(row.scopes.split()), row.expires)


def seen(connection: Connection, digests: Mapping[str, int]) -> None:
    """Note when tokens were last used [µs], by their digests."""
    for one, when in digests.items():
        connection.execute(update(token).where(token.c.digest == one).values(used=when))


def digest(secret: str) -> str:
    """What is kept of a secret that is random and long enough not to be guessed: its SHA-256."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _check_scopes(viewer: Viewer, words: list[str]) -> None:
    usable = scopes_of(viewer.roles)
    unusable = [word for word in words if word not in usable]
    if unusable or not words:
        raise BadParameter(
            f"{', '.join(unusable) or 'Nothing'} is no scope for {viewer.user}, who is"
            f" {', '.join(sorted(viewer.roles))}; of {', '.join(SCOPES)} that can use {', '.join(usable)}."
        )


def _check_room(connection: Connection, user: str, now: int) -> None:
    held = (token.c.user == user, token.c.revoked.is_(None), token.c.expires > now)
    if connection.execute(select(func.count()).select_from(token).where(*held)).scalar_one() >= MOST:
        raise BadParameter(f"{user} has {MOST} tokens that hold, and may have no more; revoke one.")


def _must_be_theirs(viewer: Viewer, user: str) -> None:
    if viewer.user != user and not sees_all(viewer):
        raise Refused(f"{viewer.user or 'Nobody'} may not see or make the tokens of others.")


def _token(row: Row) -> Token:
    def instant(microseconds: int) -> np.datetime64:
        return np.datetime64(microseconds, "us").astype(NS)

    scopes = tuple(row.scopes.split())
    used = None if row.used is None else instant(row.used)
    return Token(row.id, row.user, row.name, scopes, instant(row.recorded_from), instant(row.expires), used,
                 row.revoked is not None)  # fmt: skip
