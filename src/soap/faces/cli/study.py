"""`soap study run`, `soap study case`; its other commands are in `study_rerun` and `study_kept`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soap.faces.cli import places, study_kept, study_rerun
from soap.faces.cli.output import message, print_json, progress_bar
from soap.faces.cli.session import ArchiveOption, AsOfOption, AsOption, JsonOption, session

if TYPE_CHECKING:
    from soap.core.who import Viewer
    from soap.services.admin import Archive

KeepOption = Annotated[bool, typer.Option("--keep", help="Keep its files in the archive too.")]
OutOption = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the study's files.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(
        name="study",
        help="Ask a declared question of the archive, with chance and controls.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    for command in (run, case):
        group.command()(command)
    study_rerun.register(group)
    study_kept.register(group)
    app.add_typer(group)


def run(
    context: typer.Context,
    study: Annotated[Path, typer.Argument(metavar="STUDY.toml", help="The study's declaration.", show_default=False)],
    out: OutOption,
    keep: KeepOption = False,
    as_of: AsOfOption = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a declared study; writes result.json, provenance.json and report.html."""
    from soap.services import study as studies

    _answered(
        context, studies.run, study, out, keep=keep, as_of=as_of, archive=archive, as_user=as_user, as_json=as_json
    )


def case(
    context: typer.Context,
    event: Annotated[str, typer.Argument(metavar="EVENT", help="Identifier of the earthquake.", show_default=False)],
    out: OutOption,
    keep: KeepOption = False,
    as_of: AsOfOption = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Study one earthquake with whatever the archive holds in its preparation zone, from 30 days before to 15 after."""
    from soap.services import study as studies

    _answered(
        context, studies.case, event, out, keep=keep, as_of=as_of, archive=archive, as_user=as_user, as_json=as_json
    )


def _answered(
    context: typer.Context,
    answer: Callable[..., Mapping[str, Any]],
    asked: Path | str,
    out: Path,
    *,
    keep: bool,
    as_of: str | None,
    archive: Path | None,
    as_user: str | None,
    as_json: bool,
) -> None:
    """Have a study answered as the options say, write its report, and keep it where that is asked for."""
    here = session(context)
    instant = places.instant(as_of)
    viewer, opened = here.asking(archive, as_user)
    if keep:
        _must_keep(viewer)
    with here.workers() as workers, progress_bar("series") as bar:
        numbers = answer(viewer, opened, here.composition, asked, out, progress=bar, as_of=instant, workers=workers)
    _finish(numbers, out, as_json)
    if keep:
        _keep(viewer, opened, out)


def _finish(numbers: Mapping[str, Any], out: Path, as_json: bool) -> None:
    """Write the report and say in a line what came out."""
    from soap.reports import write_report

    page = write_report(out)
    if as_json:
        keys = ("title", "n_events", "statistic", "statistic_name", "p_value", "null_rate")
        print_json({key: numbers.get(key) for key in keys} | {"title": numbers["study"]["title"], "report": str(page)})
        return
    listed = ", ".join(f"{name} {p:.3g}" for name, p in numbers["p_value"].items())
    message(f"{numbers['n_events']} event(s); {numbers['statistic_name']}: {numbers['statistic']:.3f}; p: {listed}")
    typer.echo(f"Report: {page}")


def _must_keep(viewer: Viewer) -> None:
    """Refused before hours are spent."""
    from soap.services.study import kept

    kept.must_keep(viewer)


def _keep(viewer: Viewer, opened: Archive, out: Path) -> None:
    from soap.services.study import kept

    message(f"kept: {kept.keep(viewer, opened, out)}")
