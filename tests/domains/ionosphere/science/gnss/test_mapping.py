"""Mapping functions against printed values, the plasmasphere against an integral done by hand."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.mapping import modified_single_layer, thin_shell
from soap.domains.ionosphere.science.gnss.modip import DipSlope, modified_dip
from soap.domains.ionosphere.science.gnss.plasmasphere import Plasmasphere, plasmaspheric_tec
from soap.science.ellipsoid import earth_fixed

ELEVATIONS = [10.0, 20.0, 30.0, 45.0, 60.0]
EPOCH = np.datetime64("2020-01-01", "ns")


@pytest.mark.parametrize(
    ("height", "printed"),
    [(350.0, [2.789, 2.200, 1.751, 1.348, 1.136]), (450.0, [2.549, 2.087, 1.701, 1.332, 1.131])],
)
def test_thin_shell(height, printed):
    assert thin_shell(ELEVATIONS, height) == pytest.approx(printed, abs=5e-4)


def test_codes_mapping_lies_between_shells():
    """JPL's extended slab, which CODE's function stands for, is like a shell at 550 to 650 km."""
    value = modified_single_layer([20.0, 30.0, 45.0])
    assert (value < thin_shell([20.0, 30.0, 45.0], 550.0)).all()
    assert (value > thin_shell([20.0, 30.0, 45.0], 650.0)).all()
    assert modified_single_layer(90.0) == 1.0


def test_no_shell_on_the_ground():
    with pytest.raises(BadParameter, match="above 0"):
        thin_shell(30.0, 0.0)


def test_plasmasphere_over_the_dipoles_equator():
    """There L is the radius, and the integral of 10**(3.9043 - 0.3145 L) is closed."""
    pole_latitude, pole_longitude = 80.65, -72.68
    equator = earth_fixed(pole_latitude - 90.0, pole_longitude)
    slope = 0.3145 * np.log(10.0)
    low, high = 1.0 + 1000.0 / 6371.0, 5.6 - 0.46 * 2.0
    electrons = 10**3.9043 / slope * (np.exp(-slope * low) - np.exp(-slope * min(high, 1 + 20_200 / 6371)))
    assert float(plasmaspheric_tec(equator, 90.0, 0.0)) == pytest.approx(electrons * 6.371e6 * 1e6 / 1e16, rel=0.01)


def test_plasmasphere_falls_towards_the_poles_and_leans_to_the_equator():
    contents = [Plasmasphere.over(earth_fixed(latitude, 110.0)).vertical for latitude in (10.0, 30.0, 50.0, 70.0)]
    assert np.all(np.diff(contents) < 0)
    assert contents[-1] < 0.1
    north = Plasmasphere.over(earth_fixed(40.0, 110.0))
    assert north.slant(np.array([30.0]), np.array([180.0])) > 2 * north.slant(np.array([30.0]), np.array([0.0]))


def test_plasmasphere_between_the_nodes_of_its_table():
    place = earth_fixed(15.0, 100.0)
    rng = np.random.default_rng(3)
    elevation, azimuth = rng.uniform(10, 90, 200), rng.uniform(0, 360, 200)
    table = Plasmasphere.over(place).slant(elevation, azimuth)
    assert table == pytest.approx(plasmaspheric_tec(place, elevation, azimuth), abs=0.05)
    assert np.isnan(Plasmasphere.over(place).slant(np.array([np.nan]), np.array([0.0]))).all()


def test_modified_dip_is_zero_on_the_dip_equator():
    """Jicamarca lay within half a degree of it, Belem within two, in 2020; the poles are at 90."""
    assert abs(modified_dip(-11.95, -76.87, EPOCH)) < 1.5
    assert abs(modified_dip(-1.41, -48.46, EPOCH)) < 8.0
    assert modified_dip(80.0, -100.0, EPOCH) > 70.0


@pytest.mark.parametrize("place", [(-1.4, -48.5), (39.9, 32.8), (70.0, 20.0), (-6.5, 106.8)])
def test_slope_of_modified_dip(place):
    rng = np.random.default_rng(5)
    latitude, longitude = place[0] + rng.uniform(-8, 8, 100), place[1] + rng.uniform(-8, 8, 100)
    slope = DipSlope.around(*place, EPOCH)
    there = modified_dip(latitude, longitude, EPOCH) - modified_dip(*place, EPOCH)
    assert slope(latitude, longitude) == pytest.approx(there, abs=0.6)


def test_epochs_outside_the_field_model():
    assert np.isfinite(modified_dip(10.0, 100.0, np.datetime64("2042-01-01", "ns")))
