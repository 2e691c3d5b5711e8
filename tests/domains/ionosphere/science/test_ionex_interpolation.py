"""Interpolation between maps: RTKLIB's and Orekit's numbers, an exact Sun-fixed field, withheld maps, the edges."""

import gzip
import tomllib
from pathlib import Path

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.core.time import utc
from soap.domains.ionosphere.formats.tec_ionex import READER
from soap.domains.ionosphere.science.ionex_interpolation import interpolate_schaer_1998, vtec_at
from soap.formats import Source
from soap.testing.data import real

AUTHORITY = tomllib.loads((Path(__file__).parents[4] / "authorities/ionosphere/ionex.toml").read_text())
HOUR = np.timedelta64(1, "h")
START = np.datetime64("2016-04-13T00:00", "ns")
LATITUDE, LONGITUDE = np.arange(-87.5, 88, 2.5), np.arange(-180.0, 181, 5)


def maps_of(name):
    return READER.read(Source.from_path(real(f"ground/ionex/{name}"))).observations[0]


def metres_per_tecu(carrier_mhz: float) -> float:
    """First-order delay of one TECU, 40.3e16 / f^2 (the constant that Orekit uses)."""
    return 40.3e16 / (carrier_mhz * 1e6) ** 2


def test_orekit_delays():
    authority = AUTHORITY["orekit"]
    maps = maps_of(authority["file"])
    for point in authority["points"]:
        vtec = vtec_at(maps, utc(authority["time"]), point["latitude"], point["longitude"], rotated=False)
        delay = vtec * metres_per_tecu(authority["carrier_mhz"])
        assert float(delay) == pytest.approx(point["delay_m"], abs=authority["tolerance_m"])


@pytest.mark.parametrize(("variable", "name"), [("vtec", "tec"), ("vtec_rms", "rms")])
def test_rtklib_grid(variable, name):
    """Every point of RTKLIB's world grid between the outermost rows of the map."""
    authority = AUTHORITY["rtklib"]
    text = gzip.decompress(real(f"ground/ionex/{authority['grid']}").read_bytes()).decode()
    block = text.split(f"{name}=[")[1].split("]")[0].strip()
    delay = np.array([row.split() for row in block.splitlines()], float)
    latitude, longitude = np.arange(90.0, -91, -2)[:, None], np.arange(0.0, 361, 2)
    ours = vtec_at(maps_of(authority["files"][1]), utc(authority["grid_time"]), latitude, longitude, rotated=False,
                   variable=variable)  # fmt: skip
    covered = np.abs(latitude[:, 0]) <= 87.5
    assert covered.sum() == 87
    difference = np.abs(ours * authority["metres_per_tecu"] - delay)[covered]
    assert difference.max() <= authority["tolerance_m"] + 5e-5


def test_rtklib_point_meridian_and_span():
    authority = AUTHORITY["rtklib"]
    first, second = (maps_of(name) for name in authority["files"])
    point = authority["point"]
    delay = float(vtec_at(second, utc(point["time"]), point["latitude"], point["longitude"], rotated=False))
    assert delay * authority["metres_per_tecu"] == pytest.approx(point["delay_m"], abs=authority["tolerance_m"])
    same = authority["same_meridian"]
    at = utc("2010-12-04T11:17:00Z")
    west = vtec_at(first, at, same["latitude"], same["longitude"])
    assert float(west) == pytest.approx(float(vtec_at(first, at, same["latitude"], same["other_longitude"])), abs=1e-9)
    assert np.isfinite(vtec_at(first, utc(authority["first_valid"]), 25, 135))
    assert np.isfinite(vtec_at(second, utc(authority["last_valid"]), 25, 135))
    assert np.isnan(vtec_at(first, utc(authority["invalid"][0]), 25, 135))
    assert np.isnan(vtec_at(second, utc(authority["invalid"][1]), 25, 135)).all()


def sun_fixed(time, latitude, longitude):
    """A world in which VTEC depends on latitude and local time alone [TECU]."""
    local = (time - START) / HOUR / 24 * 2 * np.pi + np.radians(longitude)
    return 20 + 0.1 * latitude + 15 * np.cos(local - np.pi)


def test_rotated_maps_follow_the_sun():
    times = START + np.arange(0, 25, 2) * HOUR
    maps = sun_fixed(times[:, None, None], LATITUDE[:, None], LONGITUDE)
    rng = np.random.default_rng(3)
    at = START + (rng.random(2000) * 24 * 3600e9).astype("m8[ns]")
    latitude, longitude = rng.uniform(-87.5, 87.5, 2000), rng.uniform(-180, 180, 2000)
    truth = sun_fixed(at, latitude, longitude)
    rotated = interpolate_schaer_1998(maps, times, LATITUDE, LONGITUDE, at, latitude, longitude)
    plain = interpolate_schaer_1998(maps, times, LATITUDE, LONGITUDE, at, latitude, longitude, rotated=False)
    largest_bilinear = 15 * np.radians(5) ** 2 / 8  # a chord of the cosine between nodes 5 degrees apart
    assert np.abs(rotated - truth).max() <= largest_bilinear * 1.001
    assert np.abs(plain - truth).max() > 5 * largest_bilinear


@pytest.mark.parametrize("name", ["esag0080.20i.Z", "igrg3380.10i.gz"])
def test_rotated_maps_predict_withheld_two_hourly_maps_better(name):
    """Every second map is withheld and interpolated from the others, four hours apart."""
    maps = maps_of(name)
    latitude, longitude = maps["latitude"].values[:, None], maps["longitude"].values
    error = {}
    for rotated in (True, False):
        ours = np.array(
            [vtec_at(maps.isel(time=slice(0, None, 2)), time, latitude, longitude, rotated=rotated)
             for time in maps["time"].values[1::2]]
        )  # fmt: skip
        error[rotated] = float(np.sqrt(np.mean((ours - maps["vtec"].values[1::2]) ** 2)))
    assert error[True] < 0.75 * error[False]
    assert error[True] < 1.5  # TECU


def plane(times=2, longitude=LONGITUDE):
    """Maps that are linear in everything: any interpolation must give them exactly."""
    epochs = START + np.arange(times) * HOUR
    grid = 30 + 0.2 * LATITUDE[:, None] + 0.01 * longitude
    return grid + np.arange(times)[:, None, None], epochs


def test_nodes_and_edges():
    maps, times = plane()
    one = interpolate_schaer_1998(maps, times, LATITUDE, LONGITUDE, times[:, None, None], LATITUDE[:, None], LONGITUDE,
                                  rotated=False)  # fmt: skip
    np.testing.assert_allclose(one[..., 1:-1], maps[..., 1:-1], rtol=1e-12)


def test_outside_is_nan():
    maps, times = plane()
    before, after = START - np.timedelta64(1, "ns"), times[-1] + np.timedelta64(1, "ns")
    values = interpolate_schaer_1998(maps, times, LATITUDE, LONGITUDE, [before, START, times[-1], after], 0.0, 0.0)
    assert np.isnan(values).tolist() == [True, False, False, True]
    nowhere = interpolate_schaer_1998(maps, times, LATITUDE, LONGITUDE, [START, START, np.datetime64("NaT")],
                                      [np.nan, 0, 0], [0, np.nan, 0])  # fmt: skip
    assert np.isnan(nowhere).all()


def test_poles_take_the_last_row_of_a_global_grid_and_nothing_of_a_regional():
    maps, times = plane()
    pole = interpolate_schaer_1998(maps, times, LATITUDE, LONGITUDE, START, [90.0, 87.5], 20.0)
    assert pole[0] == pole[1] == pytest.approx(30 + 0.2 * 87.5 + 0.2)
    part = slice(20, 40)
    regional = interpolate_schaer_1998(maps[:, :, part], times, LATITUDE, LONGITUDE[part], START, [0.0, 0, 89],
                                       [LONGITUDE[20], LONGITUDE[39] + 1, LONGITUDE[30]])  # fmt: skip
    assert np.isnan(regional).tolist() == [False, True, True]


def test_regional_grid_across_180_degrees():
    longitude = np.array([170.0, 175, -180, -175, -170])
    eastward = np.array([170.0, 175, 180, 185, 190])
    maps, times = plane(longitude=eastward)
    at = np.array([172.0, 179.0, -179.0, -171.0])
    values = interpolate_schaer_1998(maps, times, LATITUDE, longitude, START, 0.0, at, rotated=False)
    np.testing.assert_allclose(values, 30 + 0.01 * (at % 360), rtol=1e-12)


def test_grid_without_its_closing_meridian():
    wave = 10 + np.cos(np.radians(LONGITUDE[:-1])) + 0 * LATITUDE[:, None]
    value = interpolate_schaer_1998(wave[None], [START], LATITUDE, LONGITUDE[:-1], START, 0.0, [177.5, -180.0])
    node = 10 + np.cos(np.radians(175.0))
    np.testing.assert_allclose(value, [(node + 9.0) / 2, 9.0], rtol=1e-12)


def test_missing_nodes_matter_only_with_weight():
    maps, times = plane()
    maps[0, 35, 36] = np.nan  # 0 N 0 E at the first epoch
    values = interpolate_schaer_1998(
        maps, times, LATITUDE, LONGITUDE,
        [START, START, START, times[1], START + HOUR // 2], [0.0, 0.0, 2.5, 0.0, 1.0], [0.0, 5.0, 1.0, 0.0, 1.0],
        rotated=False,
    )  # fmt: skip
    assert np.isnan(values).tolist() == [True, False, False, False, True]
    np.testing.assert_allclose(values[1:4], [30.05, 30.51, 31.0], rtol=1e-12)


def test_a_gap_is_not_bridged():
    maps, times = plane(3)
    times = np.array([START, START + HOUR, START + 12 * HOUR])
    at = START + np.array([30, 60, 90, 720]) * np.timedelta64(1, "m")
    values = interpolate_schaer_1998(maps, times, LATITUDE, LONGITUDE, at, 0.0, 0.0)
    assert np.isnan(values).tolist() == [False, False, True, False]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"latitudes": LATITUDE[::-1]}, "Latitude must rise"),
        ({"longitudes": np.r_[LONGITUDE[:-1], 179.0]}, "Longitude must rise in even steps"),
        ({"map_times": [START, START]}, "do not rise"),
        ({"latitudes": LATITUDE[1:]}, "do not fit"),
        ({"max_gap_hours": 0.0}, "max_gap_hours is 0.0"),
    ],
)
def test_bad_parameters_are_named(change, words):
    maps, times = plane()
    arguments = {"maps": maps, "map_times": times, "latitudes": LATITUDE, "longitudes": LONGITUDE, "times": START,
                 "at_latitude": 0.0, "at_longitude": 0.0} | change  # fmt: skip
    with pytest.raises(BadParameter, match=words):
        interpolate_schaer_1998(**arguments)
