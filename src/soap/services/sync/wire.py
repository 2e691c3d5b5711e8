"""What one node tells another, as JSON: the same models word it and judge it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from soap.archive import changes
from soap.archive.contacts import HeldContacts
from soap.archive.policy import Terms
from soap.archive.terms import LONGEST
from soap.core.time import iso, utc
from soap.observations import Contact, Station, contact

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Code = Annotated[str, Field(pattern=r"^([A-Z][A-Z0-9_-]{1,19})?$", description="A member's code; empty: the archive.")]
Instant = Annotated[
    str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}Z$", examples=["2026-01-01T00:00:00Z"])
]
Name = Annotated[str, Field(min_length=1, max_length=300)]
_Word = Annotated[str, Field(max_length=200)]
_Prose = Annotated[str, Field(max_length=2000)]


class Words(BaseModel):
    """What is told; numbers are finite."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class TermsTold(Words):
    """Whose something is and who may see it."""

    owner: Code
    access: Literal["open", "members", "named", "private"]
    named: list[Code] = Field(max_length=1000)
    embargo_until: Instant | None
    licence: str = Field(max_length=LONGEST["licence"])
    citation: str = Field(max_length=LONGEST["citation"])

    @classmethod
    def of(cls, one: Terms) -> TermsTold:
        """The terms in words."""
        until = None if one.embargo_until is None else instant(one.embargo_until)
        return cls(owner=one.owner, access=one.access, named=list(one.named), embargo_until=until,  # type: ignore[arg-type]  # one of the four
                   licence=one.licence, citation=one.citation)  # fmt: skip

    def terms(self) -> Terms:
        """The terms that these words say."""
        until = None if self.embargo_until is None else microseconds(self.embargo_until)
        return Terms(self.owner, self.access, tuple(self.named), until, self.licence, self.citation)


class PartTold(Words):
    """An object: part of a granule's values, by time."""

    sha256: Sha256
    bytes: int = Field(ge=1, lt=2**62)
    recorded_from: Instant

    def part(self) -> changes.HeldPart:
        """The part that these words say."""
        return changes.HeldPart(self.sha256, self.bytes, microseconds(self.recorded_from))


class GranuleTold(Words):
    """A granule as it is held now."""

    granule_id: Name
    platform: _Word
    period: _Word
    maturity: str = Field(max_length=1000)
    terms: TermsTold
    parts: list[PartTold] = Field(min_length=1, max_length=1000)

    @classmethod
    def of(cls, one: changes.HeldGranule) -> GranuleTold:
        """The granule in words."""
        parts = [PartTold(sha256=part.sha256, bytes=part.bytes, recorded_from=instant(part.recorded_from))
                 for part in one.parts]  # fmt: skip
        return cls(granule_id=one.granule_id, platform=one.platform, period=one.period, maturity=one.maturity,
                   terms=TermsTold.of(one.terms), parts=parts)  # fmt: skip

    def granule(self) -> changes.HeldGranule:
        """The granule that these words say."""
        return changes.HeldGranule(self.granule_id, self.platform, self.period, self.maturity, self.terms.terms(),
                                   tuple(part.part() for part in self.parts))  # fmt: skip


class GranulesTold(Words):
    """Some granules of a collection, by name; `next` is to be asked `after` for those that follow."""

    granules: list[GranuleTold] = Field(max_length=changes.MOST)
    next: Name | None


class CollectionTold(Words):
    """A provider's collection, and the digest of what is told of its granules."""

    collection_id: Name
    provider: Code
    shape: str = Field(max_length=10)
    simulated: bool
    cadence: str = Field(max_length=40)
    level: str = Field(max_length=10)
    granules: int = Field(ge=0, lt=2**53)
    digest: Sha256

    @classmethod
    def of(cls, one: changes.HeldCollection) -> CollectionTold:
        """The collection in words."""
        return cls.model_validate(one, from_attributes=True)

    def collection(self) -> changes.HeldCollection:
        """The collection that these words say."""
        return changes.HeldCollection(**self.model_dump())


class NodeTold(Words):
    """Which archive answers, and the collections, station lists and contacts of which the asker may see something."""

    identity: str = Field(pattern=r"^[0-9a-f]{16}$")
    collections: list[CollectionTold] = Field(max_length=100_000)
    station_providers: list[Code] = Field(max_length=10_000)
    contact_providers: list[Code] = Field(default=[], max_length=10_000)


class StationTold(Words):
    """A station of a list."""

    code: str = Field(min_length=1, max_length=80)
    code_scheme: str = Field(min_length=1, max_length=40)
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    height_m: float | None
    name: _Prose
    region: _Prose
    place_grade: _Prose
    simulated: bool
    terms: TermsTold
    recorded_from: Instant

    @classmethod
    def of(cls, one: changes.HeldStation) -> StationTold:
        """The station in words."""
        at = one.station
        height = None if np.isnan(at.height_m) else at.height_m
        return cls(code=at.code, code_scheme=at.code_scheme, latitude=at.latitude, longitude=at.longitude,
                   height_m=height, name=at.name, region=at.region, place_grade=at.place_grade,
                   simulated=one.simulated, terms=TermsTold.of(one.terms),
                   recorded_from=instant(one.recorded_from))  # fmt: skip

    def station(self) -> changes.HeldStation:
        """The station that these words say."""
        height = float("nan") if self.height_m is None else self.height_m
        at = Station(self.code, self.latitude, self.longitude, height_m=height, name=self.name, region=self.region,
                     code_scheme=self.code_scheme, place_grade=self.place_grade)  # fmt: skip
        return changes.HeldStation(at, self.simulated, self.terms.terms(), microseconds(self.recorded_from))


class StationsTold(Words):
    """Some stations of a provider's lists, by `scheme:code`; `next` as of granules."""

    stations: list[StationTold] = Field(max_length=changes.MOST)
    next: Name | None


class ContactTold(Words):
    """Whom to ask about a station."""

    organisation: str = Field(min_length=1, max_length=contact.LONGEST["organisation"])
    role: str = Field(max_length=contact.LONGEST["role"])
    name: str = Field(max_length=contact.LONGEST["name"])
    email: str = Field(max_length=contact.LONGEST["email"])
    web: str = Field(max_length=contact.LONGEST["web"])

    @model_validator(mode="after")
    def _is_one(self) -> ContactTold:
        self.contact()
        return self

    def contact(self) -> Contact:
        """The contact that these words say."""
        return Contact(**self.model_dump())


class StationContactsTold(Words):
    """Contacts of a station, as its provider's list tells them or as they were set."""

    code_scheme: str = Field(min_length=1, max_length=40)
    code: str = Field(min_length=1, max_length=80)
    listed: bool
    contacts: list[ContactTold] = Field(min_length=1, max_length=contact.MOST)

    @classmethod
    def of(cls, one: HeldContacts) -> StationContactsTold:
        """The contacts in words."""
        return cls(code_scheme=one.code_scheme, code=one.code, listed=one.listed,
                   contacts=[ContactTold(**asdict(each)) for each in one.contacts])  # fmt: skip

    def held(self, provider: str) -> HeldContacts:
        """The contacts that these words say of a provider's station."""
        return HeldContacts(self.code_scheme, self.code, provider, self.listed,
                            tuple(one.contact() for one in self.contacts))  # fmt: skip


class ContactsTold(Words):
    """Contacts of some of a provider's stations, in their order; `next` as of granules."""

    stations: list[StationContactsTold] = Field(max_length=changes.MOST)
    next: Name | None


def instant(microseconds: int) -> str:
    """A time of recording in ISO 8601."""
    return iso(np.datetime64(microseconds, "us"))


def microseconds(instant: str) -> int:
    """Microseconds since 1970 of an instant in ISO 8601."""
    return int(utc(instant).astype("datetime64[us]").astype(np.int64))
