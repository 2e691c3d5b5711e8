"""Terms: whose a collection, granule or station is, who may see it and from when."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from soap.core.errors import BadParameter
from soap.core.time import iso
from soap.faces.api.rest.fields import LINE, MemberCode
from soap.faces.api.rules import Manages, SignedIn
from soap.services import terms

router = APIRouter(tags=["terms"])

Name = Annotated[str | None, Query(max_length=300, pattern=LINE)]
Provider = Annotated[
    str | None,
    Query(max_length=20, pattern=LINE, description="As this member handed it in; empty: the archive itself."),
]
Access = Literal["open", "members", "named", "private"]


class TermsInForce(BaseModel):
    """Terms in force on one provider's collection, granule or station."""

    subject: str
    provider: str
    granules: int
    owner: str
    access: str
    named: list[str]
    embargo_until: str | None
    licence: str
    citation: str


class TermsChange(BaseModel):
    """Terms that were set, on what, by whom and when."""

    subject: str
    made_by: str
    set: str = Field(description="ISO 8601, UTC.")
    granules: int = Field(description="How many granules they reached.")
    apart: int = Field(description="How many of its granules keep terms of their own.")
    owner: str
    access: str
    named: list[str]
    embargo_until: str | None
    licence: str
    citation: str


class NewTerms(BaseModel):
    """Terms to set; what is null stays."""

    access: Access | None = None
    named: list[MemberCode] | None = Field(default=None, max_length=50)
    embargo_until: str | None = Field(default=None, max_length=40, description="ISO 8601, UTC; `none` ends it.")
    licence: str | None = Field(default=None, max_length=terms.LONGEST["licence"], pattern=LINE)
    citation: str | None = Field(default=None, max_length=terms.LONGEST["citation"], pattern=LINE)
    owner: str | None = Field(default=None, max_length=20, pattern=LINE, description="Empty: the archive itself.")


def named_subject(
    collection: Name = None, granule: Name = None, station: Name = None, provider: Provider = None
) -> terms.Subject | None:
    """What is asked about; `station` is written after its scheme, `iaga_code:KAK`."""
    given = {"collection": collection, "granule": granule, "station": station}
    one = {kind: name for kind, name in given.items() if name is not None}
    if len(one) > 1:
        raise BadParameter("Name one thing: collection, granule or station.")
    return next((terms.Subject(kind, name, provider) for kind, name in one.items()), None)


def subject_of(subject: Annotated[terms.Subject | None, Depends(named_subject)]) -> terms.Subject:
    """What is asked about, where it must be named."""
    if subject is None:
        raise BadParameter("Say on what: collection, granule or station.")
    return subject


OnWhat = Annotated[terms.Subject, Depends(subject_of)]


@router.get("/terms")
def show_terms(asking: SignedIn, subject: OnWhat) -> list[TermsInForce]:
    """Terms in force on a collection, a granule or a station."""
    return [
        TermsInForce(subject=one.subject, provider=one.provider, granules=one.granules, **terms.as_json(one.terms))
        for one in terms.show(asking.viewer, asking.archive, subject)
    ]


@router.put("/terms")
def set_terms(asking: Manages, subject: OnWhat, wanted: NewTerms) -> list[TermsChange]:
    """Set terms; a collection's reach its granules that have none of their own."""
    change: dict[str, Any] = {name: value for name, value in wanted.model_dump().items() if value is not None}
    if not change:
        raise BadParameter("Say what to set: access, named, embargo_until, licence, citation or owner.")
    asking.about = " ".join(f"{name}={value}" for name, value in change.items() if name not in ("licence", "citation"))
    if "embargo_until" in change:
        change["embargo_until"] = terms.embargo(change["embargo_until"])
    if "named" in change:
        change["named"] = tuple(change["named"])
    return _told(asking, terms.set_terms(asking.viewer, asking.archive, subject, change))


@router.delete("/terms")
def reset_terms(asking: Manages, granule: Annotated[str, Query(max_length=300, pattern=LINE)]) -> TermsChange:
    """Put a granule back under its collection's terms."""
    return _told(asking, (terms.reset(asking.viewer, asking.archive, granule),))[0]


@router.get("/terms/history")
def history(asking: SignedIn, subject: Annotated[terms.Subject | None, Depends(named_subject)]) -> list[TermsChange]:
    """Terms that were set, first to last; on one thing, or on all that one may be told of."""
    return [_change(one) for one in terms.history(asking.viewer, asking.archive, subject)]


def _told(asking: Manages, changes: tuple[terms.Change, ...]) -> list[TermsChange]:
    asking.tells_of(one.terms.owner for one in changes)
    return [_change(one) for one in changes]


def _change(one: terms.Change) -> TermsChange:
    return TermsChange(subject=one.subject, made_by=one.made_by, set=iso(one.recorded_from), granules=one.granules,
                  apart=one.apart, **terms.as_json(one.terms))  # fmt: skip
