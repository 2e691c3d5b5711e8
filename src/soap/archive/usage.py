"""How much was asked for: requests and bytes of a user, or of all people of a member, on a day (UTC)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from soap.archive.archive import Archive
from soap.archive.policy import sees_all
from soap.archive.schema import usage
from soap.core.errors import Refused
from soap.core.who import MEMBER_ADMIN, Viewer

USER, MEMBER = "user", "member"
Account = tuple[str, str, int]
"""Whose usage it is: `USER` or `MEMBER`, the name, and the day [days since 1970]."""


@dataclass(frozen=True)
class Used:
    """Requests answered, and bytes sent and taken."""

    requests: int = 0
    bytes: int = 0


def add(connection: Connection, spent: Mapping[Account, Used]) -> dict[Account, Used]:
    """Add to what was used; the totals of all processes."""
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    totals = {}
    for (whose, name, day), used in sorted(spent.items()):  # in one order, so that two processes never wait in a ring
        row = kind.insert(usage).values(kind=whose, name=name, day=day, requests=used.requests, bytes=used.bytes)
        more = {"requests": usage.c.requests + row.excluded.requests, "bytes": usage.c.bytes + row.excluded.bytes}
        added = row.on_conflict_do_update(index_elements=["kind", "name", "day"], set_=more)
        total = connection.execute(added.returning(usage.c.requests, usage.c.bytes)).one()
        totals[whose, name, day] = Used(total.requests, total.bytes)
    return totals


def used(archive: Archive, accounts: tuple[Account, ...]) -> dict[Account, Used]:
    """What was used under each of these accounts."""
    with archive.catalogue.reading() as connection:
        found = {}
        for whose, name, day in accounts:
            its = (usage.c.kind == whose, usage.c.name == name, usage.c.day == day)
            row = connection.execute(select(usage.c.requests, usage.c.bytes).where(*its)).one_or_none()
            found[whose, name, day] = Used() if row is None else Used(row.requests, row.bytes)
        return found


def by_day(archive: Archive, viewer: Viewer, kind: str, name: str, first: int, last: int) -> dict[int, Used]:
    """What a user or a member used on each day from `first` to `last` [days since 1970], as far as there was any.

    `Refused` unless it is the viewer's own, or their member's and they are its data officer, or they run the archive.
    """
    own = kind == USER and name == viewer.user
    officer = kind == MEMBER and MEMBER_ADMIN in viewer.roles and name == viewer.member != ""
    if not (own or officer or sees_all(viewer)):
        raise Refused(f"{viewer.user or 'Nobody'} may not be told how much {name} uses.")
    query = select(usage).where(usage.c.kind == kind, usage.c.name == name, usage.c.day.between(first, last))
    with archive.catalogue.reading() as connection:
        return {row.day: Used(row.requests, row.bytes) for row in connection.execute(query.order_by(usage.c.day))}
