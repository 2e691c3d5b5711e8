"""Ground lines: where a track went over the ground, in as many places as a map needs."""

from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np

from soap.archive.archive import Archive
from soap.archive.encoding import reading_object
from soap.archive.records import GranuleRecord

PLACES = 48
"""Places of a line: of a half-orbit one for each 4 degrees."""

_MOST_KEPT = 16_384

Line = tuple[tuple[float, float], ...]


class _Kept:
    """Lines of the objects last asked for: what lies under a key never changes."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, Line] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, archive: Archive, key: str) -> Line:
        line = self._lines.get(key)
        if line is None:
            line = _read(archive, key)
            with self._lock:
                self._lines[key] = line
                if len(self._lines) > _MOST_KEPT:
                    self._lines.popitem(last=False)
        return line


_KEPT = _Kept()


def ground_line(archive: Archive, record: GranuleRecord) -> Line:
    """Places (longitude, latitude) [degree] of a track in order of time, its first and last among them.

    Of a record that the viewer was given; `NotFound` or `ArchiveError` when its object is gone or damaged.
    """
    return _KEPT.of(archive, record.object_key)


def _read(archive: Archive, key: str) -> Line:
    import pyarrow.parquet as pq

    with archive.objects.opened(key) as source, reading_object(key):
        table = pq.read_table(source, columns=["longitude", "latitude"], use_threads=False)
        places = np.stack([table[name].to_numpy().astype(float) for name in ("longitude", "latitude")], axis=1)
    places = places[~np.isnan(places).any(axis=1)]
    some = np.unique(np.linspace(0, len(places) - 1, min(PLACES, len(places))).round().astype(int))
    return tuple((float(x), float(y)) for x, y in places[some].round(4).tolist())
