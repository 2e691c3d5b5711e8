"""What a browser is answered: the portal's page at the path of each of its views, and the assets that it is made of.

The page holds no data; it asks the public API as who has signed in.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from soap.core.errors import NotFound
from soap.faces.api.landing import Landing, landing
from soap.faces.api.rules import Anybody
from soap.faces.portal.built import built

router = APIRouter(tags=["server"])

PAGES = (
    "/around",
    "/series",
    "/stations",
    "/stations/{code_scheme}/{code}",
    "/satellites",
    "/studies",
    "/studies/{study_id}",
    "/data",
    "/admin",
    "/admin/{part}",
    "/sign-in",
)
"""Paths of the portal's views, beside `/`; each is a page's in portal/src/App.tsx."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self';"
    " font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content that the page may use: this server's alone."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "Vary": "Accept",
}
_FOR_EVER = "public, max-age=31536000, immutable"

_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>SOAP</title>
<h1>The portal is not built</h1>
<p>The archive is served; only its web pages are missing. In a checkout of the sources, <code>make portal</code> builds
them (it needs Node.js 20.19 or newer and npm); then start the server again. A released wheel has them.</p>
<p>Programs find everything at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</p>
</html>
"""


@router.get("/", response_model=Landing, responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}})
def home(asking: Anybody, request: Request, response: Response) -> Landing | Response:
    """What is served here, and where; the portal for a browser."""
    if _wants_a_page(request.headers.get("accept", "")):
        return _page()
    response.headers["Vary"] = "Accept"
    return landing()


@router.get("/assets/{name}", include_in_schema=False)
def asset(asking: Anybody, request: Request, name: str) -> Response:
    """A part of the portal; its name changes with its content, so that it may be kept for ever."""
    here = built()
    found = None if here is None else here.assets.get(name)
    if found is None:
        raise NotFound(f"The portal has no part {name[:100]!r}; load its page again.")
    headers = {"Cache-Control": _FOR_EVER, "ETag": f'"{name}"', "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=found.media)
    return Response(found.plain, headers=headers, media_type=found.media)


def page(asking: Anybody) -> Response:
    """A view of the portal."""
    return _page()


for _path in PAGES:
    router.add_api_route(_path, page, include_in_schema=False, response_class=HTMLResponse)


def _page() -> Response:
    here = built()
    if here is None:
        return HTMLResponse(_NOT_BUILT, headers={"Cache-Control": "no-cache", "Vary": "Accept"})
    return HTMLResponse(here.index, headers=_HEADERS)


def _wants_a_page(accept: str) -> bool:
    """True where a browser asks: it names text/html, before JSON."""
    named = [one.partition(";")[0].strip().lower() for one in accept.split(",")]
    page, data = (named.index(one) if one in named else None for one in ("text/html", "application/json"))
    return page is not None and (data is None or page < data)
