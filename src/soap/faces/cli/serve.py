"""`soap serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from soap.faces.cli.output import message
from soap.faces.cli.session import ArchiveOption, session


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
    from soap.faces.api.server import Listening, run

    here = session(context)
    where = Listening(host, port, workers, certificate, key)
    here.archive(archive)  # refused here, in words, where it cannot be opened
    message(f"Serving {'https' if certificate else 'http'}://{host}:{port}/ ; Ctrl+C stops it.")
    run(lambda: here.composition, here.settings, where)
