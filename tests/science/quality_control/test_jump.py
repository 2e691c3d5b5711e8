"""Jumps at known places; what the field does is none."""

import numpy as np
import pytest

from soap.science.quality_control.jump import METHOD, Jump, jump_araki_2014


def times(n, seconds=60):
    return np.datetime64("1991-03-24", "ns") + np.arange(n) * np.timedelta64(seconds, "s")


def quiet(n=400, sigma=0.2):
    return 30_000 + np.random.default_rng(7).normal(0, sigma, n)


def test_a_level_that_comes_back_is_marked_whole():
    values = quiet()
    values[150:290] -= 1000.0
    assert np.flatnonzero(jump_araki_2014(values, times(400))).tolist() == list(range(150, 290))


def test_a_level_that_stays_is_marked_where_it_begins():
    values = quiet()
    values[150:] += 500.0
    assert np.flatnonzero(jump_araki_2014(values, times(400))).tolist() == [150]


@pytest.mark.parametrize("change", [399.0, -390.0])
def test_less_than_the_least_is_none(change):
    values = quiet(sigma=0.01)
    values[150:] += change
    assert not jump_araki_2014(values, times(400)).any()


def test_the_largest_sudden_commencements_are_none():
    """310 nT at Alibag in 1940; 202 nT within 28 s at Kakioka in 1991, at one second (T. Araki, 2014)."""
    alibag = quiet()
    alibag[200:204] += np.array([0.25, 0.5, 0.75, 1.0]) * 310
    alibag[204:] += 310
    assert not jump_araki_2014(alibag, times(400)).any()
    at_once = quiet()
    at_once[200:] += 310
    assert not jump_araki_2014(at_once, times(400)).any()
    kakioka = quiet(2000)
    kakioka[1000:1028] += 202 * np.arange(1, 29) / 28
    kakioka[1028:] += 202
    assert not jump_araki_2014(kakioka, times(2000, 1), half_window=120).any()


def test_an_unsteady_level_is_none():
    """A substorm: 1,200 nT at once, into a level that goes up and down by hundreds."""
    values = quiet()
    values[200:] -= 1200 + 300 * np.sin(np.arange(200) / 3)
    assert not jump_araki_2014(values, times(400)).any()


def test_not_across_a_gap():
    values = quiet()
    values[200:] += 5000
    values[199] = np.nan
    assert not jump_araki_2014(values, times(400)).any()


@pytest.mark.parametrize("n", [0, 1, 2, 30])
def test_takes_every_series(n):
    assert not jump_araki_2014(np.arange(n) * 1e4, times(n)).any()


def test_a_random_walk_of_such_steps_is_hardly_ever_marked():
    assert METHOD.null_rate(Jump(), 200_000, 3).value < 1e-4
