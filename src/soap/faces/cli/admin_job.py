"""`soap admin job`: long work that users have asked for."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from soap.faces.cli.output import on_one_line, print_json, print_table
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, session

if TYPE_CHECKING:
    from soap.services.jobs import Job

IdArgument = Annotated[
    str, typer.Argument(metavar="ID", help="Identifier, as `soap admin job list` gives it.", show_default=False)
]


def register(group: typer.Typer) -> None:
    """Add the group of commands."""
    jobs = typer.Typer(
        name="job", help="Long work that users have asked for.", no_args_is_help=True, rich_markup_mode=None
    )
    jobs.command("list")(list_jobs)
    jobs.command("cancel")(cancel)
    group.add_typer(jobs)


def list_jobs(
    context: typer.Context,
    state: Annotated[
        str | None,
        typer.Option(metavar="STATE", help="Only those waiting, running, done, failed or cancelled."),
    ] = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List jobs, the latest asked for first."""
    from soap.services import jobs

    found = jobs.jobs(*session(context).asking(archive, as_user), state=state)
    if as_json:
        print_json([{**asdict(one), "left_s": one.left_s} for one in found])
    else:
        print_table(("id", "by", "asked", "state", "done", "title"), [_cells(one) for one in found])


def cancel(
    context: typer.Context,
    job: IdArgument,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a job: at once where it waits, within seconds where it runs."""
    from soap.services import audit, jobs

    viewer, opened = session(context).asking(archive, as_user)
    with audit.noted(viewer, opened, "soap admin job cancel", f"job={job}"):
        found = jobs.cancel(viewer, opened, job)
    if as_json:
        print_json({"id": job, "state": found.state, "cancelling": found.cancelling})
    else:
        typer.echo(f"{job}: " + ("it will end." if found.cancelling else f"it is {found.state}."))


def _cells(one: Job) -> tuple[str, ...]:
    told = f": {on_one_line(one.message)[:60]}" if one.state == "failed" else ""
    return (
        one.job_id,
        one.made_by,
        str(one.recorded_from)[:16],
        one.state + told,
        f"{one.done:.0%}",
        on_one_line(one.title)[:60],
    )
