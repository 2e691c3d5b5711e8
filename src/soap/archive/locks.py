"""The lock that keeps repair and publication apart: it is where the catalogue is.

Many may publish at once, none while somebody is alone. A killed process holds no lock.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from soap.core.errors import ArchiveError


@contextmanager
def folder_lock(folder: Path, *, shared: bool, wait: bool = True) -> Iterator[bool]:
    """Hold the lock of the catalogue in a folder; without `wait`, False when others hold it."""
    with _open(folder / "lock") as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def _open(path: Path) -> IO[str]:
    try:
        return path.open("a")
    except OSError as error:
        raise ArchiveError(
            f"The archive's lock {path} cannot be taken ({error.strerror}). Check that you may write there."
        ) from error
