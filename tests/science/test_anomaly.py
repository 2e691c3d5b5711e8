"""Detectors against the published null rates and against numpy's percentiles."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.science.anomaly import (
    METHODS,
    VALUES_PER_BLOCK,
    InterquartileBand,
    QuartileBand,
    SigmaBand,
    interquartile_akhoondzadeh_2010,
    interquartile_band,
    noise_exceedance,
    quartile_band,
    quartile_liu_2004,
    sigma_band,
    sigma_kon_2011,
    z_score,
)

BY_NAME = {method.name: method for method in METHODS}


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("anomaly_quartile_liu_2004", 0.394),
        ("anomaly_interquartile_akhoondzadeh_2010", 0.114),
        ("anomaly_sigma_kon_2011", 0.073),
    ],
)
def test_null_rate_from_15_days_of_white_noise(name, rate):
    method = BY_NAME[name]
    found = method.null_rate(method.parameters(), 100_000, 1)
    assert found.n == 100_000
    assert found.value == pytest.approx(rate, abs=0.01)


@pytest.mark.parametrize(
    ("run", "parameters", "rate", "tolerance"),
    [
        (quartile_liu_2004, QuartileBand(), 0.92, 0.01),
        (interquartile_akhoondzadeh_2010, InterquartileBand(), 0.427, 0.01),
        (sigma_kon_2011, SigmaBand(), 0.319, 0.01),
    ],
)
def test_chance_of_at_least_one_mark_in_five_days(run, parameters, rate, tolerance):
    assert noise_exceedance(run, parameters, n=100_000, seed=2, days=5).value == pytest.approx(rate, abs=tolerance)


def test_memory_from_day_to_day_changes_the_null_rate():
    rate = noise_exceedance(quartile_liu_2004, QuartileBand(), n=100_000, seed=3, day_correlation=0.6)
    assert rate.value == pytest.approx(0.425, abs=0.01)
    assert "AR(1) 0.6" in rate.noise


def test_sigma_null_rate_is_that_of_student_t():
    """A value against mean and deviation of 15 others: |t| with 14 degrees of freedom above 2 / sqrt(1 + 1/15)."""
    from scipy.stats import t

    exact = 2 * t.sf(2 / np.sqrt(1 + 1 / 15), 14)
    assert noise_exceedance(sigma_kon_2011, SigmaBand(), n=200_000, seed=4).value == pytest.approx(exact, abs=0.002)


@pytest.fixture
def gappy():
    rng = np.random.default_rng(5)
    values = rng.standard_normal((60, 4)) * 10 + 30
    values[rng.random(values.shape) < 0.15] = np.nan
    return values


def test_bands_are_numpys_statistics_of_the_known_past_days(gappy):
    bands = quartile_band(gappy), interquartile_band(gappy), sigma_band(gappy)
    compared = 0
    for day in range(15, len(gappy)):
        for hour in range(4):
            past = gappy[day - 15 : day, hour]
            past = past[np.isfinite(past)]
            if len(past) < 8:
                assert all(np.isnan(band.centre[day, hour]) for band in bands)
                continue
            low, middle, high = np.percentile(past, [25, 50, 75])
            expected = [
                (middle - 1.5 * (middle - low), middle + 1.5 * (high - middle)),
                (middle - 1.5 * (high - low), middle + 1.5 * (high - low)),
                (past.mean() - 2 * past.std(ddof=1), past.mean() + 2 * past.std(ddof=1)),
            ]
            for band, edges in zip(bands, expected, strict=True):
                assert (band.lower[day, hour], band.upper[day, hour]) == pytest.approx(edges, rel=1e-12)
            compared += 1
    assert compared > 150


def test_no_future_value_matters(gappy):
    """Causal: what follows a day may be anything."""
    changed = gappy.copy()
    changed[41:] = 1e6
    for run in (quartile_liu_2004, interquartile_akhoondzadeh_2010, sigma_kon_2011, z_score):
        np.testing.assert_array_equal(run(gappy)[:41], run(changed)[:41])


def test_distance_is_signed_and_in_the_unit_of_the_values():
    values = np.tile([10.0, 12.0, 14.0], 6)  # quartiles 10, 12, 14 of any 15 in a row
    values[15:18] = 20.0, 12.0, 1.0
    out = quartile_liu_2004(values[:16])
    assert out[15] == pytest.approx(20 - (12 + 1.5 * 2))
    values[15] = 1.0
    assert quartile_liu_2004(values[:16])[15] == pytest.approx(1 - (12 - 1.5 * 2))
    values[15] = 13.0
    assert quartile_liu_2004(values[:16])[15] == 0


def test_gaps_and_thin_backgrounds_are_unknown_not_quiet():
    values = np.arange(40.0)
    values[20] = np.nan
    values[22:30] = np.nan
    out = quartile_liu_2004(values)
    assert np.isnan(out[:15]).all()
    assert np.isnan(out[20])
    assert np.isnan(out[30])  # 6 of the 15 days before are known
    assert np.isfinite(out[19])
    assert np.isnan(out[36])  # 7 of 15
    assert np.isfinite(out[38])  # 8 of 15


def test_blocks_make_no_difference():
    values = np.random.default_rng(6).standard_normal((900, 400))
    assert 15 * values.size > VALUES_PER_BLOCK
    whole = quartile_liu_2004(values)
    np.testing.assert_array_equal(whole[:, 7], quartile_liu_2004(values[:, 7]))


def test_z_of_a_constant_past_is_unknown():
    assert np.isnan(z_score(np.ones(20))[15:]).all()


@pytest.mark.parametrize("values", [np.zeros((2, 2, 2)), np.float64(3)])
def test_shape_is_checked(values):
    with pytest.raises(BadParameter, match="time_of_day"):
        quartile_liu_2004(values)


def test_too_short_series_has_no_answer():
    assert np.isnan(quartile_liu_2004(np.ones(5))).all()
    assert quartile_liu_2004(np.empty(0)).shape == (0,)
