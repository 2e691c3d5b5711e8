"""The main field against the calculator of NOAA's National Centers for Environmental Information."""

import datetime

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.science.main_field import dip_equator, dip_latitude, igrf

# IGRF-14 of https://www.ngdc.noaa.gov/geomag/calculators/magcalc.shtml, as recorded by the tests of Harmonica
# (latitude, longitude, height [km], date, north, east, down [nT]).
NOAA = [
    (47.9, 106.9, 1.3, "2014-06-01", 21932.5, -1721.0, 54756.3),
    (47.9, 106.9, 1.3, "2020-05-31", 21677.4, -1940.8, 55078.8),
    (-23.5, -43.7, 0.7, "2016-01-01", 16474.6, -6750.7, -14779.5),
    (9.0, 38.7, 2.355, "2015-08-02", 35531.8, 1342.4, 1396.4),
    (9.0, 38.7, 2.355, "2021-02-01", 35605.6, 1421.6, 1788.7),
]
HALF_A_NANOTESLA = 0.5  # the calculator counts days of the year a little differently


@pytest.mark.parametrize(("latitude", "longitude", "height_km", "date", "north", "east", "down"), NOAA)
def test_components_are_those_of_the_calculator(latitude, longitude, height_km, date, north, east, down):
    found = igrf(latitude, longitude, height_km, np.datetime64(date))
    np.testing.assert_allclose([float(part) for part in found], (north, east, down), rtol=0, atol=HALF_A_NANOTESLA)


@pytest.mark.parametrize("date", ["1999-07-01T05:00", "2016-04-13T13:55", "2022-10-05T00:00"])
def test_components_are_those_of_ppigrf(date):
    """An independent program on the same coefficients, from the ground to 800 km: to a tenth of a nanotesla."""
    import ppigrf

    rng = np.random.default_rng(1)
    latitude, longitude, height = rng.uniform(-89, 89, 300), rng.uniform(-180, 180, 300), rng.uniform(0, 800, 300)
    east, north, up = ppigrf.igrf(longitude, latitude, height, datetime.datetime.fromisoformat(date))
    found = igrf(latitude, longitude, height, np.datetime64(date))
    np.testing.assert_allclose(found, [north.ravel(), east.ravel(), -up.ravel()], rtol=0, atol=0.1)


@pytest.mark.parametrize("date", ["1899-12-31", "2030-01-01"])
def test_dates_outside_the_model_are_refused(date):
    with pytest.raises(BadParameter, match="1900 to 2030"):
        igrf(0.0, 0.0, 0.0, np.datetime64(date))


def test_places_broadcast():
    north, east, down = igrf(np.zeros((2, 1)), np.array([[0.0, 120.0, -70.0]]), 500.0, np.datetime64("2016-04-01"))
    assert north.shape == east.shape == down.shape == (2, 3)


def test_dip_equator_passes_through_huancayo():
    """Huancayo (12.05 S, 75.33 W) was built on the dip equator, which lay within a degree of it in 2016."""
    assert abs(float(dip_latitude(-12.05, -75.33, np.datetime64("2016-04-01")))) < 1.0


def test_the_field_on_the_dip_equator_is_horizontal():
    """By ppigrf, an independent program; and by the stations of the equatorial electrojet, Tirunelveli and Huancayo."""
    import ppigrf

    longitude = np.arange(-180.0, 180.0, 5.0)
    latitude = dip_equator(longitude, np.datetime64("2016-04-13"))
    east, north, up = ppigrf.igrf(longitude, latitude, 0.0, datetime.datetime(2016, 4, 13))
    assert np.abs(np.degrees(np.arctan2(-up, np.hypot(east, north)))).max() < 0.01
    assert dip_equator(77.8, np.datetime64("2016-04-13")) == pytest.approx(8.7, abs=1.5)
    assert dip_equator(-75.33, np.datetime64("2016-04-13")) == pytest.approx(-12.05, abs=1.0)
