"""ComCat CSV: the spreadsheet that the USGS earthquake search and its FDSN service (`format=csv`) give.

The header decides which column is which; columns may be reordered or added. The tables of the USGS's libcomcat, which
name some columns otherwise and have no magnitude types, are read too. The ANSS Comprehensive Catalog (ComCat)
also lists explosions, mining and volcanic events: the column `type` tells.
"""

from __future__ import annotations

from soap.formats import Reader, Reading, Source
from soap.formats.delimited import header_of, table
from soap.formats.earthquake_list import Row, reading
from soap.formats.plain_text import decoded, ends_mid_line
from soap.formats.reader import scan_by_reading

COLUMNS = ("time", "latitude", "longitude", "depth", "mag", "magType", "id", "type")
"""Columns that make a file ComCat's; all others may be absent."""

_LIBCOMCAT = {"mag": "magnitude", "type": "eventtype", "place": "location", "magType": "magtype"}
"""What libcomcat calls ComCat's columns."""

_LIBCOMCAT_COLUMNS = tuple(_LIBCOMCAT.get(name, name) for name in COLUMNS if name != "magType")


def sniff(head: bytes, name: str) -> bool:
    """True when the first line names ComCat's columns."""
    return header_of(head) >= set(COLUMNS) or header_of(head) >= {*_LIBCOMCAT_COLUMNS, "location"}


def read(source: Source) -> Reading:
    """The earthquakes of a ComCat CSV file; see `soap.formats.earthquake_list` for what is left out."""
    text = decoded(source)
    other = _LIBCOMCAT if header_of(source.head) >= set(_LIBCOMCAT_COLUMNS) else {}
    rows = table(text, _LIBCOMCAT_COLUMNS if other else COLUMNS, source.name)
    cells = (rows.column(other.get(name, name)) for name in (*COLUMNS, "place", "status"))
    entries = (
        Row(
            f"Line {line}",
            event_id,
            time,
            latitude,
            longitude,
            depth,
            magnitude,
            scale,
            place,
            status,
            kind,
        )
        for line, time, latitude, longitude, depth, magnitude, scale, event_id, kind, place, status in zip(
            rows.lines, *cells, strict=True
        )
    )
    notes = ["The last line has no line end; the file may have been cut short there."] if ends_mid_line(text) else []
    return reading(entries, "seismology.comcat.events", source.name, notes)


READER = Reader(
    name="quake_comcat_csv",
    title="ComCat CSV earthquake catalogue",
    shape="events",
    level="L2",
    status="nominal",
    spec="USGS Earthquake Hazards Program, ANSS Comprehensive Catalog, spreadsheet format; doi:10.5066/F7MS3QZH",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="Uncertainties, station counts and gaps are left out.",
)
