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


def folder_owner(user: str) -> Viewer:
    """The viewer that the command line acts as on an embedded archive."""
    return Viewer(user=user, roles=frozenset({OWNER}))
