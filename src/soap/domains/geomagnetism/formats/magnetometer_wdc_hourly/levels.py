"""Hours that stand absurdly far from the level of the days around: a wrong tabular base, a slipped digit."""

from __future__ import annotations

import numpy as np

LEVEL_DAYS = 31
"""Days around, whose median is the level that a value is compared with."""

RANGES = 10.0
"""How many usual daily ranges a value may stand from the level."""

FLOOR_NT, FLOOR_DEG = 800.0, 1.5
"""A value nearer to the level than this is never a jump. With `RANGES`, chosen so that no storm of 1957 to 2014 is
flagged at 34 observatories, among them Macquarie Island under the aurora, but wrong bases are; a storm of the size of
1859 would be flagged (and kept)."""

_HALF = LEVEL_DAYS // 2


def far_from_level(values: np.ndarray, floor: float) -> np.ndarray | None:
    """True where hours (days, 24) stand absurdly far from the level of the days around; None where none does.

    The level is the median, over `LEVEL_DAYS` rows, of the days' medians; the limit is `RANGES` times the median of
    their ranges, but at least `floor`.
    """
    examined = _near_large_steps(values, floor)
    if not len(examined):
        return None
    around = examined[:, None] + np.arange(-_HALF, _HALF + 1)
    beyond = (around < 0) | (around >= len(values))
    needed, position = np.unique(np.where(beyond, examined[:, None], around), return_inverse=True)
    position = position.reshape(around.shape)
    hours = np.sort(values[needed], axis=1)  # NaN last
    ranges = np.fmax.reduce(hours, axis=1) - hours[:, 0]
    level = _median(np.sort(np.where(beyond, np.nan, _median(hours)[position]), axis=1))
    usual = _median(np.sort(np.where(beyond, np.nan, ranges[position]), axis=1))
    far = np.abs(values[examined] - level[:, None]) > np.fmax(floor, RANGES * usual)[:, None]
    if not far.any():
        return None
    jumps = np.zeros(values.shape, bool)
    jumps[examined] = far
    return jumps


def _near_large_steps(values: np.ndarray, floor: float) -> np.ndarray:
    """Rows within half of `LEVEL_DAYS` of a step of more than `floor` between successive known hours, rising.

    A value further than `floor` from its level has such a step before or after it, or lies between values that have.
    Most days are left out at once: those in blocks whose extremes, with the neighbouring blocks', are within `floor`.
    """
    flat, starts = values.ravel(), np.arange(0, values.size, LEVEL_DAYS * 24)
    high = _with_neighbours(np.fmax.reduceat(flat, starts), np.fmax)
    low = _with_neighbours(np.fmin.reduceat(flat, starts), np.fmin)
    rows = np.flatnonzero(np.repeat(high - low > floor, LEVEL_DAYS)[: len(values)])
    hours = values[rows].ravel()
    known = np.flatnonzero(~np.isnan(hours))
    steps = np.flatnonzero(np.abs(np.diff(hours[known])) > floor)
    near = rows[np.concatenate([known[steps], known[steps + 1]]) // 24]
    return np.unique(np.clip(near[:, None] + np.arange(-_HALF, _HALF + 1), 0, len(values) - 1))


def _with_neighbours(extremes: np.ndarray, extreme: np.ufunc) -> np.ndarray:
    """The extreme of each block and its two neighbours."""
    padded = np.pad(extremes, 1, mode="edge")
    return extreme(extreme(padded[:-2], padded[1:-1]), padded[2:])


def _median(rows: np.ndarray) -> np.ndarray:
    """Median of each sorted row, NaN (at the end of the row) left out; NaN where the row has nothing else."""
    count = (~np.isnan(rows)).sum(axis=1)
    at = np.arange(len(rows))
    return (rows[at, np.maximum(count - 1, 0) // 2] + rows[at, np.minimum(count // 2, rows.shape[1] - 1)]) / 2
