"""SINEX-BIAS, files of code biases: differences of two signals (DSB) and of single ones (OSB).

Spec    S. Schaer, "SINEX_BIAS - Solution (Software/technique) INdependent EXchange Format for GNSS Biases", version
        1.00, AIUB, 2016
Beware  a receiver's row names the system in the satellite's place; phase biases (L..) and biases between systems (ISB)
        stand in the same table; values may be written `.606000E-01` or in cycles; where a satellite clock's reference
        signals are all zero, as C1W and C2W in products for ambiguity resolution, their difference is not known from
        the file.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import lru_cache

import numpy as np

from soap.core.errors import BadFile
from soap.domains.ionosphere.science.gnss.code_bias import ABSOLUTE, BiasRow, Span, receiver_owner
from soap.formats.source import Source

_TABLE = (b"+BIAS/SOLUTION", b"-BIAS/SOLUTION")
_LIMIT_NS = 1e4
_SATELLITE = re.compile(r"[GRECJIS]\d\d")
_EPOCH = re.compile(r"(\d{4}):(\d{3}):(\d{5})")
_CODE = re.compile(r"[CL]\d[A-Z]?")


def sniff(head: bytes, name: str) -> bool:
    """True when the first line is that of a SINEX-BIAS file."""
    return head.startswith(b"%=BIA ")


def parse(source: Source) -> tuple[list[BiasRow], list[str]]:
    """Rows of code biases and notes on the others; `BadFile` where this is no SINEX-BIAS file or a value is none."""
    if not sniff(source.head, source.name):
        raise BadFile("The first line is not that of a SINEX-BIAS file", file=source.name)
    lines = source.data.splitlines()
    if not source.data.endswith((b"\n", b"\r")) and lines[-1:] and lines[-1].startswith(b" "):
        lines.pop()  # cut, perhaps inside a number; the note below tells
    begin = next((k for k, line in enumerate(lines) if line.startswith(_TABLE[0])), None)
    if begin is None:
        raise BadFile("The file has no table BIAS/SOLUTION", file=source.name)
    rows: list[BiasRow] = []
    left_out: Counter[str] = Counter()
    closed = False
    for number in range(begin + 1, len(lines)):
        line = lines[number].decode("latin-1")
        if line.startswith("-"):
            closed = True
            break
        if line[:1] == " " and line.strip():
            row = _row(line, number, source.name, left_out)
            if row is not None:
                rows.append(row)
    notes = [f"{count} row(s) of {kind} were left out." for kind, count in sorted(left_out.items())]
    if not closed:
        notes.append("The table BIAS/SOLUTION has no end; the file may have been cut short.")
    return _by_reference(rows, notes)


def _row(line: str, number: int, file: str, left_out: Counter[str]) -> BiasRow | None:
    kind, satellite, station = line[1:5].strip(), line[11:14].strip(), line[15:24].strip()
    one, two, unit = line[25:29].strip(), line[30:34].strip(), line[65:69].strip()
    if kind not in ("DSB", "OSB"):
        left_out[f"kind {kind}"] += 1
    elif one.startswith("L"):
        left_out["phase biases"] += 1
    elif unit != "ns":
        left_out[f"unit {unit}"] += 1
    else:
        if not _CODE.fullmatch(one) or (kind == "DSB" and not _CODE.fullmatch(two)):
            raise BadFile(f"Line {number + 1}: {one!r}, {two!r} are no signals", file=file)
        owner = satellite if not station else receiver_owner(station[:4], satellite[:1])
        if not station and not _SATELLITE.fullmatch(satellite):
            raise BadFile(f"Line {number + 1}: {satellite!r} is no satellite", file=file)
        value = _number(line[70:91], number, file)
        sigma = _number(line[92:103], number, file) if line[92:103].strip() else float("nan")
        return BiasRow(owner, one, two if kind == "DSB" else ABSOLUTE, value, sigma, _span(line[35:49], line[50:64]))
    return None


@lru_cache(maxsize=1024)
def _span(start: str, stop: str) -> Span | None:
    """Times of `YYYY:DDD:SSSSS`; None where one is none."""
    times = []
    for text in (start, stop):
        match = _EPOCH.fullmatch(text.strip())
        if match is None or not (1980 <= int(match[1]) <= 2200 and 1 <= int(match[2]) <= 366):
            return None
        seconds = (int(match[2]) - 1) * 86_400 + int(match[3])
        times.append(np.datetime64(match[1], "Y").astype("datetime64[s]") + np.timedelta64(seconds, "s"))
    return times[0], times[1]


def _number(text: str, number: int, file: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) < _LIMIT_NS:
        raise BadFile(f"Line {number + 1}: {text.strip()!r} is no bias in ns", file=file)
    return value


def _by_reference(rows: list[BiasRow], notes: list[str]) -> tuple[list[BiasRow], list[str]]:
    """Single-signal biases of a system whose reference signals are all zero are kept apart by frequency band."""
    zero: dict[str, dict[str, bool]] = {}
    for row in rows:
        if row.two == ABSOLUTE and _SATELLITE.fullmatch(row.owner):
            signals = zero.setdefault(row.owner[0], {})
            signals[row.one] = signals.get(row.one, True) and row.value_ns == 0.0
    apart = {}
    for system, signals in zero.items():
        references = [signal for signal, is_zero in signals.items() if is_zero]
        if len({signal[1] for signal in references}) > 1:
            apart[system] = references
            notes.append(
                f"All biases of {' and '.join(sorted(references))} of system {system} are zero: they are the clock's"
                " reference, and the file does not tell biases between frequencies."
            )
    moved = [
        replace(row, two=f"band {row.one[1]}")
        if row.two == ABSOLUTE and (row.owner[0] if "/" not in row.owner else row.owner[-1]) in apart
        else row
        for row in rows
    ]
    return moved, notes
