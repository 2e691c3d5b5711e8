"""Contacts of stations in the catalogue: those that hold end when others of the same source take their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from soap.archive.draft import Arrival
from soap.archive.schema import FOREVER, station_contact
from soap.observations import Contact


@dataclass(frozen=True)
class Told:
    """Whose contacts: those of a provider's station, as its list tells them (`listed`) or as they were set."""

    code_scheme: str
    code: str
    provider: str
    listed: bool


def record_contacts(connection: Connection, arrival: Arrival, provider: str, now: int) -> None:
    """Make those that a file names the contacts by list of the provider's stations.

    A file that names none for a station leaves those that are held; what was set is never touched.
    """
    for one in arrival.reading.contacts:
        put_contacts(connection, Told(one.code_scheme, one.code, provider, listed=True), one.contacts, now)


def put_contacts(connection: Connection, whose: Told, wanted: Sequence[Contact], now: int, made_by: str = "") -> bool:
    """Make these the contacts that hold, from the time of recording `now` on; False where they were already."""
    if contacts_of(connection, whose) == tuple(wanted):
        return False
    end_contacts(connection, whose, now)
    told = asdict(whose) | {"made_by": made_by, "recorded_from": now, "recorded_to": FOREVER}
    rows = [told | asdict(one) | {"number": at} for at, one in enumerate(wanted)]
    if rows:
        connection.execute(insert(station_contact), rows)
    return True


def end_contacts(connection: Connection, whose: Told, now: int) -> int:
    """End the contacts that hold; how many did. Those of the same time of recording leave no trace."""
    here = _hold(whose)
    undone = connection.execute(delete(station_contact).where(*here, station_contact.c.recorded_from == now)).rowcount
    return undone + connection.execute(update(station_contact).where(*here).values(recorded_to=now)).rowcount


def contacts_of(connection: Connection, whose: Told) -> tuple[Contact, ...]:
    """The contacts that hold, whoever asks."""
    query = select(station_contact).where(*_hold(whose)).order_by(station_contact.c.number)
    return tuple(contact_of(row) for row in connection.execute(query))


def contact_of(row: Row) -> Contact:
    """The contact in a row of its table."""
    return Contact(row.organisation, row.role, row.name, row.email, row.web)


def _hold(whose: Told) -> list[ColumnElement[bool]]:
    same = [station_contact.c[name] == value for name, value in asdict(whose).items()]
    return [*same, station_contact.c.recorded_to == FOREVER]
