"""Stations in the catalogue, whom to ask about them, and the places they give to series that carry none."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import Connection, Row, delete, insert, select, update

from soap.archive.draft import CHUNK, Arrival
from soap.archive.footprint import Row as CoverRow
from soap.archive.footprint import point_rows
from soap.archive.policy import Terms
from soap.archive.record_contacts import record_contacts
from soap.archive.schema import FOREVER, cover, station, station_listing, version
from soap.archive.station_places import station_places
from soap.archive.terms import number_of
from soap.observations import Station


def record_stations(connection: Connection, arrival: Arrival, provider: str, now: int) -> None:
    """Make the file's stations current among the provider's, the later recorded over the earlier, and place series.

    A station that is new is the provider's own, one that was listed before stays under its terms. Whom the file names
    as a station's contacts takes the place of whom the provider's file before it named.
    """
    if not arrival.reading.stations:
        return
    moved: set[tuple[str, str]] = set()
    for one in arrival.reading.stations:
        row = _row(one) | {"simulated": arrival.reading.simulated}
        here = (
            station.c.code_scheme == one.code_scheme,
            station.c.code == one.code,
            station.c.provider == provider,
            station.c.recorded_to == FOREVER,
        )
        held = connection.execute(select(station).where(*here)).one_or_none()
        if held is not None and all(getattr(held, name) == value for name, value in row.items()):
            continue
        if held is not None and held.recorded_from == now:  # the same file, or batch, lists it twice
            connection.execute(delete(station).where(*here))
        else:
            connection.execute(update(station).where(*here).values(recorded_to=now))
        row |= {"original": arrival.sha256, "recorded_from": now, "recorded_to": FOREVER, "provider": provider}
        row["terms"] = number_of(connection, Terms(owner=provider)) if held is None else held.terms
        connection.execute(insert(station).values(row))
        moved.add((one.code_scheme, one.code))
    _place(connection, moved)
    _note_listing(connection, arrival, provider)
    record_contacts(connection, arrival, provider, now)


def station_rows(stations: Iterable[Row], first: int, last: int) -> tuple[CoverRow, ...]:
    """Index rows of a series that only its station's code places: wherever any member says that it stands.

    Who may know which of these places is for the exact test.
    """
    found = {row for one in stations for row in point_rows(one.latitude, one.longitude, first, last)}
    return tuple(sorted(found))


def _row(one: Station) -> dict:
    row = asdict(one)
    row["height_m"] = None if math.isnan(one.height_m) else one.height_m
    return row


def _note_listing(connection: Connection, arrival: Arrival, provider: str) -> None:
    """Note all stations that the file tells of, also those that it leaves as they were."""
    keys = [(one.code_scheme, one.code) for one in arrival.reading.stations]
    named = {(one.code_scheme, one.code) for one in arrival.reading.contacts for each in one.contacts if each.personal}
    rows = [{"code_scheme": scheme, "code": code, "persons": (scheme, code) in named} for scheme, code in set(keys)]
    told = {"original": arrival.sha256, "provider": provider}
    connection.execute(delete(station_listing).where(*(station_listing.c[name] == one for name, one in told.items())))
    connection.execute(insert(station_listing), [told | row for row in rows])


def _place(connection: Connection, moved: set[tuple[str, str]]) -> None:
    """Index anew the current versions that wait for these stations' places, or stood at a former one."""
    codes = sorted({code for _, code in moved})
    places = station_places(connection, codes, None)
    columns = (version.c.id, version.c.first, version.c.last, version.c.code_scheme, version.c.code)
    waiting: list[Row] = []
    for start in range(0, len(codes), CHUNK):
        some = version.c.code.in_(codes[start : start + CHUNK])
        rows = connection.execute(select(*columns).where(some, version.c.recorded_to == FOREVER))
        waiting += [row for row in rows if (row.code_scheme, row.code) in moved]
    for start in range(0, len(waiting), CHUNK):
        some = cover.c.version.in_([row.id for row in waiting[start : start + CHUNK]])
        connection.execute(delete(cover).where(some))
    covers = [
        {"version": row.id, "cell": cell, "t0": t0, "t1": t1}
        for row in waiting
        for cell, t0, t1 in station_rows(places.all_of(row.code_scheme, row.code), row.first, row.last)
    ]
    if covers:
        connection.execute(insert(cover), covers)
