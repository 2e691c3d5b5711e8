"""Identifiers that files bring: what every catalogue, and every store of objects, can hold.

PostgreSQL enforces the lengths of columns and SQLite does not; both are held to them here, so that one file with an
identifier that is too long is refused on either, and the files beside it are published.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from urllib.parse import quote

from sqlalchemy import Column, String

from soap.archive.schema import collection, event_key, granule, original, station, storable, version
from soap.core.errors import BadObservation
from soap.observations import Earthquake, Station, StationContacts
from soap.observations.contact import MOST

LONGEST_PART = 200
"""Most bytes of a part of an object's key; with the checksum and ending it stays below a file name's 255."""

_SHOWN = 40


def key_part(told: str) -> str:
    """An identifier as a part of an object's key."""
    return quote(told, safe="")


def check_collection(collection_id: str, cadence: str, level: str) -> None:
    """`BadObservation` when a collection cannot be held under these."""
    _check(collection.c.collection_id, collection_id)
    _check(collection.c.domain, collection_id.split(".")[0])
    _check(collection.c.cadence, cadence)
    _check(collection.c.level, level)


def check_granule(name: str, platform: str, period: str) -> None:
    """`BadObservation` when a granule cannot be held under its public name, platform and period."""
    for column, told in ((granule.c.platform, platform), (granule.c.period, period)):
        _check(column, told)
        size = len(key_part(told))
        if size > LONGEST_PART or told in ("", ".", ".."):
            raise BadObservation(
                f"The {column.name} {_short(told)} cannot be part of a file's name ({size} bytes there, and at most"
                f" {LONGEST_PART} are). Give it another."
            )
    _check(granule.c.granule_id, name)


def check_words(maturity: str, variables: Iterable[str]) -> None:
    """`BadObservation` when the source's word for maturity, or a variable's name, cannot be held."""
    _check(version.c.maturity, maturity)
    for name in variables:
        _check(version.c.variables, name)


def check_code(scheme: str, code: str) -> None:
    """`BadObservation` when a station, or a series placed by its station, cannot be held under its code."""
    _check(version.c.code_scheme, scheme)
    _check(version.c.code, code)


def check_stations(stations: Iterable[Station]) -> None:
    """`BadObservation` when one of the stations cannot be held."""
    for one in stations:
        _check(station.c.code_scheme, one.code_scheme)
        _check(station.c.code, one.code)


def check_contacts(contacts: Iterable[StationContacts], stations: Iterable[Station]) -> None:
    """`BadObservation` when there are too many contacts of a station, or they are of none of these stations."""
    listed = {(one.code_scheme, one.code) for one in stations}
    for one in contacts:
        if (one.code_scheme, one.code) not in listed:
            raise BadObservation(f"{one.code_scheme}:{_short(one.code)} has contacts and is not listed; list it.")
        if len(one.contacts) > MOST:
            raise BadObservation(
                f"{one.code_scheme}:{one.code} has {len(one.contacts)} contacts, and at most {MOST} can be held."
            )


def check_earthquakes(earthquakes: Iterable[Earthquake]) -> None:
    """`BadObservation` when one of the earthquakes cannot be held."""
    for one in earthquakes:
        _check(event_key.c.event_id, one.event_id)


def check_reader(name: str) -> None:
    """`BadObservation` when the name of a file's reader cannot be held."""
    _check(original.c.reader, name)


def _check(column: Column, told: str) -> None:
    if not isinstance(told, str):
        raise BadObservation(f"The {column.name} {_short(str(told))} is no text. Give it as text.")
    longest = _longest(column)
    if longest is not None and len(told) > longest:
        raise BadObservation(
            f"The {column.name} {_short(told)} has {len(told)} characters, and at most {longest} can be held."
            " Give it a shorter one."
        )
    if storable(told) != told:
        raise BadObservation(f"The {column.name} {_short(told)} holds what is no character. Give it another.")


@cache
def _longest(column: Column) -> int | None:
    """Most characters of what a column holds; None where any number will do."""
    return column.type.length if isinstance(column.type, String) else None


def _short(told: str) -> str:
    return repr(told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…")
