"""Held values: an instrument or a recorder that gives the same number again and again.

A quantity written with few digits repeats by itself when it is quiet. So a run of one value is judged against the
other runs of the same file: it is a held one when it is both long in itself and many times the usual run.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from soap.science.method import Method, NullRate, Parameters


class Held(Parameters):
    """What is a held value."""

    shortest: int = Field(default=60, ge=3, le=100_000, description="Least samples of one value.")
    factor: float = Field(default=50.0, ge=2, le=1000, description="Least length in mean lengths of the other runs.")
    others: int = Field(default=30, ge=3, le=1000, description="Least number of other runs to judge by.")


def persistence_shafer_2000(
    values: np.ndarray, times: np.ndarray, *, shortest: int = 60, factor: float = 50.0, others: int = 30
) -> np.ndarray:
    """True (n,) for repetitions of a held value, the first of them being good; `values` (n,), NaN missing.

    Runs of `shortest` samples and more are not counted among the others. The persistence test of M. A. Shafer et al.,
    J. Atmos. Ocean. Technol. 17, 474-494, 2000, with a length that follows from the file's own runs.
    """
    values = np.asarray(values, dtype=float)
    marked = np.zeros(len(values), dtype=bool)
    if not _may_hold(values, shortest):
        return marked
    change = np.flatnonzero(values[1:] != values[:-1])
    starts = np.concatenate([[0], change + 1])
    lengths = np.diff(np.concatenate([starts, [len(values)]]))
    long = lengths >= shortest
    if not long.any():
        return marked
    known = ~np.isnan(values[starts.clip(0, len(values) - 1)])
    usual = lengths[~long & known]
    if len(usual) < others:
        return marked
    for run in np.flatnonzero(long & (lengths >= factor * usual.mean())):
        marked[starts[run] + 1 : starts[run] + lengths[run]] = True
    return marked


def _may_hold(values: np.ndarray, shortest: int) -> bool:
    """False where no run can be that long: one would reach over two posts that stand half as far apart."""
    apart = shortest // 2
    posts = values[::apart]
    at = np.flatnonzero(posts[1:] == posts[:-1]) * apart
    return bool((values[at[:, None] + np.arange(apart)] == values[at][:, None]).all(axis=1).any())


def null_rate(parameters: Held, n: int = 1_000_000, seed: int = 0) -> NullRate:
    """Share of a random walk with Gaussian steps of half the last digit, rounded to it, that is marked."""
    rng = np.random.default_rng(seed)
    walk = np.round(np.cumsum(rng.standard_normal(n) * 0.5))
    times = np.datetime64("2000-01-01", "ns") + np.arange(n) * np.timedelta64(1, "s")
    marked = persistence_shafer_2000(walk, times, **parameters.model_dump())
    return NullRate(float(marked.mean()), n, "Random walk, Gaussian steps of half the last digit", seed)


METHOD = Method(
    "persistence_shafer_2000",
    title="Repetitions of a value that is held",
    takes="series",
    gives="flags",
    parameters=Held,
    run=persistence_shafer_2000,
    reference="M. A. Shafer et al., J. Atmos. Ocean. Technol. 17, 474-494, 2000",
    null_rate=null_rate,
)
