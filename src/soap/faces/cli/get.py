"""`soap get`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from soap.faces.cli.output import print_json
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, session


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(get)


def get(
    context: typer.Context,
    collection: Annotated[str, typer.Argument(metavar="COLLECTION", help="Collection, as `soap find` lists them.")],
    start: Annotated[str, typer.Option(metavar="T", help="From this time on, UTC.")],
    stop: Annotated[str, typer.Option(metavar="T", help="Before this time, UTC.")],
    out: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="File to write; one that is there is replaced.")
    ],
    format_name: Annotated[
        str,
        typer.Option(
            "--format", help="csv, parquet, netcdf, or a format that is also written: iaga2002, ionex, quakeml."
        ),
    ] = "csv",
    variable: Annotated[
        list[str] | None, typer.Option(metavar="V", help="Only this variable; may be given again.")
    ] = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a collection's values to a file that other programs read."""
    from soap.core.time import Window, utc
    from soap.services.get import get as run

    here = session(context)
    window = Window(utc(start), utc(stop))
    viewer, opened = here.asking(archive, as_user)
    export = run(
        viewer,
        opened,
        here.composition,
        collection,
        window,
        tuple(variable or ()),
        format_name=format_name,
        out=out,
    )
    if as_json:
        print_json(asdict(export))
    else:
        marked = " (simulated)" if export.simulated else ""
        typer.echo(
            f"{export.path}: {export.count} times of {export.collection_id}{marked}"
            f" as {export.format}, {export.bytes} bytes."
        )
