"""Inventory: stations of known place, and what each observed: variable by variable, from when to when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from soap.archive import Archive, query
from soap.archive.station_holdings import StationHolding, station_holdings
from soap.core.place import distance_km
from soap.core.who import Viewer
from soap.observations import Station

PLATFORM = "platform"
"""Code scheme of a station that no list names: the file with its observations said where it stands."""

__all__ = ["PLATFORM", "Observing", "Site", "by_code", "inventory", "station_of"]


@dataclass(frozen=True)
class Observing:
    """One variable of one collection at a station, as far as the viewer sees it.

    `cadence_s` [s] is None where none is told; `first` and `last` are its first and last time.
    """

    collection_id: str
    provider: str
    owner: str
    variable: str
    cadence_s: float | None
    open: bool
    simulated: bool
    first: np.datetime64
    last: np.datetime64


@dataclass(frozen=True)
class Site:
    """A station and what it observes, by variable and collection."""

    station: Station
    observing: tuple[Observing, ...]


def inventory(viewer: Viewer, archive: Archive) -> tuple[Site, ...]:
    """All stations of known place, by code scheme and code; what stands nowhere that the viewer knows is left out."""
    sites = {(one.code_scheme, one.code): Site(one, ()) for one in query.stations(archive, viewer)}
    listed = by_code(site.station for site in sites.values())
    for holding in station_holdings(archive, viewer):
        key = station_of(holding, listed)
        if key not in sites:
            if holding.latitude is None or holding.longitude is None:
                continue
            sites[key] = Site(Station(key[1], holding.latitude, holding.longitude, code_scheme=PLATFORM), ())
        sites[key] = replace(sites[key], observing=(*sites[key].observing, *_each(holding)))
    return tuple(replace(sites[key], observing=_together(sites[key].observing)) for key in sorted(sites))


def by_code(stations: Iterable[Station]) -> dict[str, list[Station]]:
    """Stations by code; several lists may use one."""
    found: dict[str, list[Station]] = {}
    for one in stations:
        found.setdefault(one.code, []).append(one)
    return found


class Placed(Protocol):
    """What stands somewhere: at a place of its own [degree], or at a station that it names."""

    @property
    def platform(self) -> str: ...
    @property
    def code_scheme(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def latitude(self) -> float | None: ...
    @property
    def longitude(self) -> float | None: ...


def station_of(one: Placed, listed: dict[str, list[Station]]) -> tuple[str, str]:
    """Scheme and code of where it stands: by its code, or, where it states a place, the listed one nearest to it."""
    if one.latitude is None:
        return one.code_scheme, one.code
    code = one.platform.upper()
    place = (one.latitude, one.longitude)
    found = listed.get(code, [])
    nearest = min(found, key=lambda other: float(distance_km(*place, other.latitude, other.longitude)), default=None)
    return (PLATFORM if nearest is None else nearest.code_scheme), code


def _each(holding: StationHolding) -> Iterable[Observing]:
    is_open = holding.access == "open"
    for variable in holding.variables:
        yield Observing(holding.collection_id, holding.provider, holding.owner, variable, holding.cadence_s, is_open,
                        holding.simulated, holding.first, holding.last)  # fmt: skip


def _together(parts: Iterable[Observing]) -> tuple[Observing, ...]:
    """One a variable and collection, over granules of several kinds and under several terms."""
    held: dict[tuple[str, str, str], Observing] = {}
    for one in parts:
        key = (one.variable, one.collection_id, one.provider)
        known = held.get(key, one)
        held[key] = replace(known, first=min(known.first, one.first), last=max(known.last, one.last),
                            open=known.open and one.open)  # fmt: skip
    return tuple(held[key] for key in sorted(held))
