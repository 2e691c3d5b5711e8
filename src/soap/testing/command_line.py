"""A pytest plugin: the command line, run in the process of the tests.

`pytest_plugins = ["soap.testing.command_line"]` in a `conftest.py` gives the fixture `soap`. Its system is that of the
tiny test format; a test module with a fixture `system` of its own has that system.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
import typer

from soap.faces.cli import app as cli
from soap.services.composition import Composition
from soap.testing.tiny import COMPOSITION

Soap = Callable[..., tuple[int, str, str]]
"""Runs the command line with these arguments; gives exit code, standard output and standard error."""


def exit_code(app: typer.Typer, *arguments: Any) -> int:
    """Run a command line in this process; gives its exit code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["soap", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.run(app)
    return int(left.value.code or 0)


@pytest.fixture
def system() -> Composition:
    """The system of which `soap` is the command line."""
    return COMPOSITION


@pytest.fixture
def soap(system: Composition, capsys: pytest.CaptureFixture[str]) -> Soap:
    """Runs a command line; gives exit code, standard output and standard error, in which no traceback is."""
    app = cli.build(lambda: system)

    def run(*arguments: Any) -> tuple[int, str, str]:
        capsys.readouterr()
        code = exit_code(app, *arguments)
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return run
