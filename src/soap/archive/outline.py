"""Outlines: points, lines and areas of GeoJSON as a place that granules may lie in, on the plain grid of degrees.

As RFC 7946 has it, a line between two positions is straight in longitude and latitude, and what crosses 180 degrees is
given in two parts. The edge of an area is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from soap.core.errors import BadParameter
from soap.core.place import Box

MOST_POSITIONS = 2_000
"""Positions that an outline may have: each is compared with each granule that may lie in it."""

_NEAR_DEG = 1e-9
_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_LEAST = {"LineString": 2, "MultiLineString": 2, "Polygon": 4, "MultiPolygon": 4}
_MOST_PARTS = 100


@dataclass(frozen=True, eq=False)
class Outline:
    """Points (n, 2), and the segments (n, 2, 2) of lines and of each area's rings; longitude first [degree]."""

    points: np.ndarray
    lines: np.ndarray
    areas: tuple[np.ndarray, ...]

    @property
    def segments(self) -> np.ndarray:
        """Those of lines and areas together."""
        return np.concatenate([self.lines, *self.areas])

    def box(self) -> Box:
        """The box round all of it."""
        every = np.concatenate([self.points, self.segments.reshape(-1, 2)])
        (west, south), (east, north) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
        return Box(west, south, east, north)

    def holds(self, latitude_deg, longitude_deg) -> np.ndarray:
        """True where the places lie in an area, on a line or on a point; arguments are arrays of one shape."""
        place = np.stack([np.asarray(longitude_deg, float), np.asarray(latitude_deg, float)], axis=-1)
        found = _on(self.segments, place)
        if len(self.points):
            apart = np.abs(place[..., None, :] - self.points).max(axis=-1)
            found |= (apart <= _NEAR_DEG).any(axis=-1)
        for area in self.areas:
            found |= _inside(area, place)
        return found

    def meets(self, west, south, east, north) -> np.ndarray:
        """True for the boxes of these sides (arrays of one shape) that have a place in common with the outline."""
        sides = np.broadcast_arrays(*(np.asarray(side, float) for side in (west, south, east, north)))
        found = [self._meets(*map(float, one)) for one in zip(*(side.ravel() for side in sides), strict=True)]
        return np.array(found, dtype=bool).reshape(sides[0].shape)

    def _meets(self, west: float, south: float, east: float, north: float) -> bool:
        if west > east:
            return self._meets(west, south, 180.0, north) or self._meets(-180.0, south, east, north)
        low, high = np.array([west, south]), np.array([east, north])
        if ((self.points >= low) & (self.points <= high)).all(axis=1).any() or _cross(self.segments, low, high).any():
            return True
        return any(bool(_inside(area, low)) for area in self.areas)  # the box lies in it whole, or not at all


def outline(geometry: Mapping[str, Any]) -> Outline:
    """The outline that a GeoJSON geometry describes; `BadParameter` where it is none, or of too many positions.

    Heights are not looked at.
    """
    points, lines, areas = [np.empty((0, 2))], [np.empty((0, 2, 2))], []
    for kind, coordinates in _parts(geometry):
        arrays = list(_arrays(coordinates, _DEPTH[kind], _LEAST.get(kind, 1)))
        if kind.endswith("Point"):
            points += arrays
        elif kind.endswith("LineString"):
            lines += [_segments(one) for one in arrays]
        else:
            polygons = [coordinates] if kind == "Polygon" else coordinates
            areas += [np.concatenate([_segments(ring) for ring in _arrays(one, 2, 4)]) for one in polygons]
    made = Outline(np.concatenate(points), np.concatenate(lines), tuple(areas))
    if not len(made.points) + len(made.segments):
        raise BadParameter("The geometry has no position.")
    return made


def _parts(geometry: Any) -> list[tuple[str, Any]]:
    """Type and coordinates of a geometry, or of each in a collection of them, all together bounded."""
    if not isinstance(geometry, Mapping):
        raise BadParameter("A geometry is a GeoJSON object with `type` and `coordinates`.")
    if geometry.get("type") == "GeometryCollection":
        some = geometry.get("geometries")
        if not isinstance(some, Sequence) or isinstance(some, str) or not 1 <= len(some) <= _MOST_PARTS:
            raise BadParameter(f"A GeometryCollection has 1 to {_MOST_PARTS} geometries.")
        parts = [part for one in some for part in _single(one)]
    else:
        parts = _single(geometry)
    if sum(_positions(coordinates) for _, coordinates in parts) > MOST_POSITIONS:
        raise BadParameter(f"The geometry has more than {MOST_POSITIONS} positions; give a simpler one.")
    return parts


def _single(geometry: Any) -> list[tuple[str, Any]]:
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind not in _DEPTH:
        raise BadParameter(f"{str(kind)[:40]!r} is no GeoJSON geometry to search in; there are {', '.join(_DEPTH)}.")
    return [(kind, geometry.get("coordinates"))]


def _positions(coordinates: Any, depth: int = 0) -> int:
    if not isinstance(coordinates, list) or depth > 3:
        return 0
    if coordinates and not isinstance(coordinates[0], list):
        return 1
    return sum(_positions(one, depth + 1) for one in coordinates)


def _arrays(coordinates: Any, depth: int, least: int) -> Iterable[np.ndarray]:
    """Lists of positions (n, 2), `depth` - 1 lists deep; a point counts as a list of one."""
    if depth == 0:
        coordinates, depth = [coordinates], 1
    if not isinstance(coordinates, list):
        raise BadParameter("The coordinates of the geometry are nested otherwise than its type says.")
    if depth > 1:
        for one in coordinates:
            yield from _arrays(one, depth - 1, least)
        return
    if len(coordinates) < least:
        raise BadParameter(f"A part of the geometry has {len(coordinates)} positions; it needs at least {least}.")
    yield np.array([_position(one) for one in coordinates])


def _position(told: Any) -> tuple[float, float]:
    good = isinstance(told, list) and len(told) in (2, 3) and all(type(one) in (int, float) for one in told)
    if not good or not (-180 <= told[0] <= 180 and -90 <= told[1] <= 90):
        raise BadParameter(
            f"{str(told)[:60]} is no position; give [longitude, latitude] within -180..180 and -90..90 degrees."
        )
    return float(told[0]), float(told[1])


def _segments(positions: np.ndarray) -> np.ndarray:
    return np.stack([positions[:-1], positions[1:]], axis=1)


def _on(segments: np.ndarray, place: np.ndarray) -> np.ndarray:
    """True where a place (..., 2) lies on one of the segments."""
    if not len(segments):
        return np.zeros(place.shape[:-1], dtype=bool)
    begin, along = segments[:, 0], segments[:, 1] - segments[:, 0]
    length2 = np.maximum((along**2).sum(axis=1), _NEAR_DEG**2)
    offset = place[..., None, :] - begin
    part = np.clip((offset * along).sum(axis=-1) / length2, 0, 1)
    apart2 = ((offset - part[..., None] * along) ** 2).sum(axis=-1)
    return (apart2 <= _NEAR_DEG**2).any(axis=-1)


def _inside(rings: np.ndarray, place: np.ndarray) -> np.ndarray:
    """True where a place (..., 2) lies in the rings, holes left out: a line eastwards crosses them oddly often."""
    (x0, y0), (x1, y1) = rings[:, 0].T, rings[:, 1].T
    x, y = place[..., None, 0], place[..., None, 1]
    spans = (y0 > y) != (y1 > y)
    rise = np.where(y1 == y0, 1.0, y1 - y0)
    return (spans & (x < (x1 - x0) * (y - y0) / rise + x0)).sum(axis=-1) % 2 == 1


def _cross(segments: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """True for the segments of which some part lies in the box from `low` to `high`.

    By the parts of a segment between the box's sides (Y. Liang and B. Barsky, ACM Trans. Graph. 3, 1, 1984).
    """
    begin, along = segments[:, 0], segments[:, 1] - segments[:, 0]
    still = along == 0
    step = np.where(still, 1.0, along)
    first, last = (low - begin) / step, (high - begin) / step
    enters = np.where(still, np.where((begin >= low) & (begin <= high), -np.inf, np.inf), np.minimum(first, last))
    leaves = np.where(still, np.inf, np.maximum(first, last))
    return np.maximum(enters.max(axis=1), 0.0) <= np.minimum(leaves.min(axis=1), 1.0)
