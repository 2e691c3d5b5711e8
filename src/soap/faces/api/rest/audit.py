"""The audit log, and how much was asked for."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from soap.core.who import MEMBER_ADMIN, Viewer
from soap.faces.api.asking import Asking
from soap.faces.api.rest.fields import LINE, Start, Stop
from soap.faces.api.rules import Manages, SignedIn
from soap.services import audit, limits

router = APIRouter(tags=["audit"])

DAYS = 31
"""Days of usage that are told."""

_MEDIA = {"jsonl": "application/jsonl", "csv": "text/csv; charset=utf-8"}


class DayOfUse(BaseModel):
    """What was used on a day, UTC."""

    date: str = Field(examples=["2026-01-31"])
    requests: int
    bytes: int = Field(description="Sent and taken.")


class Use(BaseModel):
    """What a user, or all people of a member, may use and used."""

    kind: Literal["user", "member"]
    name: str
    requests_per_minute: int = Field(description="0: no limit.")
    bytes_per_day: int = Field(description="0: no limit.")
    days: list[DayOfUse]


@router.get(
    "/audit",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/jsonl": {"schema": {"type": "string"}},
                                 "text/csv": {"schema": {"type": "string"}}}}},
)  # fmt: skip
def read_audit(
    asking: Manages,
    start: Start = None,
    stop: Stop = None,
    user: Annotated[str | None, Query(max_length=80, pattern=LINE, description="What this user did.")] = None,
    action: Annotated[str | None, Query(max_length=80, pattern=LINE, description="As `GET /api/v1/series`.")] = None,
    format: Literal["jsonl", "csv"] = "jsonl",
) -> StreamingResponse:
    """Who read or changed what, first to last.

    A member's data officer is told what their member's people did, and what others did with their member's values;
    who runs the archive all of it.
    """
    found = audit.entries(asking.viewer, asking.archive, start=start, stop=stop, user=user, action=action)
    asking.tells_of([asking.viewer.member])
    lines = audit.as_csv(found) if format == "csv" else audit.as_json_lines(found)
    return StreamingResponse(lines, media_type=_MEDIA[format], headers={"Cache-Control": "no-store"})


@router.get("/usage")
def usage(asking: SignedIn) -> list[Use]:
    """What one used in the last days, and may; for a member's data officer the member's too."""
    viewer, settings = asking.viewer, asking.served.settings
    found = [_use(asking, "user", viewer.user, settings.requests_per_minute, settings.gib_per_day)]
    if _officer(viewer):
        found.append(
            _use(asking, "member", viewer.member, settings.member_requests_per_minute, settings.member_gib_per_day)
        )
    return found


def _officer(viewer: Viewer) -> bool:
    return bool(viewer.member) and MEMBER_ADMIN in viewer.roles


def _use(asking: Asking, kind: Literal["user", "member"], name: str, rate: int, gib: int) -> Use:
    """Days before this one as the catalogue has them, this one as far as this process knows."""
    last = limits.today()
    held = limits.by_day(asking.archive, asking.viewer, kind, name, last - DAYS + 1, last)
    held[last] = asking.served.limits.used(kind, name)
    days = [
        DayOfUse(date=limits.date_of(day), requests=held[day].requests, bytes=held[day].bytes) for day in sorted(held)
    ]
    return Use(kind=kind, name=name, requests_per_minute=rate, bytes_per_day=gib << 30, days=days)
