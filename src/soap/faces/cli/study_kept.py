"""`soap study list`, `soap study fetch`, `soap study release`: studies kept in the archive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from soap.faces.cli.output import print_json, print_table
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, session

IdArgument = Annotated[
    str, typer.Argument(metavar="ID", help="Identifier, as `soap study list` gives it.", show_default=False)
]


def register(group: typer.Typer) -> None:
    """Add the commands."""
    group.command("list")(list_kept)
    group.command()(fetch)
    group.command()(release)


def list_kept(
    context: typer.Context, archive: ArchiveOption = None, as_user: AsOption = None, as_json: JsonOption = False
) -> None:
    """List the studies kept in the archive that you may see."""
    from soap.services.study import kept

    found = kept.kept(*session(context).asking(archive, as_user))
    if as_json:
        print_json(
            [
                {
                    "id": one.product_id,
                    "title": one.title,
                    "made_by": one.made_by,
                    "recorded_from": one.recorded_from,
                    "bytes": one.bytes,
                    "inputs": one.inputs,
                    "stations": one.stations,
                    "released": one.released,
                }
                for one in found
            ]
        )
        return
    print_table(
        ("id", "kept", "by", "inputs", "released", "title"),
        [
            (
                one.product_id,
                str(one.recorded_from)[:10],
                one.made_by,
                len(one.inputs),
                "yes" if one.released else "",
                one.title,
            )
            for one in found
        ],
    )


def fetch(
    context: typer.Context,
    product: IdArgument,
    out: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the study's files.")],
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the files of a kept study to a folder."""
    from soap.services.study import kept

    paths = kept.fetch(*session(context).asking(archive, as_user), product, out)
    if as_json:
        print_json({"files": [str(path) for path in paths]})
        return
    for path in paths:
        typer.echo(path)


def release(
    context: typer.Context,
    product: IdArgument,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the release back.")] = False,
    owner: Annotated[
        str | None,
        typer.Option(
            "--owner",
            metavar="CODE",
            help="Release for this owner, for who runs the archive [default: the archive itself].",
            show_default=False,
        ),
    ] = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let everybody see a kept study, for the owner of inputs; they do once every owner has released it."""
    from soap.services.study import kept

    viewer, opened = session(context).asking(archive, as_user)
    seen = kept.release(viewer, opened, product, owner=owner, withdraw=withdraw)
    if as_json:
        print_json({"id": product, "released": seen})
    elif withdraw:
        typer.echo(f"{product}: the release is withdrawn.")
    else:
        typer.echo(f"{product}: " + ("everybody sees it." if seen else "other owners have not released it yet."))
