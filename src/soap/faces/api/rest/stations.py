"""Stations and their health: where they are, and how complete, late and noisy their series are."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from soap.core.errors import NotFound
from soap.core.time import iso, utc
from soap.faces.api.rules import Anybody
from soap.observations import Station as Listed
from soap.services import find, station_health

router = APIRouter(tags=["stations"])


class Station(BaseModel):
    """A ground station; its place is geodetic, WGS84."""

    code: str = Field(examples=["KAK"])
    code_scheme: str = Field(examples=["iaga_code"])
    latitude: float = Field(ge=-90, le=90, description="degree")
    longitude: float = Field(ge=-180, le=180, description="degree, east positive")
    height_m: float | None = Field(description="Above the ellipsoid, m.")
    name: str
    region: str
    place_grade: str = Field(description="How far the place can be trusted, in its source's words.")


class Health(BaseModel):
    """One series of one member over some days; shares are of the expected, and of the present values."""

    collection_id: str
    provider: str
    platform: str
    code_scheme: str
    code: str
    latitude: float | None
    longitude: float | None
    first_day: str
    days: int
    days_with_values: int
    last_seen: str
    completeness: float
    flagged: float
    latency_s: float | None = Field(description="Median time until a day's values came, s.")
    noise: dict[str, float] = Field(description="Median noise by variable, in its unit.")


@router.get("/stations")
def stations(asking: Anybody) -> list[Station]:
    """All stations of known place, by code scheme and code."""
    return [_station(one) for one in find.stations(asking.viewer, asking.archive)]


@router.get("/stations/{code_scheme}/{code}")
def station(
    asking: Anybody, code_scheme: Annotated[str, Path(max_length=40)], code: Annotated[str, Path(max_length=80)]
) -> Station:
    """One station."""
    for one in find.stations(asking.viewer, asking.archive):
        if (one.code_scheme, one.code) == (code_scheme, code.upper()):
            return _station(one)
    raise NotFound(f"There is no station {code!r} in {code_scheme!r} here. /api/v1/stations lists those there are.")


@router.get("/health")
def health(
    asking: Anybody,
    start: Annotated[str | None, Query(max_length=40, description="Days from this time on, UTC.")] = None,
    stop: Annotated[str | None, Query(max_length=40, description="Days before this time, UTC.")] = None,
    collection: Annotated[str | None, Query(max_length=200, description="Only this collection.")] = None,
) -> list[Health]:
    """Health of each series, those silent for longest first; without a window over its last 30 days of values."""
    found = station_health.station_health(
        asking.viewer,
        asking.archive,
        start=None if start is None else utc(start),
        stop=None if stop is None else utc(stop),
        collection_id=collection,
    )
    return [_health(one) for one in found]


def _station(one: Listed) -> Station:
    return Station(
        code=one.code,
        code_scheme=one.code_scheme,
        latitude=one.latitude,
        longitude=one.longitude,
        height_m=None if math.isnan(one.height_m) else one.height_m,
        name=one.name,
        region=one.region,
        place_grade=one.place_grade,
    )


def _health(one: station_health.StationHealth) -> Health:
    return Health(
        collection_id=one.collection_id,
        provider=one.provider,
        platform=one.platform,
        code_scheme=one.code_scheme,
        code=one.code,
        latitude=one.latitude,
        longitude=one.longitude,
        first_day=str(one.first_day),
        days=one.days,
        days_with_values=one.days_with_values,
        last_seen=iso(one.last_seen),
        completeness=one.completeness,
        flagged=one.flagged,
        latency_s=one.latency_s,
        noise=dict(one.noise),
    )
