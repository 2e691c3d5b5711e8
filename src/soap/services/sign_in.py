"""Signing in: by a password, for a browser's session; how often may be tried, and how long a session holds."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from soap.archive import Archive, sessions
from soap.archive.sessions import Session, csrf_of
from soap.archive.tokens import digest
from soap.core.errors import TooMany, Unknown
from soap.core.settings import Settings
from soap.services import holders, passwords
from soap.services.counts import Minutes

__all__ = ["Attempts", "Session", "begin", "by_password", "csrf_of", "digest", "end", "holder", "kept"]

_KIND = "session"
_WRONG = "The user or the password is wrong."


@dataclass(frozen=True)
class _Bound:
    """At most so many attempts in 15 minutes of those that `key` holds together."""

    name: str
    most: int


_BOTH, _USER, _ADDRESS = _Bound("user and address", 10), _Bound("user", 100), _Bound("address", 300)


class Attempts:
    """How often passwords are tried: 10 times in 15 minutes for a user from one address, 100 for a user from
    anywhere, 300 from an address. A right password takes the user's own attempts back. Counted in each process.
    """

    def __init__(self) -> None:
        self._counts = Minutes(15)

    def count(self, user: str, address: str) -> None:
        """Count an attempt before it is made; `TooMany` where there were too many."""
        for bound, key in ((_ADDRESS, (address,)), (_BOTH, (user, address)), (_USER, (user,))):
            self._hit(bound, *key)

    def begin(self, address: str) -> None:
        """Count a sign-in that is begun at an issuer, as an attempt of an address."""
        self._hit(_ADDRESS, address)

    def right(self, user: str, address: str) -> None:
        """It was the user: their attempts count no longer."""
        self._counts.forget(_BOTH.name, user, address)
        self._counts.forget(_USER.name, user)

    def _hit(self, bound: _Bound, *key: str) -> None:
        if not self._counts.take(bound.most, bound.name, *key):
            seconds = max(1, math.ceil(self._counts.wait_s(bound.most, bound.name, *key)))
            raise TooMany(
                f"Too many attempts to sign in for this {bound.name}; try again in {seconds} s.",
                retry_after_s=seconds,
            )


def by_password(archive: Archive, attempts: Attempts, user: str, password: str, address: str) -> None:
    """Prove by a password that one is a user; `Unknown` when it is wrong or there is no such user, `TooMany`."""
    attempts.count(user, address)
    if not passwords.verified(archive, user, password):
        raise Unknown(_WRONG)
    attempts.right(user, address)


def begin(archive: Archive, settings: Settings, user: str) -> str:
    """A new session of a user who has proved who they are; the cookie's value."""
    return sessions.begin(archive, user, _now(), settings.session_hours)


def holder(archive: Archive, settings: Settings, secret: str) -> Session | None:
    """Who is signed in by a cookie, now; None: nobody. Kept for `holders.KEPT_S`, as tokens are."""
    here = kept(archive, secret)
    if here is not None:
        return here
    idle = settings.session_idle_minutes
    return holders.keeping(archive, _KIND, digest(secret), lambda: sessions.holder(archive, secret, _now(), idle))


def kept(archive: Archive, secret: str) -> Session | None:
    """What `holder` says without asking the catalogue; None where it has to."""
    here = holders.kept(archive, _KIND, digest(secret))
    return here if isinstance(here, Session) and here.expires > _now() else None


def end(archive: Archive, secret: str) -> None:
    """End a session."""
    sessions.end(archive, secret)
    holders.forget()


def _now() -> int:
    return time.time_ns() // 1000
