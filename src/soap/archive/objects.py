"""Where bytes lie: immutable objects under keys, in a folder, or (`store_objects`) in a store on the network.

What is put is durable when `put` returns: in a folder it is written aside, fsynced and renamed. A key is made from
the checksum of its bytes, so that other bytes under it are damage, which `put` mends.
"""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from soap.core.errors import ArchiveError, Lost

_ASIDE = "aside"
PART = 4 << 20
"""Bytes read at a time of what may be larger than memory."""

_serial = itertools.count()


def sha256(content: bytes) -> str:
    """SHA-256 of the content, hexadecimal, lower case."""
    return hashlib.sha256(content).hexdigest()


def missing(where: object) -> Lost:
    """The error for an object that is not there."""
    return Lost(
        f"The archive's object {where} is missing. Tell who runs the archive.",
        command="`soap verify` lists all losses.",
    )


def damaged(what: str, why: object = "its bytes are not those that were written") -> ArchiveError:
    """The error for an object whose bytes are no longer what they were."""
    return ArchiveError(
        f"The archive's {what} is damaged ({why}). Tell who runs the archive.",
        command="`soap verify` lists all losses.",
    )


class Objects(Protocol):
    """What the archive asks of a store of bytes; keys are relative paths with `/`."""

    def put(self, key: str, content: bytes) -> bool:
        """Keep `content` under `key`, durably; False, and nothing happens, when the same bytes are there already."""

    def get(self, key: str) -> bytes:
        """The bytes under `key`; `Lost` when there are none."""

    def opened(self, key: str) -> AbstractContextManager[Any]:
        """What is under `key`, as a file that pyarrow reads parts of; `Lost` as `get`."""

    def parts(self, key: str) -> Iterator[bytes]:
        """The bytes under `key` in parts of a few MiB, for what may be larger than memory; `Lost` as `get`."""

    def delete(self, key: str) -> None:
        """Remove `key`; nothing happens when it is not there."""

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys below the folder `prefix`, in no order."""

    def sweep(self) -> int:
        """Remove what an interrupted `put` left behind; number of leavings. Only while nobody puts."""


def is_loss(error: ArchiveError) -> bool:
    """True when bytes could not be read because they are gone or their disk is damaged, not because nobody answered."""
    cause = error.__cause__
    return isinstance(error, Lost) or (isinstance(cause, OSError) and not isinstance(cause, FileNotFoundError))


class FolderObjects:
    """Objects as files below a folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._aside = folder / _ASIDE

    def put(self, key: str, content: bytes) -> bool:
        path = self.folder / key
        try:
            if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
                return False
            self._make_folder(path.parent)
            self._make_folder(self._aside)
            aside = self._aside / f"{os.getpid()}-{next(_serial)}"
            with aside.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            aside.replace(path)
            _fsync_folder(path.parent)
        except OSError as error:
            raise ArchiveError(
                f"{path} cannot be written ({error.strerror}). Nothing was published;"
                " make room or give write permission, and do it again."
            ) from error
        return True

    def get(self, key: str) -> bytes:
        with self._reading(key):
            return (self.folder / key).read_bytes()

    @contextmanager
    def opened(self, key: str) -> Iterator[Any]:
        import pyarrow as pa

        with self._reading(key):
            stream = pa.OSFile(str(self.folder / key))
        with stream:
            yield stream

    def parts(self, key: str) -> Iterator[bytes]:
        with self._reading(key), (self.folder / key).open("rb") as stream:
            while part := stream.read(PART):
                yield part

    @contextmanager
    def _reading(self, key: str) -> Iterator[None]:
        """Turns what the disk says into the archive's own words."""
        try:
            yield
        except FileNotFoundError as error:
            raise missing(self.folder / key) from error
        except OSError as error:
            raise ArchiveError(
                f"The archive's object {self.folder / key} cannot be read ({error.strerror})."
            ) from error

    def delete(self, key: str) -> None:
        try:
            (self.folder / key).unlink(missing_ok=True)
        except OSError as error:
            raise ArchiveError(f"{self.folder / key} cannot be removed ({error.strerror}).") from error

    def keys(self, prefix: str) -> Iterator[str]:
        for parent, _, names in os.walk(self.folder / prefix):
            for name in names:
                yield (Path(parent) / name).relative_to(self.folder).as_posix()

    def sweep(self) -> int:
        leavings = list(self._aside.glob("*"))
        for leaving in leavings:
            try:
                leaving.unlink(missing_ok=True)
            except OSError as error:
                raise ArchiveError(f"{leaving} cannot be removed ({error.strerror}).") from error
        return len(leavings)

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make_folder(folder.parent)
            folder.mkdir(exist_ok=True)
            _fsync_folder(folder.parent)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
