"""The statistics that the random field promises, on samples large enough to tell."""

import numpy as np

from soap.core.place import EARTH_RADIUS_KM
from soap.science.random_field import autocorrelated, daily_field

DAYS = 6000


def _chord_km(degrees: float) -> float:
    return 2 * EARTH_RADIUS_KM * np.sin(np.radians(degrees) / 2)


def test_unit_variance_and_gaussian_correlation_over_distance():
    """Rahimi and Recht (2007): the features' covariance is the kernel, to 1/sqrt(number of waves) = 0.06."""
    values = daily_field(np.random.default_rng(3), DAYS, persistence=0.0).daily([20, 20, 20, -40], [0, 10, 30, 120])
    assert abs(values.std() - 1.0) < 0.1
    found = np.corrcoef(values.T)[0]
    apart = [0.0, _chord_km(10 * np.cos(np.radians(20))), _chord_km(30 * np.cos(np.radians(20))), np.inf]
    np.testing.assert_allclose(found, np.exp(-(np.array(apart) ** 2) / (2 * 2000.0**2)), atol=0.12)


def test_remembers_the_day_before():
    values = daily_field(np.random.default_rng(4), DAYS, persistence=0.4).daily(30.0, 100.0)[:, 0]
    assert abs(np.corrcoef(values[1:], values[:-1])[0, 1] - 0.4) < 0.04
    assert abs(np.corrcoef(values[2:], values[:-2])[0, 1] - 0.16) < 0.04


def test_maps_tracks_and_days_are_one_field():
    weather = daily_field(np.random.default_rng(5), 4)
    daily = weather.daily([10.0, 50.0], [20.0, -70.0])
    np.testing.assert_allclose(weather.maps(np.array([2.0]), [10.0, 50.0], [20.0, -70.0])[0], daily[2])
    between = weather.along(np.array([0.5, 9.0]), [10.0, 50.0], [20.0, -70.0])
    np.testing.assert_allclose(between, [daily[:2, 0].mean(), daily[3, 1]])


def test_noise_has_the_decay_it_is_asked_for():
    noise = autocorrelated(np.random.default_rng(6), 200_000, 25.0)
    assert abs(noise.std() - 1.0) < 0.05
    assert abs(np.corrcoef(noise[25:], noise[:-25])[0, 1] - np.exp(-1.0)) < 0.03
