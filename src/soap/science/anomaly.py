"""Anomalies: how far a value lies outside what the days before it would expect.

All detectors here compare a value with the same time of day on the `window_days` days before it, never with a later
day. They return the signed distance outside their band: 0 inside it, positive above, negative below, in the unit of the
values; NaN on a gap, and where fewer than half of the background days have a value (never fewer than 3). The band is
wide or narrow by convention, not by probability: each detector's `null_rate` says how often it marks mere noise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from soap.core.errors import BadParameter
from soap.science.method import Method, NullRate, Parameters

VALUES_PER_BLOCK = 4_000_000
"""Background values held at a time, so that minute data of years needs no more than tens of megabytes."""


class QuartileBand(Parameters):
    """Band of `factor` times the distance from the median to each quartile."""

    window_days: int = Field(default=15, ge=5, le=60, description="Preceding days that form the background.")
    factor: float = Field(default=1.5, gt=0, le=10, description="Half-width in median-to-quartile distances.")


class InterquartileBand(Parameters):
    """Band of `factor` times the whole interquartile range on both sides of the median."""

    window_days: int = Field(default=15, ge=5, le=60, description="Preceding days that form the background.")
    factor: float = Field(default=1.5, gt=0, le=10, description="Half-width in interquartile ranges.")


class SigmaBand(Parameters):
    """Band of `factor` standard deviations on both sides of the mean."""

    window_days: int = Field(default=15, ge=5, le=60, description="Preceding days that form the background.")
    factor: float = Field(default=2.0, gt=0, le=10, description="Half-width in standard deviations (ddof 1).")


@dataclass(frozen=True)
class Band:
    """Lower edge, centre, upper edge, of the shape and unit of the values; NaN where the background is too thin."""

    lower: np.ndarray
    centre: np.ndarray
    upper: np.ndarray

    def outside(self, values) -> np.ndarray:
        """Signed distance of `values` outside the band: 0 inside, NaN where either is unknown."""
        values = np.asarray(values, dtype=float)
        return np.where(np.isnan(self.centre), np.nan, values - np.clip(values, self.lower, self.upper))


def quartile_band(values, window_days: int = 15, factor: float = 1.5) -> Band:
    """M - k (M - L) to M + k (U - M), with median M and quartiles L, U (linear interpolation) of the preceding days."""

    def edges(past: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        low, middle, high = _quartiles(past, n)
        return middle - factor * (middle - low), middle, middle + factor * (high - middle)

    return _band(values, window_days, edges)


def interquartile_band(values, window_days: int = 15, factor: float = 1.5) -> Band:
    """M - k (U - L) to M + k (U - L), with median M and quartiles L, U (linear interpolation) of the preceding days."""

    def edges(past: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        low, middle, high = _quartiles(past, n)
        return middle - factor * (high - low), middle, middle + factor * (high - low)

    return _band(values, window_days, edges)


def sigma_band(values, window_days: int = 15, factor: float = 2.0) -> Band:
    """m - k s to m + k s, with mean m and standard deviation s (ddof 1) of the preceding days."""

    def edges(past: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        known = np.isfinite(past)
        mean = np.where(known, past, 0.0).sum(axis=-1) / np.maximum(n, 1)
        square = np.where(known, (past - mean[..., None]) ** 2, 0.0).sum(axis=-1)
        sigma = np.sqrt(square / np.maximum(n - 1, 1))
        return mean - factor * sigma, mean, mean + factor * sigma

    return _band(values, window_days, edges)


def quartile_liu_2004(values, window_days: int = 15, factor: float = 1.5) -> np.ndarray:
    """Distance outside the quartile band; `values` (day,) or (day, time_of_day), any unit; result alike.

    J. Y. Liu et al., Ann. Geophys. 22, 1585-1593, 2004, doi:10.5194/angeo-22-1585-2004.
    """
    return quartile_band(values, window_days, factor).outside(values)


def interquartile_akhoondzadeh_2010(values, window_days: int = 15, factor: float = 1.5) -> np.ndarray:
    """Distance outside median +- k interquartile ranges; `values` (day,) or (day, time_of_day); result alike.

    M. Akhoondzadeh et al., Nat. Hazards Earth Syst. Sci. 10, 7-18, 2010, doi:10.5194/nhess-10-7-2010 (there over the
    whole period shown; here, causal, over the preceding days).
    """
    return interquartile_band(values, window_days, factor).outside(values)


def sigma_kon_2011(values, window_days: int = 15, factor: float = 2.0) -> np.ndarray:
    """Distance outside mean +- k standard deviations; `values` (day,) or (day, time_of_day); result alike.

    S. Kon, M. Nishihashi, K. Hattori, J. Asian Earth Sci. 41, 410-420, 2011, doi:10.1016/j.jseaes.2010.10.005.
    """
    return sigma_band(values, window_days, factor).outside(values)


def z_score(values, window_days: int = 15) -> np.ndarray:
    """(value - mean) / standard deviation (ddof 1) of the preceding days; NaN where that deviation is 0 or unknown."""
    band = sigma_band(values, window_days, 1.0)
    sigma = band.upper - band.centre
    return (np.asarray(values, dtype=float) - band.centre) / np.where(sigma > 0, sigma, np.nan)


Edges = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]


def _band(values, window_days: int, edges: Edges) -> Band:
    """Apply `edges` (background (…, window), number known) to all days, in blocks of bounded size."""
    values = np.asarray(values, dtype=float)
    if values.ndim not in (1, 2) or window_days < 3:
        raise BadParameter(
            f"Values of shape {values.shape} with a background of {window_days} days; give (day,) or (day,"
            " time_of_day) and 3 days or more."
        )
    least = max(3, -(-window_days // 2))
    result = np.full((3, *values.shape), np.nan)
    days = max(1, VALUES_PER_BLOCK // max(1, window_days * values[:1].size))
    for low in range(window_days, len(values), days):
        high = min(low + days, len(values))
        past = np.lib.stride_tricks.sliding_window_view(values[low - window_days : high - 1], window_days, axis=0)
        n = np.isfinite(past).sum(axis=-1)
        result[:, low:high] = np.where(n >= least, np.stack(edges(past, n)), np.nan)
    return Band(*result)


def _quartiles(past: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Lower quartile, median and upper quartile along the last axis, of the `n` values that are not NaN (linear)."""
    ordered = np.sort(past, axis=-1)  # NaN last
    position = np.array([0.25, 0.5, 0.75]).reshape(3, *(1,) * n.ndim) * np.maximum(n - 1, 0)
    below = np.floor(position).astype(np.int64)
    fraction = position - below
    above = np.minimum(below + 1, np.maximum(n - 1, 0))
    low, high = (np.take_along_axis(ordered[None], index[..., None], axis=-1)[..., 0] for index in (below, above))
    return low + (high - low) * fraction


def noise_exceedance(
    run: Callable[..., np.ndarray],
    parameters: Parameters,
    *,
    n: int = 100_000,
    seed: int = 0,
    days: int = 1,
    day_correlation: float = 0.0,
    window_days: int | None = None,
) -> NullRate:
    """Share of `n` independent samples of Gaussian noise in which `run` marks at least one of `days` successive days.

    White noise, or, with `day_correlation`, noise of that correlation from day to day (first order autoregressive,
    stationary). The samples go through `run` itself, as the values of `n` times of day.
    """
    if not (n >= 1 and days >= 1 and -1 < day_correlation < 1):
        raise BadParameter(
            f"n = {n}, days = {days}, day_correlation = {day_correlation}; give n and days of"
            " 1 or more, a correlation between -1 and 1."
        )
    chosen = parameters.model_dump()
    past = window_days or chosen["window_days"]
    rng = np.random.default_rng(seed)
    marked, block = 0, 20_000
    for low in range(0, n, block):
        noise = rng.standard_normal((past + days, min(block, n - low)))
        for day in range(1, len(noise) if day_correlation else 0):
            noise[day] = day_correlation * noise[day - 1] + np.sqrt(1 - day_correlation**2) * noise[day]
        marked += int(np.count_nonzero((run(noise, **chosen)[past:] != 0).any(axis=0)))
    name = f"Gaussian, AR(1) {day_correlation:g} from day to day" if day_correlation else "Gaussian, white"
    return NullRate(marked / n, n, name if days == 1 else f"{name}; at least one of {days} days", seed)


def _declared(name: str, title: str, parameters: type[Parameters], run: Callable, reference: str) -> Method:
    return Method(
        name,
        title=title,
        takes="series",
        gives="series",
        parameters=parameters,
        run=run,
        reference=reference,
        lead_in=lambda chosen: np.timedelta64(chosen.window_days, "D"),
        null_rate=lambda chosen, n, seed: noise_exceedance(run, chosen, n=n, seed=seed),
    )


METHODS = (
    _declared(
        "anomaly_quartile_liu_2004",
        "Outside the quartile band of the preceding days",
        QuartileBand,
        quartile_liu_2004,
        "10.5194/angeo-22-1585-2004",
    ),
    _declared(
        "anomaly_interquartile_akhoondzadeh_2010",
        "Outside median ± k interquartile ranges of the preceding days",
        InterquartileBand,
        interquartile_akhoondzadeh_2010,
        "10.5194/nhess-10-7-2010",
    ),
    _declared(
        "anomaly_sigma_kon_2011",
        "Outside mean ± k standard deviations of the preceding days",
        SigmaBand,
        sigma_kon_2011,
        "10.1016/j.jseaes.2010.10.005",
    ),
)
