"""`soap find`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soap.faces.cli import places
from soap.faces.cli.around import counts_as_json, print_counts
from soap.faces.cli.output import message, print_json, print_table
from soap.faces.cli.session import (
    ArchiveOption,
    AsOfOption,
    AsOption,
    JsonOption,
    ProviderOption,
    RadiusOption,
    StartOption,
    StopOption,
    session,
)

if TYPE_CHECKING:
    from soap.services.find import CollectionRecord, Found, GranuleRecord

_SHOWN = 200


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(find)


def find(
    context: typer.Context,
    near: Annotated[
        str | None, typer.Option(metavar="LAT,LON", help="Round this place [degree], with --radius-km.")
    ] = None,
    radius_km: RadiusOption = None,
    box: Annotated[str | None, typer.Option(metavar="W,S,E,N", help="In this box [degree]; W > E crosses 180.")] = None,
    event: Annotated[
        str | None,
        typer.Option(metavar="ID", help="In the preparation zone of this earthquake, 30 days before to 15 after."),
    ] = None,
    start: StartOption = None,
    stop: StopOption = None,
    variable: Annotated[str | None, typer.Option(metavar="V", help="That hold this variable (`b_north`).")] = None,
    collection: Annotated[str | None, typer.Option(metavar="C", help="Of this collection, `C@T` as of T.")] = None,
    station: Annotated[
        str | None, typer.Option(metavar="S", help="Of this station's code or platform (`KAK`, `cses_01`).")
    ] = None,
    provider: ProviderOption = None,
    as_of: AsOfOption = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find what the archive holds by place, time, variable, station, collection; without any, list the collections."""
    from soap.services import find as service
    from soap.services.around import Surroundings

    asked = (near, radius_km, box, event, start, stop, variable, collection, station, provider is not None)
    place, corners = places.near(near, radius_km), places.box(box)
    first, last, instant = places.instant(start), places.instant(stop), places.instant(as_of)
    viewer, opened = session(context).asking(archive, as_user)
    if not any(asked) and not as_json:
        _print_collections(service.collections(viewer, opened, instant))
        return
    found = service.find(
        viewer,
        opened,
        near=place,
        box=corners,
        event_id=event,
        start=first,
        stop=last,
        variable=variable,
        collection_id=collection,
        provider=provider,
        as_of=instant,
        station=station,
    )
    surroundings = None if found.around is None else Surroundings(found.around, found.earthquake, found.radius_km)
    for note in found.notes:
        message(f"note: {note}")
    if as_json:
        listed = None if any(asked) else service.collections(viewer, opened, instant)
        print_json(_answer(found, listed) | (counts_as_json(surroundings) if surroundings else {}))
        return
    if surroundings is not None:
        print_counts(surroundings)
    elif found.earthquake is not None:
        message(f"M {found.earthquake.magnitude} {found.earthquake.place}, preparation radius {found.radius_km:.1f} km")
    _print_granules(found.granules)


def _answer(found: Found, listed: tuple[CollectionRecord, ...] | None) -> dict[str, Any]:
    return {
        "count": len(found.granules),
        "earthquake": asdict(found.earthquake) if found.earthquake else None,
        "radius_km": found.radius_km,
        "collections": None if listed is None else [asdict(one) for one in listed],
        "granules": [_as_json(one) for one in found.granules],
    }


def _as_json(one: GranuleRecord) -> dict[str, Any]:
    row = asdict(one)
    window, box = row.pop("window"), row.pop("box")
    return row | {
        "start": window["start"],
        "stop": window["stop"],
        "box": [box["west"], box["south"], box["east"], box["north"]] if box else None,
    }


def _print_granules(granules: tuple[GranuleRecord, ...]) -> None:
    print_table(
        ("granule", "start", "values", "variables", "marks"),
        [
            (
                one.granule_id,
                str(one.window.start)[:16],
                one.count,
                ",".join(one.variables),
                "simulated" if one.simulated else "",
            )
            for one in granules[:_SHOWN]
        ],
    )
    more = f"; {_SHOWN} shown, --json gives all" if len(granules) > _SHOWN else ""
    message(f"{len(granules)} granules{more}")


def _print_collections(collections: tuple[CollectionRecord, ...]) -> None:
    from soap.core.time import iso

    shared = any(one.owner or one.access != "private" or one.licence for one in collections)
    print_table(
        (
            "collection",
            "shape",
            "first",
            "last",
            "granules",
            "variables",
            "recorded",
            *(_TERMS if shared else ()),
            "marks",
        ),
        [
            (
                one.collection_id,
                one.shape,
                str(one.first)[:10],
                str(one.last)[:10],
                one.granules,
                ",".join(one.variables),
                f"@{iso(one.version)}",
                *(_terms(one) if shared else ()),
                "simulated" if one.simulated else "",
            )
            for one in collections
        ],
    )


_TERMS = ("owner", "access", "embargo", "licence", "citation")


def _terms(one: CollectionRecord) -> tuple[str, ...]:
    """Whose a collection is, who may see it, from when, and under which licence."""
    embargo = "-" if one.embargo_until is None else str(one.embargo_until)[:10]
    return one.owner or "-", one.access, embargo, one.licence or "-", one.citation or "-"
