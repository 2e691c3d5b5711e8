"""`soap serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from soap.faces.cli.session import ArchiveOption, session


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 is all of this machine.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    archive: ArchiveOption = None,
) -> None:
    """Serve the archive over HTTP until interrupted: REST, HAPI, STAC and FDSN."""
    import uvicorn

    from soap.faces.api.app import build

    here = session(context)
    here.archive(archive)  # refused here, in words, where it cannot be opened
    uvicorn.run(build(lambda: here.composition, here.settings), host=host, port=port, log_level="warning")
