"""SP3, the table of satellite positions that analysis centres publish (versions a to d).

Spec    S. Hilla, "The Extended Standard Product 3 Orbit Format (SP3-d)", NGS/NOAA, 2016; SP3-c, 2010
Beware  files end at 23:45 or at 24:00; a position of 0 0 0 is missing; a clock of 999999.999999 is missing while the
        position holds; times are in the system that the first %c line names, GPS time in most files; lines may be cut
        after the clock; SP3-a gives bare satellite numbers, which are GPS, and has no letter in its first years.
"""

from __future__ import annotations

import re

import numpy as np

from soap.core.errors import BadFile
from soap.core.time import NS, utc_to_gps
from soap.domains.ionosphere.science.gnss.precise_orbit import PositionTable
from soap.formats.column_text import ColumnText, decimals
from soap.formats.source import Source

_FIRST_LINE = re.compile(rb"\s{0,80}#[a-d ][PV ]\d{4} ")
_AHEAD_OF_GPS_S = {"GPS": 0, "GAL": 0, "QZS": 0, "IRN": 0, "BDT": -14, "BDS": -14, "TAI": 19, "ccc": 0}
"""Time systems and how far they are ahead of GPS time; GLO and UTC go by the table of leap seconds."""

_POSITION_M = 1e8
_LIMIT_CELLS = 4_000_000
_CLOCK = ((3, 7), (8, 10), (11, 13), (14, 16), (17, 19))
_DAMAGED = "The file is damaged; fetch it again."


def sniff(head: bytes, name: str) -> bool:
    """True when the first line is that of an SP3 file."""
    return _FIRST_LINE.match(head) is not None


def parse(source: Source) -> PositionTable:
    """All positions of the file.

    Raises `BadFile` for anything that is not SP3, a time or position that cannot be read, a satellite given twice at
    one time, and times that do not rise. A last line without its line end is left out, with a note.
    """
    if not sniff(source.head, source.name):
        raise BadFile("The first line is not that of an SP3 file", file=source.name)
    lines = ColumnText.of(source.data)
    notes = []
    first = lines.column(0)
    if not lines.text(len(lines) - 1).startswith("EOF"):
        notes.append("The file ends without EOF; it may have been cut short.")
        if not lines.closed:
            first[-1] = 0
    epochs = np.flatnonzero((first == ord("*")) & (lines.column(1) == 32))
    if not len(epochs):
        raise BadFile("The file holds no time", file=source.name, next_step="Fetch it again; it is cut short.")
    time = _times(lines, epochs, source.name)
    rows = np.flatnonzero(first == ord("P"))
    rows = rows[rows > epochs[0]]
    sv, column = _satellites(lines, rows, source.name)
    if len(epochs) * len(sv) > _LIMIT_CELLS:
        raise BadFile(f"{len(epochs)} times of {len(sv)} satellites are more than is accepted", file=source.name)
    owner = np.searchsorted(epochs, rows) - 1
    _require(np.bincount(owner * len(sv) + column, minlength=1)[owner * len(sv) + column] == 1, lines, rows,
             "the satellite is given twice at one time", source.name)  # fmt: skip
    position = np.full((len(epochs), len(sv), 3), np.nan)
    position[owner, column] = _positions(lines, rows, source.name)
    manoeuvre = np.zeros(position.shape[:2], bool)
    manoeuvre[owner, column] = lines.columns(rows, 78, 79)[:, 0] == ord("M")
    return PositionTable(time, sv, position, manoeuvre, tuple(notes))


def _require(good: np.ndarray, lines: ColumnText, rows: np.ndarray, fact: str, file: str) -> None:
    if not good.all():
        line = int(rows[int(np.argmin(good))])
        raise BadFile(f"Line {line + 1}: {fact} ({lines.text(line)[:60]!r})", file=file, next_step=_DAMAGED)


def _satellites(lines: ColumnText, rows: np.ndarray, file: str) -> tuple[tuple[str, ...], np.ndarray]:
    """Satellites of the file, sorted, and the number of the one that each row is of."""
    names = lines.columns(rows, 1, 4)
    names[names[:, 0] == 32, 0] = ord("G")
    names[names[:, 1] == 32, 1] = ord("0")
    numbered = ((names[:, 1:] >= 48) & (names[:, 1:] <= 57)).all(axis=1)
    _require(np.isin(names[:, 0], list(b"GRECJIS")) & numbered, lines, rows, "the line names no satellite", file)
    sv, column = np.unique(np.ascontiguousarray(names).view("S3").ravel(), return_inverse=True)
    return tuple(name.decode("ascii") for name in sv), column


def _positions(lines: ColumnText, rows: np.ndarray, file: str) -> np.ndarray:
    """Positions [m], shape (rows, 3), NaN where the file says that there is none."""
    position = decimals(lines.columns(rows, 4, 46).reshape(-1, 14)).reshape(-1, 3) * 1e3
    _require(np.all(np.abs(position) < _POSITION_M, axis=1), lines, rows, "the line holds no position", file)
    position[(position == 0.0).all(axis=1)] = np.nan
    return position


def _times(lines: ColumnText, epochs: np.ndarray, file: str) -> np.ndarray:
    """Times of the epochs as GPS time."""
    times = np.array([_time(lines.text(int(k)), int(k), file) for k in epochs], NS)
    rising = np.ones(len(times), bool)
    rising[1:] = np.diff(times) > np.timedelta64(0)
    _require(rising, lines, epochs, "the time does not come after the one before", file)
    heads = (lines.text(k) for k in range(min(len(lines), 200)))
    system = next((text[9:12].strip() for text in heads if text.startswith("%c")), "GPS")
    if system in ("UTC", "GLO"):
        return utc_to_gps(times)
    if system not in _AHEAD_OF_GPS_S:
        raise BadFile(
            f"The time system is {system!r}; {', '.join(_AHEAD_OF_GPS_S)}, UTC or GLO is read",
            file=file,
            next_step=_DAMAGED,
        )
    return times - np.timedelta64(_AHEAD_OF_GPS_S[system], "s")


def _time(line: str, number: int, file: str) -> np.datetime64:
    try:
        year, month, day, hour, minute = (int(line[start:stop]) for start, stop in _CLOCK)
        seconds = float(line[20:31])
        if not (1981 <= year <= 2200 and 0 <= hour <= 24 and 0 <= minute < 60 and 0 <= seconds < 61):
            raise ValueError
        date = np.datetime64(f"{year:04d}-{month:02d}-{day:02d}", "ns")
    except ValueError:
        raise BadFile(f"Line {number + 1}: {line[:31]!r} is no time", file=file, next_step=_DAMAGED) from None
    return date + np.timedelta64(round((hour * 3600 + minute * 60 + seconds) * 1e9), "ns")
