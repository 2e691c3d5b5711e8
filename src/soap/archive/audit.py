"""The audit log: who read or changed what, when, and whose it was. Entries are added and, when too old, removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Select, delete, insert, or_, select

from soap.archive.archive import Archive
from soap.archive.policy import sees_all
from soap.archive.prepared import Prepared
from soap.archive.schema import audit
from soap.core.errors import Refused
from soap.core.who import MEMBER_ADMIN, Viewer

LONGEST = {"user": 80, "member": 20, "action": 80, "subject": 1000, "address": 64, "request": 40}
"""Most characters of each text of an entry; more is cut off."""

_PAGE = 1000
_ADD = Prepared(insert(audit))


@dataclass(frozen=True)
class Entry:
    """One thing that was done, or refused.

    `owners` are codes of the members whose values were told or changed, empty for the archive's own; `outcome` is an
    HTTP status; `bytes` were sent in answer; `time` is µs since 1970.
    """

    time: int
    user: str
    member: str
    action: str
    subject: str
    owners: tuple[str, ...]
    outcome: int
    bytes: int | None
    address: str = ""
    request: str = ""


@dataclass(frozen=True)
class Wanted:
    """Which entries: of a time `start <= t < stop` [µs since 1970], by a user, of an action; None: any."""

    start: int | None = None
    stop: int | None = None
    user: str | None = None
    action: str | None = None


def printable(text: str) -> str:
    """Text without line ends, control and other unprintable characters: each is written as its escape."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def add(connection: Connection, entries: Iterable[Entry]) -> None:
    """Add entries, each text printable and cut to `LONGEST`."""
    rows = [_row(one) for one in entries]
    if rows:
        _ADD.run(connection, rows)


def entries(archive: Archive, viewer: Viewer, wanted: Wanted) -> Iterator[Entry]:
    """Entries, first to last, read a page at a time.

    Who runs the archive is told all; a member's data officer what their member's people did, and what others did with
    their member's values: of those others' entries only what is theirs. `Refused` for anybody else, at once.
    """
    member = "" if sees_all(viewer) else viewer.member
    if not sees_all(viewer) and not (member and MEMBER_ADMIN in viewer.roles):
        raise Refused(f"{viewer.user or 'Nobody'} may not read the audit log; a member's data officer may.")
    return _pages(archive, _query(wanted, member), member)


def remove_before(archive: Archive, time: int) -> int:
    """Remove entries older than `time` [µs since 1970]; how many."""
    with archive.catalogue.noting() as connection:
        return connection.execute(delete(audit).where(audit.c.time < time)).rowcount


def _query(wanted: Wanted, member: str) -> Select:
    query = select(audit).order_by(audit.c.id).limit(_PAGE)
    conditions = {
        "start": lambda value: audit.c.time >= value,
        "stop": lambda value: audit.c.time < value,
        "user": lambda value: audit.c.user == value,
        "action": lambda value: audit.c.action == value,
    }
    for name, condition in conditions.items():
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(condition(value))
    if member:
        theirs = audit.c.owners.contains(f" {member} ", autoescape=True)
        query = query.where(or_(audit.c.member == member, theirs))
    return query


def _pages(archive: Archive, query: Select, member: str) -> Iterator[Entry]:
    last = 0
    while True:
        with archive.catalogue.reading() as connection:
            rows = connection.execute(query.where(audit.c.id > last)).all()
        for row in rows:
            yield _as_told(_entry(row), member)
        if len(rows) < _PAGE:
            return
        last = rows[-1].id


def _as_told(entry: Entry, member: str) -> Entry:
    """An entry as a member's data officer may know it: of what others read beside their values, nothing."""
    if not member or entry.member == member or set(entry.owners) <= {member}:
        return entry
    return replace(entry, owners=(member,), subject=entry.subject.partition("?")[0], bytes=None)


def _row(entry: Entry) -> dict[str, object]:
    row = dict(vars(entry))
    for name, longest in LONGEST.items():
        row[name] = printable(row[name][:longest])[:longest]
    row["owners"] = f" {' '.join(owner or '-' for owner in entry.owners)} " if entry.owners else ""
    row["bytes"] = entry.bytes or 0
    return row


def _entry(row) -> Entry:
    owners = tuple("" if owner == "-" else owner for owner in row.owners.split())
    return Entry(row.time, row.user, row.member, row.action, row.subject, owners, row.outcome, row.bytes, row.address,
                 row.request)  # fmt: skip
