"""Passwords at rest: one Argon2id a user, in the encoded form that names its parameters. None is ever told."""

from __future__ import annotations

from sqlalchemy import delete, insert, select, update

from soap.archive.archive import Archive
from soap.archive.catalogue import recording_time
from soap.archive.policy import sees_all
from soap.archive.schema import account, password, session
from soap.core.errors import NotFound, Refused
from soap.core.who import Viewer


def set_hash(archive: Archive, viewer: Viewer, user: str, encoded: str, keep: str = "") -> None:
    """Set a user's password, and end their sessions but the one of the digest `keep`.

    `Refused` unless the viewer is that user or runs the archive, `NotFound` when there is no such account.
    """
    if viewer.user != user and not sees_all(viewer):
        raise Refused(f"{viewer.user or 'Nobody'} may not set the password of {user}.")
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        if connection.execute(select(account.c.user).where(account.c.user == user)).one_or_none() is None:
            raise NotFound(
                f"There is no account {user!r} here.", command="`soap admin account list` lists those there are."
            )
        connection.execute(delete(password).where(password.c.user == user))
        connection.execute(insert(password).values(user=user, hash=encoded, recorded_from=now))
        connection.execute(delete(session).where(session.c.user == user, session.c.digest != keep))


def hash_of(archive: Archive, user: str) -> str | None:
    """What is kept of a user's password; None where the user is none, or has none."""
    with archive.catalogue.reading() as connection:
        return connection.execute(select(password.c.hash).where(password.c.user == user)).scalar()


def replace_hash(archive: Archive, user: str, held: str, encoded: str) -> None:
    """Keep the same password by other parameters, unless it was changed meanwhile."""
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        same = (password.c.user == user, password.c.hash == held)
        connection.execute(update(password).where(*same).values(hash=encoded, recorded_from=now))
