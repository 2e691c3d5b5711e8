"""`soap admin terms`: whose a collection, granule or station is, who may see it, from when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from soap.faces.cli.output import message, print_json, print_table
from soap.faces.cli.session import ArchiveOption, AsOption, JsonOption, session

if TYPE_CHECKING:
    from soap.services.terms import Change, Subject

CollectionOption = Annotated[
    str | None, typer.Option("--collection", metavar="C", help="A collection.", show_default=False)
]
GranuleOption = Annotated[
    str | None, typer.Option("--granule", metavar="G", help="A granule, by its public name.", show_default=False)
]
StationOption = Annotated[
    str | None,
    typer.Option("--station", metavar="SCHEME:CODE", help="A station of a list, `iaga_code:KAK`.", show_default=False),
]
ProviderOption = Annotated[
    str | None,
    typer.Option(
        "--provider",
        metavar="CODE",
        help="As this member handed it in; `archive`: nobody in particular [default: all].",
        show_default=False,
    ),
]

AccessOption = Annotated[
    str | None, typer.Option("--access", metavar="A", help="open, members, named or private.", show_default=False)
]
NamedOption = Annotated[
    str | None,
    typer.Option(
        "--named",
        metavar="CODES",
        help="Members that may see it, CHN,PAK; means --access named.",
        show_default=False,
    ),
]
EmbargoOption = Annotated[
    str | None,
    typer.Option(
        "--embargo",
        metavar="T",
        help="Only the owner sees it before this time, UTC; `none` ends it.",
        show_default=False,
    ),
]
LicenceOption = Annotated[
    str | None, typer.Option("--licence", metavar="TEXT", help="Its licence.", show_default=False)
]
CitationOption = Annotated[
    str | None, typer.Option("--citation", metavar="TEXT", help="How it is to be cited.", show_default=False)
]
OwnerOption = Annotated[
    str | None,
    typer.Option(
        "--owner", metavar="CODE", help="Member it belongs to; `archive`: nobody in particular.", show_default=False
    ),
]
ResetOption = Annotated[bool, typer.Option("--reset", help="Put a granule back under its collection's terms.")]

_NOBODY = "archive"


def register(group: typer.Typer) -> None:
    """Add the group of commands."""
    terms = typer.Typer(
        name="terms", help="Whose it is, who may see it, from when.", no_args_is_help=True, rich_markup_mode=None
    )
    terms.command("show")(show)
    terms.command("set")(set_terms)
    terms.command("history")(history)
    group.add_typer(terms)


def show(
    context: typer.Context,
    collection: CollectionOption = None,
    granule: GranuleOption = None,
    station: StationOption = None,
    provider: ProviderOption = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the terms in force on a collection, a granule or a station."""
    from soap.services import terms

    subject = _must_name(_subject(collection, granule, station, provider))
    found = terms.show(*session(context).asking(archive, as_user), subject)
    if as_json:
        rows = [{"subject": one.subject, "provider": one.provider, "granules": one.granules} for one in found]
        print_json([row | terms.as_json(one.terms) for row, one in zip(rows, found, strict=True)])
        return
    print_table(
        ("provider", "granules", *_HEAD),
        [(one.provider or "-", one.granules, *_cells(terms.as_json(one.terms))) for one in found],
    )


def set_terms(
    context: typer.Context,
    collection: CollectionOption = None,
    granule: GranuleOption = None,
    station: StationOption = None,
    provider: ProviderOption = None,
    access: AccessOption = None,
    named: NamedOption = None,
    embargo: EmbargoOption = None,
    licence: LicenceOption = None,
    citation: CitationOption = None,
    owner: OwnerOption = None,
    reset: ResetOption = False,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set terms; what is not given stays. A collection's reach its granules that have none of their own."""
    from soap.services import audit, terms

    subject = _must_name(_subject(collection, granule, station, provider))
    change = _change(access, named, embargo, licence, citation, owner)
    _must_change(subject, change, reset)
    viewer, opened = session(context).asking(archive, as_user)
    about = f"{subject.kind}={subject.name}" + "".join(f" {name}={value}" for name, value in change.items())
    with audit.noted(viewer, opened, "soap admin terms set", about) as noted:
        if reset:
            made: tuple[Change, ...] = (terms.reset(viewer, opened, subject.name),)
        else:
            made = terms.set_terms(viewer, opened, subject, change)
        noted.owners += [one.terms.owner for one in made]
    for note in terms.notes(made):
        message(f"note: {note}")
    _print_changes(made, as_json)


def history(
    context: typer.Context,
    collection: CollectionOption = None,
    granule: GranuleOption = None,
    station: StationOption = None,
    provider: ProviderOption = None,
    archive: ArchiveOption = None,
    as_user: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the terms that were set, when and by whom; without a subject, all."""
    from soap.services import terms

    subject = _subject(collection, granule, station, provider)
    _print_changes(terms.history(*session(context).asking(archive, as_user), subject), as_json)


def _subject(collection: str | None, granule: str | None, station: str | None, provider: str | None) -> Subject | None:
    """What the command is about; None when nothing was named."""
    from soap.services.terms import Subject

    named = {"collection": collection, "granule": granule, "station": station}
    given = {kind: name for kind, name in named.items() if name is not None}
    if len(given) > 1:
        raise typer.BadParameter("Name one thing: --collection, --granule or --station.")
    if not given and provider is not None:
        raise typer.BadParameter("--provider goes with --collection, --granule or --station.")
    return next((Subject(kind, name, code_of(provider)) for kind, name in given.items()), None)


def _must_name(subject: Subject | None) -> Subject:
    if subject is None:
        raise typer.BadParameter("Say on what: --collection, --granule or --station.")
    return subject


def _change(
    access: str | None, named: str | None, embargo: str | None, licence: str | None, citation: str | None,
    owner: str | None,
) -> dict[str, Any]:  # fmt: skip
    """What is to be set, by the names that terms have."""
    from soap.services import terms

    codes = None if named is None else tuple(code.strip() for code in named.split(",") if code.strip())
    told = {"access": access, "licence": licence, "citation": citation, "owner": code_of(owner), "named": codes}
    change: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    return change if embargo is None else change | {"embargo_until": terms.embargo(embargo)}


def _must_change(subject: Subject, change: dict[str, Any], reset: bool) -> None:
    """Either something is set, or a granule's terms are put back."""
    if reset and (change or subject.kind != "granule"):
        raise typer.BadParameter("--reset goes with --granule alone; it takes all terms from the collection.")
    if not reset and not change:
        raise typer.BadParameter(
            "Say what to set: --access, --named, --embargo, --licence, --citation, --owner; or --reset."
        )


def code_of(text: str | None) -> str | None:
    """A member's code as terms hold it; `archive` is the archive itself."""
    return "" if text == _NOBODY else text


_HEAD = ("owner", "access", "embargo until", "licence", "citation")


def _cells(terms: dict[str, Any]) -> tuple[str, ...]:
    access = ",".join((terms["access"], *terms["named"]))
    return (
        terms["owner"] or _NOBODY,
        access,
        terms["embargo_until"] or "-",
        terms["licence"] or "-",
        terms["citation"] or "-",
    )


def _print_changes(made: tuple[Change, ...], as_json: bool) -> None:
    from soap.services import terms

    if as_json:
        rows = [
            {
                "subject": one.subject,
                "made_by": one.made_by,
                "recorded_from": one.recorded_from,
                "granules": one.granules,
                "apart": one.apart,
            }
            for one in made
        ]
        print_json([row | terms.as_json(one.terms) for row, one in zip(rows, made, strict=True)])
        return
    print_table(
        ("set", "by", "on", *_HEAD),
        [
            (str(one.recorded_from)[:19] + "Z", one.made_by, one.subject, *_cells(terms.as_json(one.terms)))
            for one in made
        ],
    )
