"""List of geomagnetic observatories: a CSV table that gives codes their places.

Columns `iaga_code,name,region,latitude_deg,longitude_deg,grade`, in any order, more columns allowed. `grade` says how
far the place can be trusted: `list` is taken from a published list of observatories, `general` is general knowledge,
good to 0.1 degree, to be confirmed before anything finer rests on it, `simulated` is a place where no observatory is.

Beware
- A code that comes twice with the same place is one station; with another place, the file is refused.
- The list has no heights.
"""

from __future__ import annotations

from soap.core.errors import BadFile, BadParameter
from soap.formats.delimited import header_of, table
from soap.formats.plain_text import decoded
from soap.formats.reader import Reader, Reading, scan_by_reading
from soap.formats.source import Source
from soap.observations import Station

COLUMNS = ("iaga_code", "name", "region", "latitude_deg", "longitude_deg", "grade")
GRADES = ("list", "general", "simulated")


def sniff(head: bytes, filename: str) -> bool:
    """True when the first line names the columns."""
    return header_of(head).issuperset(COLUMNS)


def read(source: Source) -> Reading:
    """All stations of the list, in its order; `BadFile` names the first row that is none."""
    rows = table(decoded(source), COLUMNS, source.name)
    stations: dict[str, Station] = {}
    for line, cells in zip(rows.lines, zip(*(rows.column(name) for name in COLUMNS), strict=True), strict=True):
        station = _station(cells, line, source.name)
        if stations.setdefault(station.code, station) != station:
            raise BadFile(
                f"Line {line} gives {station.code} a second, different entry", file=source.name,
                next_step="Keep the one that is right.",
            )  # fmt: skip
    simulated = any(station.place_grade == "simulated" for station in stations.values())
    return Reading(stations=tuple(stations.values()), simulated=simulated)


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
