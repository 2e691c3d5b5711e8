"""The past-only regression: it recovers what was put in, knows nothing of the future, and shrugs off outliers."""

import numpy as np
import pytest
from scipy.stats import norm

from soap.science.background import (
    Drivers,
    log_range_residual,
    past_mean,
    past_regression,
    seasonal_activity_terms,
)

DAYS = np.arange(np.datetime64("1996-01-01"), np.datetime64("2006-01-01"))
N = len(DAYS)
YEARS = (DAYS - DAYS[0]).astype(int) / 365.25


@pytest.fixture(scope="module")
def drivers():
    rng = np.random.default_rng(1)
    flux = 130 + 60 * np.sin(2 * np.pi * YEARS / 11) + 15 * np.sin(2 * np.pi * YEARS * 365.25 / 27)
    ap = np.exp(rng.normal(2.0, 0.8, N + 1))
    return Drivers(flux, past_mean(flux, 81), ap[1:], ap[:-1])


@pytest.fixture(scope="module")
def terms(drivers):
    return seasonal_activity_terms(DAYS, drivers)


def course(drivers):
    """A log range made of season, flux and activity, in terms of its own, not of the module."""
    phase = 2 * np.pi * YEARS
    return 3.5 + 0.3 * np.cos(phase) + 0.002 * (drivers.f107_past - 100) + 0.15 * np.log(drivers.ap + 2)


EVERY = np.ones(N, bool)


def test_expects_what_was_put_in_and_measures_the_scatter(drivers, terms):
    noise = np.random.default_rng(2).normal(0, 0.3, N)
    found = past_regression(course(drivers) + noise, DAYS, terms, EVERY)
    later = slice(4 * 365, N)
    error = (found.expected - course(drivers))[later]
    assert np.sqrt(np.mean(error**2)) < 0.3 * np.sqrt(terms.shape[1] / (4 * 365)) * 1.2  # what so many terms cost
    assert np.median(found.scatter[later]) == pytest.approx(0.3, rel=0.05)


def test_equals_least_squares_on_the_days_before_where_noise_is_clean(drivers, terms):
    values = course(drivers) + np.random.default_rng(3).normal(0, 0.02, N)
    found = past_regression(values, DAYS, terms, EVERY, prior_values=1e-6)
    start = int(np.flatnonzero(np.datetime64("2004-07-01") == DAYS)[0])
    known = np.isfinite(terms).all(axis=1) & (np.arange(N) < start)
    solution = np.linalg.lstsq(terms[known], values[known], rcond=None)[0]
    month = slice(start, start + 31)
    assert found.expected[month] == pytest.approx(terms[month] @ solution, abs=0.02 / 10)  # a tenth of the noise


def test_knows_nothing_of_the_future(drivers, terms):
    values = course(drivers) + np.random.default_rng(4).normal(0, 0.3, N)
    cut = int(np.flatnonzero(np.datetime64("2001-03-15") == DAYS)[0])
    changed = values.copy()
    changed[cut:] = 99.0
    before, after = (past_regression(part, DAYS, terms, EVERY) for part in (values, changed))
    month_end = int(np.flatnonzero(np.datetime64("2001-04-01") == DAYS)[0])
    for name in ("expected", "scatter"):
        np.testing.assert_array_equal(getattr(before, name)[:month_end], getattr(after, name)[:month_end])
    assert not np.allclose(before.expected[month_end:], after.expected[month_end:])


def test_one_day_in_twenty_absurd_moves_it_little(drivers, terms):
    rng = np.random.default_rng(5)
    values = course(drivers) + rng.normal(0, 0.3, N)
    values[rng.random(N) < 0.05] += 6.0
    found = past_regression(values, DAYS, terms, EVERY)
    assert abs(np.nanmean((found.expected - course(drivers))[4 * 365 :])) < 0.06  # plain least squares: 0.3


def test_marks_gaussian_noise_as_often_as_the_normal_distribution_says(drivers):
    rng = np.random.default_rng(6)
    z = np.concatenate(
        [log_range_residual(np.exp(rng.normal(3, 0.3, N)), DAYS, drivers, EVERY)[3 * 365 :] for _ in range(8)]
    )
    assert np.mean(np.abs(z) >= 2) == pytest.approx(2 * norm.sf(2), abs=0.008)


def test_gives_nothing_in_the_lead_in_on_disturbed_days_and_without_drivers(drivers):
    quiet = np.random.default_rng(7).random(N) < 0.6
    blind = Drivers(drivers.f107, drivers.f107_past, np.where(YEARS > 8, np.nan, drivers.ap), drivers.ap_before)
    z = log_range_residual(np.exp(np.random.default_rng(8).normal(3, 0.3, N)), DAYS, blind, quiet)
    assert np.isnan(z[:365]).all()
    assert np.isnan(z[~quiet]).all()
    assert np.isnan(z[YEARS > 8]).all()
    assert np.isfinite(z[quiet & (YEARS > 2) & (YEARS < 8)]).all()


def test_too_few_days_give_no_residual_at_all(drivers):
    values = np.full(N, np.nan)
    values[:100] = 50.0
    assert np.isnan(log_range_residual(values, DAYS, drivers, EVERY)).all()


def test_mean_of_the_past_leaves_the_day_out():
    values = np.array([1.0, 2.0, np.nan, 4.0, 100.0])
    np.testing.assert_allclose(past_mean(values, 2), [np.nan, 1.0, 1.5, 2.0, 4.0])
