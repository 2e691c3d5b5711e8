"""The records of a navigation file: which lines make one message, and the numbers in them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadFile
from soap.formats.source import BYTE_ORDER_MARK, Source

_FIRST_LINE = re.compile(rb" {0,8}(\d{1,2})(?:\.\d{0,2})? {6,14}([NGHLE]).{19}(.).{15,19} ?RINEX VERSION / TYPE")
_SYSTEM_OF_TYPE = {b"G": "R", b"H": "S", b"L": "E", b"E": "E"}
LINES = {"G": 7, "E": 7, "C": 7, "J": 7, "R": 3}
"""Lines after the first that hold what is used of a message, by system."""

_MESSAGES = {"G": "LNAV", "J": "LNAV", "E": "INAV FNAV", "C": "D1 D2", "R": "FDMA"}
_NAMES = {"I": "NavIC", "S": "SBAS"}
_WIDTH = 19
_IN_NUMBERS = np.zeros(256, bool)
_IN_NUMBERS[list(b"0123456789+-. eEdD")] = True


@dataclass(frozen=True)
class Records:
    """Messages of one system: `sv` (n,), `clock` (n,) as the file writes the time, `numbers` (n, lines, 4).

    Clock and numbers of the first line stand in `numbers[:, 0, 1:]`; NaN where a field is blank or no number.
    """

    system: str
    sv: np.ndarray
    clock: np.ndarray
    numbers: np.ndarray


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
    data = source.data.removeprefix(BYTE_ORDER_MARK)
    end = data.find(b"END OF HEADER")
    if end < 0:
        raise BadFile("The header has no end", file=source.name, next_step="Fetch it again; it is cut short.")
    body = data[data.find(b"\n", end) + 1 or len(data) :]
    system = _SYSTEM_OF_TYPE.get(first[2], "G") if version == 2 else ""
    return _by_system(_Lines.of(body), system, version)


@dataclass(frozen=True)
class _Lines:
    """Lines as offsets into bytes, padded so that 80 columns can be taken from any of them."""

    octets: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray

    @classmethod
    def of(cls, body: bytes) -> _Lines:
        octets = np.frombuffer(body + b"\n" + b" " * 88, np.uint8)
        breaks = np.flatnonzero(octets == 10)
        starts = np.concatenate([[0], breaks[:-1] + 1]).astype(np.int64)
        return cls(octets, starts, breaks - starts)

    def columns(self, lines: np.ndarray, start: int, stop: int) -> np.ndarray:
        """Characters (len(lines), stop - start); blank beyond a line's end."""
        at = np.arange(start, stop)
        taken = self.octets[self.starts[lines][:, None] + at]
        return np.where((at < self.lengths[lines][:, None]) & (taken != 13), taken, 32)


def _by_system(lines: _Lines, only: str, version: int) -> tuple[list[Records], list[str]]:
    """The records of every system; `only` is the system of a RINEX 2 file."""
    everything = np.arange(len(lines.starts))
    head = lines.columns(everything, 0, 3)
    if only:  # a message begins where the satellite's number stands
        starts = np.flatnonzero((head[:, 1] != 32) & ((head[:, 0] == 32) | _digit(head[:, 0])) & (head[:, 2] == 32))
        letters = np.full(len(starts), ord(only), np.uint8)
    else:
        starts = np.flatnonzero((head[:, 0] >= 65) & (head[:, 0] <= 90) & _digit(head[:, 2]))
        letters = head[starts, 0]
    left_out: Counter[str] = Counter()
    if version == 4:
        starts, letters = _used(lines, starts, letters, left_out)
    found, broken = [], 0
    for letter in np.unique(letters):
        system = chr(letter)
        mine = starts[letters == letter]
        if system not in LINES:
            left_out[_NAMES.get(system, f"system {system}")] += len(mine)
            continue
        whole = _whole(starts, mine, LINES[system], len(lines.starts))
        broken += int((~whole).sum())
        found.append(_record(lines, system, mine[whole], 2 if only else 0))
    notes = [f"{count} message(s) of {name} were left out." for name, count in sorted(left_out.items())]
    if broken:
        notes.append(f"{broken} message(s) lack lines and were left out.")
    return found, notes


def _digit(characters: np.ndarray) -> np.ndarray:
    return (characters >= 48) & (characters <= 57)


def _used(lines: _Lines, starts, letters, left_out: Counter[str]):
    """RINEX 4: the messages whose `> EPH` line names a kind that is used."""
    kinds = lines.columns(np.maximum(starts - 1, 0), 0, 15)
    used = np.zeros(len(starts), bool)
    for k, kind in enumerate(kinds):
        words = bytes(kind).split()
        ephemeris = len(words) == 4 and words[0] == b">" and words[1] == b"EPH"
        if not ephemeris:
            continue
        system, name = chr(letters[k]), words[3].decode("latin-1")
        used[k] = system not in LINES or name in _MESSAGES[system].split()
        if not used[k]:
            left_out[f"kind {name} ({system})"] += 1
    return starts[used], letters[used]


def _whole(starts: np.ndarray, mine: np.ndarray, following: int, count: int) -> np.ndarray:
    """True where a message has all its lines before the next message begins."""
    ends = np.append(starts[1:], count)[np.searchsorted(starts, mine)]
    return ends - mine > following


def _record(lines: _Lines, system: str, starts: np.ndarray, two: int) -> Records:
    """Numbers of messages; `two` is 2 for the columns of RINEX 2, else 0."""
    width = (22 if two else 23) if len(starts) else 23
    clock = lines.columns(starts, 0, width)
    _, last = np.unique(np.ascontiguousarray(clock[::-1]).view(f"S{width}").ravel(), return_index=True)
    starts, clock = starts[::-1][last], clock[::-1][last]  # merged files repeat messages: the last of each
    first = lines.columns(starts, width, width + 3 * _WIDTH)
    margin = 3 if two else 4
    rest = (starts[:, None] + np.arange(1, LINES[system] + 1)).ravel()
    fields = lines.columns(rest, margin, margin + 4 * _WIDTH).reshape(-1, _WIDTH)
    numbers = np.full((len(starts), LINES[system] + 1, 4), np.nan)
    numbers[:, 0, 1:] = _numbers(first.reshape(-1, _WIDTH)).reshape(-1, 3)
    numbers[:, 1:] = _numbers(fields).reshape(-1, LINES[system], 4)
    sv = np.array(
        [f"{system}{bytes(row[:2] if two else row[1:3]).decode('latin-1').strip():0>2}" for row in clock], "U3"
    )
    return Records(system, sv, clock[:, 2 if two else 3 :], numbers)


def _numbers(fields: np.ndarray) -> np.ndarray:
    """Fixed-width numbers (n, 19) as float64; NaN where a field is blank or no number."""
    fields = np.where((fields == 68) | (fields == 100), 69, fields).astype(np.uint8)
    good = _IN_NUMBERS[fields].all(axis=1) & (fields != 32).any(axis=1)
    text = np.ascontiguousarray(fields).view(f"S{_WIDTH}").ravel()
    values = np.full(len(text), np.nan)
    try:
        values[good] = text[good].astype(float)
    except ValueError:
        for k in np.flatnonzero(good):
            values[k] = _number(text[k])
    return values


def _number(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
