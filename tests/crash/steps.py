"""Stands between a program and what it does durably, and does at the n-th step what a test asks.

Steps are: a file opened for writing, brought to the disk, renamed or removed; a folder made or brought to the disk;
each statement of a transaction that changes something, its commit, and the moment after the commit.
"""

import builtins
import errno
import io
import os
import signal
import sqlite3
import threading
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import OperationalError

_ERRORS = {"full": errno.ENOSPC, "read-only": errno.EROFS, "damaged": errno.EIO}
ACTIONS = ("kill", "power cut", *_ERRORS)


class Steps:
    """Counts steps below a folder and in databases; at step `at` (from 1) does `action`, in each later one too where
    it is a disk that fails.

    `kill` ends the process before the step. `power cut` does too, and undoes what had not been brought to the disk: a
    file is cut in half, a rename or a new file is forgotten. The others fail the step as a disk does.
    """

    def __init__(self, below: Path, at: int = 0, action: str = "kill"):
        self.below, self.at, self.action = str(below), at, action
        self.names: list[str] = []
        self._lock = threading.Lock()
        self._renamed: dict[str, str] = {}
        self._real = {name: getattr(os, name) for name in ("fsync", "replace", "unlink", "mkdir")}

    def interpose(self) -> None:
        """From now on, in this process."""
        for name, real in self._real.items():
            setattr(os, name, getattr(self, f"_{name}", None) or self._on_path(name, real))
        real_open = io.open

        def opened(file, mode="r", *arguments, **options):
            if set(mode) & set("wax+") and self._here(file) and Path(file).name != "lock":
                self._step(f"open {Path(file).parent.name}", file)
            return real_open(file, mode, *arguments, **options)

        io.open = builtins.open = opened
        event.listen(Engine, "before_cursor_execute", self._statement)
        real_commit = DefaultDialect.do_commit

        def commit(dialect, connection):
            self._step("commit", database=SimpleNamespace(dialect=dialect))
            real_commit(dialect, connection)
            self._step("after commit")

        DefaultDialect.do_commit = commit

    def _statement(self, connection, cursor, statement, parameters, context, executemany):
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN")):
            self._step(" ".join(statement.split()[:3]), database=connection)

    def _on_path(self, name, real):
        def stepped(path, *arguments, **options):
            if self._here(path):
                self._step(f"{name} {Path(path).parent.name}", path)
            return real(path, *arguments, **options)

        return stepped

    def _replace(self, source, target, **options):
        if self._here(target):
            self._step("rename", source)
        self._real["replace"](source, target, **options)
        self._renamed[str(Path(target).parent)] = str(target)

    def _fsync(self, handle):
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if self._here(path):
            self._step("fsync folder" if path.is_dir() else "fsync file", path)
        self._real["fsync"](handle)

    def _here(self, path) -> bool:
        return isinstance(path, str | Path) and str(path).startswith(self.below)

    def _step(self, name: str, path="", database=None) -> None:
        with self._lock:
            self.names.append(name)
            number = len(self.names)
            if number == self.at and self.action in ("kill", "power cut"):
                if self.action == "power cut":
                    self._forget(name, str(path))
                os.kill(os.getpid(), signal.SIGKILL)
        if self.at and number >= self.at and self.action in _ERRORS:
            self._fail(path, database)

    def _forget(self, name: str, path: str) -> None:
        """What the disk had not been told of."""
        if name == "fsync file":
            os.truncate(path, Path(path).stat().st_size // 2)
        if name == "fsync folder" and path in self._renamed:
            self._real["unlink"](self._renamed[path])

    def _fail(self, path, database) -> None:
        code = _ERRORS[self.action]
        if path:
            raise OSError(code, os.strerror(code), str(path))
        if database is not None and database.dialect.name == "sqlite":
            said = {"full": "database or disk is full", "read-only": "attempt to write a readonly database"}
            raise OperationalError("", {}, sqlite3.OperationalError(said.get(self.action, "disk I/O error")))
