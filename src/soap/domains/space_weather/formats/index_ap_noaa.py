"""NOAA's ap by day of year (`NOAA_ap_…`), as thermosphere programs take it: one 80-character record a day."""

from __future__ import annotations

import re

import numpy as np

from soap.core.errors import BadFile
from soap.domains.space_weather.names import NAMES
from soap.formats import Reader, Reading, Source
from soap.formats.fixed_columns import table_of_lines
from soap.formats.plain_text import decoded
from soap.formats.reader import scan_by_reading
from soap.formats.record_fields import Records, gaps_note, within_days
from soap.observations import series

_WIDTH = 80
_HEADING = re.compile(rb"#[^\n]*\bDOY, F10, FB\b[^\n]*\b3-hr Ap\b")
_FIRST_YEAR = 32


def sniff(head: bytes, name: str) -> bool:
    """True when the first line is the heading that names the columns."""
    return bool(_HEADING.match(head))


def read(source: Source) -> Reading:
    """ap of every three hours."""
    text = decoded(source, "ascii")
    heading, _, lines = text.partition("\n")
    if not sniff(heading.encode(), ""):
        raise BadFile("The first line is not the heading of NOAA's ap by day of year", file=source.name)
    records = Records(table_of_lines(lines.encode(), _WIDTH, file=source.name, first_line=2), source.name, 2)
    if not len(records):
        raise BadFile("The file has a heading but no day", file=source.name)
    days = _days(records)
    ap = np.stack([records.whole(11 + 4 * k, 15 + 4 * k, "ap") for k in range(8)], axis=1).astype(float)
    records.require(np.asarray((ap >= 0).all(axis=1)), "an ap is negative")
    dataset = series(
        within_days(days, 8), {"ap": ap.ravel()}, names=NAMES,
        collection_id="space_weather.noaa.pt3h", cadence="PT3H", platform="noaa", place="global", time_stamp="start",
    )  # fmt: skip
    return Reading((dataset,), notes=tuple(gaps_note(days)))


def _days(records: Records) -> np.ndarray:
    """Days from two-digit year and day of year, rising."""
    year, of_year = records.whole(69, 71, "year"), records.whole(0, 3, "day of year")
    first = (np.where(year >= _FIRST_YEAR, year, year + 100) - 70).astype("datetime64[Y]")
    days = first.astype("datetime64[D]") + (of_year - 1)
    records.require((of_year >= 1) & (days.astype("datetime64[Y]") == first), "the day of year is none")
    records.require_rising(days)
    return days


READER = Reader(
    name="index_ap_noaa",
    title="NOAA ap by day of year",
    shape="series",
    level="L2",
    status="beta",
    spec="The heading line of the file; NOAA Space Weather Prediction Center daily geomagnetic indices",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="F10.7, given in whole units without saying whether adjusted, is left out.",
)
