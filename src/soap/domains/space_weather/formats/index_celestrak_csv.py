"""CelesTrak's space weather as comma-separated values (`SW-All.csv`, `SW-Last5Years.csv`): a row a day, then months.

The header decides which column is which. Traps: `F10.7_DATA_TYPE` tells observed rows (OBS) and observed rows with an
interpolated flux (INT) from predicted days (PRD) and months (PRM); days whose data are not out yet have empty cells.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from soap.core.errors import BadFile
from soap.domains.space_weather.names import NAMES, thirds_of_tenths
from soap.formats import Reader, Reading, Source
from soap.formats.delimited import Table, header_of, table
from soap.formats.plain_text import decoded, ends_mid_line
from soap.formats.reader import scan_by_reading
from soap.formats.record_fields import FIRST_YEAR, LAST_YEAR, gaps_note, within_days
from soap.observations import Quality, series

_KP = tuple(f"KP{k}" for k in range(1, 9))
_AP = tuple(f"AP{k}" for k in range(1, 9))
COLUMNS = ("DATE", *_KP, *_AP, "AP_AVG", "F10.7_OBS", "F10.7_ADJ", "F10.7_DATA_TYPE")
_OBSERVED, _PREDICTED = ("OBS", "INT"), {"PRD": "day", "PRM": "month"}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r"-?\d{1,4}(\.\d{1,3})?")


def sniff(head: bytes, name: str) -> bool:
    """True when the first line names the columns."""
    return header_of(head) >= set(COLUMNS)


def read(source: Source) -> Reading:
    """Kp and ap of every three hours, Ap and F10.7 of every observed day; predictions are left out and counted."""
    text = decoded(source)
    rows = table(text, COLUMNS, source.name)
    kinds = np.array(rows.column("F10.7_DATA_TYPE"))
    observed = np.isin(kinds, _OBSERVED)
    for at in np.flatnonzero(~observed & ~np.isin(kinds, list(_PREDICTED))):
        raise _bad(rows, int(at), f"the F10.7_DATA_TYPE is {kinds[at]!r}; OBS, INT, PRD and PRM are known", source)
    if not observed.any():
        raise BadFile("The file holds no observed day", file=source.name, next_step="Fetch a file with past days.")
    if observed[int(np.argmin(observed)) :].any() and not observed.all():
        raise _bad(rows, int(np.argmin(observed)), "a predicted day stands before an observed one", source)
    count = int(observed.sum())
    days = _days(rows, count, source)
    common: dict[str, Any] = {"names": NAMES, "platform": "celestrak", "place": "global", "time_stamp": "start"}
    common["maturity"] = "observed"
    three_hourly = series(
        within_days(days, 8), _three_hourly(rows, count, source),
        collection_id="space_weather.celestrak.pt3h", cadence="PT3H", **common,
    )  # fmt: skip
    filled = np.where(kinds[:count] == "INT", np.uint8(Quality.INTERPOLATED), np.uint8(0))
    by_day = series(
        days, {
            "ap_daily": _numbers(rows, "AP_AVG", count, source),
            "f107": _numbers(rows, "F10.7_OBS", count, source),
            "f107_adjusted": _numbers(rows, "F10.7_ADJ", count, source),
        },
        flags={"f107": filled, "f107_adjusted": filled},
        collection_id="space_weather.celestrak.p1d", cadence="P1D", **common,
    )  # fmt: skip
    left_out = " and ".join(f"{int((kinds == kind).sum())} predicted {unit}(s)" for kind, unit in _PREDICTED.items())
    cut = ["The last line has no line end; the file may have been cut short there."] if ends_mid_line(text) else []
    return Reading((three_hourly, by_day), notes=(*gaps_note(days), f"{left_out} left out.", *cut))


def _bad(rows: Table, at: int, fact: str, source: Source) -> BadFile:
    return BadFile(f"Line {rows.lines[at]}: {fact}", file=source.name, next_step="The file is damaged; fetch it again.")


def _days(rows: Table, count: int, source: Source) -> np.ndarray:
    """Days of the observed rows, rising."""
    days = np.empty(count, "datetime64[D]")
    for at, text in enumerate(rows.column("DATE")[:count]):
        try:
            days[at] = np.datetime64(text if _DATE.fullmatch(text) else "NaT", "D")
        except ValueError:
            days[at] = np.datetime64("NaT")
        if np.isnat(days[at]) or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
            raise _bad(rows, at, f"{text!r} is no date like 2016-04-13", source)
        if at and days[at] <= days[at - 1]:
            raise _bad(rows, at, "the day does not come after the one before", source)
    return days


def _numbers(rows: Table, name: str, count: int, source: Source) -> np.ndarray:
    """A column of the observed rows as float64, NaN where a cell is empty."""
    values = np.full(count, np.nan)
    for at, text in enumerate(rows.column(name)[:count]):
        if text and not _NUMBER.fullmatch(text):
            raise _bad(rows, at, f"{name} is {text!r}, no number", source)
        values[at] = float(text) if text else np.nan
    return values


def _three_hourly(rows: Table, count: int, source: Source) -> dict[str, np.ndarray]:
    codes = np.stack([_numbers(rows, name, count, source) for name in _KP], axis=1)
    missing = np.isnan(codes)
    thirds, good = thirds_of_tenths(codes)
    for at in np.flatnonzero(~(good | missing).all(axis=1)):
        raise _bad(rows, int(at), "a Kp is none of 0, 3, 7, 10, … 90", source)
    ap = np.stack([_numbers(rows, name, count, source) for name in _AP], axis=1)
    return {"kp": np.where(missing, np.nan, thirds / 3).ravel(), "ap": ap.ravel()}


READER = Reader(
    name="index_celestrak_csv",
    title="CelesTrak space weather (CSV)",
    shape="series",
    level="L2",
    status="beta",
    spec="CelesTrak, Space Weather Data Documentation, CSV format; D. A. Vallado and T. S. Kelso, 2013",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="Observed days only; Cp, C9, the sunspot number and F10.7 averages are left out.",
)
