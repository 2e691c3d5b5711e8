"""How large an effect the study would have found, and how often its detector marks pure noise."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from soap.science.association import Catalogue, Network
from soap.science.epoch_test import superpose_all
from soap.science.significance import surrogate_p
from soap.science.superpose import SuperposedEpoch
from soap.science.surrogate import circular_shift, random_times
from soap.services.study.residuals import DailyValues, Indices, background
from soap.services.study.spec import SuperposedEpoch as Study

LEVEL = 0.05
"""Nominal level of the test in the power curve."""
WANTED_POWER = 0.8
"""Power at which an effect counts as detectable."""
_NOISE_SAMPLES = 100_000


def power_curves(network: Network, catalogue: Catalogue, plan: SuperposedEpoch, study: Study) -> list[dict[str, Any]]:
    """Power of the primary test for each share of events that carries the signal, and each size.

    Signals are put into null catalogues (`random_times`, whole clusters), not into the observed one: their spread is
    chance's own. A signal of `size` sigma on every station-day of the window raises the value of an event that
    carries it by `size`, hence the statistic by size times the share of carriers among the events with a value;
    significance is judged against `circular_shift`.
    """
    chance = superpose_all(network, circular_shift(catalogue, network, study.test.n_surrogates, study.seed), plan)
    null = superpose_all(network, random_times(catalogue, network, study.power.n_catalogues, study.seed + 1), plan)
    known = np.isfinite(null.window_mean)
    base, used = null.window_mean[known], null.n_used[known]
    rng = np.random.default_rng(study.seed)
    curves = []
    for share in study.power.shares:
        carriers = round(share * len(catalogue))
        carried = rng.hypergeometric(carriers, len(catalogue) - carriers, used) / used
        points = [{"size_sigma": size, "power": _found(base + size * carried, chance.window_mean)}
                  for size in study.power.sizes_sigma]
        curves.append({"share_of_events": share, "points": points, "smallest_detectable_sigma": smallest(points)})
    return curves


def _found(statistics: np.ndarray, chance: np.ndarray) -> float:
    return float(np.mean([surrogate_p(float(statistic), chance) <= LEVEL for statistic in statistics]))


def smallest(points: Sequence[dict[str, float]]) -> float | None:
    """Size [sigma] at which the power reaches `WANTED_POWER`, between the points by a straight line; None: beyond."""
    for before, after in pairwise(points):
        if before["power"] < WANTED_POWER <= after["power"]:
            step = (WANTED_POWER - before["power"]) / (after["power"] - before["power"])
            return before["size_sigma"] + step * (after["size_sigma"] - before["size_sigma"])
    return points[0]["size_sigma"] if points and points[0]["power"] >= WANTED_POWER else None


def null_rate(study: Study, daily: DailyValues, indices: Indices, calm: np.ndarray) -> dict[str, Any]:
    """Share of white-noise days that the detector marks, by the study's own background on its own calm days.

    Gaussian noise takes the place of the logarithm at one station after the other until 100,000 residuals are made.
    """
    rng, marked, total = np.random.default_rng(study.seed), 0, 0
    for station in range(200 * len(daily.codes)):
        at = station % len(daily.codes)
        noise = rng.standard_normal(len(daily.days))
        found = background(study, noise, daily.days, float(daily.longitude[at]), indices, calm[at])
        with np.errstate(invalid="ignore", divide="ignore"):
            z = ((noise - found.expected) / found.scatter)[calm[at]]
        z = z[np.isfinite(z)]
        marked, total = marked + int(np.sum(np.abs(z) >= study.test.threshold_sigma)), total + len(z)
        if total >= _NOISE_SAMPLES:
            break
    return {"value": marked / total if total else None, "n": total,
            "rule": f"|z| ≥ {study.test.threshold_sigma:g} on a station-day of Gaussian white noise"}
