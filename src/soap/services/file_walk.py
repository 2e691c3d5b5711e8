"""Which files some paths mean: folders are gone through, everything else is told why it was left out."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(frozen=True)
class Found:
    """A path met on the way; `refusal` says why it is no file to be read, "" when it is one."""

    path: Path
    size: int = 0
    refusal: str = ""


def walk(paths: Iterable[str | Path], leave_out: Path | None = None) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """Files that the paths mean, and notes about what was left out.

    Folders are entered, linked ones too, each once (so that a loop of links ends); files come in order of their
    names. Hidden files and folders (`.name`) below a folder are left out with a note, as is the folder `leave_out`.
    A missing path, a broken link or a special file is found with its refusal.
    """
    journey = _Journey(leave_out)
    found = [one for path in paths for one in journey.of(Path(path))]
    notes = []
    if journey.hidden:
        notes.append(f"{journey.hidden} hidden files or folders were left out; name them to ingest them.")
    if journey.own:
        notes.append(f"The archive's own folder {leave_out} was left out.")
    return tuple(found), tuple(notes)


def shown(path: str | Path) -> str:
    """A path as text that any file or terminal takes: bytes that are no UTF-8 are written as `\\xff`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


class _Journey:
    def __init__(self, leave_out: Path | None):
        self.leave_out = leave_out.resolve() if leave_out is not None else None
        self.entered: set[tuple[int, int]] = set()
        self.hidden, self.own = 0, False

    def of(self, path: Path) -> Iterator[Found]:
        try:
            status = path.stat()
        except FileNotFoundError:
            what = "The link points to nothing" if path.is_symlink() else "There is no such file or folder"
            yield Found(path, refusal=f"{what}. Check the path.")
            return
        except OSError as error:
            yield Found(path, refusal=f"It cannot be looked at ({error.strerror}). Check its permissions.")
            return
        if stat.S_ISDIR(status.st_mode):
            yield from self._folder(path, (status.st_dev, status.st_ino))
        elif stat.S_ISREG(status.st_mode):
            yield Found(path, status.st_size)
        else:
            kind = next((word for test, word in _KINDS if test(status.st_mode)), "no ordinary file")
            yield Found(path, refusal=f"It is {kind}, not a file. Leave it out.")

    def _folder(self, folder: Path, identity: tuple[int, int]) -> Iterator[Found]:
        if identity in self.entered:
            return
        self.entered.add(identity)
        if self.leave_out is not None and folder.resolve() == self.leave_out:
            self.own = True
            return
        try:
            inside = sorted(folder.iterdir())
        except OSError as error:
            yield Found(folder, refusal=f"The folder cannot be opened ({error.strerror}). Check its permissions.")
            return
        for path in inside:
            if path.name.startswith("."):
                self.hidden += 1
            else:
                yield from self.of(path)
