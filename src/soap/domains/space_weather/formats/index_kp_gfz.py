"""GFZ's files of Kp since 1932 and of the last days (nowcast): `#` comments, then blank-separated, fixed-width records.

Two forms: `Kp_ap_Ap_SN_F107_…` has a record a day with the eight Kp and ap, Ap and both F10.7; `Kp_ap_…` has a record
every three hours. Missing is -1; the flag at the end says whether Kp is preliminary (0) or definitive (1, 2).
Definitive and preliminary values come as observations of their own, so that each keeps its maturity.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import xarray as xr

from soap.core.errors import BadFile
from soap.domains.space_weather.names import NAMES, ap_not_of_kp
from soap.formats import Reader, Reading, Source
from soap.formats.fixed_columns import table_of_lines
from soap.formats.plain_text import decoded
from soap.formats.reader import scan_by_reading
from soap.formats.record_fields import Records, gaps_note, within_days
from soap.observations import series

_COMMENTS = re.compile(rb"(?:#[^\n]*\n)+")
_DATE = rb"\d{4} \d\d \d\d"
_DAY = re.compile(
    _DATE + rb" [ \d]{4}\d [ \d]{4}\d\.5 \d{4} [ \d]\d(?:  \d\.\d{3}| -1\.000){8}(?: [ \d-]{3}\d){8}"
    rb"  [ \d-]{3}\d [ \d-]{2}\d(?: [ \d-]{5}\d\.\d){2} [012] *\r?"
)
_INTERVAL = re.compile(
    _DATE + rb" \d\d\.0 \d\d\.50 [ \d]{4}\d\.\d{5} [ \d]{4}\d\.\d{5}(?:  \d\.\d{3}| -1\.000) [ \d-]{3}\d [01] *\r?"
)
_DAY_WIDTH, _INTERVAL_WIDTH = 158, 59
_FIRST_DAY = np.datetime64("1932-01-01")
_MATURITIES = (("definitive", True), ("preliminary", False))


def sniff(head: bytes, name: str) -> bool:
    """True when a record of either form is the first line after the comments."""
    first = _first_record(head)
    return bool(_DAY.fullmatch(first) or _INTERVAL.fullmatch(first))


def _first_record(head: bytes) -> bytes:
    comments = _COMMENTS.match(head)
    return head[comments.end() if comments else 0 :].split(b"\n", 1)[0]


def read(source: Source) -> Reading:
    """Kp and ap of every three hours; of the daily form also Ap and F10.7 of every day."""
    text = decoded(source, "ascii").encode("ascii")
    if not sniff(text, source.name):
        raise BadFile("The first line after the comments is no record of Kp", file=source.name)
    comments = _COMMENTS.match(text)
    start = comments.end() if comments else 0
    first_line = text.count(b"\n", 0, start) + 1
    daily = bool(_DAY.fullmatch(_first_record(text)))
    pattern, width = (_DAY, _DAY_WIDTH) if daily else (_INTERVAL, _INTERVAL_WIDTH)
    characters = table_of_lines(text[start:], width, file=source.name, first_line=first_line)
    records = Records(characters, source.name, first_line)
    alike = [bool(pattern.fullmatch(bytes(record))) for record in characters]
    records.require(np.array(alike), "the line is no record in the form of the first one")
    return _read_days(records) if daily else _read_intervals(records)


def _read_days(records: Records) -> Reading:
    """A reading of the form with a record a day."""
    days = records.days(*_date_columns(records))
    records.require(days == _FIRST_DAY + records.whole(11, 16, "days since 1932"), "the date is not its count of days")
    kp, thirds = _kp(records, [(33 + 7 * k, 39 + 7 * k) for k in range(8)])
    ap = _amplitude(np.stack([records.whole(89 + 5 * k, 93 + 5 * k, "ap") for k in range(8)], axis=1))
    columns = {
        "ap_daily": _amplitude(records.whole(130, 134, "Ap")),
        "f107": _known(records.decimal_or_missing(139, 147, "observed F10.7")),
        "f107_adjusted": _known(records.decimal_or_missing(148, 156, "adjusted F10.7")),
    }
    definitive = records.whole(157, 158, "flag") > 0
    three_hourly = _by_maturity(
        within_days(days, 8), {"kp": kp.ravel(), "ap": ap.ravel()}, np.repeat(definitive, 8), "PT3H"
    )
    notes = (*gaps_note(days), *ap_not_of_kp(days, thirds, np.where(np.isnan(kp), np.nan, ap)))
    return Reading((*three_hourly, *_by_maturity(days, columns, definitive, "P1D")), notes=notes)


def _read_intervals(records: Records) -> Reading:
    """A reading of the form with a record every three hours."""
    year, month, day = _date_columns(records)
    hour = records.whole(11, 13, "hour")
    records.require(hour % 3 == 0, "the hour does not begin a three-hour interval")
    month_start = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
    time = month_start.astype("datetime64[D]") + (day - 1) + hour.astype("timedelta64[h]")
    counted = _FIRST_DAY + records.whole(22, 27, "days since 1932")
    inside = (month >= 1) & (month <= 12) & (day >= 1) & (hour <= 21)
    records.require(inside & (time.astype("datetime64[D]") == counted), "the date is not its count of days")
    records.require_rising(time)
    kp, thirds = _kp(records, [(46, 52)])
    ap = _amplitude(records.whole(53, 57, "ap"))
    definitive = records.whole(58, 59, "flag") > 0
    days = np.unique(time.astype("datetime64[D]"))
    compared = np.where(np.isnan(kp[:, 0]), np.nan, ap)[:, None]
    notes = (*gaps_note(days), *ap_not_of_kp(time.astype("datetime64[D]"), thirds, compared))
    return Reading(_by_maturity(time, {"kp": kp[:, 0], "ap": ap}, definitive, "PT3H"), notes=notes)


def _date_columns(records: Records) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return records.whole(0, 4, "year"), records.whole(5, 7, "month"), records.whole(8, 10, "day")


def _kp(records: Records, columns: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Kp, NaN where missing, and in thirds (0 where missing); shape (records, columns)."""
    written = np.stack([records.decimal_or_missing(*at, "Kp", decimals=3) for at in columns], axis=1)
    missing = written < 0
    thirds = np.where(missing, 0, np.rint(written * 3)).astype(int)
    exact = (thirds <= 27) & (np.abs(thirds / 3 - written) < 0.001)
    records.require((exact | missing).all(axis=1), "a Kp is none of 0.000, 0.333, 0.667, 1.000, … 9.000")
    return np.where(missing, np.nan, thirds / 3), thirds


def _amplitude(values: np.ndarray) -> np.ndarray:
    return _known(values.astype(float))


def _known(values: np.ndarray) -> np.ndarray:
    """The values, NaN for -1."""
    return np.where(values < 0, np.nan, values)


def _by_maturity(time, columns: dict[str, np.ndarray], definitive: np.ndarray, cadence: str) -> tuple[xr.Dataset, ...]:
    """A series of the definitive values and one of the preliminary, as far as there are any."""
    common: dict[str, Any] = {"names": NAMES, "platform": "gfz", "place": "global", "time_stamp": "start"}
    return tuple(
        series(
            time[chosen], {name: values[chosen] for name, values in columns.items()}, cadence=cadence,
            collection_id=f"space_weather.gfz.{cadence.lower()}", maturity=maturity, **common,
        )
        for maturity, wanted in _MATURITIES
        if (chosen := definitive == wanted).any()
    )  # fmt: skip


READER = Reader(
    name="index_kp_gfz",
    title="Kp, ap and F10.7 since 1932 (GFZ)",
    shape="series",
    level="L2",
    status="beta",
    spec="GFZ, Kp_ap_Ap_SN_F107_format.txt; Matzka et al., Geomagnetic Kp index, 2021; doi:10.5880/Kp.0001",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="The sunspot number is left out, and with it whether that is definitive.",
)
