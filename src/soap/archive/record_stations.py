"""Stations in the catalogue, and the places they give to series that carry none of their own."""

from __future__ import annotations

import math
from dataclasses import asdict

from sqlalchemy import Connection, delete, insert, select, update

from soap.archive.draft import Arrival
from soap.archive.footprint import Row, point_rows
from soap.archive.schema import FOREVER, cover, station, version
from soap.observations import Station


def record_stations(connection: Connection, arrival: Arrival, now: int) -> None:
    """Make the file's stations current, the later recorded over the earlier, and place what waits for them."""
    for one in arrival.reading.stations:
        row = _row(one) | {"simulated": arrival.reading.simulated}
        here = (station.c.code_scheme == one.code_scheme, station.c.code == one.code, station.c.recorded_to == FOREVER)
        held = connection.execute(select(station).where(*here)).one_or_none()
        if held is not None and all(getattr(held, name) == value for name, value in row.items()):
            continue
        if held is not None and held.recorded_from == now:  # the same file, or batch, lists it twice
            connection.execute(delete(station).where(*here))
        else:
            connection.execute(update(station).where(*here).values(recorded_to=now))
        row |= {"original": arrival.sha256, "recorded_from": now, "recorded_to": FOREVER}
        connection.execute(insert(station).values(row))
        _place(connection, one)


def place_of_code(
    connection: Connection, scheme: str | None, code: str | None, first: int, last: int
) -> tuple[Row, ...]:
    """Index rows of a series that only its station's code places; none while the code is unknown."""
    held = connection.execute(
        select(station.c.latitude, station.c.longitude).where(
            station.c.code_scheme == scheme, station.c.code == code, station.c.recorded_to == FOREVER
        )
    ).one_or_none()
    return point_rows(held.latitude, held.longitude, first, last) if held is not None else ()


def _row(one: Station) -> dict:
    row = asdict(one)
    row["height_m"] = None if math.isnan(one.height_m) else one.height_m
    return row


def _place(connection: Connection, one: Station) -> None:
    """Index anew the current versions that wait for this station's place, or stood at its former one."""
    waiting = connection.execute(
        select(version.c.id, version.c.first, version.c.last).where(
            version.c.code == one.code, version.c.code_scheme == one.code_scheme, version.c.recorded_to == FOREVER
        )
    ).all()
    for row in waiting:
        connection.execute(delete(cover).where(cover.c.version == row.id))
        rows = point_rows(one.latitude, one.longitude, row.first, row.last)
        connection.execute(insert(cover), [{"version": row.id, "cell": c, "t0": t0, "t1": t1} for c, t0, t1 in rows])
