"""The agent's ledger: what waits to be sent, what was sent, and what was last seen where; a power cut takes nothing.

Content is known by its SHA-256. What waits is held by a further link to it (a copy where the disk has none), so that
it is there to be sent even if the station's own software clears its folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from soap.core.errors import ArchiveError, Conflict
from soap.services.file_walk import shown

_TABLES = """
CREATE TABLE IF NOT EXISTS content (
    sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, bytes INTEGER NOT NULL, number INTEGER NOT NULL,
    state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', location TEXT NOT NULL DEFAULT '',
    ended REAL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS content_waiting ON content (number) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS seen (
    path BLOB PRIMARY KEY, bytes INTEGER NOT NULL, changed_ns INTEGER NOT NULL, inode INTEGER NOT NULL
) WITHOUT ROWID;
"""

WAITING = "waiting"
REFUSED = "refused"
SUPERSEDED = "superseded"
"""Beside what a server says became of a content: it is still to be sent; the server will never take it; it was changed
where it lies before it could be sent, and what it became is a content of its own."""

KNOWN_S = 90 * 86_400.0
"""For so long it is known what was sent; what still lies in a folder is known for as long as it does."""

Look = tuple[int, int, int]
"""Size, time of the last change [ns] and inode of a file: while they are the same, so is the file."""


@dataclass(frozen=True)
class Item:
    """Content that waits to be sent, or was."""

    sha256: str
    name: str
    bytes: int
    state: str = WAITING
    reason: str = ""
    location: str = ""
    """Where on the server its bytes go, once it was announced."""


class Ledger:
    """The ledger in a folder of its own; one agent at a time."""

    def __init__(self, folder: Path):
        self.folder, self._kept = folder, folder / "waiting"
        try:
            self._kept.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = (folder / "lock").open("a")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._rows = sqlite3.connect(folder / "ledger.sqlite", isolation_level=None, timeout=30)
            self._rows.execute("PRAGMA journal_mode=WAL")
            self._rows.execute("PRAGMA synchronous=FULL")
            self._rows.executescript(_TABLES)
        except BlockingIOError as error:
            self._lock.close()
            raise Conflict(f"Another agent works with {folder}; stop it, or give this one its own folder.",
                           command="`--state DIR` names it.") from error  # fmt: skip
        except (OSError, sqlite3.Error) as error:
            raise ArchiveError(
                f"The agent's folder {folder} cannot be used ({error}). Make room, give write permission, or name"
                " another.",
                command="`--state DIR` names it.",
            ) from error

    def close(self) -> None:
        """Let another agent work."""
        self._rows.close()
        self._lock.close()

    def looked(self, path: Path) -> Look | None:
        """How a file looked when its content was last taken into the ledger."""
        row = self._rows.execute(
            "SELECT bytes, changed_ns, inode FROM seen WHERE path = ?", (os.fsencode(path),)
        ).fetchone()
        return None if row is None else (row[0], row[1], row[2])

    def add(self, path: Path, look: Look, sha256: str, content_of: Path) -> bool:
        """Note a file's content, to be sent unless it was before; True when it waits now and did not before."""
        known = self._rows.execute("SELECT 1 FROM content WHERE sha256 = ?", (sha256,)).fetchone()
        if known is None:
            self._keep(sha256, content_of)
        with self._changing():
            if known is None:
                (last,) = self._rows.execute("SELECT coalesce(max(number), 0) FROM content").fetchone()
                self._rows.execute(
                    "INSERT INTO content (sha256, name, bytes, number, state) VALUES (?, ?, ?, ?, 'waiting')",
                    (sha256, shown(path.name), look[0], last + 1),
                )
            self._rows.execute("REPLACE INTO seen VALUES (?, ?, ?, ?)", (os.fsencode(path), *look))
        return known is None

    def kept(self, sha256: str) -> Path:
        """Where content that waits lies."""
        return self._kept / sha256

    def waiting(self, most: int) -> list[Item]:
        """What waits, the longest first."""
        rows = self._rows.execute(
            "SELECT sha256, name, bytes, state, reason, location FROM content"
            " WHERE state = 'waiting' ORDER BY number LIMIT ?",
            (most,),
        )
        return [Item(*row) for row in rows]

    def announced(self, one: Item, location: str) -> None:
        """Note where on the server the bytes go; empty: nowhere any more."""
        self._rows.execute("UPDATE content SET location = ? WHERE sha256 = ?", (location, one.sha256))

    def end(self, one: Item, state: str, reason: str) -> None:
        """Note what became of it; it need not be kept any longer."""
        self._rows.execute(
            "UPDATE content SET state = ?, reason = ?, ended = ? WHERE sha256 = ?",
            (state, reason, time.time(), one.sha256),
        )
        self.kept(one.sha256).unlink(missing_ok=True)

    def prune(self, there: set[bytes]) -> None:
        """Forget what was sent long ago, and how files looked that are not `there` any more."""
        with self._changing():
            self._rows.execute("DELETE FROM content WHERE ended < ?", (time.time() - KNOWN_S,))
            gone = [row for row in self._rows.execute("SELECT path FROM seen") if row[0] not in there]
            self._rows.executemany("DELETE FROM seen WHERE path = ?", gone)

    def count(self) -> dict[str, int]:
        """How many contents there are in each state."""
        return dict(self._rows.execute("SELECT state, count(*) FROM content GROUP BY state"))

    def last_push(self) -> float | None:
        """When a server last took something [s since 1970]."""
        return self._rows.execute("SELECT max(ended) FROM content WHERE state != 'waiting'").fetchone()[0]

    def _keep(self, sha256: str, source: Path) -> None:
        kept = self.kept(sha256)
        aside = kept.with_suffix(".aside")
        try:
            aside.unlink(missing_ok=True)
            try:
                os.link(source, aside)
            except OSError:  # another disk, or one that knows no links
                shutil.copyfile(source, aside)
                with aside.open("rb") as copy:
                    os.fsync(copy.fileno())
            aside.replace(kept)
            folder = os.open(self._kept, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise ArchiveError(f"{source} cannot be kept in {self._kept} ({error.strerror}); make room.") from error

    @contextmanager
    def _changing(self) -> Iterator[None]:
        self._rows.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._rows.execute("ROLLBACK")
            raise
        self._rows.execute("COMMIT")
