"""`soap formats`, `soap methods`."""

from __future__ import annotations

import typer

from soap.faces.cli.output import print_json, print_table
from soap.faces.cli.session import JsonOption, session


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (formats, methods):
        app.command()(command)


def formats(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the formats that are read, and those that are also written."""
    rows = [
        {
            "name": one.name,
            "title": one.title,
            "shape": one.shape,
            "level": one.level,
            "status": one.status,
            "writes": one.write is not None,
            "specification": one.spec,
            "limits": one.limits,
        }
        for one in sorted(session(context).composition.readers, key=lambda one: one.name)
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(
            ("name", "shape", "status", "writes", "title"),
            [(row["name"], row["shape"], row["status"], "yes" if row["writes"] else "", row["title"]) for row in rows],
        )


def methods(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the methods, their parameters and their papers."""
    rows = [
        {
            "name": one.name,
            "title": one.title,
            "takes": one.takes,
            "gives": one.gives,
            "version": one.version,
            "detector": one.null_rate is not None,
            "reference": one.reference,
            "parameters": one.parameters.model_json_schema(),
        }
        for one in sorted(session(context).composition.methods, key=lambda one: one.name)
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(
            ("name", "detector", "title", "reference"),
            [(row["name"], "yes" if row["detector"] else "", row["title"], row["reference"]) for row in rows],
        )
