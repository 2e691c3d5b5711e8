"""`soap serve`."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soap.faces.cli.output import message
from soap.faces.cli.session import ArchiveOption, session

if TYPE_CHECKING:
    from soap.services.admin import Archive


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 is all of this machine.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes; several need a catalogue on a server.", min=1, max=64)] = 1,
    certificate: Annotated[
        Path | None, typer.Option(help="Certificate for HTTPS, a PEM file.", show_default=False)
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Its private key, a PEM file.", show_default=False)] = None,
    archive: ArchiveOption = None,
) -> None:
    """Serve the archive until interrupted: REST, HAPI, STAC and FDSN over HTTP."""
    gc.disable()  # what is loaded is never garbage; once it serves, `run` has it looked for again
    from soap.faces.api.server import Listening, run

    here = session(context)
    where = Listening(host, port, workers, certificate, key)
    _advise(here.archive(archive))  # refused here, in words, where it cannot be opened
    message(f"Serving {where.url} ; Ctrl+C stops it.")
    run(lambda: here.composition, here.settings, where)


def _advise(archive: Archive) -> None:
    """How the first account is made: none is there by itself, and no password."""
    from soap.services.accounts import command_line_viewer, nobody_yet

    if nobody_yet(command_line_viewer(), archive):
        message(
            "There is no account yet, so that everybody is a guest. Make the first, of who runs this archive:\n"
            "  soap admin account add USER --role project_admin\n  soap admin account password USER"
        )
