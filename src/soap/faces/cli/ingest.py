"""`soap ingest`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from soap.faces.cli.output import message, on_one_line, print_json, progress_bar
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, session


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(ingest)


def ingest(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Files and folders, in any mix.")],
    provider: Annotated[
        str | None,
        typer.Option(metavar="MEMBER", help="Member who hands it in (`CHN`); otherwise the one you belong to."),
    ] = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring files into the archive; running it again adds nothing.

    What cannot be read is quarantined with the reason, and the others go on; the exit code is 0 only when nothing was
    quarantined, else 3.
    """
    from soap.services.ingest import ingest as run

    here = session(context)
    viewer, opened = here.asking(archive, as_user, create=True)
    with here.workers() as workers, progress_bar("files") as bar:
        report = run(
            viewer,
            opened,
            here.composition,
            paths,
            progress=lambda done, files, bytes_done, bytes_all, name: bar(done, files, name),
            provider=provider,
            workers=workers,
        )
    for note in report.notes:
        message(f"note: {on_one_line(note)}")
    for one in report.quarantined:
        message(f"quarantined: {on_one_line(one.file)}: {on_one_line(one.reason)}")
    if as_json:
        print_json(report.as_json())
    else:
        typer.echo(
            f"{report.files} files: {report.new} new, {report.duplicates} held already,"
            f" {len(report.quarantined)} quarantined; {len(report.granules)} granules written."
        )
    if report.quarantined:
        raise typer.Exit(3)
