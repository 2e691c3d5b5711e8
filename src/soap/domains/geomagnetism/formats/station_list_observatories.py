"""List of geomagnetic observatories: a CSV table that gives codes their places, and says whom to ask about them.

Columns `iaga_code,name,region,latitude_deg,longitude_deg,grade`, in any order, more columns allowed. `grade` says how
far the place can be trusted: `list` is taken from a published list of observatories, `general` is general knowledge,
good to 0.1 degree, to be confirmed before anything finer rests on it, `simulated` is a place where no observatory is.

Contacts    The columns `contact_organisation`, `contact_role`, `contact_name`, `contact_email` and `contact_web`, or
            some of them, name a contact where one of them is filled, and then want an organisation. A further contact
            is a further line with the same station.

Beware
- A code that comes twice with the same place is one station; with another place, the file is refused.
- The list has no heights.
- Who may see a station sees its contacts, but persons' names and addresses are for the people of members.
"""

from __future__ import annotations

from soap.core.errors import BadFile, BadParameter
from soap.formats.delimited import header_of, table
from soap.formats.plain_text import decoded
from soap.formats.reader import Reader, Reading, scan_by_reading
from soap.formats.source import Source
from soap.observations import Contact, Station, StationContacts
from soap.observations.contact import MOST

COLUMNS = ("iaga_code", "name", "region", "latitude_deg", "longitude_deg", "grade")
GRADES = ("list", "general", "simulated")
CONTACT = ("organisation", "role", "name", "email", "web")
"""Parts of a contact; their columns begin with `contact_`."""


def sniff(head: bytes, filename: str) -> bool:
    """True when the first line names the columns."""
    return header_of(head).issuperset(COLUMNS)


def read(source: Source) -> Reading:
    """All stations of the list and their contacts, in its order; `BadFile` names the first row that is none."""
    rows = table(decoded(source), COLUMNS, source.name)
    names = (*COLUMNS, *(f"contact_{part}" for part in CONTACT))
    stations: dict[str, Station] = {}
    contacts: dict[str, list[Contact]] = {}
    for line, cells in zip(rows.lines, zip(*(rows.column(name) for name in names), strict=True), strict=True):
        station = _station(cells[: len(COLUMNS)], line, source.name)
        if stations.setdefault(station.code, station) != station:
            raise BadFile(
                f"Line {line} gives {station.code} a second, different entry", file=source.name,
                next_step="Keep the one that is right.",
            )  # fmt: skip
        if any(told := cells[len(COLUMNS) :]):
            _add(contacts.setdefault(station.code, []), told, line, source.name)
    simulated = any(station.place_grade == "simulated" for station in stations.values())
    told_of = tuple(StationContacts("iaga_code", code, tuple(some)) for code, some in contacts.items())
    return Reading(stations=tuple(stations.values()), contacts=told_of, simulated=simulated)


def _add(contacts: list[Contact], told: tuple[str, ...], line: int, file: str) -> None:
    """Add a line's contact, unless a line before names the same."""
    try:
        contact = Contact(**dict(zip(CONTACT, told, strict=True)))
    except BadParameter as error:
        raise BadFile(
            f"Line {line}: {error}", file=file, next_step="Correct the line, or leave the contact out."
        ) from error
    if contact not in contacts:
        contacts.append(contact)
    if len(contacts) > MOST:
        raise BadFile(
            f"Line {line} names one contact more than the {MOST} that a station may have", file=file,
            next_step="Keep those who answer.",
        )  # fmt: skip


def _station(cells: tuple[str, ...], line: int, file: str) -> Station:
    code, name, region, latitude, longitude, grade = cells
    if not (len(code) == 3 and code.isascii() and code.isalnum()):
        raise BadFile(f"Line {line}: {code!r} is no IAGA code", file=file, next_step="A code is three letters, ABG.")
    if grade not in GRADES:
        raise BadFile(
            f"Line {line}: {grade!r} is no grade of a place", file=file,
            next_step=f"Write one of {', '.join(GRADES)}; if the line was cut short, fetch the file again.",
        )  # fmt: skip
    try:
        return Station(code.upper(), float(latitude), float(longitude), name=name, region=region, place_grade=grade)
    except (ValueError, BadParameter) as error:
        raise BadFile(
            f"Line {line}: {latitude!r}, {longitude!r} is no place ({error})", file=file,
            next_step="Write decimal degrees, north and east positive.",
        ) from error  # fmt: skip


READER = Reader(
    name="station_list_observatories",
    title="List of geomagnetic observatories and their places",
    shape="stations",
    level="L1",
    status="beta",
    spec="CSV with the columns iaga_code, name, region, latitude_deg, longitude_deg, grade",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
)
