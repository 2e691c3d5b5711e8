"""Daily F10.7 as a bare list, `yyyymmdd` and the flux, as the LISIRD server gives the Ottawa and Penticton series.

Days without a measurement have a date alone. The file does not say so, but the flux is the one adjusted to 1 au (98 %
of 22,084 days equal CelesTrak's adjusted flux to 0.1 sfu, 3 % its observed one). A `+` behind a value is not explained.
"""

from __future__ import annotations

import re

import numpy as np

from soap.core.errors import BadFile
from soap.domains.space_weather.names import NAMES
from soap.formats import Reader, Reading, Source
from soap.formats.plain_text import decoded, ends_mid_line
from soap.formats.reader import scan_by_reading
from soap.formats.record_fields import FIRST_YEAR, LAST_YEAR, gaps_note
from soap.observations import Quality, series

_LINE = re.compile(r"(\d{4})(\d\d)(\d\d)(?: {4,8}(\d{1,3}\.\d)(\+?))? *")
_SHOWN_LINES = 12


def sniff(head: bytes, name: str) -> bool:
    """True when all lines seen are dates with or without a flux."""
    lines = head.decode("ascii", "replace").replace("\r\n", "\n").split("\n")[:-1][:_SHOWN_LINES]
    return bool(lines) and all(_LINE.fullmatch(line) for line in lines)


def read(source: Source) -> Reading:
    """The adjusted F10.7 of every day."""
    text = decoded(source, "ascii")
    lines = text.rstrip("\n").split("\n")
    days, flux, marked = [], [], []
    for number, line in enumerate(lines, start=1):
        found = _LINE.fullmatch(line)
        if not found:
            raise BadFile(f"Line {number} is no date with a flux: {line[:40]!r}", file=source.name)
        year, month, day, value, mark = found.groups()
        try:
            days.append(np.datetime64(f"{year}-{month}-{day}"))
        except ValueError as error:
            raise BadFile(f"Line {number}: {year}{month}{day} is no date", file=source.name) from error
        if not FIRST_YEAR <= int(year) <= LAST_YEAR:
            raise BadFile(f"Line {number}: the year {year} is outside {FIRST_YEAR} to {LAST_YEAR}", file=source.name)
        flux.append(float(value) if value else np.nan)
        marked.append(bool(mark))
    time = np.array(days)
    if (np.diff(time) <= np.timedelta64(0, "D")).any():
        raise BadFile("The days do not rise", file=source.name)
    dataset = series(
        time, {"f107_adjusted": np.array(flux)}, names=NAMES,
        flags={"f107_adjusted": np.where(marked, np.uint8(Quality.CONTAMINATED), np.uint8(0))},
        collection_id="space_weather.penticton.p1d", cadence="P1D", platform="penticton", place="global",
        time_stamp="start",
    )  # fmt: skip
    return Reading((dataset,), notes=(*gaps_note(time), *_notes(text, sum(marked))))


def _notes(text: str, marked: int) -> list[str]:
    notes = ["The file does not say which F10.7 it gives; taken as adjusted to 1 au."]
    if marked:
        notes.append(f"{marked} value(s) carry an unexplained '+' and are flagged as contaminated.")
    if ends_mid_line(text):
        notes.append("The last line has no line end; the file may have been cut short there.")
    return notes


READER = Reader(
    name="index_f107_list",
    title="Daily F10.7, date and flux",
    shape="series",
    level="L2",
    status="beta",
    spec="LISIRD, Penticton solar radio flux at 10.7 cm; K. F. Tapping, Space Weather 11, 2013; doi:10.1002/swe.20064",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="The adjusted flux only; the file has no other.",
)
