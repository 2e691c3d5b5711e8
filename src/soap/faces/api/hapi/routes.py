"""The endpoints of HAPI; they take GET and HEAD and change nothing."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from soap.core.errors import BadParameter, NotFound
from soap.faces.api.asking import Asking
from soap.faces.api.hapi.answers import CORS, JSON, head, told, wrong
from soap.faces.api.hapi.header import header, title
from soap.faces.api.hapi.landing import page
from soap.faces.api.hapi.records import MEDIA, body, records
from soap.faces.api.hapi.request_parameters import (
    CATALOG,
    DATA,
    FORMATS,
    INFO,
    chosen,
    given,
    in_openapi,
    window_of,
)
from soap.faces.api.rules import Anybody
from soap.faces.api.sending import Sending, http_date, room
from soap.services.datasets import Dataset, dataset, datasets, values_of

router = APIRouter(tags=["hapi"])

METHODS = ["GET", "HEAD"]
_STRING = {"schema": {"type": "string"}}
_OBJECT: dict[int | str, dict[str, Any]] = {200: {"content": {JSON: {"schema": {"type": "object"}}}}}
_PAGE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": _STRING}}}
_ROWS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": _STRING, "application/octet-stream": _STRING, JSON: {"schema": {"type": "object"}}}}
}
_MOVED: dict[int | str, dict[str, Any]] = {301: {"description": "The same without the slash at its end"}}


def _route(path: str, names: tuple[str, ...], responses: dict[int | str, dict[str, Any]]) -> Any:
    """A route for both methods, whose request parameters are `names`."""
    return router.api_route(path, methods=METHODS, response_class=Response, responses=responses,
                            openapi_extra=in_openapi(names))  # fmt: skip


@_route("", (), _PAGE)
def landing(asking: Anybody, request: Request) -> Response:
    """What is here, for people."""
    given(request, ())
    names = tuple(one.name for one in datasets(asking.viewer, asking.archive))
    return HTMLResponse(page("SOAP", names), headers=CORS)


@_route("/about", (), _OBJECT)
def about(asking: Anybody, request: Request) -> Response:
    """Who serves."""
    given(request, ())
    here = asking.served.settings
    return told(head(1200) | {
        "id": here.public_url or "SOAP",
        "title": "Space observation archive",
        "contact": here.contact or "The people who run this server; it was given no address.",
        "description": "Series of ground stations and indices, and tracks of satellites, for studies of earthquakes"
        " and space weather.",
    })  # fmt: skip


@_route("/capabilities", (), _OBJECT)
def capabilities(asking: Anybody, request: Request) -> Response:
    """Formats, and how deep the catalog goes."""
    given(request, ())
    return told(head(1200) | {"outputFormats": list(FORMATS), "catalogDepthOptions": ["dataset", "all"]})


@_route("/catalog", CATALOG, _OBJECT)
def catalog(asking: Anybody, request: Request) -> Response:
    """Every dataset; with `depth=all` each with its description."""
    depth = given(request, CATALOG).get("depth", "dataset")
    if depth not in ("dataset", "all"):
        raise wrong(request, 1413, "There are dataset and all.")
    every = datasets(asking.viewer, asking.archive)
    items: list[dict[str, Any]] = [{"id": one.name, "title": title(one)} for one in every]
    if depth == "all":
        items = [item | {"info": header(asking, one, one.columns)} for item, one in zip(items, every, strict=True)]
    latest = {"Last-Modified": http_date(max(one.held.version for one in every))} if every else {}
    return told(head(1200) | {"catalog": items}, latest)


@_route("/info", INFO, _OBJECT)
def info(asking: Anybody, request: Request) -> Response:
    """What one dataset holds: times, parameters, units, rights."""
    found = given(request, INFO)
    one = _dataset(asking, request, found)
    content = head(1200) | header(asking, one, chosen(request, found, one))
    return told(content, {"Last-Modified": http_date(one.held.version)})


@_route("/data", DATA, _ROWS)
def data(asking: Anybody, request: Request) -> Response:
    """A dataset's values: every time from `start` to before `stop`, once, in order."""
    found = given(request, DATA)
    form = found.get("format", "csv")
    if form not in FORMATS:
        raise wrong(request, 1409, f"There are {', '.join(FORMATS)}.")
    if found.get("include", "header") != "header":
        raise wrong(request, 1410, "There is header.")
    one = _dataset(asking, request, found)
    window, names = window_of(request, found, one), chosen(request, found, one)
    headers = CORS | {"Last-Modified": http_date(one.held.version), "Link": f'<{one.version}>; rel="cite-as"'}
    if request.method == "HEAD":
        return Response(headers=headers, media_type=MEDIA[form])
    with room(asking) as taken:
        values = values_of(asking.viewer, asking.archive, one, window, names)
        rows = records(one, names, values, form, asking.served.answers)
        asking.tells_of(rows.owners)
        before = header(asking, one, names) if form == "json" or "include" in found else None
        whole = body(rows, form, before)
        headers |= {} if whole.size is None else {"Content-Length": str(whole.size)}
        return Sending(taken, whole.pieces, headers, MEDIA[form], made=whole.made)


@router.api_route("/{path:path}", methods=METHODS, include_in_schema=False, response_class=Response, responses=_MOVED)
def elsewhere(asking: Anybody, request: Request) -> Response:
    """The same without a slash at its end; else there is no such endpoint."""
    path = request.url.path
    if not path.endswith("/"):
        raise wrong(request, 1400, "The endpoints are about, capabilities, catalog, info and data.")
    path = path.rstrip("/")
    return RedirectResponse(f"{path}?{request.url.query}" if request.url.query else path, 301, CORS)


def _dataset(asking: Asking, request: Request, found: dict[str, str]) -> Dataset:
    if not found.get("dataset"):
        raise wrong(request, 1400, "Give dataset.")
    try:
        return dataset(asking.viewer, asking.archive, found["dataset"])
    except (NotFound, BadParameter) as error:
        raise wrong(request, 1406, "The catalog lists those there are.") from error
