"""The agent's round: look, note what is new, send what waits, put off what does not work, and tell how it goes."""

from __future__ import annotations

import hashlib
import json
import os
import random
import socket
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import soap
from soap.core.errors import ArchiveError
from soap.services.push.ledger import REFUSED, SUPERSEDED, WAITING, Item, Ledger, Look
from soap.services.push.pace import Bucket, back_off
from soap.services.push.sender import Address, Later, Never, Outcome, Sender, Unwelcome
from soap.services.push.watch import Watch

SKEW_S = 1.0
"""A clock that is further off is told of."""

_UNWELCOME_S = 300.0
_PRUNED_S = 3600.0
_ALONE = 3
"""So many contents in a row that fail are not each one's own trouble."""

_PART = 1 << 20

Tell = Callable[[str, str], None]
"""Told of what happens: a level (`info`, `warning`), and words without any secret."""


@dataclass
class Report:
    """How it goes: contents sent by this run and what became of them, what waits, and how the clock is."""

    sent: int = 0
    quarantined: int = 0
    refused: int = 0
    waiting: int = 0
    growing: int = 0
    """Files that are still being written."""
    last_push: str = ""
    skew_s: float | None = None
    trouble: str = ""
    """Why nothing goes at the moment."""
    unwelcome: bool = False
    notes: tuple[str, ...] = field(default=())


class Agent:
    """Sends what appears in folders to a server, until it is told to stop."""

    def __init__(self, watch: Watch, address: Address, state: Path, *, rate: float | None = None,
                 tell: Tell = lambda level, words: None):  # fmt: skip
        self.watch, self.tell, self.report = watch, tell, Report()
        self.ledger = Ledger(state)
        self.sender = Sender(address, Bucket(rate), self._words)
        self.stop = threading.Event()
        self._chance = random.Random(os.urandom(16))  # noqa: S311 # of waiting, no secret
        self._failures, self._not_before, self._prune_at, self._skewed = 0, 0.0, 0.0, False
        self._put_off: dict[str, float] = {}

    def close(self) -> None:
        """End connections, and let another agent work with the folder."""
        self.sender.close()
        self.ledger.close()

    def watch_on(self, poll_s: float) -> Report:
        """Look and send, every `poll_s` seconds, until `stop` is set."""
        while not self.stop.is_set():
            try:
                self._round()
            except ArchiveError as error:  # a full disk may be made room on
                self._trouble(str(error), poll_s)
            self.stop.wait(poll_s)
        return self._counted()

    def once(self, patience_s: float) -> Report:
        """Send all that is there, files that are still being written too once they are complete.

        What does not work is tried again for `patience_s`.
        """
        until = time.monotonic() + patience_s
        while not self.stop.is_set():
            self._round()
            left = self._counted()
            if not (left.waiting or left.growing) or left.unwelcome or time.monotonic() >= until:
                break
            self.stop.wait(min(0.5, self.watch.quiet_s + 0.05))
        return self._counted()

    def _round(self) -> None:
        try:
            self.look()
            self.send()
            if time.monotonic() >= self._prune_at:
                self._prune_at = time.monotonic() + _PRUNED_S
                self.ledger.prune(self.watch.there)
            self._tell_state()
        except (OSError, sqlite3.Error) as error:
            raise ArchiveError(
                f"The agent's folder {self.ledger.folder} cannot be written ({error}). Make room; nothing is lost."
            ) from error

    def look(self) -> None:
        """Note what is new."""
        for path, look in self.watch.complete(self.ledger.looked):
            sha256 = _checksum(path, look)
            if sha256 is not None and self.ledger.add(path, look, sha256, path):
                self.tell("info", f"{path.name}: new, {look[0]:,} bytes")
        for note in set(self.watch.notes) - set(self.report.notes):
            self.tell("warning", note)
        self.report.notes = self.watch.notes

    def send(self) -> None:
        """Send what is due, until nothing is or the server cannot be had."""
        while not self.stop.is_set() and (now := time.monotonic()) >= self._not_before:
            self._put_off = {sha256: due for sha256, due in self._put_off.items() if due > now}
            due = (one for one in self.ledger.waiting(len(self._put_off) + 1) if one.sha256 not in self._put_off)
            one = next(due, None)
            if one is None:
                return
            self._send(one)

    def _send(self, one: Item) -> None:
        agreed = self.sender.agreed
        try:
            outcome = self.sender.send(one, self.ledger.kept(one.sha256),
                                       lambda location: self.ledger.announced(one, location))  # fmt: skip
        except FileNotFoundError:
            outcome = Outcome(REFUSED, "Its bytes are gone from the agent's folder.")
        except Never as error:
            outcome = Outcome(REFUSED, str(error))
        except Unwelcome as error:
            self._trouble(f"The server does not let this station hand in: {error}", _UNWELCOME_S)
            self.report.unwelcome = True
            return
        except Later as later:
            if self.sender.agreed > agreed:  # the line breaks, but something comes through: no need to wait long
                self._failures = 0
            wait = max(later.wait_s or 0.0, back_off(self._failures, self._chance))
            self._failures += 1
            self._put_off[one.sha256] = time.monotonic() + wait
            self._trouble(f"{one.name} waits {wait:.0f} s: {later.why}",
                          0.0 if later.alone and self._failures < _ALONE else wait)  # fmt: skip
            return
        finally:
            self._compare_clocks()
        self._end(one, outcome)

    def _end(self, one: Item, outcome: Outcome) -> None:
        self.ledger.end(one, outcome.state, outcome.reason)
        self._failures, self.report.trouble, self.report.unwelcome = 0, "", False
        self.report.sent += outcome.state not in (REFUSED, SUPERSEDED)
        self.report.quarantined += outcome.state == "quarantined"
        self.report.refused += outcome.state == REFUSED
        words = f"{one.name}: {outcome.state}{': ' + outcome.reason if outcome.reason else ''}"
        self.tell("warning" if outcome.state in (REFUSED, "quarantined") else "info", words)

    def _trouble(self, why: str, wait_s: float) -> None:
        self.report.trouble = why
        self._not_before = time.monotonic() + wait_s
        self.tell("warning", why)

    def _compare_clocks(self) -> None:
        skew = self.sender.skew_s
        if skew is None:
            return
        self.report.skew_s = round(skew, 3)
        if abs(skew) > SKEW_S and not self._skewed:
            self.tell(
                "warning",
                f"This machine's clock is {abs(skew):.1f} s {'ahead of' if skew > 0 else 'behind'} the server's."
                " Check its time service (NTP), or samples carry wrong times.",
            )
        self._skewed = abs(skew) > SKEW_S

    def _counted(self) -> Report:
        last = self.ledger.last_push()
        self.report.waiting = self.ledger.count().get(WAITING, 0)
        self.report.growing = self.watch.growing
        self.report.last_push = "" if last is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(last))
        return self.report

    def _words(self) -> str:
        skew = self.sender.skew_s
        return json.dumps(
            {
                "name": socket.gethostname()[:80],
                "version": soap.__version__,
                "waiting": self.ledger.count().get(WAITING, 0),
                "skew_s": None if skew is None else round(skew, 3),
            }
        )

    def _tell_state(self) -> None:
        """How it goes, in a file, for whoever looks after the machine."""
        told, aside = self.ledger.folder / "status.json", self.ledger.folder / "status.aside"
        aside.write_text(json.dumps(asdict(self._counted())))
        aside.replace(told)


def _checksum(path: Path, look: Look) -> str | None:
    """SHA-256 of a file that looks so; None when it does not any more, or cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while part := stream.read(_PART):
                digest.update(part)
            status = os.fstat(stream.fileno())
    except OSError:
        return None
    return digest.hexdigest() if (status.st_size, status.st_mtime_ns, status.st_ino) == look else None
