"""Objects in a store on the network (`s3://BUCKET/PREFIX`), or in memory for tests (`memory:///`).

Keys and the server's address come from the usual variables (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION,
AWS_ENDPOINT_URL). What fails in passing is tried again for at most a minute; whatever happens, an answer or an
`ArchiveError` comes within 90 seconds of the server's last sign of life, and a transfer ends within ten minutes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import SEEK_CUR, SEEK_END, SEEK_SET, RawIOBase
from typing import Any
from urllib.parse import urlsplit

from soap.archive.objects import PART, missing
from soap.core.errors import ArchiveError

_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_RETRIES = 6
_SILENCE_S = 30.0
_TRANSFER_S = 600
_PIECE = 1 << 20
"""Bytes fetched at least at a time of an object that is read in parts: as many come while a request is answered."""

_KEYS = "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and what they may do in the bucket."
_SERVER = "Check that the server runs and that AWS_ENDPOINT_URL and AWS_REGION name it."
_LATER = "Try again later; what was not published is not there, and nothing is lost."
_NEXT_STEPS = (
    ("NoSuchBucket", "Make the bucket, or name another in SOAP_OBJECTS."),
    ("EntityTooLarge", "The store takes no object of this size."),
    ("403", _KEYS),
    ("401", _KEYS),
    ("credential", _KEYS),
    ("metadata", _KEYS),
    ("scheme is not allowed", "Write https:// or http:// in AWS_ENDPOINT_URL."),
    ("error sending request", _SERVER),
    ("builder error", _SERVER),
)


class StoreObjects:
    """Objects in a store that `obstore` knows by URL.

    `retries` and `silence_s` say how often a request that failed is made again, and how long the server may say
    nothing in the middle of one.
    """

    def __init__(self, url: str, *, retries: int = _RETRIES, silence_s: float = _SILENCE_S):
        from obstore.exceptions import BaseError
        from obstore.store import from_url

        parts = urlsplit(url)
        if parts.username or parts.password or parts.query:
            raise ArchiveError(
                f"The store's URL {parts.scheme}://… holds more than a bucket and a prefix. Write s3://BUCKET/PREFIX;"
                " keys are given in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            )
        self.url = url.rstrip("/")
        remote = parts.scheme not in ("memory", "file")
        try:
            self.store: Any = from_url(url, **_patience(retries, silence_s)) if remote else from_url(url)
        except (BaseError, ValueError) as error:
            raise ArchiveError(
                f"{url!r} names no store of objects ({_fact(error)}). Write s3://BUCKET/PREFIX in SOAP_OBJECTS,"
                " or leave it empty for a folder."
            ) from error

    def put(self, key: str, content: bytes) -> bool:
        import obstore
        from obstore.exceptions import AlreadyExistsError

        with self._failing_clearly(key, "written"):
            if self._holds(key, content):
                return False
            try:  # not in several parts: those of a killed writer would stay, unseen and paid for
                obstore.put(self.store, key, content, mode="create", use_multipart=False)
            except AlreadyExistsError:  # damaged, or another writer was faster
                if self._holds(key, content):
                    return False
                obstore.put(self.store, key, content, use_multipart=False)
        return True

    def get(self, key: str) -> bytes:
        import obstore

        with self._reading(key):
            return obstore.get(self.store, key).bytes().to_bytes()

    @contextmanager
    def opened(self, key: str) -> Iterator[Any]:
        import obstore
        import pyarrow as pa

        with self._reading(key):
            answer = obstore.get(self.store, key, options={"range": {"suffix": _PIECE}})
            first, end = answer.range
            tail = answer.bytes().to_bytes()
        yield pa.BufferReader(tail) if first == 0 else _Far(self, key, end, tail)

    def piece(self, key: str, first: int, end: int) -> bytes:
        """The bytes from `first` to before `end` of what is under `key`; `Lost` as `get`."""
        import obstore

        with self._reading(key):
            return obstore.get_range(self.store, key, start=first, end=end).to_bytes()

    def parts(self, key: str) -> Iterator[bytes]:
        import obstore

        with self._reading(key):
            for part in obstore.get(self.store, key).stream(min_chunk_size=PART):
                yield bytes(part)

    def delete(self, key: str) -> None:
        import obstore

        with self._failing_clearly(key, "removed"):
            try:
                obstore.delete(self.store, key)
            except FileNotFoundError as error:
                if _bucket_missing(error):
                    raise

    def keys(self, prefix: str) -> Iterator[str]:
        import obstore

        with self._failing_clearly(prefix, "listed"):
            for chunk in obstore.list(self.store, prefix=prefix):
                for entry in chunk:
                    yield entry["path"]

    def sweep(self) -> int:
        return 0

    def _holds(self, key: str, content: bytes) -> bool:
        """True when these bytes are under the key. Of what is there, a few MiB at a time are in memory."""
        import obstore

        whole, at = memoryview(content), 0
        try:
            if obstore.head(self.store, key)["size"] != len(content):
                return False
            for part in obstore.get(self.store, key).stream(min_chunk_size=PART):
                if bytes(part) != whole[at : at + len(part)]:
                    return False
                at += len(part)
        except FileNotFoundError:
            return False
        return at == len(content)

    @contextmanager
    def _reading(self, key: str) -> Iterator[None]:
        with self._failing_clearly(key, "read"):
            try:
                yield
            except FileNotFoundError as error:
                if _bucket_missing(error):
                    raise
                raise missing(f"{self.url}/{key}") from error

    @contextmanager
    def _failing_clearly(self, key: str, done: str) -> Iterator[None]:
        """Turns what the store says into the archive's own words."""
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, OSError) as error:
            fact = _fact(error)
            raise ArchiveError(f"{self.url}/{key} cannot be {done} ({fact}). {_next_step(fact)}") from error


class _Far(RawIOBase):
    """An object of which pieces are fetched as they are read; its end is there from the beginning."""

    def __init__(self, objects: StoreObjects, key: str, size: int, tail: bytes):
        self._objects, self._key, self._size = objects, key, size
        self._tail = self._latest = (size - len(tail), tail)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        self._at = offset + {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self._size}[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        begin = min(self._at, self._size)
        self._at = end = self._size if size < 0 else min(begin + size, self._size)
        for first, content in (self._tail, self._latest):
            if first <= begin and end <= first + len(content):
                return content[begin - first : end - first]
        content = self._objects.piece(self._key, begin, min(max(end, begin + _PIECE), self._size))
        self._latest = begin, content
        return content[: end - begin]


def _patience(retries: int, silence_s: float) -> dict[str, Any]:
    endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")
    wait = {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=5), "base": 2}
    return {
        "client_options": {
            "connect_timeout": timedelta(seconds=5),
            "read_timeout": timedelta(seconds=silence_s),
            "timeout": timedelta(seconds=_TRANSFER_S),
            "allow_http": endpoint.startswith("http://"),
        },
        "retry_config": {"max_retries": retries, "backoff": wait, "retry_timeout": timedelta(seconds=60)},
    }


def _bucket_missing(error: BaseException) -> bool:
    return "NoSuchBucket" in str(error)


def _fact(error: BaseException) -> str:
    """What went wrong, in one line: the server's own code and the status, nothing it echoes of a request."""
    said = str(error).split("Debug source")[0]
    code = re.search(r"<Code>(\w+)</Code>", said)
    line = " ".join(said.split("<?xml")[0].split("<Error")[0].split()).rstrip(" :.")
    line = re.sub(r" in [\d.]+\S*s(, after .*?)? - ", " - ", re.sub(r"//[^/@\s]+@", "//***@", line))
    return f"{line}: {code[1]}" if code else line


def _next_step(fact: str) -> str:
    without_address = re.sub(r"\w+://\S+", "", fact)  # a port or a bucket may have the digits of a status
    for words, step in _NEXT_STEPS:
        if words in without_address:
            return step
    return _LATER
