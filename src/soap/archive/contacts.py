"""Whom to ask about a station: who is told of them, and who may set them.

A provider's contacts come from its station list, or were set for it. Those that were set count over those of the list,
until they are taken back. They are known to who knows the station through that provider: sees its row of the list, or
something that it observed there; those that the list tells to who sees its row alone. Persons' names and addresses are
for members' people; others are told organisation, role and page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, true

from soap.archive.archive import Archive
from soap.archive.catalogue import recording_time
from soap.archive.holdings import microseconds
from soap.archive.nodes import must_be_ours
from soap.archive.policy import knows_people, sees_all, visible
from soap.archive.record_contacts import Told, contact_of, contacts_of, end_contacts, put_contacts
from soap.archive.schema import FOREVER, collection, granule, station, station_contact, terms, version
from soap.core.errors import BadParameter, NotFound, Refused
from soap.core.who import MEMBER_ADMIN, Viewer
from soap.observations import Contact
from soap.observations.contact import MOST

_SHAPES = ("series", "rays", "profile")
_KEY = (
    station_contact.c.code_scheme, station_contact.c.code, station_contact.c.provider, station_contact.c.listed,
)  # fmt: skip


@dataclass(frozen=True)
class HeldContacts:
    """Contacts of a station of one provider (a member's code; empty: the archive itself), by its list or as set."""

    code_scheme: str
    code: str
    provider: str
    listed: bool
    contacts: tuple[Contact, ...]


def contacts(
    archive: Archive,
    viewer: Viewer,
    *,
    code_scheme: str | None = None,
    code: str | None = None,
    as_of: np.datetime64 | None = None,
) -> tuple[HeldContacts, ...]:
    """Contacts in force, or that were at an earlier time of recording, by station and provider; of one, or of all."""
    with archive.catalogue.reading() as connection:
        every = contacts_told(connection, viewer, code_scheme=code_scheme, code=code, as_of=microseconds(as_of))
    found = {(one.code_scheme, one.code, one.provider): one for one in every}  # what was set stands last
    return tuple(found.values())


def contacts_told(
    connection: Connection,
    viewer: Viewer,
    *,
    provider: str | None = None,
    code_scheme: str | None = None,
    code: str | None = None,
    as_of: int | None = None,
) -> tuple[HeldContacts, ...]:
    """What lists tell and what was set, each that the viewer may know of, by station and provider, lists first."""
    query = select(station_contact).order_by(*_KEY[:3], station_contact.c.listed.desc(), station_contact.c.number)
    asked = {"provider": provider, "code_scheme": code_scheme, "code": None if code is None else code.upper()}
    query = query.where(*(station_contact.c[name] == value for name, value in asked.items() if value is not None))
    if as_of is None:
        query = query.where(station_contact.c.recorded_to == FOREVER)
    else:
        query = query.where(station_contact.c.recorded_from <= as_of, station_contact.c.recorded_to > as_of)
    seen = visible(connection, viewer)
    rows = connection.execute(query if seen is None else query.where(_known(seen))).all()
    persons = knows_people(viewer)
    return tuple(
        HeldContacts(*key[:3], bool(key[3]), _each(some, persons))
        for key, some in groupby(rows, key=lambda row: (row.code_scheme, row.code, row.provider, row.listed))
    )


def may_set(archive: Archive, viewer: Viewer, code_scheme: str, code: str) -> tuple[str, ...]:
    """Providers for which the viewer may set the contacts of a station."""
    with archive.catalogue.reading() as connection:
        return _settable(viewer, _holders(connection, viewer, code_scheme, code.upper()))


def set_contacts(
    archive: Archive, viewer: Viewer, code_scheme: str, code: str, wanted: Sequence[Contact],
    provider: str | None = None, *, add: bool = False,
) -> HeldContacts:  # fmt: skip
    """Set the contacts of a provider's station in place of all that were set for it, or after them with `add`.

    Who runs the archive may for every provider, a member's data officer where the member owns what the list says of the
    station, or something that was observed there. Raises `NotFound` for a station that the viewer does not know of,
    `Refused` for one whose contacts they may not set, `BadParameter` for too many contacts or none, and where there are
    several providers and `provider` does not say for which.
    """
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        whose = _whose(connection, viewer, code_scheme, code.upper(), provider)
        before = contacts_of(connection, whose) if add else ()
        told = tuple(dict.fromkeys((*before, *wanted)))
        if not 1 <= len(told) <= MOST:
            raise BadParameter(f"A station has 1 to {MOST} contacts; these are {len(told)}.")
        put_contacts(connection, whose, told, now, made_by=viewer.user)
    return HeldContacts(whose.code_scheme, whose.code, whose.provider, False, told)


def take_back(archive: Archive, viewer: Viewer, code_scheme: str, code: str, provider: str | None = None) -> str:
    """Take back the contacts that were set for a station, so that its list's count again; the provider.

    Errors as `set_contacts`; `NotFound` where none were set.
    """
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        whose = _whose(connection, viewer, code_scheme, code.upper(), provider)
        if not end_contacts(connection, whose, now):
            raise NotFound(f"No contacts were set for {code_scheme}:{code.upper()}; a list's go with the list.")
    return whose.provider


def _known(seen: frozenset[int]) -> ColumnElement[bool]:
    """True of contacts that are told to who sees what is under these terms."""
    one = station_contact.c
    listed = select(station.c.id).where(
        station.c.code_scheme == one.code_scheme, station.c.code == one.code, station.c.provider == one.provider,
        station.c.recorded_to == FOREVER, station.c.terms.in_(seen),
    )  # fmt: skip
    theirs = collection.c.provider == one.provider
    observed = _observed((granule.c.id,), theirs, one.code_scheme, (one.code, func.lower(one.code)))
    observed = observed.where(granule.c.terms.in_(seen)).correlate(station_contact)
    return or_(listed.exists(), and_(~one.listed, observed.exists()))


def _observed(
    columns: Sequence[ColumnElement], of: ColumnElement[bool], scheme: ColumnElement[str] | str, spellings: Iterable
) -> Select:
    """Columns of granules of some collections with observations of a station: of its code, and the scheme it places.

    What they hold is looked up apart, and collections by a list, so that the databases go by the index of platforms and
    not through all that is held.
    """
    here = or_(version.c.place == "point", and_(version.c.place == "station", version.c.code_scheme == scheme))
    holds = select(version.c.id).where(
        version.c.granule == granule.c.id, version.c.recorded_to == FOREVER, version.c.count > 0, here
    )
    some = select(collection.c.id).where(collection.c.shape.in_(_SHAPES), of).correlate(station_contact)
    return select(*columns).where(
        granule.c.collection.in_(some),
        granule.c.platform.in_(spellings),
        holds.correlate(granule, station_contact).exists(),
    )


def _each(rows: Iterable, persons: bool) -> tuple[Contact, ...]:
    """The contacts of one set, each once; without `persons` what they tell of none."""
    told = map(contact_of, rows)
    return tuple(dict.fromkeys(one if persons else one.public for one in told))


def _holders(connection: Connection, viewer: Viewer, scheme: str, code: str) -> set[tuple[str, str]]:
    """(Provider, owner) of what the viewer sees of a station: rows of lists, and what was observed there."""
    seen = visible(connection, viewer)
    listed = (
        select(station.c.provider, terms.c.owner)
        .join(terms, terms.c.id == station.c.terms)
        .where(station.c.code_scheme == scheme, station.c.code == code, station.c.recorded_to == FOREVER)
    )
    whose = (collection.c.provider, terms.c.owner)
    observed = _observed(whose, true(), scheme, (code, code.lower())).distinct()
    observed = observed.join_from(granule, collection, collection.c.id == granule.c.collection)
    observed = observed.join(terms, terms.c.id == granule.c.terms)
    if seen is not None:
        listed = listed.where(station.c.terms.in_(seen))
        observed = observed.where(granule.c.terms.in_(seen))
    return {tuple(row) for query in (listed, observed) for row in connection.execute(query)}


def _settable(viewer: Viewer, holders: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Providers of these for which the viewer may set contacts."""
    officer = MEMBER_ADMIN in viewer.roles and bool(viewer.member)
    return tuple(
        sorted({provider for provider, owner in holders if sees_all(viewer) or (officer and owner == viewer.member)})
    )


def _whose(connection: Connection, viewer: Viewer, scheme: str, code: str, provider: str | None) -> Told:
    """For which provider's station contacts are to be set; errors as `set_contacts`."""
    every = _holders(connection, viewer, scheme, code)
    holders = {one for one in every if provider in (None, one[0])}
    if not holders:
        whose = "" if provider is None else f" of {provider or 'the archive itself'}"
        raise NotFound(f"There is no station {code!r}{whose} in {scheme!r} here.")
    mine = _settable(viewer, holders)
    if not mine:
        owners = ", ".join(sorted({owner or "the archive itself" for _, owner in holders}))
        raise Refused(
            f"{viewer.user or 'Nobody'} may not set the contacts of {scheme}:{code}: it belongs to {owners}. The data"
            " officer of the member that owns it may, and who runs the archive."
        )
    if len(mine) > 1:
        told = ", ".join(one or "the archive itself" for one in mine)
        raise BadParameter(f"The station {scheme}:{code} is one of {told}; say for which provider the contacts are.")
    must_be_ours(connection, mine)
    return Told(scheme, code, mine[0], listed=False)
