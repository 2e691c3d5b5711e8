"""Subscriptions: what somebody wants to be told of, and feeds of what there was to tell."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field, StrictBool
from starlette.responses import Response

from soap.core.time import iso
from soap.faces.api.rules import Anybody, Works
from soap.services.watch import feed as feeds
from soap.services.watch import subscriptions as service

router = APIRouter(tags=["subscriptions"])

Conditions = dict[str, Any]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
_ATOM = "application/atom+xml"


class Kind(StrEnum):
    """What somebody can be told of."""

    EARTHQUAKE = "earthquake"
    THRESHOLD = "threshold"
    SILENCE = "silence"
    NEW_DATA = "new_data"


class Channel(StrEnum):
    """How somebody can be told."""

    MAIL = "mail"
    WEBHOOK = "webhook"
    FEED = "feed"


class Wanted(BaseModel):
    """A subscription that is asked for."""

    kind: Kind
    conditions: Conditions = Field(default_factory=dict, examples=[{"min_magnitude": 6, "reaches": [23.8, 90.4]}])
    channel: Channel
    target: str = Field(default="", max_length=500, description="An e-mail address, or a webhook's URL.")
    name: str = Field(default="", max_length=200)


class Change(BaseModel):
    """What is to be changed; what is left out stays."""

    conditions: Conditions | None = None
    name: str | None = Field(default=None, max_length=200)
    active: StrictBool | None = None


class Subscription(BaseModel):
    """A subscription."""

    number: int
    made_by: str
    name: str
    kind: str
    conditions: Conditions
    channel: str
    target: str
    active: bool
    recorded_from: str


class Made(Subscription):
    """A new subscription, with what is told this once."""

    secret: str = Field(description="What a webhook's calls are signed with; the end of a feed's address.")
    feed: str | None = Field(description="The feed's address; who knows it reads what you may see.")


class Notice(BaseModel):
    """Something that there was to tell."""

    number: int
    subject: str
    recorded_from: str
    sent: str | None
    attempts: int
    error: str


@router.get("/subscriptions")
def subscriptions(asking: Works) -> list[Subscription]:
    """Your subscriptions."""
    return [Subscription(**_told(one)) for one in service.subscriptions(asking.viewer, asking.archive)]


@router.post("/subscriptions", status_code=201)
def make(asking: Works, request: Request, wanted: Wanted) -> Made:
    """Be told of something from now on."""
    secret, made = service.make(asking.viewer, asking.archive, wanted.kind.value, wanted.conditions,
                                wanted.channel.value, wanted.target, wanted.name)  # fmt: skip
    address = f"{request.base_url}api/v1/feed/{secret}" if wanted.channel is Channel.FEED else None
    return Made(**_told(made), secret=secret, feed=address)


@router.patch("/subscriptions/{number}")
def change(asking: Works, number: Number, wanted: Change) -> Subscription:
    """Give a subscription other conditions or another name, or pause it."""
    changed = service.change(asking.viewer, asking.archive, number, conditions=wanted.conditions, name=wanted.name,
                             active=wanted.active)  # fmt: skip
    return Subscription(**_told(changed))


@router.delete("/subscriptions/{number}", status_code=204, response_class=Response)
def remove(asking: Works, number: Number) -> Response:
    """Be told no more, and forget what was told."""
    service.remove(asking.viewer, asking.archive, number)
    return Response(status_code=204)


@router.get("/subscriptions/{number}/notices")
def notices(asking: Works, number: Number) -> list[Notice]:
    """What there was to tell, the latest first, and whether it was taken."""
    return [
        Notice(number=one.number, subject=one.subject, recorded_from=iso(one.recorded_from),
               sent=None if one.sent is None else iso(one.sent), attempts=one.attempts, error=one.error)
        for one in service.notices(asking.viewer, asking.archive, number)
    ]  # fmt: skip


@router.get("/feed/{secret}", response_class=Response,
            responses={200: {"content": {_ATOM: {"schema": {"type": "string"}}}}})  # fmt: skip
def feed(asking: Anybody, request: Request, secret: Annotated[str, Path(max_length=100)]) -> Response:
    """A subscription's notices as Atom, as what its maker may see now."""
    base = asking.served.settings.public_url or str(request.base_url)
    headers = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
    return Response(feeds.atom(asking.archive, secret, base), media_type=_ATOM, headers=headers)


def _told(one: service.Subscription) -> dict[str, Any]:
    return {
        "number": one.number, "made_by": one.made_by, "name": one.name, "kind": one.kind,
        "conditions": dict(one.conditions), "channel": one.channel, "target": one.target, "active": one.active,
        "recorded_from": iso(one.recorded_from),
    }  # fmt: skip
