"""A station's series: what it observes, by which instruments as its files tell, and under which terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from soap.archive import Archive, CollectionRecord, query
from soap.archive.described import described
from soap.core.errors import NotFound
from soap.core.who import Viewer
from soap.services.station_inventory import Site, inventory

_SHAPES = ("series", "rays", "profile")
_ELSEWHERE = frozenset(
    {"collection_id", "platform", "shape", "simulated", "cadence", "level", "latitude", "longitude", "height_m",
     "licence", "citation"}
)  # fmt: skip
"""What files tell that is told in a place of its own."""

_LONGEST = 2000
"""Characters of one thing that files tell."""


@dataclass(frozen=True)
class StationSeries:
    """A collection's part that a station observed; `told` is what its latest file says of instrument and making."""

    held: CollectionRecord
    told: Mapping[str, str]


def site(viewer: Viewer, archive: Archive, code_scheme: str, code: str) -> Site:
    """The station, listed or placed by its own files; `NotFound` when the viewer knows none."""
    for one in inventory(viewer, archive):
        if (one.station.code_scheme, one.station.code) == (code_scheme, code.upper()):
            return one
    raise NotFound(f"There is no station {code!r} in {code_scheme!r} here. /api/v1/stations lists those there are.")


def station_series(viewer: Viewer, archive: Archive, code_scheme: str, code: str) -> tuple[StationSeries, ...]:
    """What the viewer may see of a station's series, by collection; `NotFound` as `site`."""
    found = site(viewer, archive, code_scheme, code)
    names = dict.fromkeys(one.collection_id for one in found.observing)
    return tuple(
        StationSeries(held, _told(viewer, archive, held))
        for name in names
        for held in query.collections(archive, viewer, collection_id=name, by_platform=True)
        if held.platform.upper() == found.station.code and held.shape in _SHAPES
    )


def _told(viewer: Viewer, archive: Archive, held: CollectionRecord) -> dict[str, str]:
    provider = held.providers[0] if len(held.providers) == 1 else None
    attrs = described(archive, viewer, held, provider=provider).attrs
    return {name: text for name, value in sorted(attrs.items()) if name not in _ELSEWHERE for text in _plain(value)}


def _plain(value: object) -> Iterable[str]:
    """A text or number as people read it; nothing else, and nothing where it is empty."""
    if isinstance(value, str | int | float | np.integer | np.floating) and str(value).strip():
        yield str(value).strip()[:_LONGEST]
