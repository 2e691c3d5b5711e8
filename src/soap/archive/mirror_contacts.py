"""Taking from another node whom to ask about its providers' stations."""

from __future__ import annotations

from collections.abc import Sequence

from soap.archive.archive import Archive
from soap.archive.catalogue import recording_time
from soap.archive.contacts import HeldContacts, contacts_told
from soap.archive.identifiers import check_code
from soap.archive.nodes import must_come_from
from soap.archive.policy import must_run
from soap.archive.record_contacts import Told, end_contacts, put_contacts
from soap.core.who import Viewer


def take_contacts(archive: Archive, viewer: Viewer, node: str, provider: str, told: Sequence[HeldContacts]) -> int:
    """Make the contacts of a provider's stations what its node tells; of how many stations they changed.

    `Refused` unless the viewer runs the archive and the provider's data come from that node, `BadObservation` for a
    station that cannot be held.
    """
    must_run(viewer)
    for one in told:
        check_code(one.code_scheme, one.code)
    wanted = {_whose(one): one.contacts for one in told}
    with archive.catalogue.reading() as connection:
        held = {_whose(one): one.contacts for one in contacts_told(connection, viewer, provider=provider)}
    differing = [whose for whose in wanted.keys() | held.keys() if wanted.get(whose) != held.get(whose)]
    if differing:
        with archive.catalogue.publishing() as connection:
            now = recording_time(connection)
            must_come_from(connection, node, provider)
            for whose in differing:
                if whose in wanted:
                    put_contacts(connection, whose, wanted[whose], now, made_by=viewer.user)
                else:
                    end_contacts(connection, whose, now)
    return len({(whose.code_scheme, whose.code) for whose in differing})


def _whose(one: HeldContacts) -> Told:
    return Told(one.code_scheme, one.code, one.provider, one.listed)
