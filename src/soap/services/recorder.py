"""Writes the audit log, and what was spent, from a queue: many entries a transaction, the oldest at most `LATE_S` old.

Nothing is lost silently: while the catalogue fails, entries wait; when `MOST` wait, requests wait too; and entries
that cannot be written when the server stops are written to the program's own log, as JSON.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from concurrent.futures import Future
from dataclasses import asdict

from soap.archive import Archive, audit, sessions, tokens, usage
from soap.archive.audit import Entry
from soap.services.limits import DAY_S, Limits
from soap.services.repeats import Repeats

__all__ = ["Entry", "Recorder"]

LATE_S = 1.0
"""Seconds that an entry waits for others, unless somebody waits for it."""

BATCH = 2000
"""Entries of one transaction."""

MOST = 10_000
"""Entries that may wait; while they do, requests wait."""

_AGAIN_S = 1.0
_STOP_S = 10.0
_SEEN_S = 60.0
_PRUNE_S = 3600.0
_log = logging.getLogger("soap.audit")


class Recorder:
    """A thread that writes what the requests of this process did."""

    def __init__(self, archive: Archive, limits: Limits):
        self.archive, self.limits = archive, limits
        self._queue: list[tuple[Entry, Future[None]]] = []
        self._seen: dict[tuple[str, str], int] = {}
        self._noted_at: dict[tuple[str, str], float] = {}
        self._wake = threading.Condition()
        self._urgent = self._stopping = False
        self._pruned = 0.0
        self._repeats = Repeats()
        self._elsewhere = False
        self._thread = threading.Thread(target=self._run, name="soap-recorder", daemon=True)

    def start(self) -> None:
        """Begin to write: of an archive that may only be asked, to the program's log."""
        self._elsewhere = self.archive.read_only
        self._thread.start()

    def stop(self) -> None:
        """Write what is there, and end; what cannot be written goes to the program's log."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(_STOP_S)
        with self._wake:
            left, self._queue = self._queue, []
        self._log(left)

    @property
    def full(self) -> bool:
        """True while no more entries should come."""
        return len(self._queue) >= MOST

    def note(self, entry: Entry, *, now: bool = False) -> Future[None]:
        """Take an entry; the future is done when it is durable, and is waited for where it is wanted `now`."""
        done: Future[None] = Future()
        with self._wake:
            self._queue.append((entry, done))
            self._urgent |= now
            if now or len(self._queue) in (1, BATCH):
                self._wake.notify()
        return done

    def note_often(self, entry: Entry) -> None:
        """Take an entry of a kind that comes in floods, see `Repeats`."""
        if not self._repeats.take(entry):
            self.note(entry)

    def saw(self, kind: str, digest: str) -> None:
        """A token or session was used; that is noted once a minute."""
        clock = time.monotonic()
        if clock - self._noted_at.get((kind, digest), -_SEEN_S) < _SEEN_S:
            return
        with self._wake:
            if len(self._noted_at) > MOST:
                self._noted_at.clear()
            self._noted_at[kind, digest] = clock
            self._seen[kind, digest] = time.time_ns() // 1000
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._queue or self._seen or self._stopping, timeout=LATE_S)
                self._wake.wait_for(self._due, timeout=LATE_S)
                stopping, self._urgent = self._stopping, False
                self._queue += [(one, Future()) for one in self._repeats.due(all_of_them=stopping)]
                batch, self._queue = self._queue[:BATCH], self._queue[BATCH:]
                seen, self._seen = self._seen, {}
            written = self._written(batch, seen)
            if stopping and (not written or not self._queue):
                return
            if not written:
                time.sleep(_AGAIN_S)

    def _due(self) -> bool:
        return self._urgent or self._stopping or len(self._queue) >= BATCH

    def _written(self, batch: list[tuple[Entry, Future[None]]], seen: dict[tuple[str, str], int]) -> bool:
        """Write; False when the catalogue fails: all of it is kept for another time, and who waits is told."""
        spent = self.limits.take()
        try:
            if self._elsewhere:
                self._log(batch)
                self.limits.give_back(spent)
            elif batch or seen or spent:
                self.limits.told(self._write([entry for entry, _ in batch], seen, spent))
            self._prune()
        except Exception as error:  # of whatever kind: the thread goes on, and nothing that waits is given up
            _log.error("the audit log cannot be written: %s", error)
            self.limits.give_back(spent)
            with self._wake:
                self._queue = [(entry, Future()) for entry, _ in batch] + self._queue
                self._seen = seen | self._seen
            for _, done in batch:
                done.set_exception(error)
            return False
        for _, done in batch:
            done.set_result(None)
        return True

    def _write(
        self, entries: list[Entry], seen: dict[tuple[str, str], int], spent: dict[usage.Account, usage.Used]
    ) -> dict[usage.Account, usage.Used]:
        with self.archive.catalogue.noting() as connection:
            audit.add(connection, entries)
            for kind, note in (("token", tokens.seen), ("session", sessions.seen)):
                note(connection, {digest: when for (whose, digest), when in seen.items() if whose == kind})
            return usage.add(connection, spent)

    def _log(self, entries: list[tuple[Entry, Future[None]]]) -> None:
        for entry, _ in entries:
            _log.warning("%s", json.dumps(asdict(entry)))

    def _prune(self) -> None:
        days = self.archive.settings.audit_days
        if days and not self._elsewhere and time.monotonic() - self._pruned > _PRUNE_S:
            audit.remove_before(self.archive, (int(time.time()) - days * DAY_S) * 1_000_000)
            self._pruned = time.monotonic()
