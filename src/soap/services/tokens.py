"""Tokens: for scripts and stations, see `soap.archive.tokens`."""

from __future__ import annotations

import time
from collections.abc import Iterable

from soap.archive import Archive
from soap.archive import tokens as held
from soap.archive.tokens import LONGEST_DAYS, Token
from soap.core.who import Viewer

__all__ = ["LONGEST_DAYS", "Token", "holder", "make", "revoke", "tokens"]


def holder(archive: Archive, secret: str) -> tuple[Viewer, frozenset[str]]:
    """Whose token it is and its scopes, now."""
    return held.holder(archive, secret, time.time_ns() // 1000)


def make(viewer: Viewer, archive: Archive, user: str, name: str, scopes: Iterable[str], days: int) -> tuple[str, Token]:
    """A new token, told this once, and what is known of it."""
    return held.make(archive, viewer, user, name, scopes, days)


def tokens(viewer: Viewer, archive: Archive, user: str | None = None) -> tuple[Token, ...]:
    """Tokens of a user, or of all."""
    return held.tokens(archive, viewer, user)


def revoke(viewer: Viewer, archive: Archive, number: int) -> Token:
    """End a token."""
    return held.revoke(archive, viewer, number)
