"""What is overhead: passes by their nearest sample, maps by their nearest grid point, over 180 degrees too."""

from __future__ import annotations

import numpy as np
import pytest

from soap.core.place import Box
from soap.services.around import around
from soap.services.overhead import overhead, place_of


def test_a_pass_is_a_median_and_its_nearest_point(zone_archive, me):
    found = {one.count.shape: one for one in overhead(around(me, zone_archive, event_id="us1"))}
    day, night = found["track"].passages
    assert [one.half_orbit_id for one in (day, night)] == ["031192", "031191"]
    assert (day.night, night.night) == (False, True)
    path = np.linspace(0, 40, 2000)
    nearest = int(np.abs(path - 23.1).argmin())
    assert night.time == np.datetime64("2016-04-11T18:00", "ns") + nearest * np.timedelta64(1, "s")
    # 0.1 degree of longitude at 23.1 N on a sphere of 6371 km
    assert night.distance_km == pytest.approx(6371 * np.radians(0.1) * np.cos(np.radians(23.1)), abs=0.5)
    inside = np.flatnonzero(
        np.degrees(926.83 / 6371) ** 2 >= (path - 23.1) ** 2 + (0.1 * np.cos(np.radians(23.1))) ** 2
    )
    assert night.count == pytest.approx(len(inside), abs=2)
    assert night.medians["electron_density"] == pytest.approx(np.median(inside), abs=1.5)
    assert found["track"].units == {"electron_density": "m-3"}


def test_maps_give_a_value_a_time(zone_archive, me):
    window = {"start": np.datetime64("2016-04-01"), "stop": np.datetime64("2016-04-03")}
    (found,) = overhead(around(me, zone_archive, near=(-17.0, 179.9, 500.0), variables=["vtec"], **window))
    time, values = found.values
    assert len(time) == 24
    assert values["vtec"][:3].tolist() == pytest.approx([100 - 17.5 - 18.0 + k for k in range(3)])  # of 180 W


def test_the_place_of_a_box_holds_its_corners():
    made = place_of(Box(170, -10, -170, 10))
    assert (made.latitude, made.longitude) == (0, 180) or made.longitude == -180
    assert all(made.near.holds(latitude, longitude) for latitude in (-10, 10) for longitude in (170, -170))
    assert made.radius_km == pytest.approx(6371 * np.arccos(np.cos(np.radians(10)) ** 2), rel=1e-3)


@pytest.mark.parametrize(
    "box",
    [Box(170, -10, -170, 10), Box(-180, -30, 180, 30), Box(-100, 20, 150, 70), Box(0, -90, 10, 90), Box(5, 5, 5, 5)],
)
def test_the_place_of_a_box_holds_all_of_it_and_no_more(box):
    """Against distances to places all over the box."""
    made = place_of(box)
    wide = (box.east - box.west) % 360 or (360 if box.east > box.west else 0)
    longitude, latitude = np.meshgrid(box.west + np.linspace(0, wide, 73), np.linspace(box.south, box.north, 91))
    a, b = np.radians(latitude), np.radians(made.latitude)
    cosine = np.sin(a) * np.sin(b) + np.cos(a) * np.cos(b) * np.cos(np.radians(longitude - made.longitude))
    assert made.radius_km == pytest.approx(6371 * np.arccos(np.clip(cosine, -1, 1)).max(), rel=1e-3, abs=0.2)
    assert made.longitude == pytest.approx((box.west + wide / 2 + 180) % 360 - 180)
