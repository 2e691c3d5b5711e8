"""What stands beside an answer: intervals, days after the event, days without one, and the test that fools itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from soap.science.association import Association, Catalogue, Network, associate
from soap.science.epoch_test import compare, superpose_all
from soap.science.superpose import Arrangements, SuperposedEpoch, superpose
from soap.science.surrogate import circular_shift, pair_permutation_negative_control, pairs_as_events

_RESAMPLES = 2000
_BLOCK_WINDOWS = 6
LEAST_CLUSTERS = 5
"""Fewest clusters (or blocks) from which an interval is drawn."""


def event_values(network: Network, catalogue: Catalogue, days: tuple[int, int]) -> np.ndarray:
    """Mean residual of each event over its stations and the `days` around it; NaN where there is no value, (event)."""
    association = associate(catalogue, network)
    event = np.repeat(np.arange(len(catalogue)), association.stations_per_event)
    column = (catalogue.day[event] + association.day_offset)[:, None] + np.arange(days[0], days[1] + 1)
    inside = (column >= 0) & (column < network.n_days)
    cells = network.values[association.station[:, None], np.clip(column, 0, network.n_days - 1)]
    known = inside & np.isfinite(cells)
    total = np.bincount(event, np.where(known, cells, 0.0).sum(axis=1), minlength=len(catalogue))
    count = np.bincount(event, known.sum(axis=1), minlength=len(catalogue))
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def effect(values: np.ndarray, cluster: np.ndarray, seed: int) -> dict[str, Any]:
    """Mean of the known event `values` and its 95 % interval, whole clusters resampled (percentile bootstrap).

    No interval below `LEAST_CLUSTERS`. B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
    """
    known = np.isfinite(values)
    if not known.any():
        return {"mean": None, "low": None, "high": None, "n_events": 0}
    labels, inverse = np.unique(cluster[known], return_inverse=True)
    total, count = np.bincount(inverse, values[known]), np.bincount(inverse)
    if len(labels) < LEAST_CLUSTERS:
        return {"mean": values[known].mean(), "low": None, "high": None, "n_events": int(known.sum())}
    drawn = np.random.default_rng(seed).integers(0, len(labels), (_RESAMPLES, len(labels)))
    low, high = np.percentile(total[drawn].sum(axis=1) / count[drawn].sum(axis=1), [2.5, 97.5])
    return {"mean": values[known].mean(), "low": low, "high": high, "n_events": int(known.sum())}


def clear_days(network: Network, catalogue: Catalogue, before_days: int, after_days: int) -> np.ndarray:
    """True on the station-days with no earthquake of `catalogue` near, bool (station, day).

    Near: in a zone that holds the station, at most `before_days` before that day or `after_days` after it.
    """
    association = associate(catalogue, network)
    event = np.repeat(np.arange(len(catalogue)), association.stations_per_event)
    day = catalogue.day[event] + association.day_offset
    change = np.zeros((len(network.values), network.n_days + 1), int)
    np.add.at(change, (association.station, np.clip(day - after_days, 0, network.n_days)), 1)
    np.add.at(change, (association.station, np.clip(day + before_days + 1, 0, network.n_days)), -1)
    return np.cumsum(change, axis=1)[:, :-1] == 0


def no_event(network: Network, clear: np.ndarray, n_days: int, threshold: float, seed: int) -> dict[str, Any]:
    """The same mean over windows of `n_days` without an earthquake: network means of clear days, blocks resampled."""
    values = np.where(clear, network.values, np.nan)
    n_windows = network.n_days // n_days
    cut = values[:, : n_windows * n_days].reshape(len(values), n_windows, n_days)
    known = np.isfinite(cut)
    count = known.sum(axis=(0, 2))
    means = (np.where(known, cut, 0.0).sum(axis=(0, 2)) / np.maximum(count, 1))[count > 0]
    found = effect(means, np.arange(len(means)) // _BLOCK_WINDOWS, seed)
    cells = values[np.isfinite(values)]
    share = float(np.mean(np.abs(cells) >= threshold)) if len(cells) else None
    return {
        "mean": found["mean"],
        "low": found["low"],
        "high": found["high"],
        "n_windows": len(means),
        "n_station_days": len(cells),
        "share_marked": share,
    }


def pair_contrast(network: Network, catalogue: Catalogue, plan: SuperposedEpoch, n: int, seed: int) -> dict[str, Any]:
    """The negative control, NOT a valid test: every pair moved on its own, as if pairs were independent."""
    association = associate(catalogue, network)
    pairs: Association = pairs_as_events(association)
    day = np.repeat(catalogue.day, association.stations_per_event)[:, None]
    truth = superpose(network, Arrangements.of_days(day, pairs), plan, threads=1)
    chance = superpose_all(network, pair_permutation_negative_control(catalogue, network, n, seed), plan)
    test = compare(truth, chance, plan, "pair_permutation")
    return {
        "valid": False,
        "statistic": test.statistic,
        "p_value": test.p_value,
        "max_z": test.max_z,
        "p_value_max_z": test.p_value_max_z,
        "n": test.n_surrogates,
        "spread": float(np.nanstd(chance.window_mean)),
        "n_pairs": association.n_pairs,
    }


def marked(
    network: Network, catalogue: Catalogue, plan: SuperposedEpoch, threshold: float, n: int, seed: int
) -> dict[str, Any]:
    """How many station-days before the events the detector |z| >= `threshold` marks, and how many chance would.

    `share` is the mean over the events of the share of their station-days that is marked; `chance_low`, `chance_high`
    hold 95 % of what the catalogue gives when it is shifted in time as a whole.
    """
    flags = np.where(np.isfinite(network.values), np.abs(network.values) >= threshold, np.nan)
    flagged = Network(flags, network.latitude, network.longitude, network.local_days)
    chance = superpose_all(flagged, circular_shift(catalogue, network, n, seed), plan).window_mean
    chance = chance[np.isfinite(chance)]
    low, high = np.percentile(chance, [2.5, 97.5]) if len(chance) else (np.nan, np.nan)
    values = _cells(flagged, catalogue, (plan.window_first, plan.window_last))
    share = event_values(flagged, catalogue, (plan.window_first, plan.window_last))
    known = share[np.isfinite(share)]
    return {
        "n_station_days": len(values),
        "n_marked": int(values.sum()),
        "share": known.mean() if len(known) else None,
        "chance_mean": chance.mean() if len(chance) else None,
        "chance_low": low,
        "chance_high": high,
    }


def _cells(network: Network, catalogue: Catalogue, days: tuple[int, int]) -> np.ndarray:
    """Values of all station-days around the events, each once."""
    association = associate(catalogue, network)
    event = np.repeat(np.arange(len(catalogue)), association.stations_per_event)
    column = (catalogue.day[event] + association.day_offset)[:, None] + np.arange(days[0], days[1] + 1)
    inside = (column >= 0) & (column < network.n_days)
    station = np.broadcast_to(association.station[:, None], column.shape)
    values = network.values[tuple(np.unique(np.stack([station[inside], column[inside]]), axis=1))]
    return values[np.isfinite(values)]
