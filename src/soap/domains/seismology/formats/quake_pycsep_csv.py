"""CSEP catalogue CSV, as pyCSEP writes and reads it: `lon,lat,M,time_string,depth,catalog_id,event_id`.

The same format carries forecasts, which are thousands of simulated catalogues told apart by `catalog_id`: a file with
more than one catalogue is refused. Where the event id is empty an id is made from what the row says.
"""

from __future__ import annotations

import hashlib

from soap.core.errors import BadFile
from soap.formats import Reader, Reading, Source
from soap.formats.delimited import header_of, table
from soap.formats.earthquake_list import Row, reading
from soap.formats.plain_text import decoded, ends_mid_line
from soap.formats.reader import scan_by_reading

COLUMNS = ("lon", "lat", "M", "time_string", "depth", "catalog_id", "event_id")


def sniff(head: bytes, name: str) -> bool:
    """True when the first line names the columns of a CSEP catalogue."""
    return header_of(head) >= set(COLUMNS)


def read(source: Source) -> Reading:
    """The earthquakes of an observed CSEP catalogue; the format has no magnitude types."""
    text = decoded(source)
    rows = table(text, COLUMNS, source.name)
    catalogues = set(rows.column("catalog_id"))
    if len(catalogues) > 1:
        raise BadFile(
            f"The file holds {len(catalogues)} catalogues: a forecast by simulation, not observed earthquakes",
            file=source.name,
            next_step="Give an observed catalogue, one catalog_id in all rows.",
        )
    cells = (rows.column(name) for name in COLUMNS if name != "catalog_id")
    entries = [
        Row(f"Line {line}", event_id or _made_id(time, lat, lon, depth, magnitude), time, lat, lon, depth, magnitude)
        for line, lon, lat, magnitude, time, depth, event_id in zip(rows.lines, *cells, strict=True)
    ]
    made = sum(not event_id for event_id in rows.column("event_id"))
    notes = [f"{made} event(s) have no id; ids made from their time, place and magnitude."] if made else []
    if ends_mid_line(text):
        notes.append("The last line has no line end; the file may have been cut short there.")
    return reading(entries, "seismology.pycsep.events", source.name, notes)


def _made_id(*cells: str) -> str:
    """An id that depends on the row's own words alone, so that the same row has the same id in every file."""
    return "csep-" + hashlib.sha256(",".join(cells).encode()).hexdigest()[:16]


READER = Reader(
    name="quake_pycsep_csv",
    title="CSEP catalogue (pyCSEP CSV)",
    shape="events",
    level="L2",
    status="beta",
    spec="W. H. Savran et al., pyCSEP: A Python toolkit for earthquake forecast developers; doi:10.21105/joss.03658",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="Observed catalogues only; simulated ones (several catalog_id) are refused.",
)
