"""Named keys: all that the catalogue says lies in the store of objects, and what lies there."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, Select, func, literal, select

from soap.archive.objects import Objects
from soap.archive.publish import original_key, quarantine_key
from soap.archive.schema import original, product, quarantine, version

FOLDERS = ("objects", "originals", "quarantine", "products")
"""First part of every key."""

Progress = Callable[[int, int, str], None]
"""Called after each key with keys done, keys in all, and the key."""

_PAGE = 5000
_READERS = 4
_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")
_Connect = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A key that the catalogue names, the SHA-256 of its bytes, and the table that names it."""

    key: str
    sha256: str
    table: str


def count_named(connection: Connection) -> int:
    """How many rows name a key; a little more than keys where versions of equal content name the same one."""
    rows = sum(
        connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (version, original, product)
    )
    return rows + connection.execute(select(func.count()).where(quarantine.c.kept)).scalar_one()


def named_keys(connect: _Connect) -> Iterator[NamedKey]:
    """Every key that the catalogue names, read page by page, so that no transaction is held for long.

    What is recorded meanwhile may be among them. `connect` gives the connection for a page: `catalogue.reading`, or
    always the same one where all shall be of one moment.
    """
    earlier = version.alias()
    named_before = select(literal(1)).where(
        earlier.c.granule == version.c.granule,
        earlier.c.object_key == version.c.object_key,
        earlier.c.id < version.c.id,
    )
    versions = select(version.c.id, version.c.object_key, version.c.object_sha256).where(~named_before.exists())
    for row in _paged(connect, versions, version.c.id):
        yield NamedKey(row.object_key, row.object_sha256, "version")
    for row in _paged(connect, select(original.c.sha256), original.c.sha256):
        yield NamedKey(original_key(row.sha256), row.sha256, "original")
    for row in _paged(connect, select(quarantine.c.sha256).where(quarantine.c.kept), quarantine.c.sha256):
        yield NamedKey(quarantine_key(row.sha256), row.sha256, "quarantine")
    products = select(product.c.id, product.c.object_key, product.c.object_sha256)
    for row in _paged(connect, products, product.c.id):
        yield NamedKey(row.object_key, row.object_sha256, "product")


def _paged(connect: _Connect, statement: Select, column: ColumnElement[Any]) -> Iterator[Row]:
    """Rows in the order of a unique column, which is the statement's first."""
    statement = statement.order_by(column).limit(_PAGE)
    page = statement
    while True:
        with connect() as connection:
            rows = connection.execute(page).all()
        yield from rows
        if len(rows) < _PAGE:
            return
        page = statement.where(column > rows[-1][0])


class KeySet:
    """A set of keys that takes 16 bytes for each: a million are held in 16 MB."""

    def __init__(self, keys: Iterable[str]):
        self._sorted = np.sort(np.fromiter((_digest(key) for key in keys), dtype="S16"))

    def __contains__(self, key: str) -> bool:
        digest = np.bytes_(_digest(key))
        at = int(np.searchsorted(self._sorted, digest))
        return at < len(self._sorted) and bool(self._sorted[at] == digest)


def _digest(key: str) -> bytes:
    """15 bytes and a point, because numpy drops zero bytes from the end."""
    return hashlib.blake2b(key.encode(), digest_size=15).digest() + b"."


def keys_there(objects: Objects) -> Iterator[str]:
    """All keys that lie in a store, named or not."""
    for folder in FOLDERS:
        yield from objects.keys(folder)


def checksum_there(objects: Objects, key: str) -> str:
    """SHA-256 of the bytes that lie under a key, read in parts; `Lost` when there are none."""
    digest = hashlib.sha256()
    for part in objects.parts(key):
        digest.update(part)
    return digest.hexdigest()


def several_at_once(
    work: Callable[[_Item], _Answer], items: Iterable[_Item], workers: int = _READERS
) -> Iterator[tuple[_Item, _Answer]]:
    """Items and what `work` makes of them, in order, a few ahead in threads; the first failure ends it."""
    waiting: deque[tuple[_Item, Future[_Answer]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for item in items:
                waiting.append((item, pool.submit(work, item)))
                if len(waiting) > 4 * workers:
                    ready, job = waiting.popleft()
                    yield ready, job.result()
            while waiting:
                ready, job = waiting.popleft()
                yield ready, job.result()
        finally:
            for _, job in waiting:
                job.cancel()
