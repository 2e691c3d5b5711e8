"""Where a granule's values lie: a summary for its version, and rows for the place x time index."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from soap.archive.block import Block
from soap.archive.cover import cells, cells_of_box
from soap.core.place import Box

Row = tuple[int, int, int]
"""Cell, first and last time [ns]."""


@dataclass(frozen=True)
class Footprint:
    """`place` is point, station (placed by its code), path, area, points, global or unknown; `rows` go to `cover`."""

    place: str
    rows: tuple[Row, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    box: Box | None = None
    code_scheme: str | None = None
    code: str | None = None


def footprint(block: Block, since: int | None = None) -> Footprint:
    """Of a series, profile, track or field; of one that is added to what there is `since` a time [ns]."""
    attrs, (first, last) = block.attrs, span(block.time)
    first = first if since is None else since
    if attrs["shape"] == "track":
        return _path(block)
    if attrs["shape"] == "field":
        box = _grid_box(block.axes["latitude"], block.axes["longitude"])
        return Footprint("area", tuple((cell, first, last) for cell in cells_of_box(box)), box=box)
    if "latitude" in attrs and "longitude" in attrs:
        latitude, longitude = float(attrs["latitude"]), float(attrs["longitude"])
        return Footprint("point", point_rows(latitude, longitude, first, last), latitude, longitude)
    if attrs.get("place") == "global":
        return Footprint("global")
    scheme = str(attrs.get("code_scheme", "iaga_code"))
    return Footprint("station", code_scheme=scheme, code=str(attrs["platform"]).upper())


def point_rows(latitude: float, longitude: float, first: int, last: int) -> tuple[Row, ...]:
    """Index rows of one place."""
    return ((int(cells([latitude], [longitude])[0]), first, last),)


def points_rows(time: np.ndarray, latitude: np.ndarray, longitude: np.ndarray) -> tuple[Row, ...]:
    """Index rows of scattered places: one a cell, from its first to its last time."""
    cell, stamp = cells(latitude, longitude), time.astype(np.int64)
    rows = []
    for one in np.unique(cell):
        inside = stamp[cell == one]
        rows.append((int(one), int(inside.min()), int(inside.max())))
    return tuple(rows)


def bounds(latitude: np.ndarray, longitude: np.ndarray) -> Box | None:
    """Smallest box round the places that does not wrap needlessly: the widest gap in longitude is left outside."""
    if not len(latitude):
        return None
    around = np.unique(longitude)
    gaps = np.diff(np.append(around, around[0] + 360.0))
    widest = int(np.argmax(gaps))
    west, east = float(around[(widest + 1) % len(around)]), float(around[widest])
    return Box(west, float(latitude.min()), east, float(latitude.max()))


def _grid_box(latitude: np.ndarray, longitude: np.ndarray) -> Box:
    """Box of a grid; one whose next column would be its first goes all the way round."""
    west, east = float(longitude.min()), float(longitude.max())
    if len(longitude) > 1 and 360.0 - (east - west) <= 1.5 * float(np.diff(np.sort(longitude)).max()):
        west, east = -180.0, 180.0
    return Box(west, float(latitude.min()), east, float(latitude.max()))


def span(time: np.ndarray) -> tuple[int, int]:
    """First and last of rising times [ns]."""
    return int(time[0].astype(np.int64)), int(time[-1].astype(np.int64))


def _path(block: Block) -> Footprint:
    known = ~(np.isnan(block.along["latitude"]) | np.isnan(block.along["longitude"]))
    if not known.any():
        return Footprint("unknown")
    latitude, longitude = block.along["latitude"][known], block.along["longitude"][known]
    stamp, cell = block.time[known].astype(np.int64), cells(latitude, longitude)
    starts = np.flatnonzero(np.append(True, cell[1:] != cell[:-1]))
    ends = np.append(starts[1:] - 1, len(cell) - 1)
    rows: Iterable[Row] = zip(cell[starts].tolist(), stamp[starts].tolist(), stamp[ends].tolist(), strict=True)
    return Footprint("path", tuple(rows), box=bounds(latitude, longitude))
