"""The one table of errors: what can go wrong as HTTP status, and as a problem document (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from soap.core.errors import (
    ArchiveError,
    BadFile,
    BadObservation,
    BadParameter,
    Conflict,
    NotFound,
    Refused,
    SoapError,
    TooLarge,
    TooMany,
    Unknown,
    WorkFailed,
)
from soap.faces.api.json_answer import Json

STATUS: Mapping[type[SoapError], int] = {
    BadParameter: 400,
    Unknown: 401,
    Refused: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    BadFile: 422,
    BadObservation: 422,
    TooMany: 429,
    ArchiveError: 503,
    WorkFailed: 503,
}
"""HTTP status of each kind of error; what is none of them is a 500, and says nothing of why."""

MEDIA = "application/problem+json"


_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457): the fact, the value, what would have been acceptable, the next step.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}

PROBLEMS: Mapping[int | str, dict[str, Any]] = {
    "4XX": {"description": "What was asked cannot be answered", "content": {MEDIA: {"schema": _PROBLEM}}},
    "5XX": {"description": "The server cannot answer now", "content": {MEDIA: {"schema": _PROBLEM}}},
}
"""Responses of a face that words its errors as problem documents."""


def status_of(error: Exception) -> int:
    """HTTP status of an error."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def headers_of(error: Exception) -> dict[str, str]:
    """Headers that go with an error: how to say who one is, and when to ask again."""
    if isinstance(error, Unknown):
        return {"WWW-Authenticate": 'Bearer realm="SOAP"'}
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.retry_after_s)}
    return {}


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """A problem document: status, its title, and the fact, value and next step in words."""
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Json(content, MEDIA, status=status, headers=headers)
