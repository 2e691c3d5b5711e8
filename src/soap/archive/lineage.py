"""Lineage: which originals went into some objects, in the order in which each provider handed them in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import and_, select

from soap.archive.archive import Archive
from soap.archive.draft import CHUNK
from soap.archive.publish import original_key
from soap.archive.schema import collection, contribution, deposit, granule, version


@dataclass(frozen=True)
class Filed:
    """An original as one provider handed it in."""

    sha256: str
    name: str
    provider: str = ""

    @property
    def key(self) -> str:
        """Where its bytes lie."""
        return original_key(self.sha256)


def lineage(archive: Archive, object_keys: Iterable[str]) -> tuple[tuple[Filed, ...], ...]:
    """All originals of the granules to which the objects belong, by provider and time of recording.

    Those that one provider handed in together are one tuple, by name. Also those that came after an object was made:
    they may have taken an earthquake out of it.
    """
    keys = list(object_keys)
    rows: set[tuple[str, int, str, str]] = set()
    with archive.catalogue.reading() as connection:
        for start in range(0, len(keys), CHUNK):
            some = (
                select(collection.c.provider, contribution.c.recorded_from, deposit.c.name, deposit.c.original)
                .join_from(version, contribution, contribution.c.granule == version.c.granule)
                .join(granule, granule.c.id == version.c.granule)
                .join(collection, collection.c.id == granule.c.collection)
                .join(
                    deposit,
                    and_(deposit.c.original == contribution.c.original, deposit.c.provider == collection.c.provider),
                )
                .where(version.c.object_key.in_(keys[start : start + CHUNK]))
            )
            rows |= {tuple(row) for row in connection.execute(some)}
    batches = groupby(sorted(rows), key=lambda row: row[:2])
    return tuple(
        tuple(Filed(checksum, name, provider) for provider, _, name, checksum in batch) for _, batch in batches
    )
