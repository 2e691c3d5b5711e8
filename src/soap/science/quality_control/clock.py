"""Clock: time tags that cannot be right.

Two faults tell themselves: tags off the grid that the others keep (a clock that drifts or was set while recording),
and a few tags far from all others (a receiver that started before it knew the date). A clock that is wrong by whole
samples, or always, does not: nothing in the file says so.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from soap.science.method import Method, NullRate, Parameters

_DAY = np.int64(86_400_000_000_000)


class Clock(Parameters):
    """What is a tag in doubt."""

    tolerance_s: float = Field(default=5.0, gt=0, le=3600, description="Most distance from the grid [s].")
    grid_share: float = Field(default=0.5, gt=0, le=1, description="Least share of the tags that make a grid.")
    far: float = Field(default=10.0, ge=1, le=1000, description="Far off, in spans of the middle half of the tags.")
    far_share: float = Field(default=0.01, ge=0, le=0.25, description="Largest share of tags that can be strays.")


def clock_intermagnet_2020(
    times: np.ndarray,
    *,
    tolerance_s: float = 5.0,
    grid_share: float = 0.5,
    far: float = 10.0,
    far_share: float = 0.01,
) -> np.ndarray:
    """True (n,) for time tags in doubt; `times` (n,) datetime64, rising.

    Off the grid: the cadence is the median step; where `grid_share` of the tags agree, modulo the cadence, within
    `tolerance_s`, the others are off. Without such a grid (irregular sampling) none is. Strays: at most `far_share`
    of the tags, more than `far` times the span of the middle half (at least a day) away from it. The 5 s for minute
    values: B. St-Louis (ed.), INTERMAGNET Technical Reference Manual 5.0.0, 2020, doi:10.48440/INTERMAGNET.2020.001.
    """
    tags = np.asarray(times).astype("datetime64[ns]").astype(np.int64)
    steps = np.diff(tags)
    if len(tags) < 3 or (steps == steps[0]).all():
        return np.zeros(len(tags), dtype=bool)
    marked = _strays(tags, far, far_share)
    cadence = np.int64(np.median(steps))
    phase = tags % cadence
    if (phase == phase[0]).all():
        return marked
    return marked | _off_grid(phase, cadence, np.int64(tolerance_s * 1e9), grid_share)


def _strays(tags: np.ndarray, far: float, far_share: float) -> np.ndarray:
    low, high = tags[len(tags) // 4], tags[(3 * len(tags)) // 4]
    reach = far * max(high - low, _DAY)
    stray = (tags < low - reach) | (tags > high + reach)
    return stray if stray.mean() <= far_share else np.zeros(len(tags), dtype=bool)


def _off_grid(phase: np.ndarray, cadence: np.int64, tolerance: np.int64, share: float) -> np.ndarray:
    """Tags whose phase lies outside the window of twice the tolerance that holds most of them."""
    if 4 * tolerance >= cadence:
        return np.zeros(len(phase), dtype=bool)  # the window would hold half of all phases
    ordered = np.sort(phase)
    around = np.concatenate([ordered, ordered + cadence])
    inside = np.searchsorted(around, ordered + 2 * tolerance, side="right") - np.arange(len(ordered))
    best = int(np.argmax(inside))
    if inside[best] < share * len(phase):
        return np.zeros(len(phase), dtype=bool)
    return (phase - ordered[best]) % cadence > 2 * tolerance


def null_rate(parameters: Clock, n: int = 1_000_000, seed: int = 0) -> NullRate:
    """Share of tags marked on a grid of a minute, or of 12 tolerances, that jitter by a fifth of the tolerance."""
    rng = np.random.default_rng(seed)
    step = 12 * parameters.tolerance_s * 1e9
    tags = np.arange(n) * step + rng.standard_normal(n) * parameters.tolerance_s * 0.2e9
    marked = clock_intermagnet_2020(tags.astype(np.int64).view("datetime64[ns]"), **parameters.model_dump())
    return NullRate(float(marked.mean()), n, "Gaussian jitter of a fifth of the tolerance", seed)


METHOD = Method(
    "clock_intermagnet_2020",
    title="Time tags off the grid, or far from all others",
    takes="times",
    gives="flags",
    parameters=Clock,
    run=clock_intermagnet_2020,
    reference="10.48440/INTERMAGNET.2020.001",
    null_rate=null_rate,
)
