"""How often, and for how many bytes, the server may be asked: by a user, by an address, by all people of a member.

Rates are counted in each process of a server. Volumes are those of all its processes: the catalogue keeps them, and
each process tells it what it spent (see `soap.services.recorder`), so that it knows of the others' within `FRESH_S`.
Who asks as nobody is counted by address, in the process alone: that costs the catalogue nothing.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time

import numpy as np

from soap.archive import Archive, usage
from soap.archive.usage import MEMBER, USER, Account, Used
from soap.core.errors import TooMany
from soap.core.settings import Settings
from soap.core.who import Viewer
from soap.services.counts import DAY_S, Days, Minutes

__all__ = ["DAY_S", "Limits", "Used", "by_day", "date_of", "today"]

FRESH_S = 5.0
"""Seconds for which a volume that the catalogue told is taken for true."""

_GIB = 1 << 30
_WRONG_TOKENS = 60
"""Tokens a minute that are none, of one address."""

by_day = usage.by_day


def today() -> int:
    """This day [days since 1970], UTC."""
    return int(time.time() // DAY_S)


def date_of(day: int) -> str:
    """The date of a day [days since 1970], as 2026-01-31."""
    return str(np.datetime64(day, "D"))


class Limits:
    """What is left of what may be asked; `TooMany` says when to ask again."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self._minutes, self._days = Minutes(), Days()
        self._lock = threading.Lock()
        self._spent: dict[Account, Used] = {}
        self._telling: dict[Account, Used] = {}
        """What was taken to be told: until it is, it counts as spent here."""
        self._told: dict[Account, tuple[float, Used]] = {}

    def guest(self, address: str) -> None:
        """Count a request of nobody known, from an address."""
        key = _network(address)
        self._rate(self.settings.requests_per_minute, "address", key)
        most = self.settings.gib_per_day * _GIB
        if most and self._days.amount("volume", key) >= most:
            self._over(f"This address was sent {self.settings.gib_per_day} GiB today, which is its limit")

    def user(self, viewer: Viewer) -> None:
        """Count a request of a user; their volume is that of the last `load`, and what was spent here since."""
        self._rate(self.settings.requests_per_minute, USER, viewer.user)
        self._volume(USER, viewer.user, self.settings.gib_per_day)
        if viewer.member:
            self._rate(self.settings.member_requests_per_minute, MEMBER, viewer.member)
            self._volume(MEMBER, viewer.member, self.settings.member_gib_per_day)

    def load(self, archive: Archive, viewer: Viewer) -> None:
        """Ask the catalogue how much the viewer's user and member were sent today."""
        now, found = time.monotonic(), usage.used(archive, _accounts(viewer))
        with self._lock:
            self._told = {account: one for account, one in self._told.items() if account[2] >= today()}
            known = self._told.keys() & self._telling.keys()  # what is being told may be in `found` or not
            self._told |= {account: (now, one) for account, one in found.items() if account not in known}

    def fresh(self, viewer: Viewer) -> bool:
        """True when the catalogue told the viewer's volumes not long ago."""
        oldest = time.monotonic() - FRESH_S
        return all(self._told.get(account, (-math.inf, None))[0] > oldest for account in _accounts(viewer))

    def guessing(self, address: str) -> None:
        """`TooMany` when this address sent too many tokens that are none."""
        wait_s = self._minutes.wait_s(_WRONG_TOKENS, "token", _network(address))
        if wait_s:
            self._again("Too many tokens that are none came from this address", wait_s)

    def guessed(self, address: str) -> None:
        """Count a token that is none."""
        self._minutes.take(_WRONG_TOKENS, "token", _network(address))

    def spend(self, viewer: Viewer, address: str, guest: bool, size: int) -> None:
        """Count what an answer sent and its request brought, in bytes."""
        if guest:
            if self.settings.gib_per_day and size:
                self._days.add(size, "volume", _network(address))
            return
        with self._lock:
            for account in _accounts(viewer):
                before = self._spent.get(account, Used())
                self._spent[account] = Used(before.requests + 1, before.bytes + size)

    def take(self) -> dict[Account, Used]:
        """What was spent here and the catalogue was not told; it is now somebody's to tell, or to `give_back`."""
        with self._lock:
            self._telling, self._spent = self._spent, {}
            return self._telling

    def give_back(self, taken: dict[Account, Used]) -> None:
        """The catalogue could not be told of it."""
        with self._lock:
            self._telling = {}
            for account, one in taken.items():
                more = self._spent.get(account, Used())
                self._spent[account] = Used(one.requests + more.requests, one.bytes + more.bytes)

    def told(self, totals: dict[Account, Used]) -> None:
        """What the catalogue says that all processes spent."""
        now = time.monotonic()
        with self._lock:
            self._telling = {}
            self._told |= {account: (now, one) for account, one in totals.items()}

    def used(self, kind: str, name: str) -> Used:
        """What was spent today under an account, as far as this process knows."""
        account = (kind, name, today())
        with self._lock:
            total = self._told.get(account, (0.0, Used()))[1]
            here = (total, self._telling.get(account, Used()), self._spent.get(account, Used()))
        return Used(sum(one.requests for one in here), sum(one.bytes for one in here))

    def _volume(self, kind: str, name: str, limit_gib: int) -> None:
        if limit_gib and self.used(kind, name).bytes >= limit_gib * _GIB:
            self._over(f"{name} was sent {limit_gib} GiB today, which is the limit of a {kind}")

    def _rate(self, most: int, kind: str, key: str) -> None:
        if most and not self._minutes.take(most, kind, key):
            self._again(f"More than {most} requests a minute of one {kind}", self._minutes.wait_s(most, kind, key))

    def _again(self, fact: str, wait_s: float) -> None:
        seconds = min(60, max(1, math.ceil(wait_s)))
        raise TooMany(f"{fact}; ask again in {seconds} s.", retry_after_s=seconds)

    def _over(self, fact: str) -> None:
        raise TooMany(
            f"{fact}; ask again tomorrow (UTC).", retry_after_s=max(1, math.ceil(DAY_S - time.time() % DAY_S))
        )


def _accounts(viewer: Viewer) -> tuple[Account, ...]:
    day = today()
    own = (USER, viewer.user, day)
    return (own, (MEMBER, viewer.member, day)) if viewer.member else (own,)


def _network(address: str) -> str:
    """What one asker is counted by: an address, of IPv6 its network of 64 bits, which is what one household has."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
