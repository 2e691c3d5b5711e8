"""The records of a navigation file: which lines make one message, and the numbers in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadFile
from soap.core.time import NS
from soap.formats.column_text import ColumnText, decimals
from soap.formats.source import Source

_FIRST_LINE = re.compile(rb" {0,8}(\d{1,2})(?:\.\d{0,2})? {6,19}([NGHLE]).{19}(.).{15,19} ?RINEX VERSION / TYPE")
_SYSTEM_OF_TYPE = {b"G": "R", b"H": "S", b"L": "E", b"E": "E"}
_KEPLER = {
    "crs": (1, 1), "delta_n": (1, 2), "mean_anomaly": (1, 3),
    "cuc": (2, 0), "eccentricity": (2, 1), "cus": (2, 2), "sqrt_a": (2, 3),
    "toe_of_week": (3, 0), "cic": (3, 1), "node": (3, 2), "cis": (3, 3),
    "inclination": (4, 0), "crc": (4, 1), "perigee": (4, 2), "node_rate": (4, 3),
    "inclination_rate": (5, 0), "health": (6, 1),
}  # fmt: skip
_STATE = {f"{axis}{order}": (line, field) for line, axis in ((1, "x"), (2, "y"), (3, "z"))
          for field, order in ((0, ""), (1, "_rate"), (2, "_pull"))}  # fmt: skip
FIELDS = {
    "G": _KEPLER | {"fit_h": (7, 1)},
    "E": _KEPLER,
    "C": _KEPLER,
    "J": _KEPLER,
    "R": _STATE | {"health": (1, 3)},
}
"""What is used of a message, by system: line after the first and number of the field in it."""

_MESSAGES = {"G": "LNAV", "J": "LNAV", "E": "INAV FNAV", "C": "D1 D2", "R": "FDMA"}
_NAMES = {"I": "NavIC", "S": "SBAS"}
_WIDTH = 19
_LARGEST = 1e20
"""Beyond any number of a message, and far from what squares could not hold."""


@dataclass(frozen=True)
class Records:
    """Messages of one system: `sv` (n,), `clock` (n,) as the file writes the time, numbers by name (n,), see `FIELDS`.

    A number is NaN where a field is blank or no number, a clock NaT where it is none.
    """

    system: str
    sv: np.ndarray
    clock: np.ndarray
    numbers: Mapping[str, np.ndarray]


def sniff(head: bytes, name: str) -> bool:
    """True when the first line is that of a RINEX navigation file."""
    return _FIRST_LINE.match(head) is not None


def records(source: Source) -> tuple[list[Records], list[str]]:
    """All messages that are used, by system, and notes on the others; `BadFile` where this is no navigation file."""
    first = _FIRST_LINE.match(source.head)
    if first is None:
        raise BadFile("The first line is not that of a RINEX navigation file", file=source.name)
    version = int(first[1])
    if version not in (2, 3, 4):
        raise BadFile(f"The RINEX version is {version}; versions 2, 3 and 4 are read", file=source.name)
    data = source.data
    end = data.find(b"END OF HEADER")
    if end < 0:
        raise BadFile("The header has no end", file=source.name, next_step="Fetch it again; it is cut short.")
    body = data[data.find(b"\n", end) + 1 or len(data) :]
    system = _SYSTEM_OF_TYPE.get(first[2], "G") if version == 2 else ""
    return _by_system(ColumnText.of(body), system, version)


def _by_system(lines: ColumnText, only: str, version: int) -> tuple[list[Records], list[str]]:
    """The records of every system; `only` is the system of a RINEX 2 file."""
    head = np.stack([lines.column(k) for k in range(3)], axis=1)
    if only:  # a message begins where the satellite's number stands
        starts = np.flatnonzero((head[:, 1] != 32) & ((head[:, 0] == 32) | _digit(head[:, 0])) & (head[:, 2] == 32))
        letters = np.full(len(starts), ord(only), np.uint8)
    else:
        starts = np.flatnonzero((head[:, 0] >= 65) & (head[:, 0] <= 90) & _digit(head[:, 2]))
        letters = head[starts, 0]
    every, left_out = starts, Counter[str]()
    named = _named(head[starts], only)
    nameless = int((~named).sum())
    starts, letters = starts[named], letters[named]
    if version == 4:
        starts, letters = _used(lines, starts, letters, left_out)
    found, broken = [], 0
    for letter in np.unique(letters):
        system = chr(letter)
        mine = starts[letters == letter]
        if system not in FIELDS:
            left_out[_NAMES.get(system, f"system {system}")] += len(mine)
            continue
        whole = _whole(every, mine, _lines(system), len(lines))
        broken += int((~whole).sum())
        found.append(_record(lines, system, mine[whole], version))
    notes = [f"{count} message(s) of {name} were left out." for name, count in sorted(left_out.items())]
    if nameless:
        notes.append(f"{nameless} message(s) name no satellite and were left out.")
    if broken:
        notes.append(f"{broken} message(s) lack lines and were left out.")
    return found, notes


def _lines(system: str) -> int:
    """How many lines after the first are used of a message."""
    return max(line for line, _ in FIELDS[system].values())


def _digit(characters: np.ndarray) -> np.ndarray:
    return (characters >= 48) & (characters <= 57)


def _named(head: np.ndarray, only: str) -> np.ndarray:
    """True where the number of a satellite, 1 to 99, stands in the first characters of a message."""
    tens, ones = (head[:, 0], head[:, 1]) if only else (head[:, 1], head[:, 2])
    tens = np.where(tens == 32, 48, tens)
    return _digit(tens) & _digit(ones) & ((tens != 48) | (ones != 48))


def _used(lines: ColumnText, starts, letters, left_out: Counter[str]):
    """RINEX 4: the messages whose `> EPH` line names a kind that is used."""
    kinds = lines.columns(np.maximum(starts - 1, 0), 0, 15)
    used = np.zeros(len(starts), bool)
    for k, kind in enumerate(kinds):
        words = bytes(kind).split()
        ephemeris = len(words) == 4 and words[0] == b">" and words[1] == b"EPH"
        if not ephemeris:
            continue
        system, name = chr(letters[k]), words[3].decode("latin-1")
        used[k] = system not in FIELDS or name in _MESSAGES[system].split()
        if not used[k]:
            left_out[f"kind {name} ({system})"] += 1
    return starts[used], letters[used]


def _whole(every: np.ndarray, mine: np.ndarray, following: int, count: int) -> np.ndarray:
    """True where a message has all its lines before the next message (at `every`) begins."""
    ends = np.append(every, count)[np.searchsorted(every, mine, side="right")]
    return ends - mine > following


def _record(lines: ColumnText, system: str, starts: np.ndarray, version: int) -> Records:
    """The numbers of messages of one system that begin at some lines."""
    width, margin = (22, 3) if version == 2 else (23, 4)
    head = lines.columns(starts, 0, width)
    _, last = np.unique(np.ascontiguousarray(head[::-1]).view(f"S{width}").ravel(), return_index=True)
    starts, head = starts[::-1][last], head[::-1][last]  # merged files repeat messages: the last of each
    names, places = list(FIELDS[system]), np.array(list(FIELDS[system].values()))
    values = decimals(lines.fields(starts[:, None] + places[:, 0], margin + _WIDTH * places[:, 1], _WIDTH))
    values = np.where(np.abs(values) < _LARGEST, values, np.nan)
    numbers = dict(zip(names, values.reshape(len(starts), len(names)).T, strict=True))
    digits = head[:, :2] if version == 2 else head[:, 1:3]
    digits = np.where(digits == 32, 48, digits)
    sv = np.array([f"{system}{chr(tens)}{chr(ones)}" for tens, ones in digits.tolist()], "U3")
    return Records(system, sv, _clocks(head, version), numbers)


def _clocks(head: np.ndarray, version: int) -> np.ndarray:
    """Times of the messages' first lines; NaT where they are none."""
    columns = _COLUMNS_2 if version == 2 else _COLUMNS
    year, month, day, hour, minute, second = (decimals(head[:, start:stop]) for start, stop in columns)
    if version == 2:
        year = year + np.where(year >= 80, 1900, 2000)
    good = (year >= 1980) & (year < 2200) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    good &= (hour >= 0) & (hour <= 24) & (minute >= 0) & (minute <= 60) & (second >= 0) & (second < 62)
    times = np.full(len(head), "NaT", NS)
    months = ((year[good] - 1970) * 12 + month[good] - 1).astype(np.int64).astype("datetime64[M]")
    of_month = ((((day[good] - 1) * 24 + hour[good]) * 60 + minute[good]) * 60 + second[good]) * 1e9
    times[good] = months.astype(NS) + np.round(of_month).astype("timedelta64[ns]")
    return times


_COLUMNS = ((4, 8), (9, 11), (12, 14), (15, 17), (18, 20), (21, 23))
_COLUMNS_2 = ((3, 5), (6, 8), (9, 11), (12, 14), (15, 17), (17, 22))
