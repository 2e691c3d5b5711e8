"""From daily values to residuals: what is left of each station's day after all that is known to drive it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadParameter
from soap.science.anomaly import sigma_band
from soap.science.association import Network
from soap.science.background import Expected, log_positive, past_regression, seasonal_activity_terms
from soap.services.study.activity import Index, drivers, local_days
from soap.services.study.spec import RunningBackground, SuperposedEpoch


@dataclass(frozen=True)
class DailyValues:
    """One value a station and local-time day, for several variables.

    `codes`, `latitude`, `longitude` (station); `days` `datetime64[D]` (day); `values` variable → (station, day), NaN
    where there is none; `units` variable → unit.
    """

    codes: tuple[str, ...]
    latitude: np.ndarray
    longitude: np.ndarray
    days: np.ndarray
    values: Mapping[str, np.ndarray]
    units: Mapping[str, str]
    simulated: bool = False


@dataclass(frozen=True)
class Indices:
    """Space weather that the study needs; `ap` and `f107` only with the regression, `rc` only when it vetoes."""

    kp: Index
    ap: Index | None = None
    f107: Index | None = None
    rc: Index | None = None


@dataclass(frozen=True)
class Residuals:
    """Residuals of one variable in units of their past scatter, (station, day); NaN on vetoed days and gaps.

    `scatter` (station): median scatter of the logarithm, so that s sigma mean a factor exp(s × scatter) of the value;
    `explained` (station): share of the variance of the logarithm that the background explains, ahead of time;
    `vetoed` (station): share of the days with values that the storm veto takes out.
    """

    values: np.ndarray
    scatter: np.ndarray
    explained: np.ndarray
    vetoed: np.ndarray


def calm_days(study: SuperposedEpoch, daily: DailyValues, indices: Indices) -> np.ndarray:
    """True on the local days of each station that no storm vetoes, bool (station, day); unknown activity vetoes."""
    calm = np.zeros((len(daily.codes), len(daily.days)), bool)
    asked = study.controls
    for station, longitude in enumerate(daily.longitude):
        calm[station] = local_days(
            indices.kp, daily.days, float(longitude), asked.max_kp, indices.rc, asked.min_rc
        ).calm
    return calm


def residuals(
    study: SuperposedEpoch, daily: DailyValues, variable: str, indices: Indices, calm: np.ndarray
) -> Residuals:
    """Residuals of `variable` on the `calm` days (station, day), by the background that the study declares."""
    logarithm = log_positive(daily.values[variable])
    expected, scatter = np.full_like(logarithm, np.nan), np.full_like(logarithm, np.nan)
    for station, longitude in enumerate(daily.longitude):
        found = background(study, logarithm[station], daily.days, float(longitude), indices, calm[station])
        expected[station], scatter[station] = found.expected, found.scatter
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(calm & (scatter > 0), (logarithm - expected) / scatter, np.nan)
    known = np.isfinite(values)
    kept = known.sum(axis=1) >= study.stations.min_days
    values[~kept] = np.nan
    return Residuals(
        values,
        _median(np.where(known, scatter, np.nan)),
        _explained(logarithm, expected, known),
        _share(~calm & np.isfinite(logarithm), np.isfinite(logarithm)),
    )


def network(daily: DailyValues, found: Residuals) -> Network:
    """The residuals as superposed epoch analysis takes them, on local days."""
    return Network(found.values, daily.latitude, daily.longitude, local_days=True)


def background(
    study: SuperposedEpoch, values: np.ndarray, days: np.ndarray, longitude: float, indices: Indices, calm: np.ndarray
) -> Expected:
    """What the study's background expects of each day at a station; `values`, `calm` of shape (day,)."""
    asked = study.background
    if isinstance(asked, RunningBackground):
        return running_background(np.where(calm, values, np.nan), asked.window_days)
    if indices.ap is None or indices.f107 is None:
        raise BadParameter("A background by past regression needs the indices ap and f107.")
    drove = drivers(indices.ap, indices.f107, days, longitude, asked.flux_mean_days)
    terms = seasonal_activity_terms(days, drove, asked.harmonics, asked.flux_harmonics)
    return past_regression(values, days, terms, calm, asked.lead_in_days, asked.lead_in_values, asked.prior_values)


def running_background(values: np.ndarray, window_days: int) -> Expected:
    """Mean and standard deviation of the `window_days` days before each day, (day,), as `sigma_band` takes them."""
    band = sigma_band(values, window_days, 1.0)
    return Expected(band.centre, band.upper - band.centre)


def _median(rows: np.ndarray) -> np.ndarray:
    return np.array([np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else np.nan for row in rows])


def _explained(logarithm: np.ndarray, expected: np.ndarray, known: np.ndarray) -> np.ndarray:
    """1 - variance of (observed - expected) / variance of observed, row by row."""
    shares = []
    for observed, predicted, here in zip(logarithm, expected, known, strict=True):
        enough = here.sum() >= 30
        shares.append(1 - np.var((observed - predicted)[here]) / np.var(observed[here]) if enough else np.nan)
    return np.array(shares)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return part.sum(axis=1) / whole.sum(axis=1)
