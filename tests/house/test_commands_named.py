"""Where a text of the package may tell somebody to type a command: in a command line's own words alone.

Errors, reasons, notes and descriptions go wherever they are asked from: into HTTP answers and onto pages of the
portal, whose readers have no command line. A command stands apart, as `command` of an error.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import soap

PACKAGE = Path(soap.__file__).parent
OF_COMMAND_LINES = ("faces/cli/", "services/simulate/folder.py", "testing/")
"""What speaks at a terminal, writes a folder for one, and starts programs."""

TO_BE_TYPED = re.compile(r"`soap [a-z]|\bsoap (admin|find|ingest|verify)\b|(^|[\s`])--[a-z]+[a-z-]*\b(?!:)")
"""A command of ours or an option; `--name:` is a property of a style sheet."""


def texts_for_everybody(source: str) -> Iterator[tuple[int, str]]:
    """Lines and texts of a module that are no documentation, and no `command=` of a call."""
    tree = ast.parse(source)
    apart: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # documentation
            apart.add(id(node.value))
        if isinstance(node, ast.keyword) and node.arg == "command":
            apart.update(id(part) for part in ast.walk(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
            yield node.lineno, node.value


def test_the_search_finds_commands():
    source = '"""Doc of `soap find`."""\nraise E("a `soap find`", command="`soap get`")\nx = f"{y} by --provider."\n'
    assert [line for line, text in texts_for_everybody(source) if TO_BE_TYPED.search(text)] == [2, 3]


def test_nobody_without_a_command_line_is_told_to_type():
    found = [
        f"{place}:{line}: {text}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if not (place := path.relative_to(PACKAGE).as_posix()).startswith(OF_COMMAND_LINES)
        for line, text in texts_for_everybody(path.read_text())
        if TO_BE_TYPED.search(text)
    ]
    assert found == []
