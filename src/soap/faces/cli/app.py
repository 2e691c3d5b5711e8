"""The command line put together: commands, the table from errors to exit codes, and the way in.

Exit codes: 0 all of it was done; 1 something failed that is not the user's doing; 2 bad usage; 3 bad input;
4 refused; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import soap
from soap.core.errors import (
    ArchiveError,
    BadFile,
    BadObservation,
    BadParameter,
    NotFound,
    Refused,
    SoapError,
)
from soap.faces.cli import find, get, ingest, lists, read, simulate, study, verify
from soap.faces.cli.output import message, print_json
from soap.faces.cli.session import Session

if TYPE_CHECKING:
    from soap.services.composition import Composition

EXIT_CODES: dict[type[SoapError], int] = {
    BadParameter: 2,
    BadFile: 3,
    BadObservation: 3,
    NotFound: 3,
    Refused: 4,
    ArchiveError: 1,
}
"""Error to exit code; the nearest class of an error counts."""

INTERRUPTED = 130

SUBJECTS = (ingest, find, read, get, study, simulate, verify, lists)
"""Modules of commands, in the order of the help text; each has `register(app)`."""


def build(load: Callable[[], Composition]) -> typer.Typer:
    """The command line of a system; `load` makes its composition, once, when a command first needs it."""
    app = typer.Typer(
        name="soap",
        help=soap.__doc__,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback()
    def start(
        context: typer.Context,
        archive: Annotated[Path | None, typer.Option(help="Folder of the archive.", show_default=False)] = None,
        version: Annotated[
            bool, typer.Option("--version", help="Print the version and stop.", callback=_version, is_eager=True)
        ] = False,
    ) -> None:
        context.obj = Session(load, archive)

    for subject in SUBJECTS:
        subject.register(app)
    return app


def run(app: typer.Typer) -> None:
    """Run the command line on the arguments of this process, and leave with its exit code."""
    try:
        app(prog_name="soap")
    except SoapError as error:
        sys.exit(_report(error))
    except KeyboardInterrupt:
        message("soap: interrupted; what was finished before is kept.")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # the reader of our output has gone, as in `soap find | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def exit_code(error: SoapError) -> int:
    """Exit code of an error."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), 1)


def _report(error: SoapError) -> int:
    code = exit_code(error)
    message(f"soap: {error}")
    if "--json" in sys.argv:
        print_json({"error": {"kind": type(error).__name__, "message": str(error), "exit_code": code}})
    return code


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"soap {soap.__version__}")
        raise typer.Exit
