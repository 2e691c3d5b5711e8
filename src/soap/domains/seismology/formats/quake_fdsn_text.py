"""FDSN event text (`format=text` of every FDSN event service): `#EventID|Time|Latitude|…`, one event a line.

The file does not say which service gave it. The collection is named after what all rows have in common: one
catalogue, else one contributor, else one author; ComCat is known by its ids, which are the contributor's own; where
nothing is common it is `seismology.fdsn.events`. The column `EventType` is an addition that many services leave out.
Services differ in the spelling of the header (`Depth/km`, `Depth/Km`, blanks around the bars), which does not count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from soap.core.errors import BadFile
from soap.formats import Reader, Reading, Source
from soap.formats.earthquake_list import Row, reading
from soap.formats.plain_text import decoded, ends_mid_line
from soap.formats.reader import scan_by_reading

_COLUMNS = (
    "eventid", "time", "latitude", "longitude", "depth", "author", "catalog", "contributor", "contributorid",
    "magtype", "magnitude", "magauthor", "eventlocationname",
)  # fmt: skip
_OPTIONAL = "eventtype"
_COMCAT_CONTRIBUTOR = re.compile(r"[a-z]{2,8}")
_UNSAID = ("", "--", "unknown", "null")
_COLLECTIONS = {"emsc": "eu_emsc", "emsc_rts": "eu_emsc"}
"""Names under which other formats of the same service are kept."""


def sniff(head: bytes, name: str) -> bool:
    """True when the first line is the header of the format."""
    return bool(_header(head.split(b"\n", 1)[0].decode("utf-8", "replace")))


def _header(line: str) -> tuple[str, ...]:
    """Column names in lower case, without units and blanks; empty when the line is not the format's header."""
    names = tuple(name.strip().lower() for name in line.removeprefix("\ufeff").strip().removeprefix("#").split("|"))
    plain = tuple(name.split("/")[0] for name in names)
    return plain if plain in (_COLUMNS, (*_COLUMNS, _OPTIONAL)) else ()


def read(source: Source) -> Reading:
    """The earthquakes of an FDSN text file; see `soap.formats.earthquake_list` for what is left out."""
    text = decoded(source)
    lines = text.split("\n")
    columns = _header(lines[0])
    if not columns:
        raise BadFile("The first line is not the header of FDSN event text", file=source.name)
    events = [
        (number, _cells(line, number, columns, source.name))
        for number, line in enumerate(lines[1:], start=2)
        if line.strip() and not _is_comment(line, number, source.name)
    ]
    name, note = _collection([cells for _, cells in events])
    rows = [
        Row(
            f"Line {number}",
            cells["eventid"],
            cells["time"],
            cells["latitude"],
            cells["longitude"],
            cells["depth"],
            cells["magnitude"],
            "" if cells["magtype"].lower() in _UNSAID else cells["magtype"],
            cells["eventlocationname"],
            "",
            cells.get(_OPTIONAL, ""),
        )
        for number, cells in events
    ]
    cut = ["The last line has no line end; the file may have been cut short there."] if ends_mid_line(text) else []
    return reading(rows, f"seismology.{name}.events", source.name, [note, *cut])


def _is_comment(line: str, number: int, file: str) -> bool:
    """True for a comment; `BadFile` for a second header."""
    if _header(line):
        raise BadFile(
            f"Line {number} repeats the header", file=file, next_step="Give one catalogue a file, not several in one."
        )
    return line.startswith("#")


def _cells(line: str, number: int, columns: Sequence[str], file: str) -> dict[str, str]:
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) != len(columns):
        raise BadFile(
            f"Line {number} has {len(cells)} cells, the header {len(columns)}",
            file=file,
            next_step="The file is cut short or damaged; fetch it again.",
        )
    return dict(zip(columns, cells, strict=True))


def _collection(events: Sequence[dict[str, str]]) -> tuple[str, str]:
    """The middle word of the collection id, and a note that says what it was taken from."""
    if events and all(
        _COMCAT_CONTRIBUTOR.fullmatch(event["contributor"]) and event["eventid"] == event["contributorid"]
        for event in events
    ):
        return "comcat", "The event ids are ComCat's; taken as ComCat."
    for column in ("catalog", "contributor", "author"):
        said = {event[column] for event in events if event[column].lower() not in _UNSAID}
        if len(said) == 1:
            name = re.sub(r"[^a-z0-9]+", "_", said.copy().pop().lower()).strip("_")
            if name:
                return _COLLECTIONS.get(name, name), f"The catalogue is named after the {column}, {said.pop()}."
    return "fdsn", "The file does not say which service it is from; its ids are unique within that service only."


READER = Reader(
    name="quake_fdsn_text",
    title="FDSN event text",
    shape="events",
    level="L2",
    status="beta",
    spec="International Federation of Digital Seismograph Networks, FDSN Web Service Specifications 1.2, event text",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="The format has no status and no uncertainties; authors and contributors of single events are left out.",
)
