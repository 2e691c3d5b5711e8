"""What stations observed: of each station the collections with their variables and spans, summed over granules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select

from soap.archive.archive import Archive
from soap.archive.periods import cadence_seconds
from soap.archive.policy import visible
from soap.archive.schema import FOREVER, collection, granule, terms, version
from soap.core.who import Viewer

_SHAPES = ("series", "rays", "profile")
_LIKE = (
    collection.c.collection_id, collection.c.provider, collection.c.cadence, collection.c.simulated,
    granule.c.platform, version.c.variables, version.c.latitude, version.c.longitude, version.c.code_scheme,
    version.c.code, terms.c.access, terms.c.owner,
)  # fmt: skip
_STATEMENT = (
    select(*_LIKE, func.min(version.c.first).label("first"), func.max(version.c.last).label("last"))
    .join_from(version, granule, granule.c.id == version.c.granule)
    .join(collection, collection.c.id == granule.c.collection)
    .join(terms, terms.c.id == granule.c.terms)
    .where(
        version.c.recorded_to == FOREVER,
        version.c.count > 0,
        version.c.place.in_(("point", "station")),
        collection.c.shape.in_(_SHAPES),
    )
    .group_by(*_LIKE)
    .order_by(collection.c.collection_id, collection.c.provider, granule.c.platform)
)


@dataclass(frozen=True)
class StationHolding:
    """Granules of one collection, member and station that are alike.

    One that states its own place has `latitude` and `longitude` [degree], another one the station's `code` in
    `code_scheme`; `cadence_s` [s] is None where none is told.
    """

    collection_id: str
    provider: str
    platform: str
    cadence_s: float | None
    variables: tuple[str, ...]
    latitude: float | None
    longitude: float | None
    code_scheme: str
    code: str
    access: str
    owner: str
    simulated: bool
    first: np.datetime64
    last: np.datetime64


def station_holdings(archive: Archive, viewer: Viewer) -> tuple[StationHolding, ...]:
    """What the viewer may see of stations' observations, by collection, provider and platform."""
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        query = _STATEMENT if seen is None else _STATEMENT.where(granule.c.terms.in_(seen))
        rows = connection.execute(query).all()
    return tuple(
        StationHolding(
            row.collection_id, row.provider, row.platform, cadence_seconds(row.cadence), tuple(row.variables.split()),
            row.latitude, row.longitude, row.code_scheme or "", row.code or "", row.access, row.owner,
            bool(row.simulated), np.datetime64(row.first, "ns"), np.datetime64(row.last, "ns"),
        )
        for row in rows
    )  # fmt: skip
