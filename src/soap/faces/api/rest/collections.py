"""Collections: what is held of each, as the caller may know it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from soap.core.errors import NotFound
from soap.core.time import iso, utc
from soap.faces.api.rules import Anybody
from soap.services import find

router = APIRouter(tags=["collections"])

AsOf = Annotated[
    str | None, Query(max_length=40, description="As the archive was at this time of recording, ISO 8601, UTC.")
]


class Collection(BaseModel):
    """A collection: what it is, and the sum of those of its granules that the caller sees."""

    collection_id: str = Field(examples=["geomagnetism.kak.pt1h"])
    shape: str = Field(description="series, track, rays, field, events …")
    domain: str
    platform: str = Field(description="Stations or satellites, comma-separated.")
    cadence: str = Field(description="ISO 8601 duration, as PT1M.")
    level: str
    variables: list[str]
    start: str = Field(description="First time, ISO 8601, UTC.")
    last: str = Field(description="Last time, ISO 8601, UTC.")
    granules: int
    count: int = Field(description="Number of times, or of earthquakes.")
    simulated: bool
    providers: list[str] = Field(description="Members that handed it in; empty: the archive itself.")
    owner: str
    access: str
    licence: str
    citation: str
    embargo_until: str | None
    version: str = Field(description="What to cite, and to ask for again: `collection_id@T`.")


@router.get("/collections")
def collections(asking: Anybody, as_of: AsOf = None) -> list[Collection]:
    """All collections that hold something, by identifier."""
    return [collection_of(one) for one in _held(asking, as_of)]


@router.get("/collections/{collection_id}")
def collection(
    asking: Anybody, collection_id: Annotated[str, Path(max_length=200)], as_of: AsOf = None
) -> list[Collection]:
    """One collection; several entries where members hold different kinds of data under one name."""
    found = [collection_of(one) for one in _held(asking, as_of) if one.collection_id == collection_id]
    if not found:
        raise NotFound(f"There is no collection {collection_id!r} here. /api/v1/collections lists those there are.")
    return found


def _held(asking: Anybody, as_of: str | None) -> tuple[find.CollectionRecord, ...]:
    return find.collections(asking.viewer, asking.archive, None if as_of is None else utc(as_of))


def collection_of(one: find.CollectionRecord) -> Collection:
    """A record as it is told."""
    return Collection(
        collection_id=one.collection_id,
        shape=one.shape,
        domain=one.domain,
        platform=one.platform,
        cadence=one.cadence,
        level=one.level,
        variables=list(one.variables),
        start=iso(one.first),
        last=iso(one.last),
        granules=one.granules,
        count=one.count,
        simulated=one.simulated,
        providers=list(one.providers),
        owner=one.owner,
        access=one.access,
        licence=one.licence,
        citation=one.citation,
        embargo_until=None if one.embargo_until is None else iso(one.embargo_until),
        version=f"{one.collection_id}@{iso(one.version)}",
    )
