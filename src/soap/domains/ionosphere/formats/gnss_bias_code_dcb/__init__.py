"""Differential code biases as CODE publishes them, a month or 30 days a file.

Spec    ftp.aiub.unibe.ch/CODE: P1P2yymm.DCB, P1C1yymm.DCB, P2C2yymm.DCB (S. Schaer, AIUB, since 1998)
Beware  the title says which difference; monthly GLONASS rows of a station stand beside the GPS rows under the same
        name; some satellites are missing; P1 is C1W of GPS and C1P of GLONASS; C2 of GPS is the civil signal L2C,
        however tracked.
"""

from __future__ import annotations

import re

import numpy as np

from soap.core.errors import BadFile
from soap.domains.ionosphere.science.gnss.code_bias import BiasRow, Span, receiver_owner
from soap.formats.source import Source

_TITLE = re.compile(rb"DIFFERENTIAL \((P1|P2)-(P2|C1|C2)\) CODE BIASES")
_SIGNALS: dict[str, dict[str, tuple[str, ...]]] = {
    "G": {"P1": ("C1W",), "P2": ("C2W",), "C1": ("C1C",), "C2": ("C2C", "C2S", "C2L", "C2X")},
    "R": {"P1": ("C1P",), "P2": ("C2P",), "C1": ("C1C",), "C2": ("C2C",)},
}
_ROW = re.compile(r"([GR])(\d\d)? {1,26}(?:([A-Z0-9]{4}) (?:[A-Z0-9]{9})? )? +(-?\d+\.\d+) +(\d+\.\d+) *")
_MONTH = re.compile(rb"YEAR (\d{4}), MONTH (0[1-9]|1[0-2])")
_ENDING = re.compile(rb"30-DAY .{0,40}ENDING D(\d{1,3}), (\d{4})")
_LIMIT_NS = 1e4


def sniff(head: bytes, name: str) -> bool:
    """True when the title is that of a file of differential code biases of CODE."""
    return _TITLE.search(head[:2000]) is not None


def parse(source: Source) -> tuple[list[BiasRow], list[str]]:
    """Rows of satellites and receivers, and notes; `BadFile` for another file or a row that cannot be read."""
    title = _TITLE.search(source.head[:2000])
    if title is None:
        raise BadFile("The title is not that of a CODE DCB file", file=source.name)
    first, second = title[1].decode(), title[2].decode()
    rows: list[BiasRow] = []
    span = _span(source.head[:200])
    begin = source.data.count(b"\n", 0, title.end())
    for number, octets in enumerate(source.data.splitlines()):
        line = octets.decode("latin-1").rstrip()
        if number <= begin or not line or line.startswith(("PRN", "***")):
            continue
        row = _ROW.fullmatch(line)
        if row is None or (row[2] is None) == (row[3] is None) or abs(float(row[4])) > _LIMIT_NS:
            raise BadFile(f"Line {number + 1}: {line[:60]!r} is no row of biases", file=source.name)
        owner = row[1] + row[2] if row[2] else receiver_owner(row[3], row[1])
        signals = _SIGNALS[row[1]]
        rows += [
            BiasRow(owner, one, two, float(row[4]), float(row[5]), span)
            for one in signals[first]
            for two in signals[second]
        ]
    return rows, [] if rows else ["The file holds no bias."]


def _span(head: bytes) -> Span | None:
    """The month, or the 30 days, that the first line names; None where it names none."""
    if month := _MONTH.search(head):
        start = np.datetime64(f"{month[1].decode()}-{month[2].decode()}", "M")
        return start.astype("datetime64[s]"), (start + 1).astype("datetime64[s]")
    if ending := _ENDING.search(head):
        last = np.datetime64(ending[2].decode(), "Y").astype("datetime64[D]") + int(ending[1])
        return (last - 30).astype("datetime64[s]"), last.astype("datetime64[s]")
    return None
