"""Values of series, tracks and maps, in the formats that this system writes; decimated where a plot is to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from soap.core.errors import BadParameter
from soap.core.time import Window, utc
from soap.faces.api.asking import Asking
from soap.faces.api.ranges import attached
from soap.faces.api.rest.places import Instant, instant
from soap.faces.api.rules import Anybody
from soap.faces.api.sending import Sending, http_date, room
from soap.services.values import Values, values, wanted

router = APIRouter(tags=["values"])

_WORD = r"^[A-Za-z0-9_.~@:+-]*$"
_MOST_VARIABLES = 100
MOST_POINTS = 100_000

Edge = Annotated[str, Query(max_length=40, description="Instant, ISO 8601, UTC.", examples=["2016-04-13"])]
Collection = Annotated[
    str | None, Query(max_length=260, pattern=_WORD, description="Collection, or `collection@T` as it was at T.")
]
Station = Annotated[str | None, Query(max_length=80, description="Station code or platform, in capitals or not.")]
Variable = Annotated[list[Annotated[str, Query(max_length=80, pattern=_WORD)]], Query(max_length=_MOST_VARIABLES)]
Provider = Annotated[str | None, Query(max_length=20, description="Member who handed it in; empty: the archive.")]
Format = Annotated[
    str,
    Query(alias="format", max_length=60, pattern=_WORD,
          description="json, csv, parquet: of any size, streamed; netcdf and the formats that are written here, as"
          " iaga2002 and ionex: of bounded size."),
]  # fmt: skip
Points = Annotated[
    int | None, Query(ge=1, le=MOST_POINTS, description="Decimated to so many buckets, extremes kept; for plots.")
]

_STRING = {"schema": {"type": "string"}}
_GIVEN: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["collection_id", "version", "columns", "rows"],
                    "properties": {
                        "collection_id": {"type": "string"},
                        "version": {"type": "string"},
                        "columns": {"type": "array", "items": {"type": "object", "required": ["name"]}},
                        "rows": {"type": "array", "items": {"type": "array"}},
                    },
                }
            },
            **dict.fromkeys(
                ("text/csv", "text/plain", "application/vnd.apache.parquet", "application/netcdf"), _STRING
            ),
        }
    },
    304: {"description": "What the client has is still so."},
}


@dataclass(frozen=True)
class Question:
    """Which values: a collection, or a station and its variables, in a window."""

    start: Edge
    stop: Edge
    collection: Collection = None
    station: Station = None
    variable: Variable = ()  # type: ignore[assignment]  # no list is shared between requests
    provider: Provider = None
    as_of: Instant = None
    form: Format = "json"
    points: Points = None


Asked = Annotated[Question, Depends()]


@router.get("/series", responses=_GIVEN, response_class=Response)
def series(asking: Anybody, asked: Asked, request: Request) -> Response:
    """A series, rays or profiles: one row a time, of rays one a ray, of profiles one a time and height."""
    return _answer(asking, asked, request, ("series", "rays", "profile"))


@router.get("/tracks", responses=_GIVEN, response_class=Response)
def tracks(asking: Anybody, asked: Asked, request: Request) -> Response:
    """Tracks of satellites along time, half-orbit after half-orbit."""
    return _answer(asking, asked, request, ("track",))


@router.get("/maps", responses=_GIVEN, response_class=Response)
def maps(asking: Anybody, asked: Asked, request: Request) -> Response:
    """Maps: one row a time and grid point."""
    return _answer(asking, asked, request, ("field",))


def _answer(asking: Asking, asked: Question, request: Request, shapes: tuple[str, ...]) -> Response:
    if asked.collection is None and asked.station is None:
        raise BadParameter("Name a collection, or a station and its variables.")
    which = wanted(
        asking.viewer, asking.archive, asked.collection, Window(utc(asked.start), utc(asked.stop)),
        tuple(asked.variable), provider=asked.provider, points=asked.points, as_of=instant(asked.as_of),
        station=asked.station,
    )  # fmt: skip
    found = values(asking.composition, which, shapes, asked.form)
    headers = _headers(found)
    if f'"{found.tag}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    asking.tells_of(found.owners)
    with room(asking) as taken:
        return Sending(taken, found.pieces(), headers | attached(found.name), found.media)


def _headers(found: Values) -> dict[str, str]:
    """What is said beside the values: their version and rights; percent-encoded where HTTP knows no such letters."""
    told = {"X-Collection-Version": found.version, **{f"X-{name.title()}": text for name, text in found.rights.items()}}
    encoded = {name: quote(text, safe=" !#$&'()*+,/:;=?@[]~") for name, text in told.items()}
    cached = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
    return encoded | cached | {"ETag": f'"{found.tag}"', "Last-Modified": http_date(found.asked.held.version)}
