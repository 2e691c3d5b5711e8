"""`soap watch`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from soap.faces.cli.output import message, print_json
from soap.faces.cli.session import ArchiveOption, JsonOption, session

if TYPE_CHECKING:
    from soap.services.watch.rounds import Round


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(watch)


def watch(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Look once and stop, as for cron.")] = False,
    every: Annotated[float, typer.Option(help="Seconds between two looks.", min=1, max=86_400)] = 60.0,
    archive: ArchiveOption = None,
    json: JsonOption = False,
) -> None:
    """Tell subscribers of earthquakes, exceeded thresholds, silent stations and new data, until interrupted."""
    import time

    from soap.services.watch.rounds import look_round

    here = session(context)
    viewer, opened = here.asking(archive)
    while True:
        done = look_round(viewer, opened, here.composition)
        _report(done, as_json=json)
        if once:
            return
        time.sleep(every)


def _report(done: Round | None, *, as_json: bool) -> None:
    if done is None:
        message("Another process looks already.")
    elif as_json:
        print_json(vars(done))
    else:
        for remark in done.remarks:
            message(remark)
        if done.found or done.told or done.failed:
            message(f"{done.found} found, {done.told} told, {done.failed} not taken")
