"""Lineage: which originals went into some objects, in the order in which they were published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select

from soap.archive.archive import Archive
from soap.archive.draft import CHUNK
from soap.archive.publish import original_key
from soap.archive.schema import contribution, original, version


@dataclass(frozen=True)
class Filed:
    """An original as the catalogue knows it."""

    sha256: str
    name: str

    @property
    def key(self) -> str:
        """Where its bytes lie."""
        return original_key(self.sha256)


def lineage(archive: Archive, object_keys: Iterable[str]) -> tuple[tuple[Filed, ...], ...]:
    """All originals of the granules to which the objects belong, those published together in one tuple, by name.

    Also those that came after an object was made: they may have taken an earthquake out of it.
    """
    keys = list(object_keys)
    rows: set[tuple[int, str, str]] = set()
    with archive.catalogue.reading() as connection:
        for start in range(0, len(keys), CHUNK):
            some = (
                select(original.c.recorded_from, original.c.name, original.c.sha256)
                .join(contribution, contribution.c.original == original.c.sha256)
                .join(version, version.c.granule == contribution.c.granule)
                .where(version.c.object_key.in_(keys[start : start + CHUNK]))
            )
            rows |= {(row.recorded_from, row.name, row.sha256) for row in connection.execute(some)}
    batches = groupby(sorted(rows), key=lambda row: row[0])
    return tuple(tuple(Filed(checksum, name) for _, name, checksum in batch) for _, batch in batches)
