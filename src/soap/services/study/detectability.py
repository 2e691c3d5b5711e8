"""How large an effect the study would have found, and how often its detector marks pure noise."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from soap.science.association import Catalogue, Network
from soap.science.power import PowerCurve, power_curve, smallest_detectable_sigma
from soap.science.superpose import SuperposedEpoch
from soap.services.study.residuals import DailyValues, Indices, background
from soap.services.study.spec import SuperposedEpoch as Study

LEVEL = 0.05
"""Nominal level of the test in the power curve."""
WANTED_POWER = 0.8
"""Power at which an effect counts as detectable."""
RULE = "|z| ≥ {threshold:g} on a station-day of Gaussian white noise"
"""What the null rate is the rate of."""
_NOISE_SAMPLES, _MOST_SERIES = 100_000, 20_000


def power_of_share(
    network: Network, catalogue: Catalogue, plan: SuperposedEpoch, study: Study, share: float
) -> dict[str, Any]:
    """Power of the primary test for each size when this share of the events carries the signal.

    See `soap.science.power`: signals are added to the series around shifted catalogues, never around the observed one.
    """
    asked = PowerCurve(
        catalogues=study.power.n_catalogues, references=study.power.n_references, level=LEVEL, event_share=share
    )
    curve = power_curve(
        network, catalogue, plan, sizes_sigma=study.power.sizes_sigma, parameters=asked, seed=study.seed
    )
    return {
        "share_of_events": share,
        "points": [asdict(point) for point in curve],
        "smallest_detectable_sigma": smallest_detectable_sigma(curve, WANTED_POWER),
    }


def null_rate(study: Study, daily: DailyValues, indices: Indices, calm: np.ndarray) -> dict[str, Any]:
    """Share of white-noise days that the detector marks, by the study's own background on its own calm days.

    Gaussian noise takes the place of the logarithm at one station after the other until 100,000 residuals are made.
    """
    rng, marked, total = np.random.default_rng(study.seed), 0, 0
    for station in range(_MOST_SERIES):
        at = station % len(daily.codes)
        noise = rng.standard_normal(len(daily.days))
        found = background(study, noise, daily.days, float(daily.longitude[at]), indices, calm[at])
        with np.errstate(invalid="ignore", divide="ignore"):
            z = ((noise - found.expected) / found.scatter)[calm[at]]
        z = z[np.isfinite(z)]
        marked, total = marked + int(np.sum(np.abs(z) >= study.test.threshold_sigma)), total + len(z)
        if total >= _NOISE_SAMPLES:
            break
    return {
        "value": marked / total if total else None,
        "n": total,
        "rule": RULE.format(threshold=study.test.threshold_sigma),
    }
