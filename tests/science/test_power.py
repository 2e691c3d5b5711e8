"""Power against brute force and against the textbook formula for white noise."""

import numpy as np
import pytest
from scipy.stats import norm

from soap.science.association import Catalogue, Network, associate
from soap.science.power import (
    PowerCurve,
    PowerPoint,
    injected,
    power_curve,
    shifted_statistic,
    smallest_detectable_sigma,
    station_sigma,
)
from soap.science.significance import surrogate_p
from soap.science.superpose import SuperposedEpoch, observed, superpose

PLAN = SuperposedEpoch()
N_DAYS, EVENTS = 3000, 40


@pytest.fixture(scope="module")
def white():
    """40 events, each seen by one of 8 stations far apart, in white noise of standard deviations 1 to 8."""
    rng = np.random.default_rng(1)
    longitude = np.linspace(-170, 170, 8)
    network = Network(rng.standard_normal((8, N_DAYS)), np.zeros(8), longitude)
    at = longitude[rng.integers(0, 8, EVENTS)]
    time = rng.choice(np.arange(40, N_DAYS - 20, 15), EVENTS, replace=False) + 0.5
    return network, Catalogue(time, np.zeros(EVENTS), at, np.full(EVENTS, 300.0), np.arange(EVENTS))


def test_power_in_white_noise_is_that_of_the_normal_test(white):
    """The mean of 40 x 5 values has deviation 1 / sqrt(200): power is Phi(k sqrt(200) - 1.96), 0.8 at 0.198 sigma."""
    sizes = (0.0, 0.1, 0.15, 0.2, 0.3, 0.5)
    curve = power_curve(*white, PLAN, sizes_sigma=sizes, parameters=PowerCurve(catalogues=500, references=199), seed=3)
    for point in curve:
        shift = point.size_sigma * np.sqrt(200)
        exact = norm.sf(1.96 - shift) + norm.cdf(-1.96 - shift)
        assert point.power == pytest.approx(exact, abs=0.07), point
        assert point.low <= point.power <= point.high
    assert smallest_detectable_sigma(curve) == pytest.approx(0.198, abs=0.02)


def test_a_share_of_events_needs_a_larger_signal(white):
    few = PowerCurve(catalogues=60, references=199, event_share=0.1)
    curve = power_curve(*white, PLAN, sizes_sigma=(0.2, 3.0), parameters=few, seed=4)
    assert curve[0].power < 0.3
    assert curve[1].power > 0.9


def test_linearity_equals_brute_force(white):
    """Add the signal to the series cell by cell, and run the whole analysis on the sum."""
    network, catalogue = white
    holed = network.values.copy()
    holed[np.random.default_rng(5).random(holed.shape) < 0.2] = np.nan
    network = Network(holed * np.arange(1, 9)[:, None], network.latitude, network.longitude)
    association = associate(catalogue, network)
    day = (catalogue.day + 777) % N_DAYS
    carriers = np.arange(0, EVENTS, 2)
    shifts = np.array([0, 3, 500, 1234, 2999])
    sigma = np.nanstd(network.values, axis=1, ddof=1)
    summed = network.values.copy()
    touched = set()
    for event in carriers:
        (station,) = association.station[association.start[event] : association.start[event + 1]]
        touched |= {(station, day[event] + lag) for lag in range(-5, 0) if day[event] + lag >= 0}
    for station, column in touched:
        summed[station, column] += 0.7 * sigma[station]
    brute = shifted_statistic(Network(summed, network.latitude, network.longitude), day, shifts, association, PLAN)
    signal = injected(network, day, association, PLAN, carriers)
    parts = [shifted_statistic(each, day, shifts, association, PLAN) for each in (network, signal)]
    sum_of_parts = parts[0] + 0.7 * parts[1]
    np.testing.assert_allclose(sum_of_parts, brute, rtol=1e-10)
    assert surrogate_p(sum_of_parts[0], sum_of_parts[1:]) == surrogate_p(brute[0], brute[1:])
    assert parts[1][0] > 0
    np.testing.assert_allclose(station_sigma(network.values), sigma, rtol=1e-12)


def test_shift_of_zero_is_the_observed_statistic(white):
    network, catalogue = white
    own = shifted_statistic(network, catalogue.day, np.array([0]), associate(catalogue, network), PLAN)
    assert own[0] == superpose(network, observed(catalogue, network), PLAN).window_mean[0]


def test_smallest_detectable_size_is_read_off_by_straight_lines():
    curve = tuple(PowerPoint(size, power, 0, 1) for size, power in ((0, 0.05), (0.1, 0.6), (0.2, 1.0)))
    assert smallest_detectable_sigma(curve) == pytest.approx(0.15)
    assert smallest_detectable_sigma(curve[:2]) is None
    assert smallest_detectable_sigma(curve[2:]) == 0.2
