"""`soap study rerun`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soap.faces.cli.output import print_json, progress_bar
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, session

if TYPE_CHECKING:
    from soap.services.study import Change, Comparison

_SHOWN = 20


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(rerun)


def rerun(
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a study.", show_default=False)],
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compute a study again from its provenance: as the archive was then, and where inputs have changed as it is now.

    The exit code is 0 when the recorded numbers came out again.
    """
    from soap.services import study as studies

    here = session(context)
    viewer, opened = here.asking(archive, as_user)
    with here.workers() as workers, progress_bar("series") as bar:
        found = studies.rerun(viewer, opened, here.composition, directory, progress=bar, workers=workers)
    if as_json:
        print_json(found.told())
    else:
        _print(found)
    if not found.same:
        raise typer.Exit(1)


def _print(found: Comparison) -> None:
    where = f"the archive as of {found.as_of}" if found.as_of else "what this other archive holds"
    if found.same:
        typer.echo(f"The numbers are the same, computed again from {where}.")
    else:
        typer.echo(f"{len(found.again.numbers)} numbers differ, computed again from {where}.")
    _print_change(found.again, ("recorded", "again"))
    _print_lines("Methods and software that differ:", found.methods)
    if found.since.inputs:
        typer.echo(f"Since then {len(found.since.inputs)} input(s) changed; {len(found.since.numbers)} numbers differ.")
        _print_change(found.since, ("then", "now"))


def _print_change(change: Change, words: tuple[str, str]) -> None:
    """The inputs that differ, and the numbers that differ most."""
    from soap.services.study.result import largest

    numbers = largest(change.numbers, len(change.numbers))
    lines = [f"{one.place}: {one.before} {words[0]}, {one.after} {words[1]}" for one in numbers]
    _print_lines("Inputs that differ:", change.inputs)
    _print_lines("Numbers that differ, the study's own first, then the largest:", lines)


def _print_lines(heading: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    typer.echo(heading)
    for line in lines[:_SHOWN]:
        typer.echo(f"  {line}")
    if len(lines) > _SHOWN:
        typer.echo(f"  … and {len(lines) - _SHOWN} more; --json gives all")
