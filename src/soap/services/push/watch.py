"""Watching folders: which files are new or changed, and complete; by looking now and then, which works on any disk."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from soap.services.push.ledger import Look

UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".lock", "~")
"""Endings under which programs write files that they rename when these are complete."""

MOST = 200_000
"""Files that are looked at; a folder with more is said to be too full."""


class Watch:
    """Folders that are watched. A file is complete when it has not changed for `quiet_s`, or was renamed into place.

    Hidden files and those with the ending of an unfinished one are left alone; linked folders are not entered.
    """

    def __init__(self, folders: Iterable[Path], quiet_s: float):
        self.folders, self.quiet_s = tuple(folders), quiet_s
        self._first: dict[Path, tuple[Look, float]] = {}
        self._unfinished: set[int] = set()
        self.notes: tuple[str, ...] = ()
        """What could not be looked at, the last time."""
        self.there: set[bytes] = set()
        """Paths of all files, the last time."""

    @property
    def growing(self) -> int:
        """How many files were not complete yet, the last time."""
        return len(self._first)

    def complete(self, looked: Callable[[Path], Look | None]) -> Iterator[tuple[Path, Look]]:
        """Files that are complete and do not look as when they were last `looked` at, in order of their change."""
        found, unfinished, notes = self._look()
        self.there = {os.fsencode(path) for path, _, _ in found}
        first, wall, ready = {}, time.time(), []
        for path, look, renamed in found:
            if looked(path) == look:
                continue
            since = self._first.get(path, (None, 0.0))
            began = since[1] if since[0] == look else time.monotonic()
            quiet = 0 <= look[1] / 1e9 <= wall - self.quiet_s or time.monotonic() - began >= self.quiet_s
            if quiet or renamed:
                ready.append((look[1], path, look))
            else:
                first[path] = (look, began)
        self._first, self._unfinished, self.notes = first, unfinished, tuple(notes)
        for _, path, look in sorted(ready):
            yield path, look

    def _look(self) -> tuple[list[tuple[Path, Look, bool]], set[int], list[str]]:
        found: list[tuple[Path, Look, bool]] = []
        unfinished: set[int] = set()
        notes: list[str] = []
        folders = list(self.folders)
        while folders:
            folder = folders.pop()
            try:
                with os.scandir(folder) as inside:
                    for entry in inside:
                        self._sort_in(entry, folders, found, unfinished)
            except OSError as error:
                notes.append(f"{folder} cannot be looked at ({error.strerror}).")
            if len(found) > MOST:
                notes.append(f"More than {MOST:,} files; the others are left. Move old ones out of the folder.")
                break
        return found, unfinished, notes

    def _sort_in(
        self, entry: os.DirEntry, folders: list[Path], found: list[tuple[Path, Look, bool]], unfinished: set[int]
    ) -> None:
        if entry.name.startswith("."):
            return
        try:
            if entry.is_dir(follow_symlinks=False):
                folders.append(Path(entry.path))
                return
            status = entry.stat()
        except OSError:  # removed while it was looked at, or a link to nothing
            return
        if not stat.S_ISREG(status.st_mode):
            return
        if entry.name.lower().endswith(UNFINISHED):
            unfinished.add(status.st_ino)
            return
        look = (status.st_size, status.st_mtime_ns, status.st_ino)
        found.append((Path(entry.path), look, status.st_ino in self._unfinished))
