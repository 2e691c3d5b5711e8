"""Which row of which station list placed the series of some granules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select

from soap.archive.archive import Archive
from soap.archive.draft import CHUNK
from soap.archive.policy import visible
from soap.archive.records import GranuleRecord
from soap.archive.schema import collection, granule, version
from soap.archive.station_places import station_places
from soap.core.time import NS
from soap.core.who import Viewer


@dataclass(frozen=True)
class StationSource:
    """A station's place [degree, m], whose list says so (a member's code; empty: the archive's own), its SHA-256."""

    code_scheme: str
    code: str
    latitude: float
    longitude: float
    height_m: float | None
    original: str
    provider: str


def station_sources(
    archive: Archive, viewer: Viewer, records: Iterable[GranuleRecord], as_of: np.datetime64
) -> tuple[StationSource, ...]:
    """The stations that placed these granules at a time of recording, each once; none for those of known place.

    A station stands here more than once where series of several members are placed by different lists.
    """
    ids = [record.granule_id for record in records if record.place == "station"]
    instant = as_of.astype(NS).astype(np.int64).item() // 1000
    found: dict[tuple[str, str, str], StationSource] = {}
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        rows: set[tuple[str, str, str]] = set()
        for start in range(0, len(ids), CHUNK):
            some = (
                select(version.c.code_scheme, version.c.code, collection.c.provider)
                .distinct()
                .join(granule, granule.c.id == version.c.granule)
                .join(collection, collection.c.id == granule.c.collection)
                .where(granule.c.granule_id.in_(ids[start : start + CHUNK]), version.c.code.is_not(None))
            )
            rows |= {tuple(row) for row in connection.execute(some)}
        places = station_places(connection, {code for _, code, _ in rows}, seen, instant)
    for scheme, code, provider in sorted(rows):
        row = places.of(scheme, code, provider)
        if row is not None:
            place = (row.latitude, row.longitude, row.height_m)
            found[scheme, code, row.provider] = StationSource(scheme, code, *place, row.original, row.provider)
    return tuple(found.values())
