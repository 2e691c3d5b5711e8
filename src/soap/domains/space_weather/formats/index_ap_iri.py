"""IRI's `apf107.dat`: the eight ap and the Ap of every day since 1958, one 54-character record a day."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from soap.domains.space_weather.names import NAMES
from soap.formats import Reader, Reading, Source
from soap.formats.fixed_columns import table_of_lines
from soap.formats.plain_text import decoded
from soap.formats.reader import scan_by_reading
from soap.formats.record_fields import Records, gaps_note, within_days
from soap.observations import series

_WIDTH = 54
_RECORD = re.compile(rb"[ \d]{2}\d[ \d]{2}\d[ \d]{2}\d(?:[ \d]{2}\d){9}[ \d-]{2}\d(?:[ \d]{2}\d\.\d){3} *\r?")
_FIRST_YEAR = 58


def sniff(head: bytes, name: str) -> bool:
    """True when the first line is a record."""
    return bool(_RECORD.fullmatch(head.split(b"\n", 1)[0]))


def read(source: Source) -> Reading:
    """ap of every three hours, Ap of every day."""
    text = decoded(source, "ascii").encode("ascii")
    records = Records(table_of_lines(text, _WIDTH, file=source.name), source.name)
    year = records.whole(0, 3, "year")
    century = np.where(year >= _FIRST_YEAR, 1900, 2000)
    days = records.days(century + year, records.whole(3, 6, "month"), records.whole(6, 9, "day"))
    ap = np.stack([records.whole(9 + 3 * k, 12 + 3 * k, "ap") for k in range(8)], axis=1).astype(float)
    for start in (39, 44, 49):  # F10.7 is not taken, but a record that is no record must not pass
        records.decimal_or_missing(start, start + 5, "F10.7")
    ap[ap < 0] = np.nan  # -11 where the day's ap were not out yet
    daily = records.whole(33, 36, "Ap").astype(float)
    common: dict[str, Any] = {"names": NAMES, "platform": "iri", "place": "global", "time_stamp": "start"}
    three_hourly = series(
        within_days(days, 8), {"ap": ap.ravel()},
        collection_id="space_weather.iri.pt3h", cadence="PT3H", **common,
    )  # fmt: skip
    by_day = series(
        days, {"ap_daily": np.where(daily < 0, np.nan, daily)},
        collection_id="space_weather.iri.p1d", cadence="P1D", **common,
    )  # fmt: skip
    return Reading((three_hourly, by_day), notes=tuple(gaps_note(days)))


READER = Reader(
    name="index_ap_iri",
    title="IRI apf107.dat",
    shape="series",
    level="L2",
    status="beta",
    spec="International Reference Ionosphere, readme of apf107.dat; doi:10.1029/2022RG000792",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="F10.7 and its averages are left out: the format does not say whether they are adjusted to 1 au.",
)
