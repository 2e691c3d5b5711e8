"""Place candidates never miss what the exact test would find: against brute force, poles and date line too."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from soap.archive.cover import EVERYWHERE, Near, cells, cells_of_box, meets
from soap.core.place import Box, distance_km

latitudes, longitudes = st.floats(-90, 90), st.floats(-180, 180)
radii = st.floats(0.1, 25_000)


@settings(max_examples=400, deadline=None)
@given(latitudes, longitudes, radii, st.integers(0, 2**32))
@example(89.9, 0.0, 100.0, 1)
@example(-90.0, 0.0, 1.0, 2)
@example(0.0, 180.0, 50.0, 3)
@example(10.0, -180.0, 1100.0, 4)
def test_near_cells_hold_every_place_of_the_circle(latitude, longitude, radius_km, seed):
    rng = np.random.default_rng(seed)
    there = np.degrees(np.arcsin(rng.uniform(-1, 1, 2000))), rng.uniform(-180, 180, 2000)
    inside = distance_km(latitude, longitude, *there) <= radius_km
    near = Near(latitude, longitude, radius_km)
    wanted = near.cells()
    if wanted is not None and inside.any():
        assert set(cells(there[0][inside], there[1][inside]).tolist()) <= set(wanted)
    np.testing.assert_array_equal(near.holds(*there), inside)


@settings(max_examples=300, deadline=None)
@given(st.tuples(longitudes, latitudes, longitudes, latitudes), st.integers(0, 2**32))
def test_box_cells_hold_every_place_of_the_box(corners, seed):
    west, low, east, high = corners
    box = Box(west, min(low, high), east, max(low, high))
    rng = np.random.default_rng(seed)
    there = rng.uniform(-90, 90, 2000), rng.uniform(-180, 180, 2000)
    inside, found = box.holds(*there), cells_of_box(box)
    if found != [EVERYWHERE]:
        assert set(cells(there[0][inside], there[1][inside]).tolist()) <= set(found)


@settings(max_examples=300, deadline=None)
@given(
    latitudes,
    longitudes,
    st.floats(10, 15_000),
    st.tuples(longitudes, st.floats(-90, 89), st.floats(1, 358), st.floats(1, 40)),
)
@example(80.0, 0.0, 1500.0, (150.0, 70.0, 60.0, 20.0))
@example(-5.0, 179.0, 300.0, (-179.5, -10.0, 10.0, 10.0))
def test_circle_meets_box_as_a_fine_grid_says(latitude, longitude, radius_km, corner):
    west, south, width, height = corner
    east = (west + width + 180) % 360 - 180
    box = Box(west, south, east, min(90.0, south + height))
    near = Near(latitude, longitude, radius_km)
    grid_latitude = np.linspace(box.south, box.north, 60)
    grid_longitude = (west + np.linspace(0, width, 120) + 180) % 360 - 180
    closest = distance_km(latitude, longitude, grid_latitude[:, None], grid_longitude[None, :]).min()
    step = 111.2 * np.hypot((box.north - box.south) / 59, width / 119)
    if closest <= radius_km:
        assert meets(near, *sides(box)) == [True]
    elif closest > radius_km + step:
        assert meets(near, *sides(box)) == [False]


def sides(*boxes):
    """West, south, east and north of each."""
    return np.array([[box.west, box.south, box.east, box.north] for box in boxes]).T


def test_boxes_meet_across_the_date_line():
    pacific = Box(170, -10, -170, 10)
    others = {
        Box(-175, -5, -160, 5): True,
        Box(175, 0, 178, 5): True,
        Box(-180, -90, 180, 90): True,
        Box(-160, -5, 160, 5): False,
        Box(175, 11, 178, 15): False,
    }
    assert meets(pacific, *sides(*others)).tolist() == list(others.values())
    for other, wanted in others.items():
        assert meets(other, *sides(pacific)) == [wanted]
