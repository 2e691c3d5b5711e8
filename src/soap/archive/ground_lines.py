"""Ground lines: where a track went over the ground and when, in as many places as a map needs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from soap.archive.archive import Archive
from soap.archive.encoding import reading_object
from soap.archive.records import GranuleRecord

PLACES = 48
"""Places of a line: of a half-orbit one for each 4 degrees."""

_STEP_S = 60.0
"""A longer track, as of a day, has a place for each of so many seconds."""

_MOST_KEPT = 16_384

Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Flight:
    """Some places of a track: `time` (n,), `latitude`, `longitude` [degree] and `height_km`, by time."""

    time: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    height_km: np.ndarray


class _Kept:
    """The flights of the objects last asked for: what lies under a key never changes."""

    def __init__(self) -> None:
        self._flights: OrderedDict[str, Flight] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, archive: Archive, key: str) -> Flight:
        found = self._flights.get(key)
        if found is None:
            found = _read(archive, key)
            with self._lock:
                self._flights[key] = found
                if len(self._flights) > _MOST_KEPT:
                    self._flights.popitem(last=False)
        return found


_KEPT = _Kept()


def flight(archive: Archive, record: GranuleRecord) -> Flight:
    """Where a track was and when, its first and last place included, those that are not known left out.

    Of a record that the viewer was given; `ArchiveError` when its object is damaged, `Lost` when it is gone.
    """
    return _KEPT.of(archive, record.object_key)


def ground_line(archive: Archive, record: GranuleRecord) -> Line:
    """Places (longitude, latitude) [degree] of a track in order of time; errors as `flight`."""
    found = flight(archive, record)
    return tuple(zip(found.longitude.round(4).tolist(), found.latitude.round(4).tolist(), strict=True))


def _read(archive: Archive, key: str) -> Flight:
    import pyarrow.parquet as pq

    with archive.objects.opened(key) as source, reading_object(key):
        table = pq.read_table(source, columns=["time", "latitude", "longitude", "height_km"], use_threads=False)
        time = table["time"].to_numpy().astype("datetime64[ns]")
        columns = [table[name].to_numpy().astype(float) for name in ("latitude", "longitude", "height_km")]
    known = np.flatnonzero(np.isfinite(columns[0]) & np.isfinite(columns[1]))
    count = PLACES
    if len(known):
        count = max(count, int((time[known[-1]] - time[known[0]]) / np.timedelta64(1, "s") / _STEP_S) + 1)
    some = known[np.unique(np.linspace(0, len(known) - 1, min(count, len(known))).round().astype(int))]
    return Flight(time[some], *(column[some] for column in columns))
