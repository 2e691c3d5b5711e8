"""GFZ's monthly Kp table (`kpYYMM.tab`): Kp in thirds as `1-`, `1o`, `1+`, and the marks of quiet and disturbed days.

The lines at the month's end repeat the marks (`0411 Q  6  15 …`); a month without them is cut short.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from soap.core.errors import BadFile
from soap.domains.space_weather.names import NAMES
from soap.formats import Reader, Reading, Source
from soap.formats.plain_text import decoded, ends_mid_line
from soap.formats.reader import scan_by_reading
from soap.formats.record_fields import gaps_note, within_days
from soap.observations import series

_KP = r"\d[-o+]"
_DAY = re.compile(
    rf"(\d\d)(\d\d)(\d\d)  ((?:{_KP} ){{4}}) ((?:{_KP} ){{4}}) {{0,2}}( ?\d+[-o+]) "
    r"(?:([QD])(\d)[AK* ]|   ) *(\d+) \d\.\d"
)
_MEAN = re.compile(r"(\d{4}) +Mean +\d+ \d\.\d\d")
_SELECTION = re.compile(r"(\d{4}) ([QD])((?: *\d+[AK*]?)+)")
_FIRST_YEAR = 1932
"""Kp begins in 1932, so two-digit years from 32 on are of the last century."""


@dataclass
class _Table:
    days: list[np.datetime64] = field(default_factory=list)
    thirds: list[list[int]] = field(default_factory=list)
    ap: list[int] = field(default_factory=list)
    ranks: dict[str, list[int]] = field(default_factory=lambda: {"Q": [], "D": []})
    closed: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    """Days of the month in the order of their selection, by month (`0411`) and letter, from the closing lines."""


def sniff(head: bytes, name: str) -> bool:
    """True when the first line is a day of the table."""
    return bool(_DAY.fullmatch(head.split(b"\n", 1)[0].decode("ascii", "replace").rstrip()))


def read(source: Source) -> Reading:
    """Kp of every three hours; Ap and the ranks of quiet and disturbed days of every day."""
    parsed = _Table()
    text = decoded(source, "ascii")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            _take(parsed, line.rstrip(), number, source.name)
    _check(parsed, source.name)
    days = np.array(parsed.days)
    common: dict[str, Any] = {"names": NAMES, "platform": "gfz_tab", "place": "global", "time_stamp": "start"}
    three_hourly = series(
        within_days(days, 8), {"kp": np.ravel(parsed.thirds) / 3},
        collection_id="space_weather.gfz_tab.pt3h", cadence="PT3H", **common,
    )  # fmt: skip
    ranks = {"quiet_rank": np.array(parsed.ranks["Q"], float), "disturbed_rank": np.array(parsed.ranks["D"], float)}
    daily = series(
        days, {"ap_daily": np.array(parsed.ap, float)} | ranks,
        collection_id="space_weather.gfz_tab.p1d", cadence="P1D", **common,
    )  # fmt: skip
    cut = ["The last line has no line end; the file may have been cut short there."] if ends_mid_line(text) else []
    return Reading((three_hourly, daily), notes=(*gaps_note(days), *cut))


def _take(parsed: _Table, line: str, number: int, file: str) -> None:
    """One line into the table; `BadFile` when it is none of the table's lines."""
    if day := _DAY.fullmatch(line):
        year, month, of_month, early, late, total, letter, rank, ap = day.groups()
        thirds = [_thirds(kp) for kp in (early + late).split()]
        if sum(thirds) != _thirds(total.strip()):
            raise BadFile(f"Line {number}: the eight Kp do not add up to {total.strip()}", file=file)
        parsed.days.append(_date(year, month, of_month, number, file))
        parsed.thirds.append(thirds)
        parsed.ap.append(int(ap))
        place = (int(rank) or 10) if rank else 0  # the tenth quietest day is marked Q0
        parsed.ranks["Q"].append(place if letter == "Q" else 0)
        parsed.ranks["D"].append(place if letter == "D" else 0)
    elif selection := _SELECTION.fullmatch(line):
        month, letter, days = selection.groups()
        parsed.closed.setdefault(month, {})[letter] = [int(one) for one in re.findall(r"\d+", days)]
    elif not _MEAN.fullmatch(line):
        raise BadFile(
            f"Line {number} is no line of a Kp table: {line[:40]!r}",
            file=file,
            next_step="The file is cut short or damaged; fetch it again.",
        )


def _thirds(kp: str) -> int:
    return 3 * int(kp[:-1]) + {"-": -1, "o": 0, "+": 1}[kp[-1]]


def _date(year: str, month: str, day: str, number: int, file: str) -> np.datetime64:
    century = 1900 if int(year) >= _FIRST_YEAR % 100 else 2000
    try:
        return np.datetime64(f"{century + int(year)}-{month}-{day}")
    except ValueError as error:
        raise BadFile(f"Line {number}: {year}{month}{day} is no date", file=file) from error


def _check(parsed: _Table, file: str) -> None:
    """`BadFile` unless days rise, Kp are 0 to 9, and every month's closing lines repeat the marks of its days."""
    if not parsed.days or (np.diff(parsed.days) <= np.timedelta64(0, "D")).any():
        raise BadFile("The table has no days, or they do not rise", file=file)
    if not all(0 <= third <= 27 for thirds in parsed.thirds for third in thirds):
        raise BadFile("A Kp is outside 0o to 9o", file=file)
    for month in sorted({str(day)[2:4] + str(day)[5:7] for day in parsed.days}):
        for letter, ranks in parsed.ranks.items():
            marked = sorted(
                (rank, int(str(day)[8:])) for day, rank in zip(parsed.days, ranks, strict=True)
                if rank and str(day)[2:4] + str(day)[5:7] == month
            )  # fmt: skip
            if [day for _, day in marked] != parsed.closed.get(month, {}).get(letter):
                raise BadFile(
                    f"The closing {letter} line of month {month} is absent or does not repeat the marks of its days",
                    file=file,
                    next_step="The file is cut short or damaged; fetch it again.",
                )


READER = Reader(
    name="index_kp_tab",
    title="Kp table with quiet and disturbed days (GFZ)",
    shape="series",
    level="L2",
    status="beta",
    spec="GFZ, kpYYMM.tab tables; Matzka et al., Geomagnetic Kp index, 2021; doi:10.5880/Kp.0001",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="Cp and the letters A, K and * (selected, but not really quiet or disturbed) are left out.",
)
