"""`soap read`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from soap.faces.cli.output import message, print_json, print_table
from soap.faces.cli.session import JsonOption, session


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(read)


def read(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file.")],
    as_json: JsonOption = False,
) -> None:
    """Say what one file holds, without an archive."""
    from soap.services.read import read_file

    found = read_file(session(context).composition, file)
    if as_json:
        print_json({"file": found.file, "reader": found.reader, "title": found.title, **asdict(found.summary)})
        return
    typer.echo(f"{found.title} ({found.reader})")
    print_table(
        ("collection", "shape", "first", "last", "values", "variables"),
        [
            (
                one.collection_id or "-",
                one.shape,
                one.first or "-",
                one.last or "-",
                one.count,
                ",".join(one.variables) or "-",
            )
            for one in found.summary.items
        ],
    )
    for note in found.summary.notes:
        message(f"note: {note}")
