"""`soap simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from soap.faces.cli.output import message, print_json, progress_bar
from soap.faces.cli.places import instant
from soap.faces.cli.session import JsonOption, session


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(simulate)


def simulate(
    context: typer.Context,
    out: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the network's files.")],
    inject_sigma: Annotated[
        float, typer.Option(help="Size of a signal put in before earthquakes, 0 to 10 day-to-day sigma.")
    ] = 0.0,
    seed: Annotated[int | None, typer.Option(help="Seed of all chance.", show_default=False)] = None,
    start: Annotated[str | None, typer.Option(help="First instant, UTC [default: 2016-03-01].")] = None,
    stop: Annotated[str | None, typer.Option(help="First instant after the span, UTC [default: 2016-05-01].")] = None,
    stations: Annotated[str, typer.Option(help="Station codes, XB1,XC3 [default: all].", show_default=False)] = "",
    near_km: Annotated[
        float | None, typer.Option(help="Write half-orbits that come so near to a station.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a simulated network: stations of the eight member states and a satellite, around the Myanmar earthquake.

    The earthquakes and Kp of those days are real; every observation is made up, and says so. `DIR/observations` is to
    be ingested; `DIR/truth.json` tells where a signal was put, and how large.
    """
    from soap.services import simulate as network

    here = session(context)
    with progress_bar("pieces") as bar:
        made = network.simulate(
            here.viewer,
            here.composition,
            out,
            window=network.window(instant(start), instant(stop)),
            stations=tuple(code.strip() for code in stations.split(",") if code.strip()),
            inject_sigma=inject_sigma,
            seed=network.DEFAULT_SEED if seed is None else seed,
            near_km=network.NEAR_KM if near_km is None else near_km,
            progress=lambda kind, done, steps: bar(done, steps, kind),
        )
    if as_json:
        print_json(made.as_json())
        return
    message(f"{made.files} files, {made.octets / 1e6:.0f} MB; a signal before {len(made.targets)} earthquakes.")
    typer.echo(f"Simulated network in {made.observations}; what is in it: {made.truth}")
