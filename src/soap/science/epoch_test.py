"""Superposed epoch analysis against surrogates: how often does chance do as much?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadParameter
from soap.science.association import Catalogue, Network
from soap.science.significance import Alternative, surrogate_p
from soap.science.superpose import Arrangements, Superposed, SuperposedEpoch, observed, superpose
from soap.science.surrogate import SURROGATES, why_not_applicable


@dataclass(frozen=True)
class EpochTest:
    """What one kind of surrogate says.

    `statistic`: mean residual in the window (primary), `p_value` its probability under the surrogates; `max_z`,
    `lag_of_max_z`, `p_value_max_z`: the secondary, largest |z| over the lags before the event. `expected`, `spread`,
    `low`, `high` (lag): mean, standard deviation, 2.5 and 97.5 percentiles of the surrogates' profiles; `z` (lag) the
    observed profile standardised with them. `n_surrogates` with a value; `n_used_expected` events per surrogate, on
    average.
    """

    surrogate: str
    n_surrogates: int
    statistic: float
    p_value: float
    max_z: float
    lag_of_max_z: int
    p_value_max_z: float
    z: np.ndarray
    expected: np.ndarray
    spread: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n_used_expected: float


def superpose_all(
    network: Network, batches: Iterable[Arrangements], plan: SuperposedEpoch, *, threads: int | None = None
) -> Superposed:
    """Superposed epoch analysis of all batches, one after the other."""
    parts = [superpose(network, batch, plan, threads=threads) for batch in batches]
    return Superposed(*(np.concatenate([getattr(part, name) for part in parts]) for name in Superposed.__annotations__))


def epoch_test(
    network: Network,
    catalogue: Catalogue,
    plan: SuperposedEpoch,
    surrogate: str = "circular_shift",
    *,
    n: int = 1000,
    seed: int,
    alternative: Alternative = "two-sided",
    threads: int | None = None,
) -> EpochTest:
    """Test the observed catalogue against `n` surrogates of one kind (a name in `surrogate.SURROGATES`).

    Raises `BadParameter` for an unknown kind, one that does not apply to this catalogue (see
    `surrogate.why_not_applicable`), or when no event has data.
    """
    if surrogate not in SURROGATES:
        raise BadParameter(f"There is no surrogate {surrogate!r}; there are: {', '.join(SURROGATES)}.")
    if reason := why_not_applicable(surrogate, catalogue):
        raise BadParameter(reason)
    truth = superpose(network, observed(catalogue, network), plan, threads=1)
    chance = superpose_all(network, SURROGATES[surrogate](catalogue, network, n, seed), plan, threads=threads)
    return compare(truth, chance, plan, surrogate, alternative)


def compare(
    truth: Superposed, chance: Superposed, plan: SuperposedEpoch, name: str, alternative: Alternative = "two-sided"
) -> EpochTest:
    """The observed analysis beside those of the surrogates."""
    profiles = np.vstack([truth.mean, chance.mean])
    expected, spread = _moments(profiles)
    z = (profiles - expected) / np.where(spread > 0, spread, np.nan)
    before = plan.lags < 0
    largest = _largest(z[:, before])
    if not np.isfinite(largest[0]):
        raise BadParameter("No event has data on any day before it; choose a period or stations with data.")
    known = np.isfinite(chance.window_mean)
    low, high = _percentiles(chance.mean, (2.5, 97.5))
    return EpochTest(
        surrogate=name,
        n_surrogates=int(known.sum()),
        statistic=float(truth.window_mean[0]),
        p_value=surrogate_p(float(truth.window_mean[0]), chance.window_mean, alternative),
        max_z=float(largest[0]),
        lag_of_max_z=int(plan.lags[before][np.nanargmax(np.abs(z[0, before]))]),
        p_value_max_z=surrogate_p(float(largest[0]), largest[1:], "greater"),
        z=z[0],
        expected=expected,
        spread=spread,
        low=low,
        high=high,
        n_used_expected=float(chance.n_used[known].mean()),
    )


def _moments(profiles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation per lag, the observed profile among the others: so all are treated alike."""
    known = np.isfinite(profiles)
    n = known.sum(axis=0)
    safe = np.maximum(n, 1)
    mean = np.where(known, profiles, 0.0).sum(axis=0) / safe
    variance = np.where(known, (profiles - mean) ** 2, 0.0).sum(axis=0) / np.maximum(n - 1, 1)
    return np.where(n > 0, mean, np.nan), np.where(n > 1, np.sqrt(variance), np.nan)


def _largest(z: np.ndarray) -> np.ndarray:
    """Largest |z| of each row; NaN where the row has none."""
    size = np.where(np.isfinite(z), np.abs(z), -1.0).max(axis=1)
    return np.where(size >= 0, size, np.nan)


def _percentiles(profiles: np.ndarray, percent: tuple[float, float]) -> np.ndarray:
    """Percentiles of the known values of each column; NaN where there are none."""
    result = np.full((len(percent), profiles.shape[1]), np.nan)
    for lag, column in enumerate(profiles.T):
        known = column[np.isfinite(column)]
        if known.size:
            result[:, lag] = np.percentile(known, percent)
    return result


def worst(tests: Iterable[EpochTest]) -> float:
    """The largest p-value of the primary statistic among the surrogates used."""
    return max(test.p_value for test in tests)
