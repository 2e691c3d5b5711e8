"""The spool: bytes of files that are being sent, durable before they count, until the files are published.

One file an upload, named by its number alone. Whoever writes to one holds its lock, in whatever process; a killed
process holds none. How many of the bytes count is in the catalogue: what lies beyond is written over.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from soap.archive.archive import Archive
from soap.core.errors import ArchiveError, Conflict, NotFound


class Busy(Conflict):
    """Another request holds what is asked for."""


_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Spool:
    """A folder of files that are being sent; every process that serves the archive uses the same."""

    folder: Path

    @classmethod
    def of(cls, archive: Archive) -> Spool:
        """The spool of an archive: where its settings say, else `uploads` in the archive's folder."""
        return cls(archive.settings.uploads or archive.folder / "uploads")

    def make(self, upload_id: str) -> None:
        """An empty file for an upload, durable when this returns."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path(upload_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise self._failing(error) from error

    @contextmanager
    def writing(self, upload_id: str) -> Iterator[Writing]:
        """The file of an upload, for one writer at a time.

        `Busy` while another request writes to it, `NotFound` when it is gone.
        """
        try:
            handle = os.open(self._path(upload_id), os.O_RDWR)
        except FileNotFoundError as error:
            raise NotFound("What was sent of this upload is lost; begin another.") from error
        except OSError as error:
            raise self._failing(error) from error
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Busy("Another request writes to this upload; ask for its offset in a while.") from error
            yield Writing(self, handle)
        finally:
            os.close(handle)

    def remove(self, upload_id: str) -> None:
        """Remove the file of an upload, if it is there."""
        try:
            self._path(upload_id).unlink(missing_ok=True)
        except OSError as error:
            raise self._failing(error) from error

    def there(self) -> Iterator[tuple[str, float]]:
        """The uploads that have a file here, and when it was last written [s since 1970]."""
        for path in self.folder.glob("*"):
            if _ID.fullmatch(path.name):
                try:
                    yield path.name, path.stat().st_mtime
                except FileNotFoundError:  # removed meanwhile by another process
                    continue

    def _path(self, upload_id: str) -> Path:
        if not _ID.fullmatch(upload_id):
            raise ValueError(f"{upload_id!r} is no number of an upload.")
        return self.folder / upload_id

    def _failing(self, error: OSError) -> ArchiveError:
        return ArchiveError(
            f"The folder of uploads {self.folder} cannot be used ({error.strerror}). Make room, give write permission,"
            " or name another in SOAP_UPLOADS."
        )


@dataclass(frozen=True)
class Writing:
    """The file of an upload, held by one writer."""

    spool: Spool
    handle: int

    def write(self, at: int, content: bytes) -> None:
        """Put bytes at a place; they are not durable yet."""
        rest = memoryview(content)
        try:
            while rest:
                written = os.pwrite(self.handle, rest, at)
                at, rest = at + written, rest[written:]
        except OSError as error:
            raise self.spool._failing(error) from error

    def keep(self) -> None:
        """Make durable all that was written."""
        try:
            os.fdatasync(self.handle)
        except OSError as error:
            raise self.spool._failing(error) from error

    def read(self, size: int) -> bytes:
        """The first bytes; `ArchiveError` where there are fewer."""
        parts, at = [], 0
        try:
            while at < size:
                part = os.pread(self.handle, min(size - at, 8 << 20), at)
                if not part:
                    raise ArchiveError(f"The upload's file is {at:,} bytes long; {size:,} were written. Send it again.")
                parts.append(part)
                at += len(part)
        except OSError as error:
            raise self.spool._failing(error) from error
        return b"".join(parts)
