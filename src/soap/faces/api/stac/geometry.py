"""Where a granule lies, as GeoJSON: split at 180 degrees, as RFC 7946 asks; none for what is of no place."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from soap.core.place import Box

Position = tuple[float, float]
Geometry = dict[str, Any]


def point(latitude: float, longitude: float) -> tuple[Geometry, list[float]]:
    """A point, and the box round it."""
    return {"type": "Point", "coordinates": [longitude, latitude]}, [longitude, latitude, longitude, latitude]


def area(box: Box) -> tuple[Geometry, list[float]]:
    """The area of a box, in two parts where it crosses 180 degrees; of one place its point."""
    if (box.west, box.south) == (box.east, box.north):
        return point(box.south, box.west)
    bbox = [box.west, box.south, box.east, box.north]
    if box.west <= box.east:
        return {"type": "Polygon", "coordinates": _ring(box.west, box.south, box.east, box.north)}, bbox
    parts = [_ring(box.west, box.south, 180.0, box.north), _ring(-180.0, box.south, box.east, box.north)]
    return {"type": "MultiPolygon", "coordinates": parts}, bbox


def path(line: Sequence[Position], box: Box) -> tuple[Geometry, list[float]]:
    """A line over the ground, cut where it crosses 180 degrees."""
    parts = [part for part in _cut(line) if len(part) > 1]
    bbox = [box.west, box.south, box.east, box.north]
    if not parts:
        return {"type": "Point", "coordinates": list(line[0])}, bbox
    if len(parts) == 1:
        return {"type": "LineString", "coordinates": parts[0]}, bbox
    return {"type": "MultiLineString", "coordinates": parts}, bbox


def _ring(west: float, south: float, east: float, north: float) -> list[list[list[float]]]:
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def _cut(line: Sequence[Position]) -> list[list[list[float]]]:
    """Parts of a line that do not cross 180 degrees; a step is taken the shorter way round."""
    parts: list[list[list[float]]] = [[list(line[0])]]
    for (x0, y0), (x1, y1) in pairwise(line):
        if abs(x1 - x0) > 180.0:
            edge = 180.0 if x0 > 0 else -180.0
            whole = x1 + 2 * edge - x0  # eastwards where x0 is in the east
            middle = round(y0 + (y1 - y0) * (edge - x0) / whole, 4) if whole else y0
            parts[-1].append([edge, middle])
            parts.append([[-edge, middle]])
        parts[-1].append([x1, y1])
    return [[one for at, one in enumerate(part) if at == 0 or one != part[at - 1]] for part in parts]
