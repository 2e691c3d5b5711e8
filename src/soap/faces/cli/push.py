"""`soap push`."""

from __future__ import annotations

import os
import signal
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from soap.faces.cli.output import message, on_one_line, print_json
from soap.faces.cli.session import JsonOption

if TYPE_CHECKING:
    from soap.services.push import Report


FoldersArgument = Annotated[list[Path], typer.Argument(metavar="FOLDER", help="Folders to watch, with those in them.")]
ToOption = Annotated[str, typer.Option("--to", metavar="URL", help="Server, as in https://soap.example.org.")]
TokenOption = Annotated[Path, typer.Option(help="File that holds the station's token, and nothing else.")]
StateOption = Annotated[
    Path | None,
    typer.Option(
        help="The agent's own folder [default: STATE_DIRECTORY, else ~/.local/state/soap-push].", show_default=False
    ),
]
OnceOption = Annotated[bool, typer.Option("--once", help="Send what is there, and stop.")]
PatienceOption = Annotated[
    float, typer.Option(min=0, metavar="SECONDS", help="With --once: how long to try what does not work.")
]
QuietOption = Annotated[
    float, typer.Option(min=0, metavar="SECONDS", help="A file is complete when unchanged for so long.")
]
PollOption = Annotated[float, typer.Option(min=0.05, metavar="SECONDS", help="How often to look.")]
LimitOption = Annotated[
    float | None,
    typer.Option(min=0.1, metavar="KB/S", help="Send at most so many kilobytes a second.", show_default=False),
]
CaOption = Annotated[
    Path | None,
    typer.Option(help="Certificates to trust, a PEM file [default: the machine's].", show_default=False),
]
InsecureOption = Annotated[
    bool, typer.Option("--insecure-http", help="Send the token in the clear to an http:// server.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(push)


def push(
    folders: FoldersArgument,
    to: ToOption,
    token_file: TokenOption,
    state: StateOption = None,
    once: OnceOption = False,
    patience: PatienceOption = 60.0,
    quiet: QuietOption = 5.0,
    poll: PollOption = 2.0,
    limit: LimitOption = None,
    ca: CaOption = None,
    insecure_http: InsecureOption = False,
    as_json: JsonOption = False,
) -> None:
    """Send new files of a station to a server, resumable, each content once; go on until interrupted.

    What is not sent yet is known after a power cut. The exit code of --once is 0 when all that was there is in the
    archive, 3 when some was quarantined or refused, 4 when the server does not let this station hand in, 1 when
    something still waits.
    """
    from soap.services.push import Address, Agent, Watch

    _must_be_folders(folders)
    address = Address(to, _token(token_file), ca, insecure_http)
    agent = Agent(Watch(folders, quiet), address, state or _state_folder(), rate=limit and limit * 1000, tell=_tell)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: agent.stop.set())
    try:
        report = agent.once(patience) if once else agent.watch_on(poll)
    finally:
        agent.close()
    _print(report, as_json)
    if once:
        raise typer.Exit(_code(report.unwelcome, report.waiting + report.growing, report.quarantined + report.refused))


def _must_be_folders(folders: list[Path]) -> None:
    for folder in folders:
        if not folder.is_dir():
            raise typer.BadParameter(f"{folder} is no folder; make it, or name another.", param_hint="FOLDER")


def _print(report: Report, as_json: bool) -> None:
    if as_json:
        print_json(asdict(report))
    else:
        typer.echo(f"{report.sent} sent, {report.quarantined} of them quarantined; {report.refused} refused,"
                   f" {report.waiting + report.growing} still wait.")  # fmt: skip


def _code(unwelcome: bool, waiting: int, bad: int) -> int:
    if unwelcome:
        return 4
    return 1 if waiting else 3 if bad else 0


def _token(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path} cannot be read ({error}).", param_hint="--token-file") from error


def _state_folder() -> Path:
    told = os.environ.get("STATE_DIRECTORY")  # systemd's
    return Path(told.split(":")[0]) if told else Path.home() / ".local" / "state" / "soap-push"


def _tell(level: str, words: str) -> None:
    message(f"{level}: {on_one_line(words)}")
