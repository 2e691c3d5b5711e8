"""Differential code biases as CODE publishes them, a month, 30 days or a day a file.

Spec    ftp.aiub.unibe.ch/CODE: P1P2yymm.DCB, P1C1yymm.DCB, P2C2yymm.DCB (S. Schaer, AIUB, since 1998)
Beware  a title says which difference follows, and a file may have several: the daily ones end with biases between
        frequencies of receivers, which no two signals name; rows of a day end with its start and stop; monthly GLONASS
        rows of a station stand beside the GPS rows under the same name; some satellites are missing; P1 is C1W of GPS
        and C1P of GLONASS; C2 of GPS is the civil signal L2C, however tracked.
"""

from __future__ import annotations

import re

import numpy as np

from soap.core.errors import BadFile
from soap.domains.ionosphere.science.gnss.code_bias import BiasRow, Span, receiver_owner
from soap.formats.source import Source

_TITLE = re.compile(r"DIFFERENTIAL \(([A-Z0-9]{1,8})-([A-Z0-9]{1,8})\) CODE BIASES")
_SIGNALS: dict[str, dict[str, tuple[str, ...]]] = {
    "G": {"P1": ("C1W",), "P2": ("C2W",), "C1": ("C1C",), "C2": ("C2C", "C2S", "C2L", "C2X")},
    "R": {"P1": ("C1P",), "P2": ("C2P",), "C1": ("C1C",), "C2": ("C2C",)},
}
_TIME = r"(\d{4}) (\d\d) (\d\d) (\d\d) (\d\d) (\d\d)"
_ROW = re.compile(
    r"([A-Z])(\d\d)? {1,26}(?:([A-Z0-9]{4}) (?:[A-Z0-9]{9})? )? *(-?\d{0,8}\.\d{1,6})(?: +(\d{0,8}\.\d{1,6}))?"
    rf"(?: +{_TIME} +{_TIME})? *"
)
_MONTH = re.compile(rb"YEAR (\d{4}), MONTH (0[1-9]|1[0-2])")
_ENDING = re.compile(rb"30-DAY .{0,40}ENDING D(\d{1,3}), (\d{4})")
_LIMIT_NS = 1e4


def sniff(head: bytes, name: str) -> bool:
    """True when a title is that of a file of differential code biases of CODE."""
    return _TITLE.search(head[:2000].decode("latin-1")) is not None


def parse(source: Source) -> tuple[list[BiasRow], list[str]]:
    """Rows of satellites and receivers, and notes; `BadFile` for another file or a row that cannot be read."""
    if not sniff(source.head, source.name):
        raise BadFile("The title is not that of a CODE DCB file", file=source.name)
    rows: list[BiasRow] = []
    span, pair, left_out = _span(source.head[:200]), ("", ""), 0
    lines = source.data.splitlines()
    notes = _cut(source.data, lines)
    for number, octets in enumerate(lines):
        line = octets.decode("latin-1").rstrip()
        if title := _TITLE.search(line):
            pair = title[1], title[2]
        elif pair[0] and line and not line.startswith(("PRN", "***", "---")):
            found = _rows(line, pair, span)
            if found is None:
                raise BadFile(f"Line {number + 1}: {line[:60]!r} is no row of biases", file=source.name)
            rows += found
            left_out += not found
    if left_out:
        notes.append(f"{left_out} row(s) of biases that no two code signals name were left out.")
    return rows, notes if rows else [*notes, "The file holds no bias."]


def _cut(data: bytes, lines: list[bytes]) -> list[str]:
    """Take a last line off that may end inside its value: one that has no line end, and no rms behind the value."""
    row = None if data.endswith((b"\n", b"\r")) or not lines else _ROW.fullmatch(lines[-1].decode("latin-1"))
    if row is None or row[5]:
        return []
    lines.pop()
    return ["The last line has no line end and was left out; the file may have been cut short there."]


def _rows(line: str, pair: tuple[str, str], span: Span | None) -> list[BiasRow] | None:
    """The biases of a line, none where its signals are not known; None where it is no row."""
    row = _ROW.fullmatch(line)
    if row is None or (row[2] is None) == (row[3] is None) or abs(float(row[4])) > _LIMIT_NS:
        return None
    owner = row[1] + row[2] if row[2] else receiver_owner(row[3], row[1])
    signals = _SIGNALS.get(row[1], {})
    if row[6]:
        try:
            span = _instant(row.groups()[5:11]), _instant(row.groups()[11:17])
        except ValueError:
            return None
    value, sigma = float(row[4]), float(row[5] or "nan")
    return [
        BiasRow(owner, one, two, value, sigma, span)
        for one in signals.get(pair[0], ())
        for two in signals.get(pair[1], ())
    ]


def _instant(words: tuple[str, ...]) -> np.datetime64:
    year, month, day, hour, minute, second = words
    start = np.datetime64(f"{year}-{month}-{day}", "s")
    return start + np.timedelta64((int(hour) * 60 + int(minute)) * 60 + int(second), "s")


def _span(head: bytes) -> Span | None:
    """The month, or the 30 days, that the first line names; None where it names none."""
    if month := _MONTH.search(head):
        start = np.datetime64(f"{month[1].decode()}-{month[2].decode()}", "M")
        return start.astype("datetime64[s]"), (start + 1).astype("datetime64[s]")
    if ending := _ENDING.search(head):
        last = np.datetime64(ending[2].decode(), "Y").astype("datetime64[D]") + int(ending[1])
        return (last - 30).astype("datetime64[s]"), last.astype("datetime64[s]")
    return None
