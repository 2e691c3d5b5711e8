"""CelesTrak's space weather file (CSSI format 1.2): Kp, ap and F10.7 of every day since October 1957.

Traps: predicted days and months follow the observed days in the same columns, and must never pass as observations;
older files give the observed F10.7 first, newer ones the adjusted: the comment lines above the columns say which.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from soap.core.errors import BadFile
from soap.domains.space_weather.names import NAMES, thirds_of_tenths
from soap.formats import Reader, Reading, Source
from soap.formats.fixed_columns import table_of_lines
from soap.formats.plain_text import decoded
from soap.formats.reader import scan_by_reading
from soap.formats.record_fields import Records, gaps_note, within_days
from soap.observations import Quality, series

_WIDTH = 130
_SECTIONS = ("OBSERVED", "DAILY_PREDICTED", "MONTHLY_PREDICTED")
_INTERPOLATED = (2, 4)
"""F10.7 qualifiers: 0 measured, 1 adjusted for a burst, 2 inter- or extrapolated, 3 no observation, 4 by CSSI."""


def sniff(head: bytes, name: str) -> bool:
    """True when the first line says so."""
    return bool(re.match(rb"DATATYPE\s+CssiSpaceWeather\b", head))


def read(source: Source) -> Reading:
    """Kp and ap of every three hours, Ap and F10.7 of every observed day; predictions are left out and counted."""
    text = decoded(source, "ascii")
    if not sniff(text[:200].encode(), "") or len(re.findall(r"(?m)^DATATYPE", text)) != 1:
        raise BadFile("The content is not one CssiSpaceWeather file", file=source.name)
    observed, first_line = _section(text, "OBSERVED", source.name)
    if not observed:
        raise BadFile("The file holds no observed day", file=source.name)
    records = Records(table_of_lines(observed.encode(), _WIDTH, file=source.name, first_line=first_line), source.name,
                      first_line)  # fmt: skip
    days = records.days(*(records.whole(*at) for at in ((0, 4, "year"), (4, 7, "month"), (7, 10, "day"))))
    common: dict[str, Any] = {"names": NAMES, "platform": "celestrak", "place": "global", "time_stamp": "start"}
    common["maturity"] = "observed"
    three_hourly = series(
        within_days(days, 8), _three_hourly(records),
        collection_id="space_weather.celestrak.pt3h", cadence="PT3H", **common,
    )  # fmt: skip
    daily, flags = _daily(records, _adjusted_first(text, source.name))
    by_day = series(days, daily, flags=flags, collection_id="space_weather.celestrak.p1d", cadence="P1D", **common)
    predicted = [len(_section(text, name, source.name)[0].splitlines()) for name in _SECTIONS[1:]]
    left_out = f"{predicted[0]} predicted day(s) and {predicted[1]} predicted month(s) left out."
    cut = "No predicted section follows the observed one, as it does in CelesTrak's own files."
    return Reading((three_hourly, by_day), notes=(*gaps_note(days), left_out if any(predicted) else cut))


def _section(text: str, name: str, file: str) -> tuple[str, int]:
    """The lines of a section and the line on which they begin; empty where the file has none.

    Raises `BadFile` when the section is not closed, comes twice, or has not the number of lines that it declares.
    """
    begins = [found.end() + 1 for found in re.finditer(rf"(?m)^BEGIN {name}\s*?$", text)]
    ends = [found.start() for found in re.finditer(rf"(?m)^END {name}\s*?$", text)]
    declared = re.findall(rf"(?m)^NUM_{name}_POINTS\s+(\d+)\s*?$", text)
    if not begins and not ends and not declared:
        return "", 0
    if len(begins) != 1 or len(ends) != 1 or len(declared) != 1 or ends[0] < begins[0]:
        raise BadFile(
            f"The section {name} is not opened, closed and counted once each",
            file=file,
            next_step="The file is cut short or damaged; fetch it again.",
        )
    lines = text[begins[0] : ends[0]]
    if lines.count("\n") != int(declared[0]):
        raise BadFile(
            f"The section {name} declares {declared[0]} lines and has {lines.count(chr(10))}",
            file=file,
            next_step="The file is damaged; fetch it again.",
        )
    return lines, text.count("\n", 0, begins[0]) + 1


def _adjusted_first(text: str, file: str) -> bool:
    """True when the first F10.7 column is the one adjusted to 1 au, as the comment above the columns says."""
    above = re.search(r"(?m)^#((?:\s+(?:Adj|Obs)){6})\s*\n#\s*yy.*F10\.7.*F10\.7", text)
    words = above.group(1).split() if above else []
    if not above or {words[0], words[3]} != {"Adj", "Obs"}:
        raise BadFile(
            "The comment above the columns does not say which F10.7 is adjusted and which observed",
            file=file,
            next_step="Fetch the file with its comment lines.",
        )
    return words[0] == "Adj"


def _three_hourly(records: Records) -> dict[str, np.ndarray]:
    codes = np.stack([records.whole_or_missing(18 + 3 * k, 21 + 3 * k, "Kp") for k in range(8)], axis=1)
    missing = np.isnan(codes)
    thirds, good = thirds_of_tenths(codes)
    records.require((good | missing).all(axis=1), "a Kp is none of 0, 3, 7, 10, … 90")
    ap = np.stack([records.whole_or_missing(46 + 4 * k, 50 + 4 * k, "ap") for k in range(8)], axis=1)
    return {"kp": np.where(missing, np.nan, thirds / 3).ravel(), "ap": ap.ravel()}


def _daily(records: Records, adjusted_first: bool) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Ap and F10.7 of each day, and the flags of F10.7."""
    first = records.decimal_or_missing(92, 98, "F10.7")
    second = records.decimal_or_missing(112, 118, "F10.7")
    adjusted, observed = (first, second) if adjusted_first else (second, first)
    qualifier = records.whole_or_missing(98, 100, "F10.7 qualifier")
    filled = np.where(np.isin(qualifier, _INTERPOLATED), np.uint8(Quality.INTERPOLATED), np.uint8(0))
    columns = {"ap_daily": records.whole_or_missing(78, 82, "Ap"), "f107": observed, "f107_adjusted": adjusted}
    return columns, {"f107": filled, "f107_adjusted": filled}


READER = Reader(
    name="index_celestrak",
    title="CelesTrak space weather (CSSI)",
    shape="series",
    level="L2",
    status="nominal",
    spec="CelesTrak, Space Weather Data Documentation (CssiSpaceWeather 1.2); D. A. Vallado and T. S. Kelso, 2013",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="Observed days only; Cp, C9, the sunspot number and F10.7 averages are left out.",
)
