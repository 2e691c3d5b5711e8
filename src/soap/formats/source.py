"""Opening a file: its bytes, unpacked from gzip, Unix compress or bzip2, bounded in size."""

from __future__ import annotations

import bz2
import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

import ncompress

from soap.core.errors import BadFile

LIMIT_BYTES = 2 << 30
"""Largest content that is unpacked: a day of CSES VLF waveforms is under 1 GB."""

HEAD_BYTES = 16384
"""How much of the content `sniff` is shown."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some editors put before UTF-8 text; it is no part of any format read here."""

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Source:
    """A file's name and its unpacked content. Readers see nothing else of the outside world."""

    name: str
    data: bytes

    @property
    def head(self) -> bytes:
        """The first `HEAD_BYTES` of the content, for detection; without a byte order mark."""
        return self.data[:HEAD_BYTES].removeprefix(BYTE_ORDER_MARK)

    @classmethod
    def from_bytes(cls, name: str, packed: bytes, limit_bytes: int = LIMIT_BYTES) -> Source:
        """A source from bytes as they lie on disk; unpacks `.gz`, `.Z`, `.bz2` by content, whatever the name says.

        Raises `BadFile` when the packing is damaged or cut short, or the content is larger than `limit_bytes`.
        """
        return cls(name, unpack(packed, name, limit_bytes))

    @classmethod
    def from_path(cls, path: str | Path, limit_bytes: int = LIMIT_BYTES) -> Source:
        """A source from a file on disk; `BadFile` when it cannot be opened or unpacked."""
        packed = packed_bytes(path, str(path), limit_bytes)
        return cls.from_bytes(Path(path).name, packed, limit_bytes)


def packed_bytes(path: str | Path, name: str, limit_bytes: int = LIMIT_BYTES) -> bytes:
    """The bytes of a file as they lie on disk; `name` is what messages call it.

    Raises `BadFile` when it cannot be opened or is larger than `limit_bytes`, before any of it is read.
    """
    path = Path(path)
    try:
        if path.stat().st_size > limit_bytes:
            raise BadFile(
                f"The file is {path.stat().st_size:,} bytes, more than the {limit_bytes:,} that are accepted",
                file=name,
                next_step="Split it, one day or half-orbit a file.",
            )
        return path.read_bytes()
    except OSError as error:
        raise BadFile(
            f"The file cannot be opened ({error.strerror})",
            file=name,
            next_step="Check that it exists and that you may read it.",
        ) from error


def unpack(packed: bytes, name: str, limit_bytes: int = LIMIT_BYTES) -> bytes:
    """Content of gzip, compress (LZW) or bzip2 bytes; other bytes as they are. See `Source.from_bytes`."""
    try:
        if packed.startswith(b"\x1f\x8b"):
            return _bounded(gzip.GzipFile(fileobj=io.BytesIO(packed)), name, limit_bytes)
        if packed.startswith(b"BZh"):
            return _bounded(bz2.BZ2File(io.BytesIO(packed)), name, limit_bytes)
        if packed.startswith(b"\x1f\x9d"):
            sink = _BoundedSink(name, limit_bytes)
            ncompress.decompress(io.BytesIO(packed), sink)
            return sink.getvalue()
    except (OSError, EOFError, ValueError, zlib.error) as error:
        if isinstance(error, BadFile):
            raise
        raise BadFile(
            f"The compression is damaged or cut short ({error})", file=name, next_step="Fetch the file again."
        ) from error
    return packed


def _bounded(stream, name: str, limit_bytes: int) -> bytes:
    sink = _BoundedSink(name, limit_bytes)
    while chunk := stream.read(_CHUNK):
        sink.write(chunk)
    return sink.getvalue()


class _BoundedSink(io.BytesIO):
    """A buffer that refuses to grow past a limit, so that a decompression bomb costs no more than that."""

    def __init__(self, name: str, limit_bytes: int):
        super().__init__()
        self._name, self._limit = name, limit_bytes

    def write(self, chunk) -> int:
        if self.tell() + len(chunk) > self._limit:
            raise BadFile(
                f"The content unpacks to more than the {self._limit:,} bytes that are accepted",
                file=self._name,
                next_step="Split the file, one day or half-orbit a file.",
            )
        return super().write(chunk)
