"""Hourly Dst of WDC Kyoto: the WDC exchange format (`DST9701*01…`, 120 characters) and the 121-character web listing.

A record is a day: a base value in units of 100 nT, 24 hourly means and the day's mean, 9999 where missing. The version
digit says how final it is: 0 real-time, 1 provisional, 2 final.
"""

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

_VALUES = rb"[ \d-]{4}(?:[ \d-]{3}\d){25} *\r?"
_EXCHANGE = re.compile(rb"DST\d\d\d\d\*\d\d..[ \w][012 ]\d\d" + _VALUES)
_LISTING = re.compile(rb"  \d\d \d\d \d\d    [012]\d\d" + _VALUES)
_MATURITY = ("real-time", "provisional", "final")
_MISSING = 9999


def sniff(head: bytes, name: str) -> bool:
    """True when the first line is a day's record of either form."""
    first = head.split(b"\n", 1)[0]
    return bool(_EXCHANGE.fullmatch(first) or _LISTING.fullmatch(first))


def read(source: Source) -> Reading:
    """Dst of every hour; hourly means, stamped at the hour's start."""
    text = decoded(source, "ascii").encode("ascii")
    first = text.split(b"\n", 1)[0]
    if not sniff(first, ""):
        raise BadFile("The first line is no day of Dst", file=source.name, next_step="Check that it is WDC Dst.")
    listing = bool(_LISTING.fullmatch(first))
    shift = int(listing)
    records = Records(table_of_lines(text, 120 + shift, file=source.name), source.name)
    pattern = _LISTING if listing else _EXCHANGE
    alike = [bool(pattern.fullmatch(bytes(record))) for record in records.characters]
    records.require(np.array(alike), "the line is no day of Dst in the form of the first line")
    columns = ((2, 4), (5, 7), (8, 10)) if listing else ((3, 5), (5, 7), (8, 10))
    year, month, day = (records.whole(*at, "date") for at in columns)
    days = records.days(records.whole(14 + shift, 16 + shift, "century") * 100 + year, month, day)
    base = records.whole(16 + shift, 20 + shift, "base value")
    hourly = np.stack([records.whole(a, a + 4, "Dst") for a in range(20 + shift, 116 + shift, 4)], axis=1)
    dst = np.where(hourly == _MISSING, np.nan, hourly + 100.0 * base[:, None])
    _check_means(records, dst, records.whole(116 + shift, 120 + shift, "daily mean") + 100 * base)
    version = records.whole_or_missing(13 + shift, 14 + shift, "version")
    least = "" if np.isnan(version).any() else _MATURITY[int(version.min())]
    dataset = series(
        within_days(days, 24), {"dst": dst.ravel()}, names=NAMES,
        collection_id="space_weather.kyoto_dst.pt1h", cadence="PT1H", platform="kyoto_dst", place="global",
        time_stamp="start", maturity=least,
    )  # fmt: skip
    return Reading((dataset,), notes=tuple(gaps_note(days)))


def _check_means(records: Records, dst: np.ndarray, stated: np.ndarray) -> None:
    """`BadFile` when a whole day's hours have not the mean that stands behind them (rounded to 1 nT)."""
    whole = ~np.isnan(dst).any(axis=1)
    mean = np.where(whole, np.where(whole[:, None], dst, 0).mean(axis=1), stated)
    records.require(np.abs(mean - stated) <= 1, "the hours have not the daily mean that the line states")


READER = Reader(
    name="index_dst",
    title="Hourly Dst (WDC Kyoto)",
    shape="series",
    level="L2",
    status="beta",
    spec="WDC for Geomagnetism, Kyoto, WDC-like Dst format; Nose et al., 2015; doi:10.17593/14515-74000",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="A file that mixes versions is given the least final one's maturity.",
)
