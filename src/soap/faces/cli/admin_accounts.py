"""`soap admin member` and `soap admin account`."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from soap.faces.cli.output import print_json, print_table
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from soap.services.accounts import Account

UserArgument = Annotated[str, typer.Argument(metavar="USER", help="Name of the user.", show_default=False)]
RoleOption = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        metavar="ROLE",
        help="project_admin, member_admin (data officer), station or user; may be given again.",
        show_default=False,
    ),
]
MemberOption = Annotated[
    str | None, typer.Option("--member", metavar="CODE", help="Member the user belongs to.", show_default=False)
]


def register(group: typer.Typer) -> None:
    """Add the two groups of commands."""
    members = typer.Typer(name="member", help="The member states.", no_args_is_help=True, rich_markup_mode=None)
    members.command("add")(add_member)
    members.command("list")(list_members)
    accounts = typer.Typer(
        name="account", help="Who may ask as whose people.", no_args_is_help=True, rich_markup_mode=None
    )
    accounts.command("add")(add_account)
    accounts.command("change")(change_account)
    accounts.command("remove")(remove_account)
    accounts.command("password")(set_password)
    accounts.command("list")(list_accounts)
    group.add_typer(members)
    group.add_typer(accounts)


def add_member(
    context: typer.Context,
    code: Annotated[str, typer.Argument(metavar="CODE", help="Capitals, as in BGD.", show_default=False)],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the member.", show_default=False)],
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a member."""
    from soap.services import accounts, audit

    viewer, opened = session(context).asking(archive, as_user)
    with audit.noted(viewer, opened, "soap admin member add", f"code={code}"):
        added = accounts.add_member(viewer, opened, code, name)
    if as_json:
        print_json(asdict(added))
    else:
        typer.echo(f"{added.code}: {added.name}")


def list_members(
    context: typer.Context, archive: ArchiveOption = None, as_user: AsOption = None, as_json: JsonOption = False
) -> None:
    """List the members."""
    from soap.services import accounts

    rows = [asdict(one) for one in accounts.members(*session(context).asking(archive, as_user))]
    if as_json:
        print_json(rows)
    else:
        print_table(("code", "name"), [(row["code"], row["name"]) for row in rows])


def add_account(
    context: typer.Context,
    user: UserArgument,
    role: RoleOption = None,
    member: MemberOption = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add an account; without --role, that of a `user`."""
    from soap.services import accounts, audit

    viewer, opened = session(context).asking(archive, as_user)
    roles = role or ["user"]
    about = f"user={user} member={member or '-'} roles={','.join(roles)}"
    with audit.noted(viewer, opened, "soap admin account add", about):
        added = accounts.add_account(viewer, opened, user, roles, member or "")
    _print([added], as_json)


def change_account(
    context: typer.Context,
    user: UserArgument,
    role: RoleOption = None,
    member: MemberOption = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give an account other roles, or another member; what is not given stays."""
    from soap.services import accounts, audit

    viewer, opened = session(context).asking(archive, as_user)
    about = f"user={user} member={member or '-'} roles={','.join(role or ()) or '-'}"
    with audit.noted(viewer, opened, "soap admin account change", about):
        changed = accounts.change_account(viewer, opened, user, role or None, member)
    _print([changed], as_json)


def remove_account(
    context: typer.Context,
    user: UserArgument,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove an account with its password, sessions and tokens; what it handed in stays its member's."""
    from soap.services import accounts, audit

    viewer, opened = session(context).asking(archive, as_user)
    with audit.noted(viewer, opened, "soap admin account remove", f"user={user}"):
        accounts.remove_account(viewer, opened, user)
    if as_json:
        print_json({"removed": user})
    else:
        typer.echo(f"{user}: removed")


def set_password(
    context: typer.Context,
    user: UserArgument,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read it from standard input, one line.")] = False,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set the password by which a user signs in with a browser; it is asked for, or read from standard input."""
    from soap.services import audit, passwords

    viewer, opened = session(context).asking(archive, as_user)
    password = sys.stdin.readline().removesuffix("\n") if stdin else _asked_for(user)
    with audit.noted(viewer, opened, "soap admin account password", f"user={user}"):
        passwords.set_password(viewer, opened, user, password)
    if as_json:
        print_json({"user": user})
    else:
        typer.echo(f"{user}: password set; their sessions have ended")


def _asked_for(user: str) -> str:
    if not sys.stdin.isatty():
        raise typer.BadParameter("There is nobody to ask for the password; give it on standard input, with --stdin.")
    return typer.prompt(f"Password of {user}", hide_input=True, confirmation_prompt=True, err=True)


def list_accounts(
    context: typer.Context, archive: ArchiveOption = None, as_user: AsOption = None, as_json: JsonOption = False
) -> None:
    """List the accounts."""
    from soap.services import accounts

    _print(accounts.accounts(*session(context).asking(archive, as_user)), as_json)


def _print(found: Iterable[Account], as_json: bool) -> None:
    rows = [asdict(one) for one in found]
    if as_json:
        print_json(rows)
    else:
        print_table(
            ("user", "member", "roles", "since"),
            [
                (row["user"], row["member"] or "-", ",".join(row["roles"]), str(row["recorded_from"])[:10])
                for row in rows
            ],
        )
