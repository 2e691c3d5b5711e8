"""Outlines hold and meet what plain geometry says: Matplotlib's paths, and boxes strewn with points."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.path import Path

from soap.archive.outline import MOST_POSITIONS, outline
from soap.core.errors import BadParameter


def polygon(rng):
    """A star round some place, its corners by angle."""
    centre, count = rng.uniform([-120, -40], [120, 40]), int(rng.integers(3, 12))
    angle = np.sort(rng.uniform(0, 2 * np.pi, count))
    ring = centre + rng.uniform(5, 40, count)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return [*ring.tolist(), ring[0].tolist()]


def test_polygons_hold_what_matplotlib_says():
    rng, inside = np.random.default_rng(3), 0
    for _ in range(30):
        ring = polygon(rng)
        places = rng.uniform([-180, -90], [180, 90], (400, 2))
        found = outline({"type": "Polygon", "coordinates": [ring]}).holds(places[:, 1], places[:, 0])
        assert (found == Path(ring).contains_points(places)).all()
        inside += int(found.sum())
    assert inside > 100


def test_boxes_are_met_where_some_place_of_them_is_held():
    rng = np.random.default_rng(4)
    for _ in range(40):
        area = outline({"type": "Polygon", "coordinates": [polygon(rng)]})
        west, south = rng.uniform(-170, 120), rng.uniform(-80, 50)
        east, north = west + rng.uniform(1, 50), south + rng.uniform(1, 30)
        longitude, latitude = np.meshgrid(np.linspace(west, east, 150), np.linspace(south, north, 150))
        inside = int(area.holds(latitude, longitude).sum())
        met = bool(area.meets(west, south, east, north))
        assert met == (inside > 0) or (met and inside == 0 and _nearly(area, west, south, east, north))


def _nearly(area, west, south, east, north):
    """A corner of the area that the strewn points may have missed."""
    corners = area.segments[:, 0]
    step = max(east - west, north - south) / 149
    near = (corners >= [west - step, south - step]) & (corners <= [east + step, north + step])
    return bool(near.all(axis=1).any())


def test_holes_lines_points_and_180_degrees():
    def ring(low, high):
        return [[low, low], [high, low], [high, high], [low, high], [low, low]]

    holed = outline({"type": "Polygon", "coordinates": [ring(0, 10), ring(4, 6)]})
    assert holed.holds([5, 1, 0, 11], [5, 1, 0, 5]).tolist() == [False, True, True, False]
    assert holed.meets(4.5, 4.5, 5.5, 5.5).tolist() is False
    assert holed.meets(170, 0, 5, 2).tolist() is True  # from 170 over 180 degrees to 5
    line = outline({"type": "MultiLineString", "coordinates": [[[0, 0], [10, 10]], [[20, 0], [20, 5]]]})
    assert line.holds([5, 5, 2], [5, 6, 20]).tolist() == [True, False, True]
    several = {"type": "MultiPoint", "coordinates": [[1, 2], [3, 4, 100]]}
    one = {"type": "Point", "coordinates": [180, -90]}
    points = outline({"type": "GeometryCollection", "geometries": [several, one]})
    assert points.holds([4, 2, -90, 1], [3, 1, 180, 1]).tolist() == [True, True, True, False]
    assert vars(points.box()) == {"west": 1.0, "south": -90.0, "east": 180.0, "north": 4.0}


@pytest.mark.parametrize("geometry", [
    None, [], {}, {"type": "Circle"}, {"type": "Point"}, {"type": "Point", "coordinates": [1]},
    {"type": "Point", "coordinates": ["1", 2]}, {"type": "Point", "coordinates": [181, 0]},
    {"type": "Point", "coordinates": [float("nan"), 0]}, {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
    {"type": "Polygon", "coordinates": [0, 1]}, {"type": "MultiPolygon", "coordinates": []},
    {"type": "LineString", "coordinates": [[0, 0]]}, {"type": "GeometryCollection", "geometries": []},
    {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": []}]},
    {"type": "MultiPoint", "coordinates": [[0, 0]] * (MOST_POSITIONS + 1)},
    {"type": "Polygon", "coordinates": [[[[[[[0, 0]]]]]]]},
])  # fmt: skip
def test_what_is_no_geometry_is_refused(geometry):
    with pytest.raises(BadParameter):
        outline(geometry)
