"""The satellite's orbit against CSES-01, whose orbit it borrows: published design and positions of real files."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from soap.core.place import distance_km, east180
from soap.core.time import Window
from soap.services.simulate import orbit
from soap.testing.data import real

DAY = np.arange("2016-04-13", "2016-04-14", dtype="datetime64[s]").astype("datetime64[ns]")


def test_sun_synchronous_at_two_and_fourteen_hours():
    """Descending node at 14:00 local time, inclination 97.4 degrees (Shen et al. 2018): highest latitude 82.6."""
    latitude, longitude, _ = orbit.position(DAY)
    hours = (DAY - DAY[0]) / np.timedelta64(1, "h")
    rising, falling = (np.flatnonzero(np.diff(np.sign(latitude)) == step) for step in (2, -2))
    assert 15 <= len(rising) <= 16  # 15.2 revolutions a day
    for nodes, local_hours in ((rising, 2.0), (falling, 14.0)):
        local = (hours[nodes] + longitude[nodes] / 15.0) % 24.0
        np.testing.assert_allclose(local, local_hours, atol=0.01)
    assert np.abs(latitude).max() == pytest.approx(82.6, abs=0.15)


def test_returns_after_five_days():
    """The mission's revisit (Shen et al. 2018): the same ground track after 5 days, and not before."""
    first = orbit.position(DAY[::600])
    for days in range(1, 6):
        later = orbit.position(DAY[::600] + np.timedelta64(days, "D"))
        apart = distance_km(first[0], first[1], later[0], later[1]).max()
        assert (apart < 1.0) == (days == 5)


def test_heights_are_those_of_real_half_orbits():
    """499.4 to 518.9 km in six real half-orbits of the magnetometer (|latitude| below 65 and 70)."""
    table = real("space/1-cses/hpm-demo/demo_statistics_summary.csv").read_text().splitlines()
    row = next(row for row in csv.DictReader(table) if row["scope"] == "overall" and row["variable"] == "ALTITUDE")
    latitude, _, height = orbit.position(DAY)
    inside = np.abs(latitude) < 65
    assert height[inside].min() == pytest.approx(float(row["min"]), abs=3.0)
    assert height[inside].max() == pytest.approx(float(row["max"]), abs=3.0)


def test_half_orbit_takes_as_long_and_turns_as_far_as_a_real_one():
    """From -69.603 to 69.154 degrees north in 2221.8 s and 49.1 degrees west (CSES, 31 July 2018)."""
    lines = [
        line for line in real("space/1-cses/cses01_real_excerpts.csv").read_text().splitlines() if "_027321_" in line
    ]
    rows = [line.split(",") for line in lines]
    (t0, lat0, lon0), (t1, lat1, lon1) = (
        (np.datetime64(r[1][:-1]), float(r[2]), float(r[3])) for r in (rows[0], rows[-1])
    )
    latitude, longitude, _ = orbit.position(DAY)
    start = int(np.flatnonzero((latitude[:-1] < lat0) & (latitude[1:] >= lat0))[0])
    stop = start + int(np.argmax(latitude[start:] >= lat1))
    assert stop - start == pytest.approx((t1 - t0) / np.timedelta64(1, "s"), rel=0.005)
    assert float(east180(longitude[stop] - longitude[start])) == pytest.approx(lon1 - lon0, abs=0.5)


def test_half_orbits_are_cut_and_numbered_as_the_missions():
    half = orbit.half_orbit(100, "ascending", np.timedelta64(1, "s"))
    assert half.half_orbit_id == "001001"
    assert 2040 <= len(half.time) <= 2110  # 2060 to 2156 samples at 1 Hz in real files
    assert np.all(np.diff(half.latitude) > 0)
    assert np.abs(half.latitude).max() < orbit.HIGHEST_LATITUDE_DEG
    down = orbit.half_orbit(100, "descending", np.timedelta64(3, "s"))
    assert down.half_orbit_id == "001000"
    assert np.all(np.diff(down.latitude) < 0)


def test_only_half_orbits_that_come_near():
    window = Window("2016-04-10", "2016-04-15")
    dhaka = (np.array([23.8]), np.array([90.4]))
    near = list(orbit.half_orbits(window, *dhaka, 100.0))
    for number, state in near:
        half = orbit.half_orbit(number, state, np.timedelta64(1, "s"))
        assert half.time[0] >= window.start
        assert half.time[-1] < window.stop
        assert distance_km(*dhaka, half.latitude, half.longitude).min() <= 100.0
    assert len(list(orbit.half_orbits(window, *dhaka, 21_000.0))) >= 2 * 75 - 2  # 15.2 a day, both ways
