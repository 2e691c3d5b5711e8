"""`soap admin audit`: who read or changed what."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from soap.core.errors import BadParameter
from soap.faces.cli.output import print_json
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, StartOption, StopOption, session


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("audit")(audit)


def audit(
    context: typer.Context,
    start: StartOption = None,
    stop: StopOption = None,
    user: Annotated[str | None, typer.Option(help="What this user did.", show_default=False)] = None,
    action: Annotated[
        str | None, typer.Option(help="Of this kind, as `GET /api/v1/series`.", show_default=False)
    ] = None,
    format: Annotated[str, typer.Option(metavar="F", help="csv or jsonl, a JSON object a line.")] = "csv",
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the audit log, first to last; a member's data officer's (--as) is what concerns the member."""
    from soap.services import audit as log

    if format not in ("csv", "jsonl"):
        raise BadParameter(f"The format {format!r} is none; there are csv and jsonl.")
    viewer, opened = session(context).asking(archive, as_user)
    found = log.entries(viewer, opened, start=start, stop=stop, user=user, action=action)
    if as_json:
        print_json([log.as_row(one) for one in found])
        return
    for some in log.as_json_lines(found) if format == "jsonl" else log.as_csv(found):
        sys.stdout.write(some.decode())
