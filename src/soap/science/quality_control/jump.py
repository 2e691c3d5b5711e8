"""Jumps: the level changes at once by more than the field can, and stays.

The largest sudden commencement known since 1868 raised the field by 310 nT at Alibag and more than 273 nT at Kakioka;
they take 3 to 4 minutes as a rule, and the fastest known, 202 nT in 1991, half a minute (Araki 2014). So one station
and one component alone cannot tell a base line that moved by some nanotesla from a sudden commencement; a level that
changes by more than `least` between two samples, and is steady on both sides, is no field.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from soap.science.method import Method, NullRate, Parameters
from soap.science.quality_control.neighbours import AT_ONCE, beside, median, spread, steps, usual_step

_ALIKE = 0.25
"""A step back differs from the step by at most this share of it."""


class Jump(Parameters):
    """What is a jump."""

    least: float = Field(default=400.0, gt=0, description="Least change of level, in the variable's unit.")
    half_window: int = Field(default=30, ge=5, le=600, description="Samples on each side that make a level.")
    factor: float = Field(default=10.0, gt=0, le=100, description="Least change in robust standard deviations.")
    share: float = Field(default=0.8, gt=0, le=1, description="Part of the change that lies between two samples.")


def jump_araki_2014(
    values: np.ndarray,
    times: np.ndarray,
    *,
    least: float = 400.0,
    half_window: int = 30,
    factor: float = 10.0,
    share: float = 0.8,
) -> np.ndarray:
    """True (n,) for values off their level; `values` (n,) in any unit, NaN missing, at rising `times` (n,).

    Where the level steps back by as much, all values between the two steps; else the first value behind the step,
    because which side is right the series does not tell. Not judged: steps across a gap, and those with fewer than
    half of the values on either side. T. Araki, Earth Planets Space 66, 164, 2014, doi:10.1186/s40623-014-0164-0.
    """
    values, times = np.asarray(values, dtype=float), np.asarray(times)
    marked = np.zeros(len(values), dtype=bool)
    step = steps(values, times)
    large = np.flatnonzero(np.abs(step) >= share * least)
    if not len(large):
        return marked
    usual = usual_step(times)
    at, size = [], []
    for low in range(0, len(large), AT_ONCE):
        some = large[low : low + AT_ONCE]
        change, steady = _changes(values, times, usual, some, half_window)
        clean = (np.abs(change) >= np.maximum(least, factor * steady)) & (step[some] * change > 0)
        clean &= (np.abs(step[some]) >= share * np.abs(change)) & (share * np.abs(step[some]) <= np.abs(change))
        at += (some[clean] + 1).tolist()
        size += change[clean].tolist()
    _mark(marked, at, size)
    return marked


def _changes(
    values: np.ndarray, times: np.ndarray, usual: int, step: np.ndarray, half_window: int
) -> tuple[np.ndarray, np.ndarray]:
    """Change of level across each step, NaN where too few values tell it, and the larger spread of the two sides."""
    before = beside(values, times, step, np.arange(1 - half_window, 1), usual)
    after = beside(values, times, step + 1, np.arange(half_window), usual)
    known = np.minimum(np.isfinite(before).sum(axis=1), np.isfinite(after).sum(axis=1))
    levels = median(before), median(after)
    spreads = np.maximum(spread(before, levels[0]), spread(after, levels[1]))
    return np.where(2 * known >= half_window, levels[1] - levels[0], np.nan), spreads


def _mark(marked: np.ndarray, at: list[int], size: list[float]) -> None:
    """Mark from each step to the next one back, or the step alone (in place)."""
    number = 0
    while number < len(at):
        marked[at[number]] = True
        if number + 1 < len(at) and abs(size[number] + size[number + 1]) <= _ALIKE * abs(size[number]):
            marked[at[number] : at[number + 1]] = True
            number += 1
        number += 1


def null_rate(parameters: Jump, n: int = 1_000_000, seed: int = 0) -> NullRate:
    """Share of a random walk with Gaussian steps of standard deviation `least` that is marked."""
    rng = np.random.default_rng(seed)
    walk = np.cumsum(rng.standard_normal(n) * parameters.least)
    times = np.datetime64("2000-01-01", "ns") + np.arange(n) * np.timedelta64(1, "s")
    marked = jump_araki_2014(walk, times, **parameters.model_dump())
    return NullRate(float(marked.mean()), n, "Random walk, Gaussian steps as large as the least jump", seed)


METHOD = Method(
    "jump_araki_2014",
    title="Levels that change by more than the field can, and stay",
    takes="series",
    gives="flags",
    parameters=Jump,
    run=jump_araki_2014,
    reference="10.1186/s40623-014-0164-0",
    null_rate=null_rate,
)
