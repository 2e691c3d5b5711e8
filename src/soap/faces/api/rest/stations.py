"""Stations and their health: where they are, whom to ask, and how complete, late and noisy their series are."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from soap.core.time import Window, iso, utc
from soap.faces.api.rest.collections import Collection, collection_of
from soap.faces.api.rest.fields import LINE
from soap.faces.api.rules import Anybody, Manages
from soap.observations import Station as Listed
from soap.services import contacts, daily_health, find, station_health, station_series

router = APIRouter(tags=["stations"])


class Station(BaseModel):
    """A ground station; its place is geodetic, WGS84."""

    code: str = Field(examples=["KAK"])
    code_scheme: str = Field(examples=["iaga_code"])
    latitude: float = Field(ge=-90, le=90, description="degree")
    longitude: float = Field(ge=-180, le=180, description="degree, east positive")
    height_m: float | None = Field(description="Above the ellipsoid, m.")
    name: str
    region: str
    place_grade: str = Field(description="How far the place can be trusted, in its source's words.")


class Contact(BaseModel):
    """Whom to ask about a station; persons' names and addresses are told to the people of members alone."""

    organisation: str = Field(min_length=1, max_length=contacts.LONGEST["organisation"], pattern=LINE)
    role: str = Field(default="", max_length=contacts.LONGEST["role"], pattern=LINE, examples=["head of observatory"])
    name: str = Field(default="", max_length=contacts.LONGEST["name"], pattern=LINE, description="Of a person.")
    email: str = Field(default="", max_length=contacts.LONGEST["email"], pattern=LINE)
    web: str = Field(default="", max_length=contacts.LONGEST["web"], pattern=LINE, description="URL of a page.")


class StationContact(Contact):
    """A contact that a provider's station list tells, or that was set for that provider."""

    provider: str = Field(description="A member's code; empty: the archive itself.")
    listed: bool = Field(description="True where the list tells it.")


class StationAlone(Station):
    """A station, and whom to ask about it."""

    contacts: list[StationContact]
    may_set_contacts: list[str] = Field(description="Providers for which who asks may set them.")


class NewContacts(BaseModel):
    """Contacts that are to take the place of those that were set."""

    contacts: list[Contact] = Field(min_length=1, max_length=contacts.MOST)


class Health(BaseModel):
    """One series of one member over some days; shares are of the expected, and of the present values."""

    collection_id: str
    provider: str
    platform: str
    code_scheme: str
    code: str
    latitude: float | None
    longitude: float | None
    first_day: str
    days: int
    days_with_values: int
    last_seen: str
    completeness: float
    flagged: float
    latency_s: float | None = Field(description="Median time until a day's values came, s.")
    noise: dict[str, float] = Field(description="Median noise by variable, in its unit.")


class StationSeries(Collection):
    """A station's part of a collection."""

    told: dict[str, str] = Field(description="What its latest file tells of instrument, maker and making, by name.")


class HealthOfDays(BaseModel):
    """One series of one member, day by day; the lists are as long as `days`, which leaves out those without values."""

    collection_id: str
    provider: str
    platform: str
    code_scheme: str = Field(description="Of the station where it stands.")
    code: str
    since: str = Field(description="First day with values at all.")
    days: list[str]
    expected: list[int] = Field(description="Times that a whole day has.")
    present: list[int] = Field(description="Of these with a value.")
    flagged: list[int] = Field(description="Of these with a flag against it.")
    latency_s: list[float | None] = Field(description="Time from the last value until the day first came, s.")
    noise: dict[str, list[float | None]] = Field(description="Noise by variable, in its unit.")


Scheme = Annotated[str, Path(max_length=40)]
Code = Annotated[str, Path(max_length=80)]
Provider = Annotated[
    str | None,
    Query(max_length=20, pattern=LINE, description="As this member has it; empty: the archive itself."),
]


@router.get("/stations")
def stations(asking: Anybody) -> list[Station]:
    """All stations of known place, by code scheme and code."""
    return [_station(one) for one in find.stations(asking.viewer, asking.archive)]


@router.get("/stations/{code_scheme}/{code}")
def station(asking: Anybody, code_scheme: Scheme, code: Code) -> StationAlone:
    """One station; of the scheme `platform` one that no list names and whose own files say where it stands."""
    found = station_series.site(asking.viewer, asking.archive, code_scheme, code).station
    return StationAlone(
        **_station(found).model_dump(),
        contacts=_contacts(contacts.of_station(asking.viewer, asking.archive, code_scheme, code)),
        may_set_contacts=list(contacts.may_set(asking.viewer, asking.archive, code_scheme, code)),
    )


@router.put("/stations/{code_scheme}/{code}/contacts")
def set_contacts(
    asking: Manages, code_scheme: Scheme, code: Code, wanted: NewContacts, provider: Provider = None
) -> list[StationContact]:
    """Set whom to ask about a station, for a provider whose it is; they count over those of its station list."""
    asking.about = f"contacts={len(wanted.contacts)}"
    told = [one.model_dump() for one in wanted.contacts]
    made = contacts.set_contacts(asking.viewer, asking.archive, code_scheme, code, told, provider)
    asking.tells_of([made.provider])
    return _contacts([made])


@router.delete("/stations/{code_scheme}/{code}/contacts", status_code=204)
def take_back_contacts(asking: Manages, code_scheme: Scheme, code: Code, provider: Provider = None) -> None:
    """Take back the contacts that were set, so that those of the provider's station list count again."""
    asking.tells_of([contacts.take_back(asking.viewer, asking.archive, code_scheme, code, provider)])


@router.get("/stations/{code_scheme}/{code}/series")
def series(asking: Anybody, code_scheme: Scheme, code: Code) -> list[StationSeries]:
    """What a station observes: each series with its terms, its version, and what its files tell of the instrument."""
    found = station_series.station_series(asking.viewer, asking.archive, code_scheme, code)
    return [StationSeries(**collection_of(one.held).model_dump(), told=dict(one.told)) for one in found]


@router.get("/health")
def health(
    asking: Anybody,
    start: Annotated[str | None, Query(max_length=40, description="Days from this time on, UTC.")] = None,
    stop: Annotated[str | None, Query(max_length=40, description="Days before this time, UTC.")] = None,
    collection: Annotated[str | None, Query(max_length=200, description="Only this collection.")] = None,
) -> list[Health]:
    """Health of each series, those silent for longest first; without a window over its last 30 days of values."""
    found = station_health.station_health(
        asking.viewer,
        asking.archive,
        start=None if start is None else utc(start),
        stop=None if stop is None else utc(stop),
        collection_id=collection,
    )
    return [_health(one) for one in found]


@router.get("/health/days")
def days(
    asking: Anybody,
    start: Annotated[str, Query(max_length=40, description="Days from this time on, UTC.")],
    stop: Annotated[str, Query(max_length=40, description="Days before this time, UTC.")],
    collection: Annotated[str | None, Query(max_length=200, description="Only this collection.")] = None,
) -> list[HealthOfDays]:
    """Health of each series day by day; of all series up to 400 days, of one collection any."""
    window = Window(utc(start), utc(stop))
    found = daily_health.daily_health(asking.viewer, asking.archive, window, collection_id=collection)
    return [_days(one) for one in found]


def _days(one: daily_health.DailyHealth) -> HealthOfDays:
    names = dict.fromkeys(name for day in one.days for name in day.noise)
    return HealthOfDays(
        collection_id=one.collection_id,
        provider=one.provider,
        platform=one.platform,
        code_scheme=one.code_scheme,
        code=one.code,
        since=str(one.since),
        days=[str(day.day) for day in one.days],
        expected=[day.expected for day in one.days],
        present=[day.present for day in one.days],
        flagged=[day.flagged for day in one.days],
        latency_s=[day.latency_s for day in one.days],
        noise={name: [day.noise.get(name) for day in one.days] for name in names},
    )


def _station(one: Listed) -> Station:
    return Station(
        code=one.code,
        code_scheme=one.code_scheme,
        latitude=one.latitude,
        longitude=one.longitude,
        height_m=None if math.isnan(one.height_m) else one.height_m,
        name=one.name,
        region=one.region,
        place_grade=one.place_grade,
    )


def _contacts(held: Iterable[contacts.HeldContacts]) -> list[StationContact]:
    return [
        StationContact(**asdict(each), provider=one.provider, listed=one.listed)
        for one in held
        for each in one.contacts
    ]


def _health(one: station_health.StationHealth) -> Health:
    return Health(
        collection_id=one.collection_id,
        provider=one.provider,
        platform=one.platform,
        code_scheme=one.code_scheme,
        code=one.code,
        latitude=one.latitude,
        longitude=one.longitude,
        first_day=str(one.first_day),
        days=one.days,
        days_with_values=one.days_with_values,
        last_seen=iso(one.last_seen),
        completeness=one.completeness,
        flagged=one.flagged,
        latency_s=one.latency_s,
        noise=dict(one.noise),
    )
