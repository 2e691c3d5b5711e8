"""What is found by place is what plain geometry says, however the database narrows it down."""

from __future__ import annotations

import numpy as np

from soap.archive import Selection, query
from soap.core.place import Box

DAYS = np.arange("2016-04-01", "2016-04-03", dtype="datetime64[D]")


def _spans(west: float, east: float) -> list[tuple[float, float]]:
    return [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]


def _in_box(box: Box, latitude: float, longitude: float) -> bool:
    across = any(west <= longitude <= east for west, east in _spans(box.west, box.east))
    return across and box.south <= latitude <= box.north


def _boxes_meet(one: Box, two: Box) -> bool:
    across = any(a <= d and c <= b for a, b in _spans(one.west, one.east) for c, d in _spans(two.west, two.east))
    return across and one.south <= two.north and two.south <= one.north


def _in_circle(near: tuple[float, float, float], latitude: float, longitude: float) -> bool:
    one, two, apart = np.radians([near[0], latitude, longitude - near[1]])
    angle = np.arccos(np.clip(np.sin(one) * np.sin(two) + np.cos(one) * np.cos(two) * np.cos(apart), -1, 1))
    return bool(6371.0 * angle <= near[2])


def _random_box(rng: np.random.Generator, widest: float) -> Box:
    """Every third crosses 180 degrees, every fifth ends there."""
    west, width = rng.uniform(-180, 180), rng.uniform(1, widest)
    if rng.integers(3) == 0:
        west = 180 - rng.uniform(0, width)
    if rng.integers(5) == 0:
        west = 180 - width
    south = rng.uniform(-90, 80)
    east = west + width
    return Box(west, south, east - 360 if east > 180 else east, min(90.0, south + rng.uniform(1, widest)))


def test_places_are_found_as_plain_geometry_finds_them(archive, me, make, put):
    rng = np.random.default_rng(180)
    points = {f"p{n:02d}": (rng.uniform(-90, 90), rng.uniform(-180, 180)) for n in range(40)}
    points |= {"east": (10.0, 180.0), "west": (10.0, -180.0), "north": (90.0, 0.0), "south": (-90.0, 120.0)}
    put(*(make.series(DAYS, np.zeros(len(DAYS)), code=code, cadence="P1D", latitude=at[0], longitude=at[1])
          for code, at in points.items()))  # fmt: skip
    tracks = {}
    for number in range(15):
        latitude = np.linspace(*np.sort(rng.uniform(-88, 88, 2)), 25)
        longitude = (rng.uniform(-180, 180) + np.linspace(0, rng.uniform(1, 40), 25) + 180) % 360 - 180
        tracks[f"{number:06d}"] = (latitude, longitude)
    put(*(make.track(*path, half_orbit_id=name) for name, path in tracks.items()))
    maps, grids = {}, []
    for number in range(8):
        west, south = float(rng.integers(-180, 150)), float(rng.integers(-80, 60))
        maps[f"2016-05-{number + 1:02d}"] = Box(west, south, west + 20, south + 20)
        grid = np.arange(south, south + 21, 5.0), np.arange(west, west + 21, 5.0)
        grids.append(make.field([f"2016-05-{number + 1:02d}T00"], *grid))
    put(*grids)
    for _ in range(25):
        box = _random_box(rng, 120)
        wanted = {code for code, at in points.items() if _in_box(box, *at)}
        wanted |= {name for name, path in tracks.items() if any(_in_box(box, *at) for at in zip(*path, strict=True))}
        wanted |= {day for day, area in maps.items() if _boxes_meet(box, area)}
        assert _found(archive, me, Selection(box=box)) == wanted, box
        near = (rng.uniform(-90, 90), rng.uniform(-180, 180), float(np.exp(rng.uniform(4, 9.5))))
        wanted = {code for code, at in points.items() if _in_circle(near, *at)}
        wanted |= {
            name for name, path in tracks.items() if any(_in_circle(near, *at) for at in zip(*path, strict=True))
        }
        assert _found(archive, me, Selection(near=near)) - set(maps) == wanted, near


def _found(archive, me, selection: Selection) -> set[str]:
    """Platform of a series, period of what else is found."""
    found = query.granules(archive, me, selection)
    return {one.platform if one.shape == "series" else one.period for one in found}
