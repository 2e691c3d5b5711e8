"""Who may know and do what: the only place that decides.

Everything held is under terms: whose it is, who may see it, from when. A question to the archive is always asked as a
viewer; `visible` gives the numbers of the terms under which that viewer sees things now, and every statement of SQL
that answers them is restricted to these. Terms are judged at the moment of asking, also when an earlier state of the
archive is asked for: a later embargo hides what was open.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, select

from soap.archive.prepared import PreparedSelect
from soap.archive.schema import terms as terms_table
from soap.core.errors import BadParameter, Refused
from soap.core.who import MEMBER_ADMIN, OWNER, PROJECT_ADMIN, STATION, Viewer

ACCESS = ("open", "members", "named", "private")
"""Everybody; the people of every member; those of named members and the owner; those of the owner alone."""


@dataclass(frozen=True)
class Terms:
    """Whose something is and who may see it; see `may_see`.

    `owner` and `named` are members' codes, an empty owner the archive itself; until `embargo_until` [µs since 1970]
    only the owner's people see it, whatever the access.
    """

    owner: str = ""
    access: str = "private"
    named: tuple[str, ...] = ()
    embargo_until: int | None = None
    licence: str = ""
    citation: str = ""

    def __post_init__(self) -> None:
        if self.access not in ACCESS:
            raise BadParameter(f"Access {self.access!r} is none; there are {', '.join(ACCESS)}.")
        if bool(self.named) != (self.access == "named"):
            raise BadParameter("Members are named with the access `named`, and with no other.")
        object.__setattr__(self, "named", tuple(sorted(set(self.named))))


def sees_all(viewer: Viewer) -> bool:
    """True for a viewer from whom nothing is hidden."""
    return bool(viewer.roles & {OWNER, PROJECT_ADMIN})


def may_see(viewer: Viewer, terms: Terms, now: int) -> bool:
    """True when the viewer sees what is under these terms at the time `now` [µs since 1970]."""
    if sees_all(viewer):
        return True
    if viewer.member and viewer.member == terms.owner:
        return True
    if terms.embargo_until is not None and now < terms.embargo_until:
        return False
    if terms.access == "members":
        return bool(viewer.member)
    return terms.access == "open" or (terms.access == "named" and viewer.member in terms.named)


def knows_people(viewer: Viewer) -> bool:
    """True for who is told persons' names and addresses: every member's people, and who runs the archive."""
    return sees_all(viewer) or bool(viewer.member)


def visible(connection: Connection, viewer: Viewer, now: int | None = None) -> frozenset[int] | None:
    """Numbers of the terms under which the viewer sees things; None when that is no restriction."""
    if sees_all(viewer):
        return None
    now = time.time_ns() // 1000 if now is None else now
    return frozenset(row.id for row in _EVERY.rows(connection, {}) if may_see(viewer, terms_of(row), now))


_EVERY = PreparedSelect(select(terms_table))


def terms_of(row) -> Terms:
    """The terms in a row of their table."""
    return _told(row.owner, row.access, row.named, row.embargo_until, row.licence, row.citation)


@lru_cache(maxsize=4096)
def _told(owner: str, access: str, named: str, embargo_until: int | None, licence: str, citation: str) -> Terms:
    """Made once of the same words: that takes longer than to judge them."""
    return Terms(owner, access, tuple(named.split()), embargo_until, licence, citation)


def must_publish(viewer: Viewer, provider: str | None = None) -> str:
    """The member for whom the viewer hands in; `Refused` unless they may.

    Who runs the archive hands in for any `provider` (empty: the archive itself); a member's data officer or station
    for their own member.
    """
    if sees_all(viewer):
        return viewer.member if provider is None else provider
    if not viewer.member or not viewer.roles & {MEMBER_ADMIN, STATION}:
        raise Refused(
            f"{viewer.user or 'Nobody'} may not add to this archive; its owner, and members' data officers and"
            " stations, may."
        )
    if provider not in (None, viewer.member):
        raise Refused(f"{viewer.user} hands in for {viewer.member}, not for {provider or 'the archive itself'}.")
    return viewer.member


def must_run(viewer: Viewer) -> None:
    """`Refused` unless the viewer runs this archive: checks, repairs, backs up, sees quarantine and accounts."""
    if not sees_all(viewer):
        raise Refused(f"{viewer.user or 'Nobody'} does not run this archive; only who does may do this.")
