"""SINEX, solutions of geodetic networks: the positions and velocities of stations.

Spec    IERS, "SINEX - Solution (Software/technique) INdependent EXchange Format", version 2.02, 2006
Beware  a station may have several points and several solutions in time; velocities stand as parameters of their own;
        epochs have two-digit years, 00:000:00000 means not told; other parameters (poles, satellites) share the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from soap.core.errors import BadFile
from soap.core.time import NS
from soap.domains.ionosphere.science.gnss.coordinates import Solution
from soap.formats.source import Source

_PARAMETERS = {"STAX": 0, "STAY": 1, "STAZ": 2, "VELX": 3, "VELY": 4, "VELZ": 5}
_EPOCH = re.compile(r"(\d\d):(\d{3}):(\d{5})")
_UNITS = {"STA": ("m",), "VEL": ("m/y", "m/yr")}
_GROUND_M = (6.3e6, 6.4e6)
_FASTEST = 1.0


def sniff(head: bytes, name: str) -> bool:
    """True when the first line is that of a SINEX file."""
    return head.startswith(b"%=SNX ")


def parse(source: Source) -> tuple[list[Solution], list[str]]:
    """Solutions of all stations, and notes on those that are not whole.

    Raises `BadFile` where this is no SINEX file, has no table of estimates, or a number in it is none.
    """
    if not sniff(source.head, source.name):
        raise BadFile("The first line is not that of a SINEX file", file=source.name)
    lines = source.data.decode("latin-1").splitlines()
    spans = {_key(line): (_epoch(line[16:28]), _epoch(line[29:41])) for _, line in _table(lines, "SOLUTION/EPOCHS")}
    found: dict[tuple[str, str, str], tuple[np.ndarray, np.datetime64]] = {}
    any_line = False
    for number, line in _table(lines, "SOLUTION/ESTIMATE"):
        any_line = True
        kind = line[7:13].strip()
        if kind in _PARAMETERS:
            key = (line[14:18].strip(), line[19:21].strip(), line[22:26].strip())
            values, _ = found.setdefault(key, (np.full(6, np.nan), _epoch(line[27:39])))
            values[_PARAMETERS[kind]] = _value(line, kind, number, source.name)
    if not any_line:
        raise BadFile("The file has no table SOLUTION/ESTIMATE", file=source.name)
    return _solutions(found, spans)


def _table(lines: list[str], name: str) -> Iterator[tuple[int, str]]:
    """Lines of one table with their numbers from 0; a table that is not closed ends before its last line."""
    inside: list[tuple[int, str]] = []
    open_ = False
    for number, line in enumerate(lines):
        if line.startswith(("+", "-")) and line[1:].split()[:1] == [name]:
            if line[0] == "-":
                yield from inside
                return
            open_ = True
        elif open_ and line.startswith(" "):
            inside.append((number, line))
    yield from inside[:-1]


def _key(line: str) -> tuple[str, str, str]:
    return line[1:5].strip(), line[6:8].strip(), line[9:13].strip()


def _epoch(text: str) -> np.datetime64:
    """Time of `YY:DDD:SSSSS`; NaT for 00:000:00000 and for what is none."""
    match = _EPOCH.fullmatch(text.strip())
    if match is None or not 1 <= int(match[2]) <= 366 or int(match[3]) > 86_400:
        return np.datetime64("NaT", "ns")
    year = int(match[1]) + (1900 if int(match[1]) > 50 else 2000)
    return np.datetime64(str(year), "Y").astype(NS) + np.timedelta64((int(match[2]) - 1) * 86_400 + int(match[3]), "s")


def _value(line: str, kind: str, number: int, file: str) -> float:
    unit = line[40:44].strip()
    try:
        value = float(line[47:68].replace("D", "E"))
    except ValueError:
        value = float("nan")
    most = _GROUND_M[1] if kind.startswith("STA") else _FASTEST
    if not abs(value) <= most or unit not in _UNITS[kind[:3]]:
        raise BadFile(f"Line {number + 1}: {line[40:68].strip()!r} is no {kind} in {_UNITS[kind[:3]][0]}", file=file)
    return value


def _solutions(found, spans) -> tuple[list[Solution], list[str]]:
    """Solutions whose position is whole and on the ground; names of the others in a note."""
    solutions, lacking = [], []
    for key, (values, epoch) in found.items():
        radius = float(np.linalg.norm(values[:3]))
        if np.isnat(epoch) or not _GROUND_M[0] < radius < _GROUND_M[1]:
            lacking.append(key[0])
            continue
        start, stop = spans.get(key, (np.datetime64("NaT", "ns"), np.datetime64("NaT", "ns")))
        solutions.append(Solution(key[0], epoch, values[:3], np.nan_to_num(values[3:]), start, stop))
    named = ", ".join(sorted(set(lacking)))
    return solutions, [f"Solutions without a whole position on the ground were left out: {named}."] if lacking else []
