"""Spikes: against the definition in plain Python, against the Hampel identifier of scipy's filters, at known places."""

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from soap.science.quality_control.spike import METHOD, Spike, spike_hampel_1974

MINUTE = np.timedelta64(60, "s")


def times(n, step=MINUTE):
    return np.datetime64("2015-03-17", "ns") + np.arange(n) * step


def by_definition(values, floor, half_window, factor, prominence):
    """Single samples, the docstring word for word; every value known and on the grid."""
    marked = [False] * len(values)
    for i in range(1, len(values) - 1):
        into, out = values[i] - values[i - 1], values[i + 1] - values[i]
        if not (abs(into) > floor and abs(out) > floor and into * out < 0):
            continue
        before, after = values[max(0, i - half_window) : i], values[i + 1 : i + 1 + half_window]
        if 2 * min(len(before), len(after)) < half_window:
            continue
        around = [*before, *after]
        low, high, middle = min(around), max(around), statistics.median(around)
        outside = max(values[i] - high, low - values[i])
        sigma = 1.4826 * statistics.median(abs(one - middle) for one in around)
        marked[i] = outside > max(floor, prominence * (high - low)) and abs(values[i] - middle) > factor * sigma
    return np.array(marked)


@given(st.integers(0, 2**32), st.sampled_from([0.0, 0.5, 3.0]), st.sampled_from([0.0, 0.3, 1.0]), st.integers(3, 8))
def test_is_what_the_definition_says(seed, floor, prominence, half_window):
    rng = np.random.default_rng(seed)
    values = np.cumsum(rng.standard_normal(120)) * rng.choice([0.1, 1.0])
    values[rng.integers(0, 120, 8)] += rng.choice([-20.0, -4.0, 4.0, 20.0], 8)
    chosen = {"floor": floor, "half_window": half_window, "factor": 3.0, "prominence": prominence}
    assert spike_hampel_1974(values, times(120), **chosen).tolist() == by_definition(values.tolist(), **chosen).tolist()


def test_finds_what_the_hampel_identifier_finds():
    """With the conditions beyond Hampel's switched off, on noise with outliers put in."""
    rng = np.random.default_rng(1974)
    values = rng.standard_normal(20_000)
    at = np.arange(50, 19_950, 50)
    values[at] += rng.choice([-30.0, 30.0], len(at))
    centre = ndimage.median_filter(values, size=21)
    mad = ndimage.median_filter(np.abs(values - centre), size=21)  # of residuals: the usual fast form
    hampel = np.abs(values - centre) > 10 * 1.4826 * mad
    marked = spike_hampel_1974(values, times(20_000), floor=0.0, prominence=0.0)
    assert set(np.flatnonzero(hampel)) == set(at)
    assert np.flatnonzero(marked).tolist() == at.tolist()


@pytest.mark.parametrize("width", [1, 2, 3])
def test_groups_up_to_the_longest(width):
    values = np.random.default_rng(0).normal(0, 0.1, 200)
    values[100 : 100 + width] += 20
    for longest in (1, 2, 3):
        marked = np.flatnonzero(spike_hampel_1974(values, times(200), floor=5, longest=longest))
        assert marked.tolist() == (list(range(100, 100 + width)) if width <= longest else [])


def test_a_step_a_ramp_and_a_wave_train_are_none():
    quiet = np.random.default_rng(0).normal(0, 0.1, 400)
    step = quiet + np.where(np.arange(400) >= 200, 300.0, 0.0)
    pulse_before_step = step.copy()
    pulse_before_step[199] -= 60.0  # the preliminary reverse impulse of a sudden commencement
    wave = quiet + 100 * np.sin(2 * np.pi * np.arange(400) / 2.6) * (np.abs(np.arange(400) - 200) < 30)
    for values in (step, pulse_before_step, wave):
        assert not spike_hampel_1974(values, times(400), floor=1, longest=3, prominence=1.0).any()


def test_nothing_is_judged_beside_a_gap_or_at_an_edge():
    values = np.zeros(60)
    values[[0, 59, 30]] = 50.0
    values[31] = np.nan
    assert not spike_hampel_1974(values, times(60), floor=5).any()
    apart = times(60) + np.where(np.arange(60) > 30, np.timedelta64(1, "D"), np.timedelta64(0, "D"))
    values[31] = 0.0
    assert not spike_hampel_1974(values, apart, floor=5).any()
    assert np.flatnonzero(spike_hampel_1974(values, times(60), floor=5)).tolist() == [30]


def test_logarithmic_and_upward_only():
    values = np.full(60, 1e10)
    values[20], values[40] = 4e10, 2e9
    rule = {"floor": 0.5, "logarithmic": True}
    assert np.flatnonzero(spike_hampel_1974(values, times(60), **rule)).tolist() == [20, 40]
    assert np.flatnonzero(spike_hampel_1974(values, times(60), upward_only=True, **rule)).tolist() == [20]
    values[30] = -1.0
    assert not spike_hampel_1974(values, times(60), **rule)[30]


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 9.0], [np.nan] * 5])
def test_takes_every_series(values):
    assert spike_hampel_1974(np.array(values), times(len(values)), floor=0).tolist() == [False] * len(values)


def test_noise_is_marked_as_often_as_it_must_be():
    """White noise is the largest or smallest of 21 values in 2 of 21 cases; with the declared rule never."""
    assert METHOD.null_rate(Spike(floor=0, factor=1e-6, prominence=0), 300_000, 1).value == pytest.approx(
        2 / 21, rel=0.02
    )
    assert METHOD.null_rate(Spike(), 300_000, 1).value == 0.0
