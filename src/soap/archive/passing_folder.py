"""A folder for as long as a block lasts; what killed processes have left of theirs is removed by the next."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from soap.archive.locks import folder_lock

_YOUNG_S = 60
"""A folder younger than this may be one that its process has not locked yet."""


@contextmanager
def passing_folder(prefix: str) -> Iterator[Path]:
    """A folder among the system's temporary ones, for its owner alone, which this process holds locked.

    First those of the same `prefix` and owner that nobody holds are removed.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        if _left_behind(left):
            with folder_lock(left, shared=False, wait=False) as nobody_holds_it:
                if nobody_holds_it:
                    shutil.rmtree(left, ignore_errors=True)  # another process may be removing it too
    with TemporaryDirectory(prefix=prefix) as place, folder_lock(Path(place), shared=True):
        yield Path(place)


def _left_behind(folder: Path) -> bool:
    """True for a folder of ours, no link, that is not young."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    ours = not folder.is_symlink() and folder.is_dir() and found.st_uid == os.geteuid()
    return ours and time.time() - found.st_mtime > _YOUNG_S
