"""Around an earthquake or a place: how much of what there is, and all of it in one file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Annotated, Any

import numpy as np
import orjson
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.responses import Response, StreamingResponse

from soap.core.time import iso
from soap.faces.api.asking import Asking
from soap.faces.api.rest.places import BoxSides, Circle, Instant, Radius, box, circle, instant
from soap.faces.api.rules import Anybody
from soap.services.around import Surroundings
from soap.services.around import around as service
from soap.services.around_bundle import write_bundle

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

    event: _EVENT = None
    near: Circle = None
    radius_km: Radius = None
    box_sides: BoxSides = None
    start: Instant = None
    stop: Instant = None
    variable: Names = None
    context: Names = None
    as_of: Instant = None

    def found(self, asking: Asking) -> Surroundings:
        """What is there, and whose it is noted."""
        found = service(
            asking.viewer,
            asking.archive,
            near=circle(self.near, self.radius_km),
            box=box(self.box_sides),
            event_id=self.event,
            start=instant(self.start),
            stop=instant(self.stop),
            variables=self.variable,
            context=self.context or (),
            as_of=instant(self.as_of),
            radius_km=self.radius_km,
        )
        asking.tells_of(one.owner for one in found.found.granules)
        return found


@router.get("/around", response_model=AroundIt)
def around(asking: Anybody, asked: Annotated[Asked, Depends()]) -> Response:
    """Collections with something there, with their terms and versions, and the earthquakes."""
    return Response(orjson.dumps(_told(asked.found(asking))), media_type="application/json")


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


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _told(found: Surroundings) -> dict[str, Any]:
    inside = found.found
    return {
        "event": None if found.earthquake is None else _quake(found.earthquake, ()),
        "radius_km": found.radius_km,
        "start": iso(inside.window.start),
        "stop": iso(inside.window.stop),
        "counts": [_count(one) for one in inside.counts],
        "earthquakes": [_quake(one.earthquake, one.catalogues) for one in inside.earthquakes],
    }


def _count(one: Any) -> dict[str, Any]:
    same = ("collection_id", "shape", "granules", "count", "exact", "bytes", "simulated", "context", "licence",
            "citation")  # fmt: skip
    told = {name: getattr(one, name) for name in same}
    return told | {"first": iso(one.first), "last": iso(one.last), "version": f"{one.collection_id}@{iso(one.version)}"}


def _quake(one: Any, catalogues: tuple[str, ...]) -> dict[str, Any]:
    numbers = {name: getattr(one, name) for name in ("depth_km", "magnitude")}
    return {
        "event_id": one.event_id, "time": iso(one.time), "latitude": one.latitude, "longitude": one.longitude,
        **{name: None if np.isnan(value) else value for name, value in numbers.items()},
        "magnitude_type": one.magnitude_type, "place": one.place, "catalogues": list(catalogues),
    }  # fmt: skip
