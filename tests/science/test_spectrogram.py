"""Spectrogram against scipy's Welch estimate, against what theory says of noise and sines, and across gaps."""

import numpy as np
import pytest
from scipy.signal import welch

from soap.core.errors import BadParameter
from soap.science.spectrogram import spectrogram

STEP = 2.0
SEGMENT = 64


def test_each_column_is_welch_of_its_stretch():
    values = np.random.default_rng(1).normal(size=4 * 640).cumsum()
    edges = np.arange(5) * 640
    found = spectrogram(values, STEP, SEGMENT, edges, 10_000)  # each frequency by itself
    for column in range(4):
        stretch = values[edges[column] : edges[column + 1]]
        frequency, power = welch(stretch, 1 / STEP, "hann", SEGMENT, SEGMENT // 2, detrend="linear")
        np.testing.assert_allclose(found.power[column], power[1:], rtol=1e-9)
    np.testing.assert_allclose((found.frequency_edges[:-1] + found.frequency_edges[1:]) / 2, frequency[1:])


def test_rows_are_means_over_the_frequencies_that_their_edges_say():
    values = np.random.default_rng(2).normal(size=1280)
    fine = spectrogram(values, STEP, SEGMENT, np.array([0, 1280]), 10_000)
    rough = spectrogram(values, STEP, SEGMENT, np.array([0, 1280]), 8)
    middles = (fine.frequency_edges[:-1] + fine.frequency_edges[1:]) / 2
    assert rough.power.shape[1] <= 8
    for row, (low, high) in enumerate(zip(rough.frequency_edges[:-1], rough.frequency_edges[1:], strict=True)):
        inside = (middles > low) & (middles < high)
        assert rough.power[0, row] == pytest.approx(fine.power[0, inside].mean())


def test_white_noise_has_the_density_that_theory_gives():
    values = np.random.default_rng(3).normal(0, 3.0, 200_000)
    found = spectrogram(values, STEP, 256, np.array([0, len(values)]), 10_000)
    assert found.power[0, 2:-1].mean() == pytest.approx(2 * 9.0 * STEP, rel=0.01)


def test_a_sine_has_its_power_at_its_frequency():
    count, cycles, amplitude = 1024, 100, 7.0
    values = amplitude * np.sin(2 * np.pi * cycles * np.arange(count) / count) + 5.0 - 0.3 * np.arange(count)
    found = spectrogram(values, STEP, count, np.array([0, count]), 10_000)
    width = 1 / (count * STEP)
    around = slice(cycles - 4, cycles + 3)
    assert found.power[0, around].sum() * width == pytest.approx(amplitude**2 / 2, rel=1e-3)
    assert found.power[0].argmax() == cycles - 1


def test_a_gap_is_a_gap_and_a_few_missing_change_little():
    random = np.random.default_rng(4)
    whole = random.normal(size=6400)
    values = whole.copy()
    values[1280:1920] = np.nan
    values[3200::50] = np.nan
    edges = np.arange(11) * 640
    found, without = (spectrogram(one, STEP, SEGMENT, edges, 10_000).power for one in (values, whole))
    assert np.isnan(found[2]).all()
    assert not np.isnan(found[[0, 1, 3, 4, 5, 6, 7, 8, 9]]).any()
    np.testing.assert_allclose(found[:2], without[:2])
    np.testing.assert_allclose(found[5:].mean(), without[5:].mean(), rtol=0.05)


def test_a_short_stretch_has_the_segment_round_its_middle():
    values = np.random.default_rng(5).normal(size=640)
    found = spectrogram(values, STEP, SEGMENT, np.array([300, 310, 320]), 10_000)
    alone = spectrogram(values[305 - 32 : 305 + 32], STEP, SEGMENT, np.array([0, SEGMENT]), 10_000)
    np.testing.assert_allclose(found.power[0], alone.power[0])


@pytest.mark.parametrize("segment", [7, 101])
def test_a_segment_that_does_not_fit_is_said(segment):
    with pytest.raises(BadParameter, match="take 8 to 100"):
        spectrogram(np.zeros(100), 1.0, segment, np.array([0, 100]), 10)
