"""`soap compute`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soap.faces.cli.output import message, on_one_line, print_json, progress_bar
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, ProviderOption, session
from soap.faces.cli.tec import BiasOption, CoordinatesOption, IonexOption, OrbitsOption, print_figures

if TYPE_CHECKING:
    from soap.services.compute import Computed


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(compute)


def compute(
    context: typer.Context,
    method: Annotated[str, typer.Argument(metavar="METHOD", help="What to compute: tec.")],
    start: Annotated[str, typer.Option(metavar="T", help="From this time on, UTC.")],
    stop: Annotated[str, typer.Option(metavar="T", help="Before this time, UTC.")],
    orbits: OrbitsOption,
    bias: BiasOption = None,
    ionex: IonexOption = None,
    coordinates: CoordinatesOption = None,
    station: Annotated[
        list[str] | None, typer.Option(metavar="S", help="Only this station; may be given again.")
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the method; may be given again."),
    ] = None,
    provider: ProviderOption = None,
    for_member: Annotated[
        str | None, typer.Option("--for", metavar="MEMBER", help="Whose the results are [default: your own member's].")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="Write files here (.parquet, .csv or a folder) instead."),
    ] = None,
    format_name: Annotated[str, typer.Option("--format", help="Of files in a folder.")] = "parquet",
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compute from archived observations, a station and day at a time, and publish the results.

    Run again, it computes what is not there yet. What is published belongs to one member, and is seen by its people
    alone until it says otherwise. The exit code is 0 only when every station and day could be computed, else 3.
    """
    from soap.core.time import Window, utc
    from soap.services.compute import compute as run
    from soap.services.compute import publish_each, station_days
    from soap.services.derive import prepare
    from soap.services.derived_tables import Tables, check_place

    here = session(context)
    aids = {"orbits": orbits, "bias": bias or (), "ionex": ionex or (), "coordinates": coordinates or ()}
    work = prepare(here.composition, method, aids, _parameters(parameter or ()))
    viewer, opened = here.asking(archive, as_user)
    window = Window(utc(start), utc(stop))
    days, notes = station_days(viewer, opened, work, window, stations=station or (), provider=provider)
    if out is not None:
        check_place(out, format_name, several=len(days) > 1)
    for note in (*work.notes, *notes):
        message(f"note: {on_one_line(note)}")
    answers: list[dict[str, Any]] = []
    with ExitStack() as stack:
        tables = stack.enter_context(Tables(out, format_name)) if out is not None else None
        workers, bar = stack.enter_context(here.workers()), stack.enter_context(progress_bar("station-days"))
        each: Iterable[Computed]
        if tables is not None:
            each = run(viewer, opened, days, work, progress=bar, workers=workers)
        else:
            each = publish_each(viewer, opened, days, work, provider=for_member, progress=bar, workers=workers)
        for made in each:
            answers.append(_answer(made))
            if tables is not None and made.derived is not None:
                tables.add(made.derived)
            if not as_json:
                _print(answers[-1])
    _end(answers, [] if tables is None else [str(path) for path in tables.paths], as_json)


def _parameters(given: Iterable[str]) -> dict[str, str]:
    """Parameters from `NAME=VALUE`."""
    chosen = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"--set is {one!r}; write NAME=VALUE.")
        chosen[name] = value
    return chosen


def _answer(made: Computed) -> dict[str, Any]:
    if made.error is not None:
        return {"of": made.label, "error": made.error.at_a_terminal}
    if made.derived is None:
        return {"of": made.label, "held": True}
    figures = dict(made.derived.figures)
    return {"of": made.label, **figures, "notes": list(made.derived.notes), "granules": sorted(made.granules)}


def _print(answer: dict[str, Any]) -> None:
    if "error" in answer:
        message(f"{answer['of']}: {on_one_line(answer['error'])}")
    elif "held" not in answer:
        print_figures(answer["of"], answer)


def _end(answers: list[dict[str, Any]], written: list[str], as_json: bool) -> None:
    kinds = Counter("error" if "error" in one else "held" if "held" in one else "computed" for one in answers)
    if as_json:
        print_json({"station_days": answers, "written": written})
    else:
        into = f"; {len(written)} files written" if written else ""
        typer.echo(
            f"{kinds['computed']} station-days computed, {kinds['held']} there already, {kinds['error']} failed{into}."
        )
    if kinds["error"]:
        raise typer.Exit(3)
