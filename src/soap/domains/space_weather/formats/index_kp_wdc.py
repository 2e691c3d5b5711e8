"""Kp and ap in the WDC format, one 71-character record a day, as GFZ distributes them since 1932.

Trap: the year has two digits; the Bartels solar rotation and the day in it, which stand beside it, say the century.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from soap.domains.space_weather.names import NAMES, ap_not_of_kp, thirds_of_tenths
from soap.formats import Reader, Reading, Source
from soap.formats.fixed_columns import table_of_lines
from soap.formats.plain_text import decoded
from soap.formats.reader import scan_by_reading
from soap.formats.record_fields import Records, gaps_note, within_days
from soap.observations import series

_WIDTH = 71
_RECORD = re.compile(
    r"\d\d[ \d]\d[ \d]\d[ \d]{3}\d[ \d]\d(?: [037]|[1-8][037]|90){8}"
    r"[ \d]\d\d(?:[ \d]{2}\d){9}\d\.\d\d[ \d]{3}[ \d.]{5}[ \d]"
)
_FIRST_ROTATION = np.datetime64("1832-02-08")
"""First day of Bartels rotation 1."""


def sniff(head: bytes, name: str) -> bool:
    """True when the first line is a record whose Kp are Kp and whose date is its day in the solar rotation."""
    line = head.split(b"\n", 1)[0].rstrip(b"\r")[:_WIDTH].decode("ascii", "replace")
    if len(line) < _WIDTH - 9 or not _RECORD.fullmatch(line.ljust(_WIDTH)):
        return False
    day = _FIRST_ROTATION + (int(line[6:10]) - 1) * 27 + int(line[10:12]) - 1
    return f"{line[:2]}-{line[2:4]}-{line[4:6]}".replace(" ", "0") == str(day)[2:]


def read(source: Source) -> Reading:
    """Kp and ap of every three hours, Ap of every day."""
    text = decoded(source, "ascii").encode("ascii")
    records = Records(table_of_lines(text, _WIDTH, file=source.name), source.name)
    days = _days(records)
    codes = np.stack([records.whole(12 + 2 * k, 14 + 2 * k, "Kp") for k in range(8)], axis=1)
    thirds, good = thirds_of_tenths(codes)
    records.require(np.asarray(good.all(axis=1)), "a Kp is none of 0, 3, 7, 10, … 90")
    ap = np.stack([records.whole(31 + 3 * k, 34 + 3 * k, "ap") for k in range(8)], axis=1)
    common: dict[str, Any] = {"names": NAMES, "platform": "gfz", "place": "global", "time_stamp": "start"}
    three_hourly = series(
        within_days(days, 8),
        {"kp": thirds.ravel() / 3, "ap": ap.ravel().astype(float)},
        collection_id="space_weather.gfz.pt3h", cadence="PT3H", **common,
    )  # fmt: skip
    daily = series(
        days, {"ap_daily": records.whole(55, 58, "Ap").astype(float)},
        collection_id="space_weather.gfz.p1d", cadence="P1D", **common,
    )  # fmt: skip
    return Reading((three_hourly, daily), notes=(*gaps_note(days), *ap_not_of_kp(days, thirds, ap)))


def _days(records: Records) -> np.ndarray:
    """The day of each record, from the solar rotation; its two-digit date must be the same day."""
    rotation, in_rotation = records.whole(6, 10, "Bartels rotation"), records.whole(10, 12, "day in the rotation")
    of_rotation = _FIRST_ROTATION + (rotation - 1) * 27 + in_rotation - 1
    century = (of_rotation.astype("datetime64[Y]").astype(int) + 1970) // 100 * 100
    years = century + records.whole(0, 2, "year")
    days = records.days(years, records.whole(2, 4, "month"), records.whole(4, 6, "day"))
    records.require(days == of_rotation, "the date is not the day of the solar rotation beside it")
    return days


READER = Reader(
    name="index_kp_wdc",
    title="Kp and ap, WDC format",
    shape="series",
    level="L2",
    status="nominal",
    spec="GFZ, format of kpYYMM.wdc files; Matzka et al., Geomagnetic Kp index, 2021; doi:10.5880/Kp.0001",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="Cp, C9, the sunspot number and F10.7 of the records are left out.",
)
