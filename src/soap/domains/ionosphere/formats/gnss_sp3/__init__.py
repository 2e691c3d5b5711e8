"""SP3, the table of satellite positions that analysis centres publish (versions a to d).

Spec    S. Hilla, "The Extended Standard Product 3 Orbit Format (SP3-d)", NGS/NOAA, 2016; SP3-c, 2010
Beware  files end at 23:45 or at 24:00; a position of 0 0 0 is missing; a clock of 999999.999999 is missing while the
        position holds; times are in the system that the first %c line names, GPS time in most files; lines may be cut
        after the clock; SP3-a gives bare satellite numbers, which are GPS.
"""

from __future__ import annotations

import re

import numpy as np

from soap.core.errors import BadFile
from soap.core.time import NS, utc_to_gps
from soap.domains.ionosphere.science.gnss.precise_orbit import PositionTable
from soap.formats.source import Source

_FIRST_LINE = re.compile(rb"#[a-d][PV ]\d{4} ")
_AHEAD_OF_GPS_S = {"GPS": 0, "GAL": 0, "QZS": 0, "IRN": 0, "BDT": -14, "BDS": -14, "TAI": 19, "ccc": 0}
"""Time systems and how far they are ahead of GPS time; GLO and UTC go by the table of leap seconds."""

_POSITION_KM = 1e5
_LIMIT_VALUES = 20_000_000


def sniff(head: bytes, name: str) -> bool:
    """True when the first line is that of an SP3 file."""
    return _FIRST_LINE.match(head) is not None


def parse(source: Source) -> PositionTable:
    """All positions of the file.

    Raises `BadFile` for anything that is not SP3, a time or position that cannot be read, and times that do not rise.
    """
    if not sniff(source.head, source.name):
        raise BadFile("The first line is not that of an SP3 file", file=source.name)
    lines = source.data.splitlines()
    epochs = [k for k, line in enumerate(lines) if line.startswith(b"*")]
    if not epochs:
        raise BadFile("The file holds no time", file=source.name, next_step="Fetch it again; it is cut short.")
    rows, owner = _rows(lines, epochs)
    sv = tuple(sorted({_satellite(lines[k], k, source.name) for k in rows}))
    if len(epochs) * len(sv) > _LIMIT_VALUES:
        raise BadFile(f"{len(epochs)} times of {len(sv)} satellites are more than is accepted", file=source.name)
    time = _times(lines, epochs, _time_system(lines), source.name)
    position = np.full((len(epochs), len(sv), 3), np.nan)
    manoeuvre = np.zeros(position.shape[:2], bool)
    column = {name: k for k, name in enumerate(sv)}
    for k, epoch in zip(rows, owner, strict=True):
        at = column[_satellite(lines[k], k, source.name)]
        position[epoch, at] = _position(lines[k], k, source.name)
        manoeuvre[epoch, at] = lines[k][78:79] == b"M"
    return PositionTable(time, sv, position * 1e3, manoeuvre)


def _rows(lines: list[bytes], epochs: list[int]) -> tuple[list[int], list[int]]:
    """Lines of positions and the number of the epoch that each stands under."""
    rows, owner = [], []
    for number, (first, stop) in enumerate(zip(epochs, [*epochs[1:], len(lines)], strict=True)):
        found = [k for k in range(first + 1, stop) if lines[k].startswith(b"P")]
        rows += found
        owner += [number] * len(found)
    return rows, owner


def _satellite(line: bytes, number: int, file: str) -> str:
    name = line[1:4].decode("latin-1")
    name = ("G" if name[0] == " " else name[0]) + name[1:].replace(" ", "0")
    if not re.fullmatch(r"[GRECJIS]\d\d", name):
        raise BadFile(f"Line {number + 1}: {line[:4]!r} is no satellite", file=file)
    return name


def _position(line: bytes, number: int, file: str) -> list[float]:
    try:
        x, y, z = (float(line[4 + 14 * k : 18 + 14 * k]) for k in range(3))
    except ValueError:
        x = y = z = np.inf
    if not max(abs(x), abs(y), abs(z)) < _POSITION_KM:
        raise BadFile(
            f"Line {number + 1}: {line[4:46]!r} is no position",
            file=file,
            next_step="The file is damaged; fetch it again.",
        )
    return [np.nan] * 3 if x == y == z == 0.0 else [x, y, z]


def _time_system(lines: list[bytes]) -> str:
    return next((line[9:12].decode("latin-1").strip() for line in lines[:60] if line.startswith(b"%c")), "GPS")


def _times(lines: list[bytes], epochs: list[int], system: str, file: str) -> np.ndarray:
    times = np.array([_time(lines[k], k, file) for k in epochs], NS)
    if (np.diff(times) <= np.timedelta64(0)).any():
        raise BadFile("The times do not rise", file=file)
    if system in ("UTC", "GLO"):
        return utc_to_gps(times)
    if system not in _AHEAD_OF_GPS_S:
        raise BadFile(f"The time system is {system!r}; one of {', '.join(_AHEAD_OF_GPS_S)} is read", file=file)
    return times - np.timedelta64(_AHEAD_OF_GPS_S[system], "s")


def _time(line: bytes, number: int, file: str) -> np.datetime64:
    try:
        year, month, day, hour, minute = (int(line[start:stop]) for start, stop in _CLOCK)
        seconds = float(line[20:31])
        if not (1980 <= year <= 2200 and 0 <= hour <= 24 and 0 <= minute < 60 and 0 <= seconds < 61):
            raise ValueError
        date = np.datetime64(f"{year:04d}-{month:02d}-{day:02d}", "ns")
    except ValueError:
        raise BadFile(f"Line {number + 1}: {line[:31]!r} is no time", file=file) from None
    return date + np.timedelta64(round((hour * 3600 + minute * 60 + seconds) * 1e9), "ns")


_CLOCK = ((3, 7), (8, 10), (11, 13), (14, 16), (17, 19))
