"""The command line put together: commands, the table from errors to exit codes, and the way in.

Exit codes: 0 all of it was done; 1 something failed that is not the user's doing; 2 bad usage; 3 bad input;
4 refused; 130 interrupted.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import soap
from soap.core.errors import (
    ArchiveError,
    BadFile,
    BadObservation,
    BadParameter,
    Conflict,
    NotFound,
    Refused,
    SoapError,
    TooLarge,
    TooMany,
    Unknown,
    WorkFailed,
)
from soap.faces.cli import (
    admin,
    compute,
    find,
    get,
    ingest,
    lists,
    live,
    push,
    read,
    serve,
    simulate,
    stations,
    study,
    sync,
    tec,
    verify,
    watch,
)
from soap.faces.cli.output import message, print_json
from soap.faces.cli.session import Session

if TYPE_CHECKING:
    from soap.services.composition import Composition

EXIT_CODES: dict[type[SoapError], int] = {
    BadParameter: 2,
    BadFile: 3,
    BadObservation: 3,
    NotFound: 3,
    TooLarge: 3,
    Refused: 4,
    Unknown: 4,
    Conflict: 1,
    TooMany: 1,
    ArchiveError: 1,
    WorkFailed: 1,
}
"""Error to exit code; the nearest class of an error counts."""

INTERRUPTED = 130

_UsageError: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "UsageError")
"""What typer raises for a wrong command line; it exports only the child."""

SUBJECTS = (
    ingest,
    find,
    read,
    get,
    tec,
    compute,
    study,
    simulate,
    serve,
    push,
    live,
    sync,
    watch,
    verify,
    admin,
    lists,
    stations,
)
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
        as_user: Annotated[
            str | None, typer.Option("--as", metavar="USER", help="Ask as this account.", show_default=False)
        ] = None,
        version: Annotated[
            bool, typer.Option("--version", help="Print the version and stop.", callback=_version, is_eager=True)
        ] = False,
    ) -> None:
        context.obj = Session(load, archive, as_user)

    for subject in SUBJECTS:
        subject.register(app)
    return app


def run(app: typer.Typer) -> None:
    """Run the command line on the arguments of this process, and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show is no failure
    try:
        code = app(prog_name="soap", standalone_mode=False) or 0
        if sys.stdout is not None:
            sys.stdout.flush()
    except SoapError as error:
        code = _report(type(error).__name__, error.at_a_terminal, exit_code(error))
    except _UsageError as error:
        error.show()
        code = _as_json("BadParameter", error.format_message(), error.exit_code)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except OSError as error:
        code = _no_output(error)
    if code == INTERRUPTED:
        _report("Interrupted", "interrupted; what was finished before is kept.", code)
    sys.exit(code)


def exit_code(error: SoapError) -> int:
    """Exit code of an error."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), 1)


def _report(kind: str, text: str, code: int) -> int:
    message(f"soap: {text}")
    return _as_json(kind, text, code)


def _as_json(kind: str, text: str, code: int) -> int:
    if "--json" in sys.argv:
        print_json({"error": {"kind": kind, "message": text, "exit_code": code}})
    return code


def _no_output(error: OSError) -> int:
    """Standard output cannot be written: its reader has gone, as in `soap find | head`, or its disk is full."""
    if error.filename is not None or error.errno not in (errno.EPIPE, errno.ENOSPC, errno.EIO):
        raise error
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if error.errno != errno.EPIPE:
        message(f"soap: The answer cannot be written ({error.strerror}).")
    return 1


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"soap {soap.__version__}")
        raise typer.Exit
