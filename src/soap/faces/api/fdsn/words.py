"""How an FDSN web service words an error, and that nothing answers.

International Federation of Digital Seismograph Networks, FDSN Web Service Specifications 1.2, 2019.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import numpy as np
from fastapi import Request
from starlette.responses import Response

from soap.core.errors import NotFound
from soap.core.time import iso

VERSIONS = {"event": "1.2.0", "station": "1.1.0"}
"""Of the specification that each service keeps, and the service's own."""

RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": HTTPStatus(status).phrase, "content": {"text/plain": {"schema": {"type": "string"}}}}
    for status in (400, 401, 403, 404, 413)
}
XML, TEXT = "application/xml", "text/plain"


def answers(what: str) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI tells of a query's answers, in words of what was asked for."""
    either = {media: {"schema": {"type": "string"}} for media in (XML, TEXT)}
    return {**RESPONSES, 200: {"content": either}, 204: {"description": f"No {what} answers."}}


def explain(request: Request, status: int, detail: str, headers: Mapping[str, str]) -> Response:
    """An error as text: what is wrong, where the service is documented, what was asked, when, of which version."""
    parts = request.url.path.split("/")
    service = parts[2] if len(parts) > 2 and parts[2] in VERSIONS else ""
    paragraphs = [
        f"Error {status}: {HTTPStatus(status).phrase}",
        detail,
        f"Usage details are available from /fdsnws/{service}/1/application.wadl" if service else "",
        f"Request:\n{_printable(str(request.url))}",
        f"Request Submitted:\n{iso(np.datetime64('now'))}",
        f"Service version:\n{VERSIONS[service]}" if service else "",
    ]
    text = "\n\n".join(one for one in paragraphs if one) + "\n"
    return Response(text, status, headers=dict(headers), media_type="text/plain")


def nothing(status: int, what: str) -> Response:
    """No data: an empty answer, or an error in words where the asker wants one (`nodata=404`)."""
    if status == 404:
        raise NotFound(f"No {what} answers. Ask for a wider time, place or range.")
    return Response(status_code=204)


def text(lines: list[str]) -> Response:
    """Lines of text."""
    return Response("\n".join(lines) + "\n", media_type="text/plain")


def cell(told: str) -> str:
    """Text as it can stand between the bars of FDSN text."""
    return " ".join(told.replace("|", "/").split())


def _printable(url: str) -> str:
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in url)
