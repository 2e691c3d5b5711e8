"""What a day is expected to bring: a regression on season, solar flux and activity that knows only the past.

The daily range of the geomagnetic field is mostly the solar quiet (Sq) current system: it follows the season, grows
with the solar extreme ultraviolet (F10.7 stands for it) and is disturbed by storms (S. Chapman and J. Bartels,
Geomagnetism, Oxford, 1940; Y. Yamazaki and A. Maute, Space Sci. Rev. 206, 299, 2017, doi:10.1007/s11214-016-0282-z).
What is left after these is the part in which anything else could be looked for.

The coefficients of a day are fitted on earlier days alone (detrending with later data can make a precursor out of an
earthquake's own effect: Eisenbeis and Occhipinti 2021, doi:10.1029/2020JA028733). Each calendar month is predicted
from all months before it, then joins the fit with the Huber weights (P. J. Huber, Ann. Math. Statist. 35, 73, 1964,
doi:10.1214/aoms/1177703732) that its days have earned against that prediction.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import Field

from soap.science.method import Method, Parameters

HUBER = 1.345
"""Tuning constant that keeps 95 % efficiency on Gaussian noise (Huber 1964)."""
MAD_TO_SIGMA = 1.4826
_REFERENCE_F107_SFU, _F107_SCALE_SFU, _REFERENCE_AP_NT = 120.0, 50.0, 8.0
_SCATTER_DAYS = 1000
_LEAD_IN_ITERATIONS = 10


class PastRegression(Parameters):
    """Parameters of `past_regression`; see there."""

    harmonics: int = Field(4, ge=1, le=8, description="Harmonics of the year in the seasonal course.")
    flux_harmonics: int = Field(1, ge=0, le=4, description="Harmonics of the year that grow with F10.7.")
    lead_in_days: int = Field(365, ge=30, le=3650, description="Days after the first value before any is predicted.")
    lead_in_values: int = Field(180, ge=30, le=3650, description="Values that the first fit needs at least.")
    prior_values: float = Field(10.0, gt=0, le=1000, description="Weight, in values, of the prior 'no effect'.")


@dataclass(frozen=True)
class Expected:
    """A background: `expected` value and expected `scatter` (one standard deviation) of each day, both (day,)."""

    expected: np.ndarray
    scatter: np.ndarray


def season_phase(days: np.ndarray) -> np.ndarray:
    """Phase of the year of each day (`datetime64[D]`), 0 at 1 January to 2π [rad], same shape."""
    days = np.asarray(days, "datetime64[D]")
    return 2 * np.pi * (days - days.astype("datetime64[Y]")).astype(int) / 365.25


def past_mean(values: np.ndarray, window_days: int) -> np.ndarray:
    """Mean of the `window_days` days before each day, that day excluded; NaN where fewer than half are known.

    `values` is one number a day, shape (day,), NaN a gap; the result has the same shape and unit.
    """
    known = np.isfinite(values)
    total = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    count = np.concatenate([[0], np.cumsum(known)])
    stop = np.arange(len(values))
    start = np.maximum(stop - window_days, 0)
    n = count[stop] - count[start]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(2 * n >= window_days, (total[stop] - total[start]) / n, np.nan)


@dataclass(frozen=True)
class Drivers:
    """What drives the daily range from outside, on each day, all (day,).

    `f107` of the day and `f107_past`, its mean over the preceding solar rotations [sfu]; `ap`, mean of the day, and
    `ap_before`, of the 24 h before it [nT]. NaN where unknown.
    """

    f107: np.ndarray
    f107_past: np.ndarray
    ap: np.ndarray
    ap_before: np.ndarray


def seasonal_activity_terms(
    days: np.ndarray, drivers: Drivers, harmonics: int = 4, flux_harmonics: int = 1
) -> np.ndarray:
    """Regressors of a daily logarithmic range: season, season × past F10.7, F10.7 and ap of the day, ap before it.

    `days` is `datetime64[D]`, shape (day,). The result has shape (day, term), is dimensionless and of order one, NaN
    where a driver is unknown; the first term is 1. ap enters as log((ap + 2 nT) / 10 nT), so that a storm ten times
    larger does not count ten times, and its effect may change with the season.
    """
    phase = season_phase(days)
    waves = [wave(k * phase) for k in range(1, harmonics + 1) for wave in (np.cos, np.sin)]
    flux = (drivers.f107_past - _REFERENCE_F107_SFU) / _F107_SCALE_SFU
    grown = [flux, *(flux * wave for wave in waves[: 2 * flux_harmonics])]
    own_flux = (drivers.f107 - drivers.f107_past) / _F107_SCALE_SFU
    activity, before = (np.log((ap + 2.0) / (_REFERENCE_AP_NT + 2.0)) for ap in (drivers.ap, drivers.ap_before))
    terms = [np.ones(len(phase)), *waves, *grown, own_flux, activity, before]
    return np.stack([*terms, activity * np.cos(phase), activity * np.sin(phase)], axis=1)


def past_regression(
    values: np.ndarray,
    days: np.ndarray,
    terms: np.ndarray,
    fit: np.ndarray,
    lead_in_days: int = 365,
    lead_in_values: int = 180,
    prior_values: float = 10.0,
) -> Expected:
    """The value of each day that a robust regression on all earlier months expects, and its scatter.

    Parameters
    ----------
    values : shape (day,); NaN is a gap. Any unit; the logarithm of a range in `log_range_residual`.
    days : `datetime64[D]`, shape (day,), rising.
    terms : shape (day, term), see `seasonal_activity_terms`; a day with a NaN term is neither fitted nor predicted.
    fit : bool, shape (day,); the days that may be fitted (quiet ones).
    lead_in_days, lead_in_values, prior_values : see `PastRegression`.

    Returns
    -------
    `Expected`; NaN in the lead-in and where a term is unknown. The scatter is 1.4826 times the median absolute
    deviation of the last 1,000 residuals before the month.
    """
    values, days = np.asarray(values, float), np.asarray(days, "datetime64[D]")
    known = np.isfinite(terms).all(axis=1)
    usable = np.flatnonzero(known & fit & np.isfinite(values))
    expected, scatter = np.full(len(values), np.nan), np.full(len(values), np.nan)
    if len(usable) < lead_in_values:
        return Expected(expected, scatter)
    ready = max(days[usable[0]] + lead_in_days, days[usable[lead_in_values - 1]] + 1)
    months = np.flatnonzero(np.diff(days.astype("datetime64[M]").astype(int), prepend=-(10**6)))
    starts = [int(start) for start in months if days[start] >= ready]
    if not starts:
        return Expected(expected, scatter)
    normal, residuals = _lead_in_fit(values, terms, usable[usable < starts[0]], prior_values)
    for start, stop in zip(starts, [*starts[1:], len(days)], strict=True):
        coefficients = normal.solve(prior_values)
        width = MAD_TO_SIGMA * float(np.median(np.abs(residuals[-_SCATTER_DAYS:])))
        month = np.arange(start, stop)[known[start:stop]]
        expected[month], scatter[month] = terms[month] @ coefficients, width
        month = usable[(usable >= start) & (usable < stop)]
        misfit = values[month] - expected[month]
        normal.add(terms[month], values[month], _huber_weights(misfit, width))
        residuals = np.concatenate([residuals, misfit])
    return Expected(expected, scatter)


class _NormalEquations:
    """Sums of a weighted least-squares fit that grows by months."""

    def __init__(self, n_terms: int):
        self.matrix, self.right = np.zeros((n_terms, n_terms)), np.zeros(n_terms)

    def add(self, terms: np.ndarray, values: np.ndarray, weights: np.ndarray) -> None:
        weighted = terms * weights[:, None]
        self.matrix += weighted.T @ terms
        self.right += weighted.T @ values

    def solve(self, prior_values: float) -> np.ndarray:
        """Coefficients, each but the constant held to 0 as if `prior_values` values had said so."""
        prior = np.full(len(self.right), prior_values)
        prior[0] = 0.0
        return np.linalg.solve(self.matrix + np.diag(prior), self.right)


def _huber_weights(misfit: np.ndarray, width: float) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.abs(misfit) > HUBER * width, HUBER * width / np.abs(misfit), 1.0)


def _lead_in_fit(values, terms, days, prior_values) -> tuple[_NormalEquations, np.ndarray]:
    """The first fit, iteratively reweighted; its normal equations and residuals."""
    weights = np.ones(len(days))
    for _ in range(_LEAD_IN_ITERATIONS):
        normal = _NormalEquations(terms.shape[1])
        normal.add(terms[days], values[days], weights)
        misfit = values[days] - terms[days] @ normal.solve(prior_values)
        weights = _huber_weights(misfit, MAD_TO_SIGMA * float(np.median(np.abs(misfit))))
    return normal, misfit


def log_range_residual(
    daily_range: np.ndarray,
    days: np.ndarray,
    drivers: Drivers,
    quiet: np.ndarray,
    harmonics: int = 4,
    flux_harmonics: int = 1,
    lead_in_days: int = 365,
    lead_in_values: int = 180,
    prior_values: float = 10.0,
) -> np.ndarray:
    """Logarithm of a daily range against its past regression, in units of the past scatter [1], shape (day,).

    `daily_range` is positive in any unit (NaN a gap; 0 or less counts as one); only `quiet` days (bool) are fitted,
    and only they get a residual. For the other arguments see `Drivers`, `past_regression` and `PastRegression`.
    """
    logarithm = log_positive(daily_range)
    terms = seasonal_activity_terms(days, drivers, harmonics, flux_harmonics)
    background = past_regression(logarithm, days, terms, quiet, lead_in_days, lead_in_values, prior_values)
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = (logarithm - background.expected) / background.scatter
    return np.where(quiet & np.isfinite(residual), residual, np.nan)


def log_positive(values: np.ndarray) -> np.ndarray:
    """Natural logarithm, NaN where the value is not positive or not known; same shape."""
    values = np.asarray(values, float)
    return np.log(np.where(values > 0, values, np.nan))


METHOD = Method(
    "background_huber_1964",
    "Log daily range against a past-only robust regression on season, F10.7 and ap",
    "series",
    "series",
    PastRegression,
    run=log_range_residual,
    lead_in=lambda parameters: np.timedelta64(parameters.lead_in_days, "D"),
    reference="10.1214/aoms/1177703732",
)
