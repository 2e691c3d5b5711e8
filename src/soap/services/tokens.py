"""Tokens: for scripts and stations, see `soap.archive.tokens`."""

from __future__ import annotations

import time
from collections.abc import Iterable

from soap.archive import Archive
from soap.archive import tokens as held
from soap.archive.tokens import LONGEST_DAYS, LONGEST_NAME, Holder, Token, digest, ended
from soap.core.who import Viewer
from soap.services import holders

__all__ = ["LONGEST_DAYS", "LONGEST_NAME", "Holder", "Token", "digest", "holder", "kept", "make", "revoke", "tokens"]

_KIND = "token"


def holder(archive: Archive, secret: str) -> Holder:
    """Whose token it is and for what, now; `Unknown` for one that is none, has ended or was revoked.

    An answer is kept for `holders.KEPT_S`; a token that was revoked in this process is none at once.
    """
    here = kept(archive, secret)
    if here is not None:
        return here
    now = time.time_ns() // 1000
    return holders.keeping(archive, _KIND, digest(secret), lambda: held.holder(archive, secret, now))


def kept(archive: Archive, secret: str) -> Holder | None:
    """What `holder` says without asking the catalogue; None where it has to."""
    here = holders.kept(archive, _KIND, digest(secret))
    if not isinstance(here, Holder):
        return None
    if here.expires <= time.time_ns() // 1000:
        raise ended()
    return here


def make(viewer: Viewer, archive: Archive, user: str, name: str, scopes: Iterable[str], days: int) -> tuple[str, Token]:
    """A new token, told this once, and what is known of it."""
    return held.make(archive, viewer, user, name, scopes, days)


def tokens(viewer: Viewer, archive: Archive, user: str | None = None) -> tuple[Token, ...]:
    """Tokens of a user, or of all."""
    return held.tokens(archive, viewer, user)


def revoke(viewer: Viewer, archive: Archive, number: int) -> Token:
    """End a token."""
    ended = held.revoke(archive, viewer, number)
    holders.forget()
    return ended
