"""`soap sync`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soap.faces.cli.admin_nodes import NodeArgument
from soap.faces.cli.output import message, on_one_line, print_json, progress_bar
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, session

if TYPE_CHECKING:
    from collections.abc import Callable

    from soap.services.sync.run import SyncReport


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(sync)


def sync(
    context: typer.Context,
    node: NodeArgument,
    token_file: Annotated[
        Path | None,
        typer.Option(help="File that holds the token of our account there [default: ask as anybody].",
                     show_default=False),
    ] = None,
    every: Annotated[
        float | None,
        typer.Option(metavar="S", help="Again S seconds after each run, until interrupted [default: once].", min=1),
    ] = None,
    rate_kb_s: Annotated[
        float | None, typer.Option(metavar="R", help="At most R kB a second [default: all there is].", min=1)
    ] = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Mirror what another node lets us see of its members' data, and hide what it takes back."""
    from soap.services import nodes
    from soap.services.sync.link import Link
    from soap.services.sync.run import sync as run

    viewer, opened = session(context).asking(archive, as_user)
    known = nodes.find_node(viewer, opened, node)

    def once() -> SyncReport:
        link = Link(known.url, _token(token_file), rate=None if rate_kb_s is None else rate_kb_s * 1000)
        try:
            with progress_bar("granules") as progress:
                return run(viewer, opened, known.name, link, progress)
        finally:
            link.close()

    if every is not None:
        _again_and_again(once, every, as_json)
    report = once()
    _print(report, as_json)
    if report.refused:
        raise typer.Exit(3)
    if not report.converged:
        message("The node changed meanwhile; synchronise again for the rest.")
        raise typer.Exit(1)


def _again_and_again(once: Callable[[], SyncReport], every: float, as_json: bool) -> None:
    """Run until interrupted; what fails is told, and tried again in its turn."""
    import time

    from soap.core.errors import SoapError

    while True:
        try:
            _print(once(), as_json)
        except SoapError as error:
            message(error.at_a_terminal)
        time.sleep(every)


def _token(file: Path | None) -> str:
    """The token in a file, read anew at each run: it may have been replaced; empty without a file."""
    from soap.core.errors import BadParameter

    if file is None:
        return ""
    try:
        found = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadParameter(f"The token cannot be read from {file} ({error}).") from error
    if not found or len(found) > 1000 or not found.isprintable():
        raise BadParameter(f"{file} holds no token; write there the one that `soap admin token make` gave.")
    return found


def _print(report: SyncReport, as_json: bool) -> None:
    for subject, reason in report.refused:
        message(f"refused: {on_one_line(subject)}: {on_one_line(reason)}")
    if as_json:
        print_json(asdict(report))
        return
    typer.echo(
        f"{report.node}: {report.collections} collections, {report.granules} granules taken ({report.objects} objects,"
        f" {report.bytes} bytes came), {report.stations} stations, {report.terms} under other terms,"
        f" {report.withdrawn} withdrawn, {len(report.refused)} refused;"
        f" {'in step' if report.converged else 'not in step'}."
    )
