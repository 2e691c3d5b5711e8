"""Who asks: every service call is made *as* somebody, and the archive decides what they may see."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Viewer:
    """A user, the member state they belong to, and their roles."""

    user: str
    member: str = ""
    roles: frozenset[str] = frozenset()


OWNER = "owner"
"""Role of the person whose folder an embedded archive is: sees and may do everything in it."""

PROJECT_ADMIN = "project_admin"
"""Role of who runs the archive for all members: sees and may do everything in it."""

MEMBER_ADMIN = "member_admin"
"""Role of a member's data officer: hands in, and sets the terms of, what that member owns."""

STATION = "station"
"""Role of a member's station: hands in what it observes."""

USER = "user"
"""Role of a member's people: see what their member may see."""

GUEST = "guest"
"""Role of the public: sees what is open."""

ROLES = (OWNER, PROJECT_ADMIN, MEMBER_ADMIN, STATION, USER, GUEST)

READ, HAND_IN, WORK, MANAGE = "read", "hand_in", "work", "manage"
SCOPES = (READ, HAND_IN, WORK, MANAGE)
"""What a token may be used for: to ask; to hand in; to have work done; to administer."""

_NEEDED = {
    HAND_IN: frozenset({STATION, MEMBER_ADMIN, PROJECT_ADMIN}),
    MANAGE: frozenset({MEMBER_ADMIN, PROJECT_ADMIN}),
}


def scopes_of(roles: frozenset[str]) -> tuple[str, ...]:
    """The scopes that somebody with these roles can use: to ask and to have work done can everybody."""
    return tuple(scope for scope in SCOPES if scope not in _NEEDED or roles & _NEEDED[scope])


def folder_owner(user: str) -> Viewer:
    """The viewer that the command line acts as on an embedded archive."""
    return Viewer(user=user, roles=frozenset({OWNER}))
