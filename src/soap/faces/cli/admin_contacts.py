"""`soap admin contact`: whom to ask about a station."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from soap.faces.cli.admin_terms import code_of
from soap.faces.cli.output import message, print_json, print_table
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from soap.services.contacts import HeldContacts

StationArgument = Annotated[
    str, typer.Argument(metavar="SCHEME:CODE", help="A station, `iaga_code:KAK`.", show_default=False)
]
OrganisationOption = Annotated[
    str, typer.Option("--organisation", metavar="TEXT", help="Who runs it.", show_default=False)
]
ProviderOption = Annotated[
    str | None,
    typer.Option(
        "--provider",
        metavar="CODE",
        help="As this member has the station; `archive`: nobody in particular [default: the only one there is].",
        show_default=False,
    ),
]
RoleOption = Annotated[str, typer.Option("--role", metavar="TEXT", help="What the contact is there.")]
NameOption = Annotated[str, typer.Option("--name", metavar="TEXT", help="A person's; told to members' people alone.")]
EmailOption = Annotated[str, typer.Option("--email", metavar="ADDRESS", help="Told to members' people alone.")]
WebOption = Annotated[str, typer.Option("--web", metavar="URL", help="A page about the station.")]
AddOption = Annotated[bool, typer.Option("--add", help="Keep those that were set before.")]


def register(group: typer.Typer) -> None:
    """Add the group of commands."""
    contact = typer.Typer(
        name="contact", help="Whom to ask about a station.", no_args_is_help=True, rich_markup_mode=None
    )
    contact.command("show")(show)
    contact.command("set")(set_contact)
    contact.command("remove")(remove)
    group.add_typer(contact)


def show(
    context: typer.Context,
    station: StationArgument,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a station's contacts: those of each provider's list, or those that were set for it."""
    from soap.services import contacts

    found = contacts.of_station(*session(context).asking(archive, as_user), *_station(station))
    if not found:
        message(f"note: nobody is named here for {station}.")
    _print(found, as_json)


def set_contact(
    context: typer.Context,
    station: StationArgument,
    organisation: OrganisationOption,
    role: RoleOption = "",
    name: NameOption = "",
    email: EmailOption = "",
    web: WebOption = "",
    add: AddOption = False,
    provider: ProviderOption = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set a station's contact, in place of those that were set before; it counts over those of the station list."""
    from soap.services import audit, contacts

    viewer, opened = session(context).asking(archive, as_user)
    scheme, code = _station(station)
    told: dict[str, Any] = {"organisation": organisation, "role": role, "name": name, "email": email, "web": web}
    with audit.noted(viewer, opened, "soap admin contact set", f"station={scheme}:{code}") as noted:
        made = contacts.set_contacts(viewer, opened, scheme, code, [told], code_of(provider), add=add)
        noted.owners.append(made.provider)
    _print([made], as_json)


def remove(
    context: typer.Context,
    station: StationArgument,
    provider: ProviderOption = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
) -> None:
    """Remove the contacts that were set for a station, so that those of its station list count again."""
    from soap.services import audit, contacts

    viewer, opened = session(context).asking(archive, as_user)
    scheme, code = _station(station)
    with audit.noted(viewer, opened, "soap admin contact remove", f"station={scheme}:{code}") as noted:
        noted.owners.append(contacts.take_back(viewer, opened, scheme, code, code_of(provider)))
    message(f"note: what was set for {scheme}:{code.upper()} is removed.")


def _station(text: str) -> tuple[str, str]:
    """Scheme and code."""
    scheme, _, code = text.partition(":")
    if not (scheme and code):
        raise typer.BadParameter(f"{text!r} is no station; write the scheme before the code, `iaga_code:KAK`.")
    return scheme, code


def _print(found: Iterable[HeldContacts], as_json: bool) -> None:
    rows = [{"provider": one.provider, "listed": one.listed} | asdict(each) for one in found for each in one.contacts]
    if as_json:
        print_json(rows)
        return
    parts = ("organisation", "role", "name", "email", "web")
    print_table(
        ("provider", "by", *parts),
        [
            (row["provider"] or "-", "list" if row["listed"] else "hand", *(row[part] or "-" for part in parts))
            for row in rows
        ],
    )
