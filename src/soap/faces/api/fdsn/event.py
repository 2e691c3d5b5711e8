"""`/fdsnws/event/1`: earthquakes as QuakeML or text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from fastapi import APIRouter, Request
from starlette.responses import Response

from soap.core.errors import BadParameter
from soap.core.time import Window, iso, utc
from soap.faces.api.fdsn.parameters import BOX, CIRCLE, NODATA, TIMES, Parameter, ordered, read, wadl
from soap.faces.api.fdsn.places import place_of
from soap.faces.api.fdsn.words import TEXT, VERSIONS, XML, answers, cell, nothing, text
from soap.faces.api.rules import Anybody
from soap.services.earthquakes import MOST, ORDERS, Listed, Sought, catalogues, earthquakes, written

router = APIRouter(prefix="/event/1", tags=["fdsn"])

ARCHIVE = "archive"
"""Contributor of what no member handed in."""

PARAMETERS = (
    *TIMES,
    *BOX,
    *CIRCLE,
    Parameter("mindepth", "number"),
    Parameter("maxdepth", "number"),
    Parameter("minmagnitude", "number", ("minmag",)),
    Parameter("maxmagnitude", "number", ("maxmag",)),
    Parameter("magnitudetype", "words", ("magtype",)),
    Parameter("eventtype", "words"),
    Parameter("includeallorigins", "yes", (), False),
    Parameter("includeallmagnitudes", "yes", (), False),
    Parameter("includearrivals", "yes", (), False),
    Parameter("eventid", "words"),
    Parameter("limit", "whole", (), None, (), 1, MOST),
    Parameter("offset", "whole", (), 1, (), 1, 10**9),
    Parameter("orderby", "word", (), "time", ORDERS),
    Parameter("catalog", "words"),
    Parameter("contributor", "words"),
    Parameter("updatedafter", "time"),
    Parameter("format", "word", (), "xml", ("xml", "text")),
    NODATA,
)
_ASKED = [one for parameter in PARAMETERS for one in parameter.in_openapi()]
_HEAD = (
    "#EventID|Time|Latitude|Longitude|Depth/km|Author|Catalog|Contributor|ContributorID|MagType|Magnitude|MagAuthor"
    "|EventLocationName"
)
_EARLIEST, _LATEST = utc("1678-01-02"), utc("2261-12-30")


@router.get("/query", responses=answers("earthquake"), openapi_extra={"parameters": _ASKED},
            response_class=Response)  # fmt: skip
def query(asking: Anybody, request: Request) -> Response:
    """Earthquakes by time, place, size, catalogue and contributor."""
    values = read(request.query_params.multi_items(), PARAMETERS)
    sought = _sought(values)
    some: Sequence[Listed] = ()
    if values["eventtype"] is None or "earthquake" in values["eventtype"]:
        most = None if values["limit"] else MOST + values["offset"] - 1
        every = earthquakes(asking.viewer, asking.archive, sought, values["orderby"], most)
        first = values["offset"] - 1
        some = every[first : first + values["limit"]] if values["limit"] else every[first:]
    if not some:
        return nothing(int(values["nodata"]), "earthquake")
    asking.tells_of(one.owner for one in some)
    if values["format"] == "text":
        return text([_HEAD, *(_line(one) for one in some)])
    return Response(written(asking.composition, some), media_type=XML)


@router.get("/version", responses={200: {"content": {TEXT: {}}}}, response_class=Response)
def version(asking: Anybody) -> Response:
    """Version of the specification."""
    return Response(VERSIONS["event"], media_type=TEXT)


@router.get("/catalogs", responses={200: {"content": {XML: {}}}}, response_class=Response)
def catalogs(asking: Anybody) -> Response:
    """Names of the catalogues."""
    return _names("Catalogs", "Catalog", catalogues(asking.viewer, asking.archive)[0])


@router.get("/contributors", responses={200: {"content": {XML: {}}}}, response_class=Response)
def contributors(asking: Anybody) -> Response:
    """Codes of the members who handed catalogues in."""
    members = [one or ARCHIVE for one in catalogues(asking.viewer, asking.archive)[1]]
    return _names("Contributors", "Contributor", members)


@router.get("/application.wadl", responses={200: {"content": {XML: {}}}}, response_class=Response)
def description(asking: Anybody, request: Request) -> Response:
    """What the service is asked by."""
    plain: tuple[tuple[Parameter, ...], tuple[str, ...]] = ((), (XML,))
    resources = {"query": (PARAMETERS, (XML, TEXT)), "catalogs": plain, "contributors": plain,
                 "version": ((), (TEXT,)), "application.wadl": plain}  # fmt: skip
    return Response(wadl("event", resources, f"{request.base_url}fdsnws/event/1"), media_type=XML)


def _names(root: str, name: str, every: Sequence[str]) -> Response:
    inner = "".join(f"<{name}>{escape(one)}</{name}>" for one in every)
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{inner}</{root}>\n', media_type=XML)


def _sought(values: dict[str, Any]) -> Sought:
    for name in ("time", "depth", "magnitude"):
        ordered(values, *(("starttime", "endtime") if name == "time" else (f"min{name}", f"max{name}")))
    if values["includearrivals"]:
        raise BadParameter("includearrivals=true: no arrivals are held; leave it out.")
    place, inner = place_of(values)
    return Sought(
        window=_window(values["starttime"], values["endtime"]),
        place=place,
        min_distance_km=inner,
        magnitude=_range(values, "magnitude"),
        depth_km=_range(values, "depth"),
        magnitude_types=frozenset(one.lower() for one in values["magnitudetype"] or ()),
        event_ids=frozenset(one.lower() for one in values["eventid"] or ()),
        collections=frozenset(values["catalog"] or ()),
        providers=frozenset("" if one == ARCHIVE else one for one in values["contributor"] or ()),
        changed_after=values["updatedafter"],
    )


def _window(start: np.datetime64 | None, end: np.datetime64 | None) -> Window | None:
    """Both ends included."""
    if start is None and end is None:
        return None
    stop = _LATEST if end is None else end + np.timedelta64(1, "ns")
    return Window(_EARLIEST if start is None else start, stop)


def _range(values: dict[str, Any], name: str) -> tuple[float, float]:
    least, greatest = values[f"min{name}"], values[f"max{name}"]
    return (-np.inf if least is None else least, np.inf if greatest is None else greatest)


def _line(one: Listed) -> str:
    quake, catalogue = one.earthquake, one.catalogues[0]
    contributor = "SIMULATED" if one.simulated else one.provider or ARCHIVE
    depth = "" if np.isnan(quake.depth_km) else repr(quake.depth_km)
    cells = (
        quake.event_id, iso(quake.time).removesuffix("Z"), repr(quake.latitude), repr(quake.longitude), depth,
        catalogue, catalogue, contributor, quake.event_id, quake.magnitude_type, repr(quake.magnitude), catalogue,
        quake.place,
    )  # fmt: skip
    return "|".join(cell(one) for one in cells)
