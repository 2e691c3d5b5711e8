"""Decimation for plots: many values as some buckets of time, no extreme lost, no gap closed.

A bucket keeps the least and the greatest of its values and when they were. Values with a flag against them (out of
range, spike, jump, clock, contaminated) are counted and kept apart: an outlier neither sets the scale of the plot nor
vanishes from it. Granules are read one after the other, a few ahead, and forgotten, so that memory does not grow with
the window.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from soap.archive.archive import Archive
from soap.archive.block import Block
from soap.archive.overlap import by_time
from soap.archive.values import Asked
from soap.core.errors import BadParameter
from soap.core.time import NS, Window, iso
from soap.core.who import Viewer
from soap.observations.quality import SUFFIX, Quality, attributes

DOUBTFUL = Quality.OUT_OF_RANGE | Quality.SPIKE | Quality.JUMP | Quality.CLOCK | Quality.CONTAMINATED
"""Flags that put a value into the trace of its own; an interpolated value is among the sound ones."""

MOST_POINTS = 1_000_000

METHOD = "least and greatest value of each bucket of time; values with a flag against them apart"


def decimated(
    archive: Archive,
    viewer: Viewer,
    collection_id: str,
    window: Window,
    points: int,
    variables: Iterable[str] | None = None,
    *,
    as_of: np.datetime64 | None = None,
    provider: str | None = None,
    station: str | None = None,
) -> xr.Dataset:
    """A series, or a collection of tracks along time, as `points` buckets of equal length, 1 to 1,000,000.

    `time` is each bucket's start. Each variable `v` becomes `v_min`, `v_max`, `v_mean` [its unit], `v_min_time`,
    `v_max_time` (the first time of that value, NaT for none) and `v_count` of its sound values; `v_doubtful_min`,
    `v_doubtful_max`, `v_doubtful_count` of those with a flag against them (`DOUBTFUL`); and `v_quality`, the flags of
    all its values together. A bucket without values has NaN and a count of 0. Bucket k holds the times from
    start + k·length/points on, in whole nanoseconds rounded down. Errors as `query.series`.
    """
    if not 1 <= points <= MOST_POINTS:
        raise BadParameter(f"{points} points are none that a plot has; give a number from 1 to {MOST_POINTS}.")
    names = None if variables is None else tuple(variables)
    asked = Asked(archive, viewer, collection_id, window, names, as_of, provider, station)
    edges = _edges(window, points)
    buckets: dict[str, Buckets] = {}
    latest: Block | None = None
    platforms: set[str] = set()
    for group in asked.in_turn("series", "track"):
        for piece in by_time(group):
            latest = piece.block
            platforms.add(piece.record.platform)
            for name, values in latest.values.items():
                if name not in buckets:
                    buckets[name] = Buckets.empty(points)
                buckets[name].add(edges, latest.time, values, latest.flags[name])
    if latest is None:
        raise asked.nothing()
    if latest.attrs["shape"] == "series" and len(platforms) > 1:
        raise BadParameter(f"{collection_id} holds {', '.join(sorted(platforms))}; one plot is of one platform.")
    return _dataset(edges, buckets, latest, window)


def _edges(window: Window, points: int) -> np.ndarray:
    """Start of each bucket, in whole numbers, so that no bucket's length drifts."""
    start, stop = (int(one.astype(np.int64)) for one in (window.start, window.stop))
    return np.array([start + (stop - start) * k // points for k in range(points)], dtype=np.int64).view(NS)


@dataclass
class Extremes:
    """Least and greatest value of each bucket, when they first were, and how many values there were."""

    least: np.ndarray
    greatest: np.ndarray
    least_time: np.ndarray
    greatest_time: np.ndarray
    count: np.ndarray
    total: np.ndarray

    @classmethod
    def empty(cls, points: int) -> Extremes:
        """Of no value yet."""
        nothing, never = np.full(points, np.nan), np.full(points, np.datetime64("NaT", "ns"))
        return cls(nothing, nothing.copy(), never, never.copy(), np.zeros(points, np.int64), np.zeros(points))

    def add(self, where: np.ndarray, starts: np.ndarray, time: np.ndarray, values: np.ndarray) -> None:
        """Values in rising time, those from `starts[k]` to before `starts[k + 1]` into the bucket `where[k]`.

        A NaN counts for nothing.
        """
        lengths = np.diff(np.append(starts, len(values)))
        missing = np.isnan(values)
        known = np.where(missing, 0.0, values) if missing.any() else values
        self.count[where] += lengths - np.add.reduceat(missing, starts, dtype=np.int64)
        self.total[where] += np.add.reduceat(known, starts)
        for best, times, ufunc in (
            (self.least, self.least_time, np.fmin),
            (self.greatest, self.greatest_time, np.fmax),
        ):
            found = ufunc.reduceat(values, starts)
            at = np.flatnonzero(values == np.repeat(found, lengths))
            bucket = np.searchsorted(starts, at, side="right") - 1
            first = np.flatnonzero(np.append(True, bucket[1:] != bucket[:-1]))[: len(bucket)]
            when = np.full(len(starts), np.datetime64("NaT", "ns"))
            when[bucket[first]] = time[at[first]]
            held = best[where]
            better = ~np.isnan(found) & (np.isnan(held) | (ufunc(held, found) != held))
            best[where[better]] = found[better]
            times[where[better]] = when[better]


@dataclass
class Buckets:
    """A variable's values so far: those with nothing against them, the doubtful, and the flags of all."""

    sound: Extremes
    doubtful: Extremes
    flags: np.ndarray

    @classmethod
    def empty(cls, points: int) -> Buckets:
        """Of no value yet."""
        return cls(Extremes.empty(points), Extremes.empty(points), np.zeros(points, np.uint8))

    def add(self, edges: np.ndarray, time: np.ndarray, values: np.ndarray, flags: np.ndarray) -> None:
        """Take in values in rising time, later than all before."""
        place = np.searchsorted(time, edges)
        place[0] = 0
        filled = np.flatnonzero(np.diff(np.append(place, len(time))))
        starts = place[filled]
        self.flags[filled] |= np.bitwise_or.reduceat(flags, starts)
        against = (flags & np.uint8(DOUBTFUL)) != 0
        if not against.any():
            self.sound.add(filled, starts, time, values)
            return
        self.sound.add(filled, starts, time, np.where(against, np.nan, values))
        self.doubtful.add(filled, starts, time, np.where(against, values, np.nan))


def _dataset(edges: np.ndarray, buckets: Mapping[str, Buckets], latest: Block, window: Window) -> xr.Dataset:
    columns: dict[str, Any] = {}
    for name, one in buckets.items():
        described = dict(latest.described.get(name, {}))
        sound, doubtful = one.sound, one.doubtful
        mean = np.divide(sound.total, sound.count, out=np.full(len(edges), np.nan), where=sound.count > 0)
        parts = {"min": sound.least, "max": sound.greatest, "mean": mean}
        parts |= {"doubtful_min": doubtful.least, "doubtful_max": doubtful.greatest}
        columns |= {f"{name}_{part}": ("time", values, described) for part, values in parts.items()}
        columns |= {f"{name}_min_time": ("time", sound.least_time), f"{name}_max_time": ("time", sound.greatest_time)}
        counts = {"count": sound.count, "doubtful_count": doubtful.count}
        columns |= {f"{name}_{part}": ("time", count, {"units": "1"}) for part, count in counts.items()}
        columns[name + SUFFIX] = ("time", one.flags, attributes(name))
    attrs = dict(latest.attrs) | {
        "decimated": len(edges),
        "decimation": METHOD,
        "window_start": iso(window.start),
        "window_stop": iso(window.stop),
        "time_stamp": "start",
    }
    attrs.pop("half_orbit_id", None)
    return xr.Dataset(columns, coords={"time": ("time", edges)}, attrs=attrs)
