"""Septentrio ISMR files: scintillation indices and TEC that a receiver computed itself, a line a minute and satellite.

The indices come from 50 or 100 samples a second inside the receiver; they are read here, never computed from RINEX.
A line is comma-separated: GPS week, second of week (the end of the minute), SVID, receiver state, azimuth, elevation,
then 39 columns of the first and second signal (62 fields in all where a third signal follows). Traps: numbers are
padded with blanks, `nan` is missing; times are GPS time; SVIDs are Septentrio's own; S4 is total S4, the part that
thermal noise makes stands beside it and is for the reader to take off: sqrt(S4^2 - correction^2). TEC columns 17 to 24
are four values in the minute, 15 s apart, with the receiver's own calibration. The station's code is in the file's
name alone (`PRU1305C.11_.ismr`: code, day of year, hour, year).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from soap.core.errors import BadFile
from soap.core.time import NS, gps_to_utc
from soap.domains.ionosphere.names import NAMES
from soap.formats import Reader, Reading, Source
from soap.formats.plain_text import decoded, ends_mid_line
from soap.formats.reader import scan_by_reading
from soap.observations import rays

if TYPE_CHECKING:
    import xarray as xr

_FIELDS = (45, 62)
_COLUMNS = {
    "azimuth_deg": 5, "elevation_deg": 6, "cn0": 7, "s4": 8, "s4_correction": 9, "sigma_phi_1s": 10,
    "sigma_phi_3s": 11, "sigma_phi_10s": 12, "sigma_phi_30s": 13, "sigma_phi": 14, "ccd_sigma": 16, "lock_time": 25,
    "cn0_second": 32, "s4_second": 33, "s4_correction_second": 34, "sigma_phi_second": 39, "lock_time_second": 42,
}  # fmt: skip
"""Variables of a minute, and their columns counted from 1."""

_TEC, _DTEC = (17, 19, 21, 23), (18, 20, 22, 24)
"""Columns of TEC at 45, 30, 15 and 0 s before the time of the line, and of its change over the 15 s before each."""

_SYSTEMS = {"G": "gps", "R": "glonass", "E": "galileo", "S": "sbas", "C": "beidou", "J": "qzss", "I": "navic"}
_RANGES = (
    (1, 37, "G", 0), (38, 61, "R", 37), (63, 68, "R", 38), (71, 106, "E", 70), (120, 140, "S", 100),
    (141, 180, "C", 140), (181, 190, "J", 180), (191, 197, "I", 190), (198, 215, "S", 157), (216, 222, "I", 208),
    (223, 245, "C", 182),
)  # fmt: skip
"""First and last SVID, system, and what to take off for the number in RINEX (PolaRx reference guide, SBF, 4.1.9)."""

_NAME = re.compile(r"([A-Za-z0-9]{4})\d{3}[A-Xa-x0]?\.\d\d_")
_START = re.compile(rb"\d{3,4},\s*\d{1,6}(\.0*)?,\s*\d{1,3},\s*\d+,")
_GPS_EPOCH = np.datetime64("1980-01-06", "ns")
_WEEK_S = 604_800
_SECOND = np.timedelta64(1, "s").astype("timedelta64[ns]")


def sniff(head: bytes, name: str) -> bool:
    """True when the first line has week, second, SVID and state, and as many fields as an ISMR line."""
    line = head.split(b"\n", 1)[0]
    return _START.match(line) is not None and line.count(b",") + 1 in _FIELDS


def read(source: Source) -> Reading:
    """Indices of every minute, and TEC every 15 s, of each satellite; one dataset a system and cadence."""
    station = _station(source)
    text = decoded(source)
    table, notes = _table(text, source), list[str]()
    weeks, seconds = (table[:, at].astype(np.int64) for at in (0, 1))
    time = gps_to_utc(_GPS_EPOCH + (weeks * _WEEK_S + seconds) * _SECOND)
    sv = _satellites(table[:, 2].astype(np.int64))
    unknown = sv == ""
    if unknown.any():
        notes.append(f"{int(unknown.sum())} lines of SVIDs that name no satellite were left out.")
    table, time, sv = table[~unknown], time[~unknown], sv[~unknown]
    if not len(table):
        raise BadFile("The file names no satellite", file=source.name, next_step="Fetch it again.")
    table, time, sv = _each_once(table, time, sv, source, notes)
    if ends_mid_line(text):
        notes.append("The last line has no line end; the file may have been cut short there.")
    found = []
    for system in sorted({one[0] for one in sv.tolist()}):
        mine = np.char.startswith(sv, system)
        found += _datasets(station, _SYSTEMS[system], table[mine], time[mine], sv[mine])
    return Reading(tuple(found), notes=tuple(notes))


def _station(source: Source) -> str:
    match = _NAME.match(source.name)
    if match is None:
        raise BadFile(
            "An ISMR file tells its station only by its name, and this name is of another kind", file=source.name,
            next_step="Name it as the receiver does: PRU1305C.11_.ismr is of station PRU1, day 305, hour C, year 11.",
        )  # fmt: skip
    return match[1].lower()


def _table(text: str, source: Source) -> np.ndarray:
    """Numbers of all lines, shape (line, 45)."""
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        fields = line.split(",")
        if len(fields) not in _FIELDS:
            raise _bad(number, f"it has {len(fields)} fields; an ISMR line has 45 or 62", source)
        try:
            rows.append([float(field) for field in fields[: _FIELDS[0]]])
        except ValueError as error:
            raise _bad(number, f"a field is no number ({error})", source) from error
        week, second, svid = rows[-1][:3]
        if not (0 <= week < 10_000 and 0 <= second <= _WEEK_S and 0 < svid < 256 and second == int(second)):
            raise _bad(number, f"week {week:g}, second {second:g}, SVID {svid:g} are no time and satellite", source)
    table = np.array(rows, float)
    table[np.isinf(table)] = np.nan
    return table


def _bad(number: int, fact: str, source: Source) -> BadFile:
    return BadFile(f"Line {number}: {fact}", file=source.name, next_step="The file is damaged; fetch it again.")


def _satellites(svid: np.ndarray) -> np.ndarray:
    """Satellites in RINEX spelling, "" where an SVID is none (62 is a GLONASS satellite of unknown slot)."""
    names: dict[int, str] = {}
    for first, last, system, less in _RANGES:
        names |= {number: f"{system}{number - less:02d}" for number in range(first, last + 1)}
    return np.array([names.get(int(one), "") for one in svid], dtype="<U3")


def _each_once(
    table: np.ndarray, time: np.ndarray, sv: np.ndarray, source: Source, notes: list[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lines by time and satellite, each once; `BadFile` when two of them differ."""
    order = np.lexsort((sv, time))
    table, time, sv = table[order], time[order], sv[order]
    twice = np.flatnonzero((time[1:] == time[:-1]) & (sv[1:] == sv[:-1]))
    for at in twice:
        if not np.array_equal(table[at], table[at + 1], equal_nan=True):
            raise BadFile(
                f"{sv[at]} stands twice at {time[at]}, with different values", file=source.name,
                next_step="Was the file joined from two receivers? Give each its own file.",
            )  # fmt: skip
    if len(twice):
        notes.append(f"{len(twice)} lines stand twice; each was taken once.")
    keep = np.ones(len(time), bool)
    keep[twice + 1] = False
    return table[keep], time[keep], sv[keep]


def _datasets(station: str, system: str, table: np.ndarray, time: np.ndarray, sv: np.ndarray) -> list[xr.Dataset]:
    attrs = {"platform": station, "code_scheme": "marker_name", "level": "L1", "system": system}
    minutes = {name: table[:, column - 1] for name, column in _COLUMNS.items()}
    out = [_grid(time, sv, minutes, f"ionosphere.{station}.scintillation_{system}.pt1m", "PT1M", "end", attrs)]
    before = np.array([45, 30, 15, 0]) * _SECOND
    tec = {"stec_receiver": _TEC, "dtec_receiver": _DTEC}
    parts = {name: table[:, np.array(columns) - 1].ravel() for name, columns in tec.items()}
    if np.isfinite(parts["stec_receiver"]).any():
        times, names = (time[:, None] - before).ravel(), np.repeat(sv, len(before))
        name = f"ionosphere.{station}.scintillation_{system}.pt15s"
        out.append(_grid(times, names, parts, name, "PT15S", "instant", attrs))
    return out


def _grid(time, sv, columns, collection_id: str, cadence: str, stamp: str, attrs) -> xr.Dataset:
    times, at = np.unique(time, return_inverse=True)
    names, of = np.unique(sv, return_inverse=True)
    planes = {name: np.full((len(times), len(names)), np.nan) for name in columns}
    for name, values in columns.items():
        planes[name][at, of] = values
    return rays(
        times.astype(NS), names.tolist(), planes, names=NAMES, collection_id=collection_id, cadence=cadence,
        time_stamp=stamp, **attrs,
    )  # fmt: skip


READER = Reader(
    name="scintillation_ismr",
    title="Septentrio ionospheric scintillation monitoring records (ISMR)",
    shape="rays",
    level="L1",
    status="alpha",
    spec="Septentrio, PolaRxS Application Manual, ISMR file format; PolaRx5 Reference Guide, SBF (SVIDs)",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    limits="The station's code is taken from the file's name. Left out: receiver state, mean code-carrier divergence,"
    " the SI indices and spectral slopes, and a third signal.",
)
