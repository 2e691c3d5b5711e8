"""The USGS "Significant Earthquakes, 1965-2016" table (M >= 5.5), as the Kaggle data set of that name carries it.

Traps: each line is quoted as a whole and so would be one cell; a byte order mark; dates as month/day/year but for a
few rows whose date and time are both a full ISO 8601 timestamp; nuclear explosions among the events; ids in capitals.
Times are rounded to whole seconds.
"""

from __future__ import annotations

import re

from soap.core.errors import BadFile
from soap.formats import Reader, Reading, Source
from soap.formats.delimited import header_of, table
from soap.formats.earthquake_list import Row, reading
from soap.formats.plain_text import decoded, ends_mid_line
from soap.formats.reader import scan_by_reading

COLUMNS = ("Date", "Time", "Latitude", "Longitude", "Type", "Depth", "Magnitude", "Magnitude Type", "ID", "Status")
_MONTH_DAY_YEAR = re.compile(r"(\d\d)/(\d\d)/(\d{4})")


def sniff(head: bytes, name: str) -> bool:
    """True when the first line, quoted as a whole or not, names the table's columns."""
    return header_of(head) >= set(COLUMNS)


def read(source: Source) -> Reading:
    """The earthquakes of the table; see `soap.formats.earthquake_list` for what is left out."""
    text = decoded(source)
    lines = [_unquoted(line, number, source.name) for number, line in enumerate(text.split("\n"), start=1)]
    rows = table("\n".join(lines) + "\n", COLUMNS, source.name)
    times, stamped = [], 0
    for line, date, time in zip(rows.lines, rows.column("Date"), rows.column("Time"), strict=True):
        times.append(_instant(date, time, line, source.name))
        stamped += "T" in date
    cells = (rows.column(name) for name in COLUMNS[2:])
    entries = (
        Row(f"Line {line}", event_id, time, latitude, longitude, depth, magnitude, magnitude_type, "", status, kind)
        for line, time, latitude, longitude, kind, depth, magnitude, magnitude_type, event_id, status in zip(
            rows.lines, times, *cells, strict=True
        )
    )
    notes = [f"{stamped} row(s) give date and time as one ISO 8601 timestamp; read as such."] if stamped else []
    if ends_mid_line(text) and not text.endswith('"'):
        notes.append("The last line has no line end; the file may have been cut short there.")
    return reading(entries, "seismology.usgs_m55_1965_2016.events", source.name, notes)


def _unquoted(line: str, number: int, file: str) -> str:
    """The line without the quotes around the whole of it."""
    if not line.startswith('"'):
        return line
    if len(line) < 2 or not line.endswith('"'):
        raise BadFile(
            f"Line {number} opens a quote and does not close it",
            file=file,
            next_step="The file is cut short or damaged; fetch it again.",
        )
    return line[1:-1].replace('""', '"')


def _instant(date: str, time: str, line: int, file: str) -> str:
    """ISO 8601 text of a row's date and time."""
    if parts := _MONTH_DAY_YEAR.fullmatch(date):
        month, day, year = parts.groups()
        return f"{year}-{month}-{day}T{time}"
    if date != time:
        raise BadFile(f"Line {line}: the date {date!r} is neither month/day/year nor the timestamp {time!r}", file=file)
    return date


READER = Reader(
    name="quake_usgs_kaggle_csv",
    title="USGS significant earthquakes 1965-2016 (Kaggle table)",
    shape="events",
    level="L2",
    status="nominal",
    spec="Kaggle data set usgs/earthquake-database, from the USGS ComCat and ISC-GEM catalogues",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="Errors and station counts are left out; the table has no place names.",
)
