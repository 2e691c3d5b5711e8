"""`soap verify`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from soap.faces.cli.output import message, print_json, progress_bar
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, session


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(verify)


def verify(
    context: typer.Context,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Rebuild lost objects from originals; remove what interrupted writers left."),
    ] = False,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Re-hash everything held and report every loss by granule; exit code 3 when something is lost."""
    from soap.services.admin import verify as run

    here = session(context)
    viewer, opened = here.asking(archive, as_user)
    with progress_bar("objects") as bar:
        found = run(viewer, opened, here.composition, repair=repair, progress=bar)
    for remark in found.remarks:
        message(f"note: {remark}")
    for loss in found.losses:
        message(f"lost: {loss.key}: {loss.what}; granules: {', '.join(loss.granules) or 'none'}")
    if as_json:
        print_json(asdict(found) | {"clean": found.clean})
    else:
        typer.echo(
            f"{found.objects} objects, {found.originals} originals, {found.quarantined} quarantined files,"
            f" {found.products} products checked:"
            f" {len(found.rebuilt)} rebuilt, {len(found.losses)} lost;"
            f" {len(found.orphans)} orphans left, {found.removed} removed."
        )
    if not found.clean:
        raise typer.Exit(3)
