"""Personal tokens, for scripts and stations: made, listed and revoked in person."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from soap.core.time import iso
from soap.faces.api.rest.fields import LINE
from soap.faces.api.rules import InPerson
from soap.services import tokens

router = APIRouter(tags=["tokens"])

Scope = Literal["read", "hand_in", "work", "manage"]


class Token(BaseModel):
    """What is known of a token: never the token."""

    number: int
    user: str
    name: str = Field(description="What it is for.")
    scopes: list[str]
    made: str = Field(description="ISO 8601, UTC.")
    expires: str
    used: str | None = Field(description="When it was last used, to the minute.")
    revoked: bool


class MadeToken(Token):
    """A new token; it is told this once."""

    token: str


class NewToken(BaseModel):
    """A token that is wanted."""

    name: str = Field(min_length=1, max_length=tokens.LONGEST_NAME, pattern=LINE, examples=["notebook"])
    scopes: list[Scope] = Field(min_length=1, max_length=4)
    days: int = Field(strict=True, ge=1, le=tokens.LONGEST_DAYS, description="How long it holds.", examples=[30])


@router.get("/tokens")
def list_tokens(asking: InPerson) -> list[Token]:
    """One's tokens, the newest first."""
    return [_told(one) for one in tokens.tokens(asking.viewer, asking.archive, asking.viewer.user)]


@router.post("/tokens", status_code=201)
def make_token(asking: InPerson, wanted: NewToken, response: Response) -> MadeToken:
    """Make a token."""
    asking.about = f"scopes={','.join(wanted.scopes)} days={wanted.days}"
    secret, known = tokens.make(
        asking.viewer, asking.archive, asking.viewer.user, wanted.name, wanted.scopes, wanted.days
    )
    response.headers["Cache-Control"] = "no-store"
    return MadeToken(token=secret, **_told(known).model_dump())


@router.delete("/tokens/{number}")
def revoke_token(asking: InPerson, number: Annotated[int, Path(ge=1, lt=2**31)]) -> Token:
    """Revoke a token."""
    return _told(tokens.revoke(asking.viewer, asking.archive, number))


def _told(one: tokens.Token) -> Token:
    return Token(
        number=one.number,
        user=one.user,
        name=one.name,
        scopes=list(one.scopes),
        made=iso(one.recorded_from),
        expires=iso(one.expires),
        used=None if one.used is None else iso(one.used),
        revoked=one.revoked,
    )
