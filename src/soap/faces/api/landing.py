"""The way in: what is served here, and where."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

import soap
from soap.faces.api.face import Face
from soap.faces.api.rules import Anybody

router = APIRouter(tags=["server"])


class Way(BaseModel):
    """One of the protocols."""

    title: str
    path: str


class Landing(BaseModel):
    """What is served here."""

    title: str
    version: str
    ways: list[Way]


WAYS = (
    Way(title="REST, described by OpenAPI", path="/api/v1/openapi.json"),
    Way(title="HAPI 3.3", path="/hapi"),
    Way(title="STAC API 1.0", path="/stac"),
    Way(title="FDSN event", path="/fdsnws/event/1/"),
    Way(title="FDSN station", path="/fdsnws/station/1/"),
)


@router.get("/")
def landing(asking: Anybody) -> Landing:
    """What is served here, and where."""
    return Landing(title="SOAP", version=soap.__version__, ways=list(WAYS))


LANDING = Face("", (router,))
