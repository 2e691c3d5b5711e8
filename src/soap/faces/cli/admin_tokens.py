"""`soap admin token`: tokens for scripts and stations."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from soap.faces.cli.output import message, print_json, print_table
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, session

if TYPE_CHECKING:
    from soap.services.tokens import Token

UserArgument = Annotated[str, typer.Argument(metavar="USER", help="Whose token it is.", show_default=False)]


def register(group: typer.Typer) -> None:
    """Add the group of commands."""
    tokens = typer.Typer(
        name="token", help="Tokens for scripts and stations.", no_args_is_help=True, rich_markup_mode=None
    )
    tokens.command("make")(make)
    tokens.command("list")(list_tokens)
    tokens.command("revoke")(revoke)
    group.add_typer(tokens)


def make(
    context: typer.Context,
    user: UserArgument,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            metavar="SCOPE",
            help="read, hand_in, work or manage; may be given again [default: read].",
            show_default=False,
        ),
    ] = None,
    days: Annotated[int, typer.Option(help="How long it holds.")] = 90,
    name: Annotated[str, typer.Option(metavar="TEXT", help="What it is for.")] = "made on the command line",
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a token and print it, this once: keep it where only the script can read it."""
    from soap.services import audit, tokens

    viewer, opened = session(context).asking(archive, as_user)
    scopes = scope or ["read"]
    about = f"user={user} scopes={','.join(scopes)} days={days}"
    with audit.noted(viewer, opened, "soap admin token make", about):
        secret, known = tokens.make(viewer, opened, user, name, scopes, days)
    if as_json:
        print_json({"token": secret, **asdict(known)})
    else:
        message(f"Token {known.number} of {user} may {', '.join(known.scopes)} until {str(known.expires)[:10]}.")
        typer.echo(secret)


def list_tokens(
    context: typer.Context,
    user: Annotated[
        str | None, typer.Argument(metavar="USER", help="Whose [default: all].", show_default=False)
    ] = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List tokens, the newest first; never the tokens themselves."""
    from soap.services import tokens

    rows = tokens.tokens(*session(context).asking(archive, as_user), user)
    if as_json:
        print_json([asdict(one) for one in rows])
    else:
        print_table(("number", "user", "name", "scopes", "expires", "used", "state"), [_cells(one) for one in rows])


def revoke(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As `list` tells it.", show_default=False)],
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revoke a token; a server that runs takes it for five seconds more at most."""
    from soap.services import audit, tokens

    viewer, opened = session(context).asking(archive, as_user)
    with audit.noted(viewer, opened, "soap admin token revoke", f"number={number}"):
        ended = tokens.revoke(viewer, opened, number)
    if as_json:
        print_json(asdict(ended))
    else:
        typer.echo(f"token {ended.number} of {ended.user}: revoked")


def _cells(one: Token) -> tuple[object, ...]:
    used = "never" if one.used is None else str(one.used)[:16]
    scopes, expires = ",".join(one.scopes), str(one.expires)[:10]
    return one.number, one.user, one.name, scopes, expires, used, "revoked" if one.revoked else "-"
