"""Statistics by member."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from soap.core.time import iso
from soap.faces.api.rules import Anybody
from soap.services import member_statistics

router = APIRouter(tags=["statistics"])


class Holdings(BaseModel):
    """What one member handed in, as far as the caller may know of it."""

    member: str = Field(description="A member's code; empty: the archive itself.")
    name: str
    collections: int
    granules: int
    count: int = Field(description="Number of times, and of earthquakes.")
    start: str | None
    last: str | None


@router.get("/statistics")
def statistics(asking: Anybody) -> list[Holdings]:
    """What each member handed in, by its code."""
    return [
        Holdings(
            member=one.member,
            name=one.name,
            collections=one.collections,
            granules=one.granules,
            count=one.count,
            start=None if one.first is None else iso(one.first),
            last=None if one.last is None else iso(one.last),
        )
        for one in member_statistics.by_member(asking.viewer, asking.archive)
    ]
