"""`soap get`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soap.faces.cli import places
from soap.faces.cli.around import counts_as_json, print_counts
from soap.faces.cli.output import message, print_json, progress_bar
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
    from soap.core.time import Window


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(get)


def get(
    session_context: typer.Context,
    out: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="File (without COLLECTION: folder) to write; a file there is replaced.",
        ),
    ],
    collection: Annotated[
        str | None,
        typer.Argument(
            metavar="COLLECTION",
            help="Collection, `C@T` as of T, as `soap find` lists them; without, all round a place.",
        ),
    ] = None,
    start: StartOption = None,
    stop: StopOption = None,
    near: Annotated[
        str | None, typer.Option(metavar="LAT,LON", help="All round this place [degree], with --radius-km.")
    ] = None,
    radius_km: RadiusOption = None,
    box: Annotated[str | None, typer.Option(metavar="W,S,E,N", help="All in this box [degree].")] = None,
    event: Annotated[
        str | None,
        typer.Option(metavar="ID", help="All in this earthquake's preparation zone, 30 days before to 15 after."),
    ] = None,
    context: Annotated[
        list[str] | None, typer.Option(metavar="C", help="With a place: this global index too; may be given again.")
    ] = None,
    format_name: Annotated[
        str,
        typer.Option(
            "--format", help="csv, parquet, netcdf, or a format that is also written: iaga2002, ionex, quakeml."
        ),
    ] = "csv",
    variable: Annotated[
        list[str] | None, typer.Option(metavar="V", help="Only this variable; may be given again.")
    ] = None,
    station: Annotated[
        str | None,
        typer.Option(
            metavar="S", help="Instead of COLLECTION: this station's, with --variable, of the finest cadence."
        ),
    ] = None,
    points: Annotated[
        int | None,
        typer.Option(metavar="N", help="Decimate for a plot: least and greatest value in each of N spans of time."),
    ] = None,
    provider: ProviderOption = None,
    as_of: AsOfOption = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a collection's values to a file that other programs read, or all that is round a place into a folder."""
    from soap.services.get import get as run

    here = session(session_context)
    placed = places.near(near, radius_km), places.box(box), event
    if collection is not None and station is not None:
        raise typer.BadParameter("Give COLLECTION or --station, not both.")
    if collection is None and station is None:
        if points is not None or provider is not None:
            raise typer.BadParameter("--points and --provider are for one COLLECTION or --station.")
        window, instant = (places.instant(start), places.instant(stop)), places.instant(as_of)
        viewer, opened = here.asking(archive, as_user)
        _get_folder(viewer, opened, placed, window, variable, context, instant, out, format_name, as_json)
        return
    if any(placed) or context:
        raise typer.BadParameter(
            "A place is for what is got without COLLECTION or --station; this gets one collection."
        )
    viewer, opened = here.asking(archive, as_user)
    export = run(
        viewer,
        opened,
        here.composition,
        collection,
        _window(start, stop),
        tuple(variable or ()),
        format_name=format_name,
        out=out,
        provider=provider,
        points=points,
        as_of=places.instant(as_of),
        station=station,
    )
    if as_json:
        print_json(asdict(export))
    else:
        marked = " (simulated)" if export.simulated else ""
        typer.echo(
            f"{export.path}: {export.count} times of {export.version}{marked} as {export.format}, {export.bytes} bytes."
        )


def _window(start: str | None, stop: str | None) -> Window:
    from soap.core.time import Window, utc

    if start is None or stop is None:
        raise typer.BadParameter("A collection is got with --start and --stop.")
    return Window(utc(start), utc(stop))


def _get_folder(viewer, archive, placed, window, variable, context, as_of, out, format_name, as_json) -> None:
    """Write all that is round a place: the counts first, then the files."""
    from soap.services.around import around, write_folder

    near, box, event = placed
    surroundings = around(
        viewer,
        archive,
        near=near,
        box=box,
        event_id=event,
        start=window[0],
        stop=window[1],
        variables=variable or None,
        context=context or (),
        as_of=as_of,
    )
    if not as_json:
        print_counts(surroundings)
    with progress_bar("collections") as bar:
        written = write_folder(surroundings, out, format_name=format_name, progress=bar)
    if as_json:
        counts = counts_as_json(surroundings)
        print_json({"path": str(out), **counts, "files": [asdict(one) for one in written]})
    else:
        message(f"{len(written)} files and contents.csv in {out}")
