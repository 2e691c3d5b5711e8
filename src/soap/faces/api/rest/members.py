"""Members: the states whose stations and people these are."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from soap.faces.api.rules import Anybody
from soap.services import accounts

router = APIRouter(tags=["members"])


class Member(BaseModel):
    """A member state."""

    code: str = Field(examples=["BGD"])
    name: str = Field(examples=["Bangladesh"])


@router.get("/members")
def members(asking: Anybody) -> list[Member]:
    """All members, by code."""
    return [Member(code=one.code, name=one.name) for one in accounts.members(asking.viewer, asking.archive)]
