"""Around an earthquake or a place: how much of what there is, and all of it in one file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.responses import Response, StreamingResponse

from soap.core.place import distance_km
from soap.core.time import iso
from soap.faces.api.asking import Asking
from soap.faces.api.json_answer import Json
from soap.faces.api.rest.places import Where, instant
from soap.faces.api.rules import Anybody
from soap.services.around import Surroundings
from soap.services.around import around as service
from soap.services.around_bundle import check_size, write_bundle
from soap.services.overhead import Overhead, Passage, Place, place_of
from soap.services.overhead import overhead as what_is_overhead

router = APIRouter(tags=["around"])

_PIECE = 1 << 18


class Count(BaseModel):
    """How much of a collection lies in the place and window; `count` of times, samples or earthquakes."""

    collection_id: str
    shape: str
    granules: int
    count: int
    exact: bool = Field(description="Else there are at most that many.")
    first: str
    last: str
    bytes: int
    simulated: bool
    context: bool = Field(description="Of no place: a global index that was asked for.")
    licence: str
    citation: str
    version: str = Field(description="What to cite, `collection_id@T`; it can be asked for again.")
    platform: str
    cadence: str
    variables: list[str]
    latitude: float | None = Field(description="Where all of it was observed at one point [degree].")
    longitude: float | None
    distance_km: float | None = Field(description="From that point to the centre of the place.")


class Quake(BaseModel):
    """An earthquake in the place and window."""

    event_id: str
    time: str
    latitude: float
    longitude: float
    depth_km: float | None
    magnitude: float | None
    magnitude_type: str
    place: str
    catalogues: list[str]


class AroundIt(BaseModel):
    """What is around, before any of it is loaded."""

    event: Quake | None = Field(description="The earthquake asked about.")
    radius_km: float | None
    start: str
    stop: str
    counts: list[Count]
    earthquakes: list[Quake]


class Pass(BaseModel):
    """A satellite's pass through the place; its values are medians of the sound ones in it."""

    time: str = Field(description="When it was nearest to the centre.")
    distance_km: float
    night: bool = Field(description="18 to 06 h of local mean time there.")
    half_orbit_id: str
    count: int
    medians: dict[str, float | None]


class Above(BaseModel):
    """What one collection gives over the place: passes of tracks, or maps at the grid point nearest to its centre."""

    collection_id: str
    shape: str
    platform: str
    simulated: bool
    version: str
    units: dict[str, str]
    passes: list[Pass]
    time: list[str]
    values: dict[str, list[float | None]]


class Format(StrEnum):
    """What the files in the bundle are."""

    CSV = "csv"
    PARQUET = "parquet"
    NETCDF = "netcdf"


Names = Annotated[list[str] | None, Query(max_length=50)]
_EVENT = Annotated[str | None, Query(max_length=200, description="An earthquake: its preparation zone is the place.")]
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_ZIP: dict[int | str, dict[str, Any]] = {200: {"content": {"application/zip": _BYTES}}}


@dataclass
class Asked:
    """The place, the window, and what of it."""

    where: Annotated[Where, Depends()]
    event: _EVENT = None
    variable: Names = None
    context: Names = None

    def found(self, asking: Asking) -> Surroundings:
        """What is there, and whose it is noted."""
        found = service(
            asking.viewer,
            asking.archive,
            near=self.where.ring,
            box=self.where.sides,
            event_id=self.event,
            start=instant(self.where.start),
            stop=instant(self.where.stop),
            variables=self.variable,
            context=self.context or (),
            as_of=instant(self.where.as_of),
            radius_km=self.where.radius_km,
        )
        asking.tells_of(one.owner for one in found.found.granules)
        return found


@router.get("/around", response_model=AroundIt)
def around(asking: Anybody, asked: Annotated[Asked, Depends()]) -> Response:
    """Collections with something there, with their terms and versions, and the earthquakes."""
    return Json(_told(asked.found(asking)))


@router.get("/around/values", response_class=StreamingResponse, responses=_ZIP)
def values(asking: Anybody, asked: Annotated[Asked, Depends()], format: Format = Format.CSV) -> StreamingResponse:
    """All of it as a zip: a file a collection, one of the earthquakes, and a table of contents."""
    found = asked.found(asking)
    file = tempfile.TemporaryFile(prefix="soap-around-")  # noqa: SIM115  # closed when it has been sent
    try:
        write_bundle(found, file, format.value)
    except BaseException:
        file.close()
        raise
    headers = {"Content-Length": str(file.tell()), "Content-Disposition": 'attachment; filename="around.zip"'}
    return StreamingResponse(_sent(file), media_type="application/zip", headers=headers)


@router.get("/around/overhead", response_model=list[Above])
def overhead(asking: Anybody, asked: Annotated[Asked, Depends()]) -> Response:
    """Satellites and maps over the place, small enough to be drawn: a value a pass, and one a map."""
    found = asked.found(asking)
    check_size(found, ("track", "field"))
    return Json([_above(one) for one in what_is_overhead(found)])


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _told(found: Surroundings) -> dict[str, Any]:
    inside = found.found
    centre = place_of(inside.place)
    return {
        "event": None if found.earthquake is None else _quake(found.earthquake, ()),
        "radius_km": found.radius_km,
        "start": iso(inside.window.start),
        "stop": iso(inside.window.stop),
        "counts": [_count(one, centre) for one in inside.counts],
        "earthquakes": [_quake(one.earthquake, one.catalogues) for one in inside.earthquakes],
    }


def _count(one: Any, centre: Place) -> dict[str, Any]:
    same = ("collection_id", "shape", "granules", "count", "exact", "bytes", "simulated", "context", "licence",
            "citation", "platform", "cadence", "variables")  # fmt: skip
    told = {name: getattr(one, name) for name in same}
    latitude, longitude = one.point or (None, None)
    away = None if one.point is None else float(distance_km(latitude, longitude, centre.latitude, centre.longitude))
    told |= {"latitude": latitude, "longitude": longitude, "distance_km": away}
    return told | {"first": iso(one.first), "last": iso(one.last), "version": f"{one.collection_id}@{iso(one.version)}"}


def _above(one: Overhead) -> dict[str, Any]:
    times, values = one.values if one.values is not None else (np.array([]), {})
    count = one.count
    return {
        **{name: getattr(count, name) for name in ("collection_id", "shape", "platform", "simulated")},
        "version": f"{count.collection_id}@{iso(count.version)}",
        "units": one.units,
        "passes": [_pass(passage) for passage in one.passages],
        "time": [iso(time) for time in times],
        "values": {name: [_known(value) for value in column.tolist()] for name, column in values.items()},
    }


def _pass(one: Passage) -> dict[str, Any]:
    same = {name: getattr(one, name) for name in ("distance_km", "half_orbit_id", "count")}
    medians = {name: _known(value) for name, value in one.medians.items()}
    return same | {"time": iso(one.time), "night": bool(one.night), "medians": medians}


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _quake(one: Any, catalogues: tuple[str, ...]) -> dict[str, Any]:
    numbers = {name: getattr(one, name) for name in ("depth_km", "magnitude")}
    return {
        "event_id": one.event_id, "time": iso(one.time), "latitude": one.latitude, "longitude": one.longitude,
        **{name: None if np.isnan(value) else value for name, value in numbers.items()},
        "magnitude_type": one.magnitude_type, "place": one.place, "catalogues": list(catalogues),
    }  # fmt: skip
