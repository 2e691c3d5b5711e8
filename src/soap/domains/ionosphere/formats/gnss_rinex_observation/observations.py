"""One observation file as arrays in GPS time."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection

import numpy as np

from soap.core.errors import BadFile, BadParameter
from soap.core.time import NS, utc_to_gps
from soap.domains.ionosphere.formats.gnss_rinex_observation.assembly import fill, systems
from soap.domains.ionosphere.formats.gnss_rinex_observation.header import Header, read_header
from soap.domains.ionosphere.formats.gnss_rinex_observation.remarks import remarks
from soap.domains.ionosphere.formats.gnss_rinex_observation.tables import FLAG, TIME
from soap.domains.ionosphere.formats.gnss_rinex_observation.walk import Walk, Walker
from soap.domains.ionosphere.science.gnss.observation import Observations
from soap.formats.source import Source

_BEIDOU_BEHIND_GPS = np.timedelta64(14, "s")
_GPS_CLOCKS = ("GPS", "GAL", "QZS", "IRN")
_OF_SYSTEM = {"R": "GLO", "C": "BDT"}
_FOUR = re.compile(r"[A-Za-z0-9]{4}")
_NINE = re.compile(r"([A-Za-z0-9]{4})\d\d[A-Za-z]{3}")
_FILE = re.compile(r"([A-Za-z0-9]{4})(?:\d{3}[a-x0-9](\d\d)?\.|\d\d[A-Z]{3}_[RSU]_\d{11}_)")
_POWER_FAILED = 1
_SLIPS = 6


def parse(source: Source, codes: Collection[str] | None = None) -> Observations:
    """All observations of a RINEX 2, 3 or 4 observation file, plain or in Hatanaka compression.

    `codes` (RINEX 3, `C1C`) restricts what is read to these. GPS, GLONASS, Galileo, BeiDou and QZSS are read; times
    are GPS time whatever the file counts by. What is no number is absent and counted in the notes, as are epochs left
    out. Raises `BadFile` where the structure is lost: what follows such a place could be of any satellite.
    """
    header = read_header(source)
    walk = Walker(source, header).walk()

    n_epochs = len(walk.epochs) - 1
    if n_epochs == 0:
        raise BadFile("No epoch follows the header", file=source.name, next_step="Fetch the file again.")
    time = _gps_time(walk.epochs[:-1, TIME].astype(NS), header, source.name)
    usable = walk.epochs[:-1, FLAG] != _SLIPS
    for start, stop in walk.away:
        usable[start:stop] = False
    kept, again = rising(time, usable)
    if not kept.any():
        raise BadFile("None of its epochs was observed at the site of its header", file=source.name)
    placed = np.where(kept, np.cumsum(kept) - 1, -1)
    filled = fill(source, header, walk, placed, codes)
    time = time[kept]
    made = systems(filled, len(time))
    interval = _interval(time, header)
    return Observations(
        station=station_code(header.marker, source.name),
        time=time,
        systems=made,
        position_m=header.position_m,
        interval_s=interval,
        breaks=_breaks(walk, kept, again, len(time)),
        channels=header.channels,
        receiver=header.receiver,
        antenna=header.antenna,
        notes=remarks(header, walk, filled, time, kept, again, usable, interval),
    )


def rising(time: np.ndarray, usable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which epochs to keep so that time rises strictly, as many as can be; and which of the others repeat a time.

    One epoch with a wrong date costs itself only, wherever its date points (longest rising subsequence, M. L. Fredman,
    1975, doi:10.1016/0012-365X(75)90103-X).
    """
    kept, again = np.zeros(len(time), bool), np.zeros(len(time), bool)
    candidates = np.flatnonzero(usable)
    values = time[candidates].astype(np.int64)
    if (np.diff(values) > 0).all():
        kept[candidates] = True
        return kept, again
    tails: list[int] = []
    ends: list[int] = []
    before = np.full(len(values), -1)
    for k, value in enumerate(values.tolist()):
        place = bisect_left(tails, value)
        if place < len(tails) and tails[place] == value:
            again[candidates[k]] = True
            continue
        before[k] = ends[place - 1] if place else -1
        tails[place : place + 1] = [value]
        ends[place : place + 1] = [k]
    k = ends[-1]
    while k >= 0:
        kept[candidates[k]] = True
        k = before[k]
    return kept, again


def station_code(marker: str, name: str) -> str:
    """Four characters of the station: from the marker's name, else the file's; else the marker's letters and digits."""
    if _FOUR.fullmatch(marker):
        return marker.upper()
    if long := _NINE.fullmatch(marker):
        return long[1].upper()
    if named := _FILE.match(name.replace("\\", "/").rsplit("/", 1)[-1]):
        return named[1].upper()
    return re.sub(r"[^A-Za-z0-9]+", "", marker).upper()[:24]


def _gps_time(time: np.ndarray, header: Header, name: str) -> np.ndarray:
    clock = header.time_system or _OF_SYSTEM.get(header.system, "GPS")
    if clock in _GPS_CLOCKS:
        return time
    if clock == "BDT":
        return time + _BEIDOU_BEHIND_GPS
    if clock not in ("GLO", "UTC"):
        raise BadFile(f"TIME OF FIRST OBS is in {clock!r}; GPS, GLO, GAL, BDT, QZS and IRN are read", file=name)
    try:
        return utc_to_gps(time)
    except BadParameter as error:
        raise BadFile(str(error), file=name) from error


def _interval(time: np.ndarray, header: Header) -> float:
    """Seconds between epochs: the step that is most frequent; that of the header where there is one epoch."""
    if len(time) < 2:
        return header.interval_s
    steps, counts = np.unique(np.diff(time), return_counts=True)
    return float(steps[counts.argmax()] / np.timedelta64(1, "s"))


def _breaks(walk: Walk, kept: np.ndarray, again: np.ndarray, n_times: int) -> np.ndarray:
    """Indices into the kept times before which phases do not go on."""

    broken = np.zeros(len(kept) + 1, bool)
    broken[walk.broken] = True
    broken[:-1] |= (walk.epochs[:-1, FLAG] == _POWER_FAILED) | (~kept & ~again)
    for start, stop in walk.away:
        broken[start:stop] = True
    counted = np.concatenate([[0], np.cumsum(kept)])  # time index of the next epoch that is kept
    places = np.unique(counted[np.flatnonzero(broken)])
    return places[places < n_times].astype(np.int64)
