"""What a server tells of what it holds; times of observations are UTC `datetime64[ns]`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from soap.core.time import utc
from soap.observations import Contact, Earthquake, Station

if TYPE_CHECKING:
    import xarray as xr
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")


@dataclass(frozen=True)
class Collection:
    """A collection as far as the asker sees it; `version` is what to cite, and to ask for again."""

    collection_id: str
    shape: str
    domain: str
    platform: str
    cadence: str
    level: str
    variables: tuple[str, ...]
    start: np.datetime64
    last: np.datetime64
    granules: int
    count: int
    simulated: bool
    providers: tuple[str, ...]
    owner: str
    access: str
    licence: str
    citation: str
    version: str


@dataclass(frozen=True)
class Granule:
    """A granule without its values."""

    granule_id: str
    version: int
    collection_id: str
    shape: str
    platform: str
    period: str
    start: np.datetime64
    last: np.datetime64
    variables: tuple[str, ...]
    count: int
    simulated: bool
    provider: str
    licence: str
    citation: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Count:
    """How much of a collection lies around: that many times, samples or earthquakes where `exact`, else at most."""

    collection_id: str
    shape: str
    granules: int
    count: int
    exact: bool
    bytes: int
    simulated: bool
    context: bool
    licence: str
    citation: str
    version: str


@dataclass(frozen=True)
class Around:
    """What is around an earthquake: how much of each collection, the observations, and the earthquakes.

    `datasets` are keyed by collection; made-up ones beside observed ones of the same collection by
    `COLLECTION.simulated`.
    """

    event: Earthquake
    radius_km: float
    start: np.datetime64
    stop: np.datetime64
    counts: tuple[Count, ...]
    earthquakes: tuple[Earthquake, ...]
    datasets: Mapping[str, xr.Dataset]


@dataclass(frozen=True)
class Job:
    """Long work as its maker sees it: `state` is waiting, running, done, failed or cancelled; `done` from 0 to 1."""

    job_id: str
    kind: str
    title: str
    state: str
    done: float
    message: str

    @property
    def active(self) -> bool:
        """True while it waits or runs."""
        return self.state in ("waiting", "running")


def record(kind: type[Record], told: Mapping[str, Any]) -> Record:
    """A record of what the server told in JSON; what this client does not know of is left out."""
    values = {one.name: _value(one.name, told[one.name]) for one in fields(kind)}
    return kind(**values)


def _value(name: str, told: Any) -> Any:
    if name in ("start", "last"):
        return utc(told)
    return tuple(told) if isinstance(told, list) else told


def earthquake(told: Mapping[str, Any]) -> Earthquake:
    """An earthquake of what the server told in JSON."""
    return Earthquake(
        event_id=told["event_id"],
        time=utc(told["time"]),
        latitude=told["latitude"],
        longitude=told["longitude"],
        depth_km=_number(told["depth_km"]),
        magnitude=_number(told["magnitude"]),
        magnitude_type=told["magnitude_type"],
        place=told["place"],
        status=told.get("status", ""),
    )


def station(told: Mapping[str, Any]) -> Station:
    """A station of what the server told in JSON."""
    return Station(
        code=told["code"],
        latitude=told["latitude"],
        longitude=told["longitude"],
        height_m=_number(told["height_m"]),
        name=told["name"],
        region=told["region"],
        code_scheme=told["code_scheme"],
        place_grade=told["place_grade"],
    )


def contact(told: Mapping[str, Any]) -> Contact:
    """A contact of what the server told in JSON."""
    return Contact(**{one.name: told[one.name] for one in fields(Contact)})


def _number(told: float | None) -> float:
    return float("nan") if told is None else float(told)
