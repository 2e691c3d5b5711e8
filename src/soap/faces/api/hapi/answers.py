"""Answers of HAPI: status codes, errors in its words, and the headers that let pages of other sites read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import Response

from soap.core.errors import BadParameter, NotFound, SoapError
from soap.faces.api.json_answer import Json

VERSION = "3.3"
JSON = "application/json"

STATUS: Mapping[int, str] = {
    1200: "OK",
    1201: "OK - no data for time range",
    1400: "Bad request - user input error",
    1401: "Bad request - unknown API parameter name",
    1402: "Bad request - syntax error in start time",
    1403: "Bad request - syntax error in stop time",
    1404: "Bad request - start equal to or after stop",
    1405: "Bad request - start < startDate and/or stop > stopDate",
    1406: "Bad request - unknown dataset id",
    1407: "Bad request - unknown dataset parameter",
    1408: "Bad request - too much time or data requested",
    1409: "Bad request - unsupported output format",
    1410: "Bad request - unsupported include value",
    1411: "Bad request - out-of-order or duplicate parameters",
    1412: "Bad request - unsupported resolve_references value",
    1413: "Bad request - unsupported depth value",
    1500: "Internal server error",
    1501: "Internal server error - upstream request error",
}
"""Codes and messages of the specification, section 4.2."""

NOT_THERE = frozenset({1406, 1407})
"""Codes that go with HTTP 404; other 14xx with 400."""

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Content-Type",
}
"""Without credentials: what a page of another site reads so is what the public may see."""

_ERROR = {
    "type": "object",
    "required": ["HAPI", "status"],
    "properties": {"HAPI": {"type": "string"}, "status": {"type": "object", "required": ["code", "message"]}},
}
RESPONSES: Mapping[int | str, dict[str, Any]] = {
    "4XX": {"description": "Bad request, HAPI 14xx", "content": {JSON: {"schema": _ERROR}}},
    "5XX": {"description": "Internal server error, HAPI 15xx", "content": {JSON: {"schema": _ERROR}}},
}


def head(code: int, why: str = "") -> dict[str, Any]:
    """What every JSON answer begins with."""
    return {"HAPI": VERSION, "status": {"code": code, "message": f"{STATUS[code]}{'. ' + why if why else ''}"}}


def told(content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Json(content, headers={**CORS, **(headers or {})})


def wrong(request: Request, code: int, why: str = "") -> SoapError:
    """The error to raise for a HAPI code; names and values that nobody knows are not repeated in `why`."""
    request.state.hapi_code = code
    return NotFound(why) if code in NOT_THERE else BadParameter(why)


def explain(request: Request, status: int, detail: str, headers: Mapping[str, str]) -> Response:
    """An error as a header with nothing but its status; HTTP's status has the same meaning."""
    code = getattr(request.state, "hapi_code", None)
    if code is None:
        code = {413: 1408, 503: 1501}.get(status, 1500 if status >= 500 else 1400)
    return Json(head(code, detail), status=status, headers={**CORS, **headers})
