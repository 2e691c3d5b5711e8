"""Simulated half-orbits against real ones of CSES-01 and published figures."""

from __future__ import annotations

import json

import numpy as np
import pytest

from soap.domains.topside.science.simulate_magnetometer import field_along, scalar_magnetometer
from soap.domains.topside.science.simulate_plasma import electron_temperature, langmuir_probe
from soap.science.main_field import igrf
from soap.science.simulator import Drivers
from soap.services.simulate.orbit import half_orbit
from soap.testing.data import real

DAYS = np.datetime64("2016-03-01") + np.arange(61)
TIME = DAYS[0].astype("datetime64[ns]") + np.arange(8 * 61) * np.timedelta64(3, "h")
DRIVERS = Drivers(TIME, np.ones(488), np.full(488, 5.0), DAYS, np.full(61, 92.0), seed=1)
NIGHT = half_orbit(300, "ascending", np.timedelta64(3, "s"))
DAY = half_orbit(300, "descending", np.timedelta64(3, "s"))


def test_main_field_is_what_the_real_magnetometer_saw():
    """|B| of six half-orbits of CSES-01 (2022/23; published with 0.5 % noise, places to 0.01 deg): rms < 250 nT."""
    places = json.loads(real("space/1-cses/hpm-demo/orbit_points_sanitized.json").read_text())["points"]
    values = json.loads(real("space/1-cses/hpm-demo/magnetic_sanitized_downsampled.json").read_text())["points"]
    seen = {(one["source_id"], one["time_label"]): one["B_abs_demo"] for one in values}
    known = [one for one in places if (one["source_id"], one["time_label"]) in seen]
    assert len(known) > 90
    parts = igrf(
        *([one[name] for one in known] for name in ("GEO_LAT", "GEO_LON", "ALTITUDE")), np.datetime64("2022-09-01")
    )
    total = np.sqrt(sum(part**2 for part in parts))
    observed = np.array([seen[one["source_id"], one["time_label"]] for one in known])
    assert np.sqrt(np.mean((total - observed) ** 2)) < 250.0


def test_spline_between_the_nodes_is_the_field():
    """Ten samples between the nodes, to 0.05 nT: below the noise of any magnetometer in orbit."""
    half = half_orbit(300, "ascending", np.timedelta64(1, "s"))
    at = np.arange(7, len(half.time), len(half.time) // 10)
    direct = igrf(half.latitude[at], half.longitude[at], half.height_km[at], half.time[len(half.time) // 2])
    np.testing.assert_allclose(field_along(half)[:, at], direct, rtol=0, atol=0.05)


def test_magnetometer_shows_field_ring_current_and_noise():
    still = scalar_magnetometer(NIGHT, NIGHT.time, DRIVERS, np.random.default_rng(1))
    storm_drivers = Drivers(TIME, np.full(488, 5.0), np.full(488, 48.0), DAYS, np.full(61, 92.0), seed=1)
    storm = scalar_magnetometer(NIGHT, NIGHT.time, storm_drivers, np.random.default_rng(1))
    assert still.attrs["collection_id"] == "topside.simulated_leo.hpm_6.l2"
    assert still.attrs["simulated"] == 1
    assert 17_000 < float(still["b_total"].min()) < float(still["b_total"].max()) < 52_000
    depression = float((storm["b_total"] - still["b_total"])[np.abs(NIGHT.latitude) < 10].mean())
    assert -80 < depression < -45  # 43 nT of ap more: Dst -65


def test_density_is_that_of_the_topside_at_507_km():
    """Night 1e9 to 3.5e11, day 5e10 to 2e12 m-3, as CSES and Swarm see (Pignalberi et al. 2022); day above night."""
    night, day = (langmuir_probe(half, half.time, DRIVERS, np.random.default_rng(1)) for half in (NIGHT, DAY))
    low_night, low_day = (one["electron_density"].values[np.abs(one["latitude"].values) < 40] for one in (night, day))
    assert 1e9 < low_night.min() < low_night.max() < 3.5e11
    assert 5e10 < low_day.min() < low_day.max() < 2e12
    assert np.median(low_day) > 2 * np.median(low_night)
    assert night.attrs["half_orbit_id"] == "003001"
    assert night.attrs["simulated"] == 1


def test_one_weather_for_ground_and_space():
    """The same day is high, or low, for the maps and for the probe: correlation of the day-to-day departures."""
    numbers = [300 + 76 * k for k in range(4)]
    ratio = []
    for seed in range(1, 9):
        drivers = Drivers(TIME, np.ones(488), np.full(488, 5.0), DAYS, np.full(61, 92.0), seed=seed)
        for number in numbers:
            half = half_orbit(number, "descending", np.timedelta64(60, "s"))
            one = langmuir_probe(half, half.time, drivers, np.random.default_rng(1))["electron_density"].values
            ratio.append(np.log(one / _calm(half, number)).mean())
    assert 0.05 < np.std(ratio) < 0.25


def _calm(half, number):
    from soap.science.ionosphere_climate import climate

    medians = climate(DAYS[0], DAYS[-1], 92.0, 507.0)
    return medians.at("density", half.time, half.latitude, half.longitude)


def test_electron_temperature():
    """Brace and Theis (1978) by hand: 300 km, 1e11 and 1e12 m-3; and the ranges that satellites see at 507 km."""
    assert electron_temperature(1e11, 300.0, 0.0, True) == pytest.approx(2421, abs=1)
    assert electron_temperature(1e12, 300.0, 0.0, True) == pytest.approx(1090, abs=1)
    day = electron_temperature(np.geomspace(5e10, 1e12, 9), 507.0, 0.0, True)
    assert np.all(np.diff(day) < 0)
    assert day.min() > 1000
    assert day.max() < 4500
    assert 800 < electron_temperature(5e10, 507.0, 0.0, False) < electron_temperature(5e10, 507.0, 60.0, False) < 1500
