"""Passwords: what is one, and whether it is theirs. Argon2id (RFC 9106) as OWASP advises: 19 MiB, 2 passes, 1 lane.

A flood of sign-ins must not take all memory and processors: at most `AT_ONCE` passwords are hashed at a time in a
process, `WAITING` more wait for it, and who comes then is told to come back.
"""

from __future__ import annotations

import os
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from soap.archive import Archive
from soap.archive import passwords as held
from soap.core.errors import BadParameter, TooMany
from soap.core.who import Viewer
from soap.services import holders

SHORTEST, LONGEST = 12, 200
"""Characters of a password."""

AT_ONCE = max(1, min(4, os.cpu_count() or 1))
WAITING = 4 * AT_ONCE

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16)

_FIRST = (
    "abc abcdef abcdefgh abcdefghijkl access admin administrator archive asdf asdfgh asdfghjkl baseball "
    "batman changeit changeme changethis computer default donald dragon earthquake eminem football "
    "freedom geomagnetic guest hello hunter iloveyou ionosphere letmein login master michael monkey "
    "mustang newpassword observatory pass passpass passphrase passw passwd password passwordpassword "
    "pokemon princess qazwsx qazwsxedc qwer qwert qwerty qwertyqwerty qwertyuiop qwertyuiopasdf root "
    "satellite secret seismology shadow soap soapsoap starwars station sunshine superman temp temporary "
    "test testtest trustno welcome whatever zxcv zxcvbn zxcvbnm "
)
_COMMON = frozenset(_FIRST.split())
"""Words that, with any digits and signs about them, are the first that are tried; empty: digits alone."""

_turns = threading.BoundedSemaphore(AT_ONCE)
_places = threading.BoundedSemaphore(AT_ONCE + WAITING)


def set_password(viewer: Viewer, archive: Archive, user: str, password: str, keep: str = "") -> None:
    """Set a user's password, see `check`, and end their sessions but the one of the digest `keep`.

    `Refused` unless the viewer is that user or runs the archive, `NotFound` when there is no such account.
    """
    check(user, password)
    with _turn():
        encoded = HASHER.hash(_normal(password))
    held.set_hash(archive, viewer, user, encoded, keep)
    holders.forget()


def check(user: str, password: str) -> None:
    """`BadParameter` for what is no password here: too short or long, the user's name in it, or a common one."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadParameter(
            f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}. Some words make a good"
            " one."
        )
    plain = _normal(password).casefold()
    names = {user.casefold(), user.casefold().partition("@")[0]}
    if any(len(name) > 2 and name in plain for name in names):
        raise BadParameter(
            "The password holds the user's name, which is tried first. Some other words make a good one."
        )
    letters = "".join(one for one in plain if one.isalpha())
    if letters in _COMMON or not letters or len(set(plain)) < 5:
        raise BadParameter("This password is one of the first that are tried; take other words.")


def verified(archive: Archive, user: str, password: str) -> bool:
    """True when it is the user's password. A user that is none, or has none, takes as long to answer.

    A password that was hashed by other parameters is hashed anew. `TooMany` when too many ask at once.
    """
    encoded = held.hash_of(archive, user)
    with _turn():
        nobodys = _nobodys()
        try:
            HASHER.verify(encoded or nobodys, _normal(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False
        if encoded is None:
            return False
        anew = HASHER.hash(_normal(password)) if HASHER.check_needs_rehash(encoded) else ""
    if anew:
        held.replace_hash(archive, user, encoded, anew)
    return True


@cache
def _nobodys() -> str:
    """The hash that a password is compared with where there is none: of what nobody knows."""
    return HASHER.hash(secrets.token_urlsafe(32))


def _normal(password: str) -> str:
    """The same characters however a keyboard composes them (NFKC, as NIST SP 800-63B 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


@contextmanager
def _turn() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise TooMany("Too many people are signing in at once; try again in a few seconds.", retry_after_s=5)
    try:
        with _turns:
            yield
    finally:
        _places.release()
