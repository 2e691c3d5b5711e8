"""`soap admin node`: the archives that this one mirrors, and whose data come from which."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from soap.faces.cli.output import on_one_line, plain, print_json, print_table
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, session

NodeArgument = Annotated[str, typer.Argument(metavar="NODE", help="Name of the node, or its URL.", show_default=False)]

_NOBODY = "archive"


def register(group: typer.Typer) -> None:
    """Add the group of commands."""
    nodes = typer.Typer(name="node", help="Other archives of the network.", no_args_is_help=True, rich_markup_mode=None)
    nodes.command("add")(add)
    nodes.command("list")(list_nodes)
    nodes.command("remove")(remove)
    nodes.command("notices")(notices)
    group.add_typer(nodes)


def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called here.", show_default=False)],
    url: Annotated[str, typer.Argument(metavar="URL", help="Where it answers, https://HOST.", show_default=False)],
    provider: Annotated[
        list[str],
        typer.Option(
            metavar="MEMBER",
            help="Whose data come from it, `archive` for what its archive itself holds; may be given again.",
            show_default=False,
        ),
    ],
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a node, or say anew where it is and whose data come from it."""
    from soap.services import nodes

    viewer, opened = session(context).asking(archive, as_user, create=True)
    added = nodes.add_node(viewer, opened, name, url, ["" if one == _NOBODY else one for one in provider])
    _print([added], as_json)


def list_nodes(
    context: typer.Context, archive: ArchiveOption = None, as_user: AsOption = None, as_json: JsonOption = False
) -> None:
    """List the nodes, whose data come from each, and when all that it gives was last taken."""
    from soap.services import nodes

    _print(nodes.nodes(*session(context).asking(archive, as_user)), as_json)


def remove(context: typer.Context, node: NodeArgument, archive: ArchiveOption = None, as_user: AsOption = None) -> None:
    """Forget a node; what came from it stays, and its terms are set here from now on."""
    from soap.services import nodes

    viewer, opened = session(context).asking(archive, as_user)
    nodes.remove_node(viewer, opened, nodes.find_node(viewer, opened, node).name)


def notices(
    context: typer.Context,
    node: NodeArgument,
    last: Annotated[int, typer.Option(help="How many at most.", min=1, max=10_000)] = 100,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what a node took back, gave again, set other terms on, or told that could not be taken; the latest first."""
    from soap.services import nodes

    found = nodes.notices(*session(context).asking(archive, as_user), node, last)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    rows = [(str(one.recorded_from)[:19] + "Z", one.kind, on_one_line(one.subject), on_one_line(one.told))
            for one in found]  # fmt: skip
    print_table(("noted", "kind", "on", "told"), rows)


def _print(found, as_json: bool) -> None:
    if as_json:
        print_json([asdict(one) for one in found])
        return
    rows = [
        (one.name, one.url, ",".join(code or _NOBODY for code in one.providers), plain(one.seen) or "never")
        for one in found
    ]
    print_table(("node", "url", "providers", "in step at"), rows)
