"""Members and accounts: for whom an archive is, and who may ask as one of their people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, Row, delete, insert, select, update

from soap.archive.archive import Archive
from soap.archive.catalogue import recording_time
from soap.archive.policy import must_run
from soap.archive.schema import account, identity, member, password, session, token
from soap.core.errors import BadParameter, NotFound
from soap.core.time import NS
from soap.core.who import GUEST, MEMBER_ADMIN, PROJECT_ADMIN, STATION, USER, Viewer

GRANTED = (PROJECT_ADMIN, MEMBER_ADMIN, STATION, USER)
"""Roles that an account can have; a folder's owner is who owns it, and a guest has no account."""

PUBLIC = Viewer("guest", "", frozenset({GUEST}))
"""The viewer that anybody is."""

_CODE = re.compile(r"[A-Z][A-Z0-9_-]{1,19}")
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,79}")
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Member:
    """A member state: its code, as in `BGD`, and its name."""

    code: str
    name: str


@dataclass(frozen=True)
class Account:
    """A user, the member they belong to (empty: none), their roles, and when the account was made or changed."""

    user: str
    member: str
    roles: tuple[str, ...]
    recorded_from: np.datetime64


def members(archive: Archive) -> tuple[Member, ...]:
    """All members, by code."""
    with archive.catalogue.reading() as connection:
        rows = connection.execute(select(member).order_by(member.c.code))
        return tuple(Member(row.code, row.name) for row in rows)


def add_member(archive: Archive, viewer: Viewer, code: str, name: str) -> Member:
    """Add a member; `Refused` unless the viewer runs the archive, `BadParameter` for a code or name that is none.

    A code is 2 to 20 capitals, digits, `-` and `_`, a capital first; it stands in the names of granules for ever.
    """
    must_run(viewer)
    if not _CODE.fullmatch(code):
        raise BadParameter(f"{code!r} is no member's code; write 2 to 20 capitals, digits, - or _, as in BGD.")
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadParameter(f"{name!r} is no member's name; write one line of at most {_LONGEST_NAME} characters.")
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        recording_time(connection)
        if code in _codes(connection):
            raise BadParameter(f"There is a member {code} already; there are {', '.join(_codes(connection))}.")
        connection.execute(insert(member).values(code=code, name=name.strip()))
    return Member(code, name.strip())


def accounts(archive: Archive, viewer: Viewer) -> tuple[Account, ...]:
    """All accounts, by user; `Refused` unless the viewer runs the archive."""
    must_run(viewer)
    with archive.catalogue.reading() as connection:
        return tuple(_account(row) for row in connection.execute(select(account).order_by(account.c.user)))


def add_account(archive: Archive, viewer: Viewer, user: str, roles: Iterable[str], code: str = "") -> Account:
    """Add an account; `Refused` unless the viewer runs the archive, `BadParameter` when it cannot be."""
    must_run(viewer)
    if not _USER.fullmatch(user) or user == PUBLIC.user:
        raise BadParameter(
            f"{user!r} is no user's name here; write at most 80 letters, digits and . _ @ + -, and not"
            f" {PUBLIC.user!r}, which is anybody."
        )
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        if _row(connection, user) is not None:
            raise BadParameter(
                f"There is an account {user!r} already; change that one, or give another name.",
                command="`soap admin account change` changes it.",
            )
        granted = _granted(connection, roles, code)
        values = {"user": user, "member": code or None, "roles": granted, "recorded_from": now}
        connection.execute(insert(account).values(values))
        return _account(_row(connection, user))


def change_account(
    archive: Archive, viewer: Viewer, user: str, roles: Iterable[str] | None = None, code: str | None = None
) -> Account:
    """Give an account other roles, or another member; errors as `add_account`, `NotFound` when there is none."""
    must_run(viewer)
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        held = _held(connection, user)
        code = (held.member or "") if code is None else code
        granted = _granted(connection, held.roles.split() if roles is None else roles, code)
        values = {"member": code or None, "roles": granted, "recorded_from": now}
        connection.execute(update(account).where(account.c.user == user).values(values))
        return _account(_row(connection, user))


def remove_account(archive: Archive, viewer: Viewer, user: str) -> None:
    """Remove an account, with its password, sessions, tokens and identities elsewhere; errors as `change_account`.

    What it handed in stays its member's, and the audit log keeps what it did.
    """
    must_run(viewer)
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        recording_time(connection)
        _held(connection, user)
        for proof in (password, session, token, identity):
            connection.execute(delete(proof).where(proof.c.user == user))
        connection.execute(delete(account).where(account.c.user == user))


def viewer_of(archive: Archive, user: str) -> Viewer:
    """The viewer that an account's user is; `guest` is the public. `NotFound` when there is no such account."""
    if user == PUBLIC.user:
        return PUBLIC
    with archive.catalogue.reading() as connection:
        return viewer_in(_held(connection, user))


def viewer_in(row: Row) -> Viewer:
    """The viewer that the user in a row of `account` is."""
    return Viewer(row.user, row.member or "", frozenset(row.roles.split()))


def nobody_yet(archive: Archive) -> bool:
    """True while there is no account."""
    with archive.catalogue.reading() as connection:
        return connection.execute(select(account.c.user).limit(1)).first() is None


def _codes(connection: Connection) -> list[str]:
    return list(connection.execute(select(member.c.code).order_by(member.c.code)).scalars())


def _row(connection: Connection, user: str):
    return connection.execute(select(account).where(account.c.user == user)).one_or_none()


def _held(connection: Connection, user: str):
    row = _row(connection, user)
    if row is None:
        raise NotFound(
            f"There is no account {user!r} here; {PUBLIC.user!r} is the public.",
            command="`soap admin account list` lists those there are.",
        )
    return row


def _granted(connection: Connection, roles: Iterable[str], code: str) -> str:
    """Roles as their column holds them; `BadParameter` for a role or member that is none, or that do not fit."""
    wanted = sorted(set(roles))
    unknown = [role for role in wanted if role not in GRANTED]
    if unknown or not wanted:
        raise BadParameter(
            f"{', '.join(unknown) or 'Nothing'} is no role; an account has some of {', '.join(GRANTED)}."
        )
    codes = _codes(connection)
    if code and code not in codes:
        raise BadParameter(f"There is no member {code}; there are {', '.join(codes)}.")
    if not code and wanted != [PROJECT_ADMIN]:
        raise BadParameter(f"The role {wanted[0]} is one in a member; name the member, one of {', '.join(codes)}.")
    return " ".join(wanted)


def _account(row) -> Account:
    recorded = np.datetime64(row.recorded_from, "us").astype(NS)
    return Account(row.user, row.member or "", tuple(row.roles.split()), recorded)
