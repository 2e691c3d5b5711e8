"""`soap stations`: where stations are, and how they do."""

from __future__ import annotations

import math
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soap.faces.cli import places
from soap.faces.cli.output import print_json, print_table
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from soap.observations import Station
    from soap.services.station_health import StationHealth

_HEAD = ("code", "latitude", "longitude", "series", "member", "last seen", "complete", "flagged", "late", "noise")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(stations)


def stations(
    context: typer.Context,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    start: Annotated[str | None, typer.Option(metavar="T", help="Judge the days from this time on, UTC.")] = None,
    stop: Annotated[str | None, typer.Option(metavar="T", help="Judge the days before this time, UTC.")] = None,
    collection: Annotated[str | None, typer.Option(metavar="C", help="Only this collection.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List stations and the health of their series, those silent for longest first.

    Of each series: when it was last seen, and over its last 30 days of values (or the days from --start to --stop)
    the share of the expected values that are there and of those that are flagged, the usual time until a day's values
    came, and the usual noise level. Stations without a series here come last.
    """
    from soap.services.find import stations as placed
    from soap.services.station_health import station_health

    here = session(context)
    viewer, opened = here.asking(archive, as_user)
    health = station_health(
        viewer, opened, start=places.instant(start), stop=places.instant(stop), collection_id=collection
    )
    rows = _rows(health, placed(viewer, opened), alone=collection is None)
    if as_json:
        print_json(rows)
    else:
        units = {variable.name: variable.units for variable in here.composition.names}
        head = (
            "code",
            "latitude",
            "longitude",
            "series",
            "member",
            "last seen",
            "complete",
            "flagged",
            "late",
            "noise",
        )
        print_table(head, [_cells(row, units) for row in rows])


def _rows(health: Iterable[StationHealth], placed: Iterable[Station], *, alone: bool) -> list[dict[str, Any]]:
    """One row a series, with its station where known; then, if wanted, stations `alone`, that have no series."""
    from soap.observations import Station
    from soap.services.station_health import StationHealth

    no_station: dict[str, Any] = dict.fromkeys(field.name for field in fields(Station))
    no_series: dict[str, Any] = dict.fromkeys(field.name for field in fields(StationHealth))
    by_code = {(one.code_scheme, one.code): asdict(one) for one in placed}
    rows = [no_station | asdict(one) | by_code.get((one.code_scheme, one.code), {}) for one in health]
    with_series = {(one.code_scheme, one.code) for one in health}
    without = [station for key, station in by_code.items() if key not in with_series] if alone else []
    return rows + [no_series | station for station in without]


def _cells(row: dict[str, Any], units: dict[str, str]) -> tuple[str, ...]:
    place = tuple("" if row[name] is None else f"{row[name]:.3f}" for name in ("latitude", "longitude"))
    code = row["code"] or row["platform"].upper()
    if row["collection_id"] is None:
        return (code, *place, *[""] * (len(_HEAD) - 3))
    noise = ", ".join(f"{name} {level:.2g} {units.get(name, '')}".rstrip() for name, level in row["noise"].items())
    return (
        code,
        *place,
        row["collection_id"],
        row["provider"],
        str(row["last_seen"])[:16].replace("T", " "),
        f"{math.floor(row['completeness'] * 1000) / 10:.1f} %",  # 100.0 only where nothing lacks
        f"{math.ceil(row['flagged'] * 10_000) / 100:.2f} %",  # 0.00 only where nothing is flagged
        _span(row["latency_s"]),
        noise,
    )


def _span(seconds: float | None) -> str:
    """A time in the largest unit of which there are two."""
    if seconds is None:
        return ""
    for unit, length in (("years", 31_557_600), ("days", 86_400), ("h", 3600), ("min", 60)):
        if abs(seconds) >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"
