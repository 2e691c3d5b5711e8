"""Levelling: the phase of each arc is moved to the mean level of its codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_BLOCK_S = 600.0
"""Multipath of a code hangs together over some minutes; over blocks this long it is taken for independent."""

_PRIOR_BLOCKS = 5.0
"""An arc's own blocks and the usual error of the pair's codes weigh the same at this many blocks."""

_SLOW_SHARE = 0.3
"""Slow error of a level as a share of the scatter of one code at the zenith, where no arc is long enough to tell."""

_MOST_TECU = 25.0
"""Where code and phase scatter about each other by more at the zenith (2.6 m on GPS), one of them is no measurement;
the noisiest arc of 18 real station-days scattered by 9."""


@dataclass(frozen=True)
class Levels:
    """Level of each arc [TECU] to be added to its phase, and its standard error [TECU]; shape (arc,).

    NaN: no codes, or codes that do not follow the phase.
    """

    level: np.ndarray
    sigma: np.ndarray


def level(
    seconds: np.ndarray, phase_tec: np.ndarray, code_tec: np.ndarray, arc: np.ndarray, n_arcs: int,
    elevation_deg: np.ndarray,
) -> Levels:  # fmt: skip
    """Robust mean of code minus phase over each arc, weighted by the sine squared of the elevation.

    Arrays (sv, time) but `seconds` (time,); `arc` -1 where a sample is in none, `code_tec` NaN where it does not count.
    An unknown elevation weighs as 30 degrees do.

    The standard error has two parts, for codes are wrong together for long (L. Ciraolo et al., J. Geod. 81, 111-120,
    2007, doi:10.1007/s00190-006-0093-1): how blocks of ten minutes differ within the arc, drawn to what is usual at
    this receiver where there are few; and what makes the two halves of the receiver's arcs differ beyond that, though
    the phase ties them together.
    """
    from soap.domains.ionosphere.science.gnss.arcs_kernel import halve_arcs

    weight = zenith_weight(elevation_deg)
    difference = code_tec - phase_tec
    whole = _means(seconds, difference, weight, arc, n_arcs)
    halves = np.full(arc.shape, -1, dtype=np.int32)
    halve_arcs(arc, n_arcs, halves)
    slow = _slow(_means(seconds, difference, weight, halves, 2 * n_arcs), whole)
    follows = whole.scatter <= _MOST_TECU
    return Levels(
        np.where(follows, whole.mean, np.nan), np.where(follows, np.sqrt(_of_blocks(whole) + slow**2), np.nan)
    )


def zenith_weight(elevation_deg: np.ndarray) -> np.ndarray:
    """Weight of a code, 1 at the zenith: the sine squared of the elevation [degree], 1/4 where that is unknown."""
    return np.where(np.isnan(elevation_deg), 0.25, np.sin(np.radians(np.clip(elevation_deg, 5.0, 90.0))) ** 2)


@dataclass(frozen=True)
class _Means:
    """Of each arc (n,): robust mean, scatter of one value of weight 1, variance of the mean by its blocks, how many
    blocks, and the share of the weight that one block has (1 for a single block)."""

    mean: np.ndarray
    scatter: np.ndarray
    variance: np.ndarray
    blocks: np.ndarray
    share: np.ndarray


def _means(seconds: np.ndarray, difference: np.ndarray, weight: np.ndarray, arc: np.ndarray, count: int) -> _Means:
    from soap.domains.ionosphere.science.gnss.arcs_kernel import level_arcs

    mean, scatter, variance, share = (np.full(count, np.nan) for _ in range(4))
    blocks = np.zeros(count)
    level_arcs(seconds, difference, weight, arc, _BLOCK_S, mean, scatter, variance, blocks, share)
    return _Means(mean, scatter, variance, blocks, share)


def _of_blocks(means: _Means) -> np.ndarray:
    """Variance of each mean by its own blocks, and by the blocks of all arcs shared out as its own are."""
    enough = means.blocks >= 4
    usual = np.mean(means.variance[enough] / means.share[enough]) if enough.any() else _median(means.scatter) ** 2
    own = np.where(np.isnan(means.variance), 0.0, means.blocks * means.variance)
    return (own + _PRIOR_BLOCKS * usual * means.share) / (means.blocks + _PRIOR_BLOCKS)


def _slow(halves: _Means, whole: _Means) -> float:
    """Standard deviation of the slow error of a level [TECU], the same for all arcs of a receiver and pair."""
    apart = halves.mean[0::2] - halves.mean[1::2]
    told = np.isfinite(apart) & (np.minimum(halves.blocks[0::2], halves.blocks[1::2]) >= 2)
    if told.sum() < 3:
        return _SLOW_SHARE * _median(whole.scatter)
    blocks = _of_blocks(halves)
    expected = np.median((blocks[0::2] + blocks[1::2])[told])
    found = np.quantile(np.abs(apart[told]), 0.683) ** 2
    return float(np.sqrt(max(found - expected, 0.0) / 2.0))


def _median(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else np.nan
