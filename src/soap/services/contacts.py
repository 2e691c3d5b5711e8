"""Whom to ask about a station: asked for, set, and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from soap.archive import Archive
from soap.archive import contacts as held
from soap.archive.contacts import HeldContacts
from soap.core.who import Viewer
from soap.observations import Contact
from soap.observations.contact import LONGEST, MOST

__all__ = [
    "LONGEST",
    "MOST",
    "Contact",
    "HeldContacts",
    "by_station",
    "may_set",
    "of_station",
    "set_contacts",
    "take_back",
]


def of_station(viewer: Viewer, archive: Archive, code_scheme: str, code: str) -> tuple[HeldContacts, ...]:
    """Contacts of a station, by provider."""
    return held.contacts(archive, viewer, code_scheme=code_scheme, code=code)


def by_station(viewer: Viewer, archive: Archive) -> Mapping[tuple[str, str], tuple[Contact, ...]]:
    """Contacts of all stations by scheme and code, whichever provider names them, each once."""
    found: dict[tuple[str, str], tuple[Contact, ...]] = {}
    for one in held.contacts(archive, viewer):
        key = (one.code_scheme, one.code)
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), *one.contacts)))
    return found


def may_set(viewer: Viewer, archive: Archive, code_scheme: str, code: str) -> tuple[str, ...]:
    """Providers (members' codes; empty: the archive itself) for which the viewer may set a station's contacts."""
    return held.may_set(archive, viewer, code_scheme, code)


def set_contacts(
    viewer: Viewer, archive: Archive, code_scheme: str, code: str, wanted: Sequence[Mapping[str, Any]],
    provider: str | None = None, *, add: bool = False,
) -> HeldContacts:  # fmt: skip
    """Set the contacts of a station, given by the fields of `Contact`, see `soap.archive.contacts.set_contacts`."""
    told = [Contact(**one) for one in wanted]
    return held.set_contacts(archive, viewer, code_scheme, code, told, provider, add=add)


def take_back(viewer: Viewer, archive: Archive, code_scheme: str, code: str, provider: str | None = None) -> str:
    """Take back what was set, so that what the provider's list tells counts again; the provider."""
    return held.take_back(archive, viewer, code_scheme, code, provider)
