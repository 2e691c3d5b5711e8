"""What one request brings of an upload: bounded, checked, durable part by part."""

from __future__ import annotations

import base64
import hashlib
from contextlib import ExitStack
from dataclasses import replace

from soap.archive import Archive, uploads
from soap.archive.spool import Spool
from soap.archive.uploads import Upload
from soap.core.errors import BadFile, Conflict, TooLarge

KEPT_BYTES = 4 << 20
"""So many bytes are made durable, and count, at a time."""

ALGORITHMS = {"sha1": "sha1", "sha256": "sha256", "sha-256": "sha256"}
"""Names of checksums in the protocol, and what computes them."""


class Mismatch(BadFile):
    """What came is not what its sender's checksum says."""


class Checksum:
    """The checksum of a part, as its sender tells it."""

    def __init__(self, algorithm: str, expected: bytes):
        self.algorithm, self.expected = algorithm, expected
        self._digest = hashlib.new(ALGORITHMS[algorithm], usedforsecurity=False)

    def update(self, content: bytes) -> None:
        """Take in bytes."""
        self._digest.update(content)

    def check(self) -> None:
        """`Mismatch` unless all that was taken in has the checksum that was told."""
        found = self._digest.digest()
        if found != self.expected:
            raise Mismatch(
                f"The part's {self.algorithm} is {base64.b64encode(found).decode()}, not"
                f" {base64.b64encode(self.expected).decode()} as was told",
                next_step="Send the part again.",
            )


class Incoming:
    """A part of an upload as it comes, from its offset on; held by one request at a time.

    With a checksum the part counts when it is whole and right; without, every few MiB do, so that what came before a
    connection broke need not be sent again. The file's last bytes count once it is published.
    """

    def __init__(self, archive: Archive, upload: Upload, checksum: Checksum | None = None):
        self.archive, self.upload, self.checksum = archive, upload, checksum
        self.at = upload.offset
        self._stack = ExitStack()
        self._writing = self._stack.enter_context(Spool.of(archive).writing(upload.upload_id))

    def fresh(self, offset: int) -> None:
        """`Conflict` unless the upload, now that nobody else writes to it, stands where the sender thinks it does."""
        if self.upload.offset != offset or self.upload.state != uploads.OPEN:
            raise Conflict(f"The upload's offset is {self.upload.offset}, not {offset}; go on from there.")

    @property
    def left(self) -> int:
        """How many bytes are wanted still."""
        return self.upload.bytes - self.at

    @property
    def whole(self) -> bool:
        """True when nothing is wanted any more."""
        return self.left == 0

    def take(self, content: bytes) -> None:
        """Write bytes behind those before; `TooLarge` where they are more than were announced."""
        if len(content) > self.left:
            raise TooLarge(f"More than the {self.upload.bytes:,} bytes that were announced were sent.")
        if self.checksum is not None:
            self.checksum.update(content)
        self._writing.write(self.at, content)
        self.at += len(content)
        if self.checksum is None and self.at - self.upload.offset >= KEPT_BYTES and not self.whole:
            self._count()

    def keep(self) -> Upload:
        """Make what came durable, and count it, but for the end of a whole file; `Mismatch` by a wrong checksum."""
        if self.checksum is not None:
            self.checksum.check()
        if not self.whole and self.at > self.upload.offset:
            self._count()
        return self.upload

    def keep_what_came(self) -> None:
        """The connection broke: what came counts unless a checksum of more was told."""
        if self.checksum is None and not self.whole:
            self.keep()

    def content(self) -> bytes:
        """All bytes of a whole file."""
        return self._writing.read(self.upload.bytes)

    def close(self) -> None:
        """Let another request write."""
        self._stack.close()

    def _count(self) -> None:
        self._writing.keep()
        uploads.advance(self.archive, self.upload, self.at)
        self.upload = replace(self.upload, offset=self.at)
