"""Who an OpenID Connect issuer's people are here, and sign-ins that an issuer was asked for."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select

from soap.archive.archive import Archive
from soap.archive.catalogue import recording_time
from soap.archive.schema import account, identity, sign_in
from soap.core.errors import NotFound, Refused, TooMany, Unknown

MOST = 10_000
"""Sign-ins that may have begun and not ended."""


def user_of(archive: Archive, issuer: str, subject: str) -> str | None:
    """The account of an issuer's subject; None where it has none yet."""
    query = select(identity.c.user).where(identity.c.issuer == issuer, identity.c.subject == subject)
    with archive.catalogue.reading() as connection:
        return connection.execute(query).scalar()


def bind(archive: Archive, issuer: str, subject: str, user: str) -> None:
    """Say once and for all that this subject is that account.

    `NotFound` when there is no such account; `Refused` where the account is another subject's: a name that the issuer
    has given to somebody else opens nothing.
    """
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        if connection.execute(select(account.c.user).where(account.c.user == user)).one_or_none() is None:
            raise NotFound(f"There is no account {user!r} here; ask who runs the archive for one.")
        theirs = select(identity.c.subject).where(identity.c.issuer == issuer, identity.c.user == user)
        held = connection.execute(theirs).scalar()
        if held is not None and held != subject:
            raise Refused(f"The account {user} belongs to somebody else of this issuer; ask who runs the archive.")
        if held is None:
            row = {"issuer": issuer, "subject": subject, "user": user, "recorded_from": now}
            connection.execute(insert(identity).values(row))


def expect(archive: Archive, digest: str, now: int, seconds: int) -> None:
    """Note that an answer of this digest may come within so many seconds, once [now: µs].

    `TooMany` where more than `MOST` are waited for.
    """
    with archive.catalogue.noting() as connection:
        connection.execute(delete(sign_in).where(sign_in.c.expires <= now))
        if connection.execute(select(func.count()).select_from(sign_in)).scalar_one() >= MOST:
            raise TooMany("Too many people are signing in; try again in a while.", retry_after_s=seconds)
        connection.execute(insert(sign_in).values(digest=digest, expires=now + seconds * 1_000_000))


def came(archive: Archive, digest: str, now: int) -> None:
    """Take an answer that was waited for; `Unknown` for one that was not, came before, or too late [now: µs]."""
    with archive.catalogue.noting() as connection:
        expected = delete(sign_in).where(sign_in.c.digest == digest, sign_in.c.expires > now)
        if connection.execute(expected).rowcount != 1:
            raise Unknown("This sign-in was not begun here, has ended, or took too long; sign in again.")
