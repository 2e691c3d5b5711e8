"""What maps are drawn of: maps as grids, and the dip equator."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from soap.core.time import Window, iso, utc
from soap.faces.api.json_answer import Json
from soap.faces.api.rest.places import Instant, instant
from soap.faces.api.rules import Anybody
from soap.science.main_field import dip_equator
from soap.services.grids import grids

router = APIRouter(tags=["maps"])

_DECIMALS = 3
_WORD = r"^[A-Za-z0-9_.~@:+-]*$"
_STEP_DEG = 2.0

Edge = Annotated[str, Query(max_length=40, description="Instant, ISO 8601, UTC.", examples=["2016-04-13"])]
Collection = Annotated[
    str, Query(max_length=260, pattern=_WORD, description="Collection, or `collection@T` as it was at T.")
]
Variable = Annotated[str, Query(max_length=80, pattern=_WORD)]
Provider = Annotated[str | None, Query(max_length=20, description="Member who handed it in; empty: the archive.")]


class Grids(BaseModel):
    """Maps of one variable; `values` by time, latitude (rising) and longitude, null where there is none."""

    collection_id: str
    variable: str
    units: str
    version: str = Field(description="What to cite.")
    simulated: bool
    times: list[str]
    latitudes: list[float]
    longitudes: list[float]
    values: list[list[list[float | None]]]


class DipEquator(BaseModel):
    """Where the main field at the ground is horizontal, by the IGRF: (longitude, latitude) [degree]."""

    at: str
    line: list[Annotated[list[float], Field(min_length=2, max_length=2)]]


_GRIDS: dict[int | str, dict[str, Any]] = {200: {"model": Grids}}


@router.get("/maps/grids", responses=_GRIDS, response_class=Response)
def maps_as_grids(
    asking: Anybody,
    collection: Collection,
    variable: Variable,
    start: Edge,
    stop: Edge,
    provider: Provider = None,
    as_of: Instant = None,
) -> Response:
    """All maps of a collection in the window, as arrays; of bounded size, to be drawn."""
    window = Window(utc(start), utc(stop))
    found = grids(asking.viewer, asking.archive, collection, variable, window, provider=provider, as_of=instant(as_of))
    asking.tells_of(found.owners)
    told = {
        "collection_id": found.collection_id,
        "variable": found.variable,
        "units": found.units,
        "version": found.version,
        "simulated": found.simulated,
        "times": [iso(one) for one in found.time],
        "latitudes": found.latitude.tolist(),
        "longitudes": found.longitude.tolist(),
        "values": np.ascontiguousarray(found.values, dtype=float).round(_DECIMALS),
    }
    return Json(told)


@router.get("/dip-equator")
def dip_equator_at(
    asking: Anybody,
    at: Annotated[str, Query(max_length=40, description="Date, ISO 8601, UTC; 1900 to 2029.", examples=["2016-04-13"])],
) -> DipEquator:
    """The dip equator at a date, by the International Geomagnetic Reference Field, every 2 degrees of longitude."""
    day = utc(at).astype("datetime64[D]")
    return DipEquator(at=str(day), line=[list(point) for point in _line(day)])


@lru_cache(maxsize=64)
def _line(day: np.datetime64) -> tuple[tuple[float, float], ...]:
    longitude = np.arange(-180.0, 180.0 + _STEP_DEG, _STEP_DEG)
    return tuple(zip(longitude.tolist(), dip_equator(longitude, day).round(3).tolist(), strict=True))
