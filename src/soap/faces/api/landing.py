"""The way in: what is served here, and where."""

from __future__ import annotations

from pydantic import BaseModel

import soap


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


def landing() -> Landing:
    """What is served here, and where."""
    return Landing(title="SOAP", version=soap.__version__, ways=list(WAYS))
