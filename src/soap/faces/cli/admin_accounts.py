"""`soap admin member` and `soap admin account`."""

from __future__ import annotations

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
    from soap.services import accounts

    viewer, opened = session(context).asking(archive, as_user)
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
    from soap.services import accounts

    viewer, opened = session(context).asking(archive, as_user)
    _print([accounts.add_account(viewer, opened, user, role or ["user"], member or "")], as_json)


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
    from soap.services import accounts

    viewer, opened = session(context).asking(archive, as_user)
    _print([accounts.change_account(viewer, opened, user, role or None, member)], as_json)


def remove_account(
    context: typer.Context,
    user: UserArgument,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove an account; what it handed in stays its member's."""
    from soap.services import accounts

    viewer, opened = session(context).asking(archive, as_user)
    accounts.remove_account(viewer, opened, user)
    if as_json:
        print_json({"removed": user})
    else:
        typer.echo(f"{user}: removed")


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
