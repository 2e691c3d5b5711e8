"""Granules and original files: found in pages, and had as files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from soap.core.time import iso
from soap.faces.api.json_answer import Json
from soap.faces.api.ranges import ranged
from soap.faces.api.rest.places import BoxSides, Circle, Instant, Radius, box, circle, instant, window
from soap.faces.api.rules import Anybody
from soap.services import search

router = APIRouter(tags=["granules"])

_MEDIA = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "netcdf": "application/netcdf"}
_OTHER = "application/octet-stream"
_TICK = np.timedelta64(1, "ns")
_BYTES = {"schema": {"type": "string", "format": "binary"}}


def _answers(*media: str) -> dict[int | str, dict[str, Any]]:
    """How a file is answered, whole or in part."""
    content = dict.fromkeys(media, _BYTES)
    return {
        200: {"description": "The file", "content": content},
        206: {"description": "The bytes that `Range` names", "content": content},
        304: {"description": "What `If-None-Match` names is still so"},
        416: {"description": "`Range` names no bytes of the file"},
    }


_WORD = r"^[A-Za-z0-9_.~@:+-]*$"
_Names = list[Annotated[str, Query(max_length=260)]]

GranuleId = Annotated[str, Path(max_length=400, description="Public name of a granule.")]
Collections = Annotated[_Names, Query(alias="collection", max_length=100, description="One of these.")]
Stations = Annotated[_Names, Query(alias="station", max_length=100, description="One of these codes or platforms.")]
Variables = Annotated[_Names, Query(alias="variable", max_length=100, description="All of these.")]
Provider = Annotated[str | None, Query(max_length=20, description="Member who handed it in; empty: the archive.")]
Order = Annotated[str, Query(pattern="^(-time|time|id)$", description="-time: the latest first; time; id.")]
Limit = Annotated[int, Query(ge=1, le=search.MOST)]
Token = Annotated[str | None, Query(max_length=1000, description="`next` of the page before.")]


class Point(BaseModel):
    """A place [degree], and its height [m] where a station list gives it."""

    latitude: float
    longitude: float
    height_m: float | None


class Sides(BaseModel):
    """A box [degree]; west > east crosses 180 degrees."""

    west: float
    south: float
    east: float
    north: float


class Granule(BaseModel):
    """A granule: what is held now, or was held at `as_of`."""

    granule_id: str = Field(examples=["geomagnetism.kak.pt1h:kak:2016"])
    version: int
    collection_id: str
    shape: str
    platform: str
    period: str
    cadence: str
    level: str
    start: str = Field(description="First time, ISO 8601, UTC.")
    last: str = Field(description="Last time, ISO 8601, UTC.")
    variables: list[str]
    count: int = Field(description="Number of times, or of earthquakes.")
    simulated: bool
    maturity: str
    quality: dict[str, dict[str, int]]
    place: str = Field(description="point, station, path, area, points, global or unknown.")
    point: Point | None
    box: Sides | None
    provider: str
    owner: str
    access: str
    licence: str
    citation: str
    recorded: str = Field(description="When this version was recorded, ISO 8601, UTC.")
    sha256: str
    bytes: int
    originals: list[str] = Field(description="SHA-256 of the files it was made of that the caller may have.")


class Granules(BaseModel):
    """A page of granules; `next` is the token of the page after, if there is one."""

    granules: list[Granule]
    next: str | None


_PAGE: dict[int | str, dict[str, Any]] = {200: {"model": Granules}}
_ONE: dict[int | str, dict[str, Any]] = {200: {"model": Granule}}


@router.get("/granules", responses=_PAGE, response_class=Response)
def granules(
    asking: Anybody,
    collections: Collections = (),  # type: ignore[assignment]  # no list is shared between requests
    stations: Stations = (),  # type: ignore[assignment]
    variables: Variables = (),  # type: ignore[assignment]
    start: Instant = None,
    stop: Instant = None,
    near: Circle = None,
    radius_km: Radius = None,
    sides: BoxSides = None,
    provider: Provider = None,
    as_of: Instant = None,
    order: Order = search.LATEST,
    limit: Limit = 100,
    token: Token = None,
) -> Response:
    """Granules that answer, in pages, which are of the moment when the first was asked for."""
    round_ = circle(near, radius_km)
    place: search.Place | None = box(sides) if round_ is None else search.Near(*round_)
    question = search.Question(
        collections=tuple(collections) or None,
        stations=tuple(stations) or None,
        variables=tuple(variables),
        window=window(start, stop),
        place=place,
        provider=provider,
        as_of=instant(as_of),
    )
    found = search.page(asking.viewer, asking.archive, question, order=order, limit=limit, token=token, originals=True)
    told = {"granules": _told(asking, found.granules), "next": found.token}
    return Json(told)


@router.get("/granules/{granule_id}", responses=_ONE, response_class=Response)
def granule(asking: Anybody, granule_id: GranuleId, as_of: Instant = None) -> Response:
    """One granule."""
    found = search.granule(asking.viewer, asking.archive, granule_id, instant(as_of))
    (told,) = _told(asking, (found,))
    return Json(told)


@router.get("/granules/{granule_id}/file", responses=_answers(*_MEDIA.values(), _OTHER), response_class=Response)
def granule_file(
    asking: Anybody,
    request: Request,
    granule_id: GranuleId,
    form: Annotated[
        str,
        Query(alias="format", max_length=60, pattern=_WORD,
              description="csv, parquet, netcdf, or a format that is written here, as iaga2002 and ionex."),
    ] = "parquet",
) -> Response:  # fmt: skip
    """A granule's values as a file."""
    found = search.file_of(asking.viewer, asking.archive, asking.composition, granule_id, form)
    asking.tells_of((found.record.owner,))
    content = found.content

    def parts(first: int, end: int) -> Iterator[bytes]:
        yield content[first:end]

    checksum = hashlib.sha256(content).hexdigest()
    return ranged(request, len(content), checksum, _MEDIA.get(form, _OTHER), found.name, parts)


@router.get("/originals/{sha256}", responses=_answers(_OTHER), response_class=Response)
def original(
    asking: Anybody, request: Request, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$", max_length=64)]
) -> Response:
    """A file as it came, for who may see all that was made of it."""
    found = search.original(asking.viewer, asking.archive, sha256)
    asking.tells_of(found.owners)

    def parts(first: int, end: int) -> Iterator[bytes]:
        return search.original_bytes(asking.archive, found, first, end)

    name = found.name.replace("\\", "/").rpartition("/")[2]
    return ranged(request, found.bytes, sha256, _OTHER, name or sha256, parts)


def _told(asking: Anybody, found: tuple[search.GranuleRecord, ...]) -> list[dict[str, Any]]:
    files = search.originals(asking.viewer, asking.archive, found)
    asking.tells_of(one.owner for one in found)
    return [_granule(one, [checksum for checksum in one.originals if checksum in files]) for one in found]


def _granule(one: search.GranuleRecord, originals: list[str]) -> dict[str, Any]:
    point = None
    if one.latitude is not None:
        point = {"latitude": one.latitude, "longitude": one.longitude, "height_m": one.height_m}
    return {
        "granule_id": one.granule_id,
        "version": one.version,
        "collection_id": one.collection_id,
        "shape": one.shape,
        "platform": one.platform,
        "period": one.period,
        "cadence": one.cadence,
        "level": one.level,
        "start": iso(one.window.start),
        "last": iso(one.window.stop - _TICK),
        "variables": one.variables,
        "count": one.count,
        "simulated": one.simulated,
        "maturity": one.maturity,
        "quality": one.quality,
        "place": one.place,
        "point": point,
        "box": None if one.box is None else vars(one.box),
        "provider": one.provider,
        "owner": one.owner,
        "access": one.access,
        "licence": one.licence,
        "citation": one.citation,
        "recorded": iso(one.recorded_from),
        "sha256": one.sha256,
        "bytes": one.bytes,
        "originals": originals,
    }
