"""Earthquakes: sought by place, time and size, as JSON, GeoJSON, CSV or QuakeML, page by page."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import numpy as np
import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from soap.core.errors import BadParameter
from soap.core.time import iso
from soap.faces.api.asking import Asking
from soap.faces.api.json_answer import Json
from soap.faces.api.rest.places import Instant, Where, instant, window
from soap.faces.api.rules import Anybody
from soap.science.preparation import preparation_radius_km
from soap.services import earthquakes as service
from soap.services.earthquakes import MOST, Listed, Near, Sought

router = APIRouter(tags=["events"])


class Earthquake(BaseModel):
    """An earthquake as the first of its catalogues gives it."""

    event_id: str = Field(examples=["us20005hqz"])
    time: str
    latitude: float = Field(ge=-90, le=90, description="degree")
    longitude: float = Field(ge=-180, le=180, description="degree, east positive")
    depth_km: float | None
    magnitude: float | None
    magnitude_type: str
    preparation_radius_km: float | None = Field(description="10^(0.43 M), Dobrovolsky 1979; an assumption.")
    place: str
    status: str
    catalogues: list[str]
    provider: str = Field(description="The member who handed it in; empty: the archive itself.")
    simulated: bool


class Earthquakes(BaseModel):
    """A page of the earthquakes that answer; `matched` is how many there are in all."""

    earthquakes: list[Earthquake]
    matched: int
    next: str | None = Field(description="Give it as `after` to have the next page; null after the last.")


class Format(StrEnum):
    """What earthquakes are written as."""

    JSON = "json"
    GEOJSON = "geojson"
    CSV = "csv"
    QUAKEML = "quakeml"


class Order(StrEnum):
    """Latest first, earliest first, greatest first, smallest first."""

    TIME = "time"
    TIME_ASC = "time-asc"
    MAGNITUDE = "magnitude"
    MAGNITUDE_ASC = "magnitude-asc"


_MEDIA = {Format.GEOJSON: "application/geo+json", Format.CSV: "text/csv", Format.QUAKEML: "application/xml"}
_GIVEN: dict[int | str, dict[str, Any]] = {
    200: {"content": {media: {"schema": {"type": "object" if "json" in media else "string"}}
                      for media in _MEDIA.values()}}
}  # fmt: skip
Size = Annotated[float | None, Query(ge=-10, le=11)]
Depth = Annotated[float | None, Query(ge=-100, le=7000, description="km")]


@dataclass
class Asked:
    """Which earthquakes."""

    where: Annotated[Where, Depends()]
    min_magnitude: Size = None
    max_magnitude: Size = None
    min_depth_km: Depth = None
    max_depth_km: Depth = None
    collection: Annotated[list[str] | None, Query(max_length=20)] = None
    changed_after: Instant = None

    def sought(self) -> Sought:
        """What that is for the archive."""
        where = self.where
        ring, sides = where.ring, where.sides
        if ring is not None and sides is not None:
            raise BadParameter("Give a place as a point with a radius or as a box, not as both.")
        return Sought(
            window=window(where.start, where.stop),
            place=Near(*ring) if ring is not None else sides,
            magnitude=_range(self.min_magnitude, self.max_magnitude),
            depth_km=_range(self.min_depth_km, self.max_depth_km),
            collections=frozenset(self.collection or ()),
            changed_after=instant(self.changed_after),
            as_of=instant(where.as_of),
            simulated=True,
        )


@router.get("/events", response_model=Earthquakes, responses=_GIVEN)
def events(
    asking: Anybody,
    request: Request,
    asked: Annotated[Asked, Depends()],
    order: Order = Order.TIME,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
    after: Annotated[str | None, Query(max_length=600, description="`next` of the page before.")] = None,
    format: Format = Format.JSON,
) -> Response:
    """Earthquakes of all catalogues, each once; those made up are marked."""
    every = service.earthquakes(asking.viewer, asking.archive, asked.sought(), order.value)
    place = _after(every, order.value, after)
    page = every[place : place + limit]
    asking.tells_of(one.owner for one in page)
    onward = _cursor(page[-1], order.value) if place + limit < len(every) else None
    if format is Format.JSON:
        found = {"earthquakes": [_told(one) for one in page], "matched": len(every), "next": onward}
        return Json(found)
    answer = _written(asking, page, format)
    if onward is not None:
        answer.headers["Link"] = f'<{request.url.include_query_params(after=onward)}>; rel="next"'
    return answer


@router.get("/events/{event_id}", response_model=Earthquake, responses=_GIVEN)
def event(
    asking: Anybody,
    event_id: Annotated[str, Path(max_length=200)],
    as_of: Instant = None,
    format: Format = Format.JSON,
) -> Response:
    """One earthquake."""
    found = service.earthquake(asking.viewer, asking.archive, event_id, instant(as_of))
    asking.tells_of([found.owner])
    if format is Format.JSON:
        return Json(_told(found))
    return _written(asking, (found,), format)


def _range(least: float | None, greatest: float | None) -> tuple[float, float]:
    if least is not None and greatest is not None and least > greatest:
        raise BadParameter(f"From {least:g} to {greatest:g} there is nothing; the least comes first.")
    return (-np.inf if least is None else least, np.inf if greatest is None else greatest)


def _told(one: Listed) -> dict[str, Any]:
    quake = one.earthquake
    return {
        "event_id": quake.event_id,
        "time": iso(quake.time),
        "latitude": quake.latitude,
        "longitude": quake.longitude,
        "depth_km": None if np.isnan(quake.depth_km) else quake.depth_km,
        "magnitude": None if np.isnan(quake.magnitude) else quake.magnitude,
        "magnitude_type": quake.magnitude_type,
        "preparation_radius_km": _radius_km(quake.magnitude),
        "place": quake.place,
        "status": quake.status,
        "catalogues": list(one.catalogues),
        "provider": one.provider,
        "simulated": one.simulated,
    }


def _radius_km(magnitude: float) -> float | None:
    """Of the preparation zone; None for a magnitude that is unknown or none."""
    return round(float(preparation_radius_km(magnitude)), 1) if -2 <= magnitude <= 10 else None


def _written(asking: Asking, page: Sequence[Listed], format: Format) -> Response:
    if format is Format.GEOJSON:
        return Json(_geojson(page), _MEDIA[format])
    content = service.as_csv(page) if format is Format.CSV else service.written(asking.composition, page)
    return Response(content, media_type=_MEDIA[format])


def _geojson(page: Sequence[Listed]) -> dict[str, Any]:
    """Points in a collection whose box goes from west to east the short way, over 180 degrees too (RFC 7946, 5.2)."""
    features = []
    for one in page:
        told = _told(one)
        depth = told["depth_km"]
        place = [told.pop("longitude"), told.pop("latitude"), *(() if depth is None else (-1000.0 * depth,))]
        features.append({"type": "Feature", "id": told["event_id"], "properties": told,
                         "geometry": {"type": "Point", "coordinates": place}})  # fmt: skip
    extent = service.extent(page)
    return {"type": "FeatureCollection", "features": features} | ({} if extent is None else {"bbox": list(extent)})


def _cursor(one: Listed, order: str) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([order, *service.order_key(one, order)])).decode()


def _after(every: Sequence[Listed], order: str, after: str | None) -> int:
    """How many earthquakes come before the page after a cursor."""
    if after is None:
        return 0
    try:
        told, *key = orjson.loads(base64.urlsafe_b64decode(after))
        if told != order:
            raise ValueError(told)
        return sum(service.order_key(one, order) <= tuple(key) for one in every)
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadParameter("after: this is not `next` of a page in this order.") from error
