"""Satellites: where their half-orbits went, and where they will be, with how uncertain that is."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from soap.core.time import Window, iso, utc
from soap.faces.api.json_answer import Json
from soap.faces.api.rest.places import BoxSides, Circle, Radius, box, circle
from soap.faces.api.rules import Anybody
from soap.services import satellites as service
from soap.services.search import Near

router = APIRouter(tags=["satellites"])

Platform = Annotated[str, Path(max_length=80, description="As in /api/v1/satellites.", examples=["cses_01"])]
Edge = Annotated[str, Query(max_length=40, description="Instant, ISO 8601, UTC.", examples=["2016-04-13"])]
Step = Annotated[int, Query(ge=1, le=3600, description="From one place to the next, s.")]


class Satellite(BaseModel):
    """A platform of tracks."""

    platform: str
    collections: list[str]
    first: str
    last: str
    granules: int
    simulated: bool


class Held(BaseModel):
    """A granule of a half-orbit."""

    granule_id: str
    collection_id: str
    provider: str
    variables: list[str]
    count: int
    simulated: bool


class HalfOrbit(BaseModel):
    """A half-orbit, or a day of a track that is not cut: what is held of it, and where it went."""

    half_orbit_id: str = Field(description="Revolution and, last digit, 1 rising or 0 falling; else a day.")
    rising: bool | None = Field(description="True where it goes north; null where it turns within.")
    start: str
    last: str
    granules: list[Held]
    places: list[tuple[float, float, float]] = Field(description="Longitude, latitude [degree], s after `start`.")


class Orbit(BaseModel):
    """Mean elements of SGP4 that were fitted."""

    epoch: str
    inclination_deg: float
    eccentricity: float
    revolutions_per_day: float
    half_orbits: int = Field(description="How many were fitted.")
    residual_along_km: float = Field(description="How far their places lie from it along the track, r.m.s.")
    residual_across_km: float


class Place(BaseModel):
    """A foretold place, right within `along_km` along the track and `across_km` to its side in 95 of 100 cases."""

    time: str
    latitude: float
    longitude: float
    height_km: float
    along_km: float
    across_km: float


class Overpass(BaseModel):
    """When a satellite is within the circle; times are right within `within_s` in 95 of 100 cases."""

    start: str
    closest: str
    stop: str
    distance_km: float
    rising: bool
    within_s: float
    within_km: float


class Prediction(BaseModel):
    """Where a satellite will be; without places, `reason` says why that is not foretold."""

    platform: str
    known_until: str | None = Field(description="End of the last half-orbit held before `start`.")
    simulated: bool
    orbit: Orbit | None
    places: list[Place]
    overpasses: list[Overpass] | None = Field(description="Null where no circle was asked for.")
    reason: str
    because: service.Because = Field(description="The same as a word; empty where it is foretold.")
    first: str | None = Field(description="First half-orbit held, where all of them are later than asked for.")
    within_days: int = Field(description="Foretold for so long after the last half-orbit, no longer.")
    within_along_km: float = Field(description="Foretold while it may be so far off along the track, no farther.")


_HALF_ORBITS: dict[int | str, dict[str, Any]] = {200: {"model": list[HalfOrbit]}}
_PREDICTION: dict[int | str, dict[str, Any]] = {200: {"model": Prediction}}


@router.get("/satellites")
def satellites(asking: Anybody) -> list[Satellite]:
    """Satellites with tracks here."""
    found = service.satellites(asking.viewer, asking.archive)
    return [
        Satellite(platform=one.platform, collections=list(one.collections), first=iso(one.first), last=iso(one.last),
                  granules=one.granules, simulated=one.simulated)
        for one in found
    ]  # fmt: skip


@router.get("/satellites/{platform}/half-orbits", responses=_HALF_ORBITS, response_class=Response)
def half_orbits(
    asking: Anybody,
    platform: Platform,
    start: Edge,
    stop: Edge,
    near: Circle = None,
    radius_km: Radius = None,
    sides: BoxSides = None,
) -> Response:
    """Half-orbits with a sample in the window and place, by time, each whole."""
    round_ = circle(near, radius_km)
    place = box(sides) if round_ is None else Near(*round_)
    found = service.half_orbits(asking.viewer, asking.archive, platform, Window(utc(start), utc(stop)), place)
    asking.tells_of(record.owner for one in found for record in one.granules)
    return Json([_half_orbit(one) for one in found])


@router.get("/satellites/{platform}/prediction", responses=_PREDICTION, response_class=Response)
def prediction(
    asking: Anybody,
    platform: Platform,
    start: Edge,
    stop: Edge,
    step_s: Step = 60,
    near: Circle = None,
    radius_km: Radius = None,
) -> Response:
    """Where a satellite is in the window, foretold from the half-orbits that ended before it, and passes of a circle.

    Of an orbit fitted to the last days held, for eight days after them at most. Manoeuvres are not foretold.
    """
    round_ = circle(near, radius_km)
    found = service.prediction(
        asking.viewer, asking.archive, platform, Window(utc(start), utc(stop)), step_s,
        None if round_ is None else Near(*round_),
    )  # fmt: skip
    asking.tells_of(found.owners)
    told = {
        "platform": platform,
        "known_until": None if found.known_until is None else iso(found.known_until),
        "simulated": found.simulated,
        "orbit": _orbit(found),
        "places": _places(found),
        "overpasses": None if round_ is None else [_overpass(one) for one in found.overpasses],
        "reason": found.reason,
        "because": found.because,
        "first": None if found.first is None else iso(found.first),
        "within_days": service.MOST_DAYS,
        "within_along_km": service.MOST_KM,
    }
    return Json(told)


def _half_orbit(one: service.HalfOrbit) -> dict[str, Any]:
    flight = one.flight
    seconds = (flight.time - flight.time[0]) / np.timedelta64(1, "s") if len(flight.time) else np.array([])
    columns = (flight.longitude.round(3), flight.latitude.round(3), seconds.round(1))
    return {
        "half_orbit_id": one.period,
        "rising": one.rising,
        "start": iso(flight.time[0]) if len(flight.time) else iso(one.granules[0].window.start),
        "last": iso(flight.time[-1]) if len(flight.time) else iso(one.granules[0].window.stop),
        "granules": [
            {"granule_id": held.granule_id, "collection_id": held.collection_id, "provider": held.provider,
             "variables": held.variables, "count": held.count, "simulated": held.simulated}
            for held in one.granules
        ],
        "places": list(zip(*(column.tolist() for column in columns), strict=True)),
    }  # fmt: skip


def _orbit(found: service.Prediction) -> dict[str, Any] | None:
    orbit = found.orbit
    if orbit is None:
        return None
    return {
        "epoch": iso(orbit.epoch),
        "inclination_deg": round(orbit.inclination_deg, 4),
        "eccentricity": round(orbit.eccentricity, 6),
        "revolutions_per_day": round(orbit.revolutions_per_day, 6),
        "half_orbits": found.fitted,
        "residual_along_km": round(orbit.residual_km[0], 2),
        "residual_across_km": round(orbit.residual_km[1], 2),
    }


def _places(found: service.Prediction) -> list[dict[str, Any]]:
    track = found.track
    if track is None:
        return []
    names = {"latitude": 4, "longitude": 4, "height_km": 2, "along_km": 2, "across_km": 2}
    columns = {name: getattr(track, name).round(digits).tolist() for name, digits in names.items()}
    times = [iso(one) for one in track.time]
    return [
        {"time": time, **dict(zip(names, row, strict=True))}
        for time, row in zip(times, zip(*columns.values(), strict=True), strict=True)
    ]


def _overpass(one: service.Overpass) -> dict[str, Any]:
    numbers = {name: round(getattr(one, name), 1) for name in ("distance_km", "within_s", "within_km")}
    return {name: iso(getattr(one, name)) for name in ("start", "closest", "stop")} | numbers | {"rising": one.rising}
