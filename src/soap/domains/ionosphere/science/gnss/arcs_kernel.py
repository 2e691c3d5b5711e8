"""Compiled loops over the arcs of satellites; `arcs` and `levelling` are the doors."""

from __future__ import annotations

import numpy as np
from numba import njit

from soap.domains.ionosphere.science.gnss.cycle_slips import FIRST, GOOD, SLIPPED, WARNED, WILD_CODE

_ROUNDS = 8
"""Reweightings of the robust mean; it settles in three or four."""

_HUBER = 1.5
"""Standard deviations within which a code counts fully (P. J. Huber 1964, doi:10.1214/aoms/1177703732)."""


@njit(cache=True, nogil=True)
def number_arcs(seconds, state, used, least_s, least_samples, arc):
    """Fill `arc` (sv, time) with numbers from 0, -1 where `used` is False or the arc is too short; returns how many."""
    count = 0
    for sv in range(len(state)):
        begin = -1
        n, first, last = 0, 0, 0
        for k in range(len(seconds) + 1):
            what = FIRST if k == len(seconds) else state[sv, k]
            if what in (FIRST, SLIPPED, WARNED):
                if begin >= 0:
                    if n >= least_samples and seconds[last] - seconds[first] >= least_s:
                        count += 1
                    else:
                        for back in range(begin, k):
                            arc[sv, back] = -1
                begin, n = k, 0
            if k < len(seconds):
                on = begin >= 0 and what != 0 and used[sv, k] and (what in (FIRST, SLIPPED, WARNED, GOOD, WILD_CODE))
                arc[sv, k] = count if on else -1
                if on:
                    first = k if n == 0 else first
                    last = k
                    n += 1
    return count


@njit(cache=True, nogil=True)
def halve_arcs(arc, count, halves):
    """Fill `halves` (sv, time) with numbers 2 n and 2 n + 1 for the first and second half of the samples of arc n."""
    samples, seen = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for sv in range(len(arc)):
        for k in range(arc.shape[1]):
            if arc[sv, k] >= 0:
                samples[arc[sv, k]] += 1
    for sv in range(len(arc)):
        for k in range(arc.shape[1]):
            number = arc[sv, k]
            if number >= 0:
                halves[sv, k] = 2 * number + (2 * seen[number] >= samples[number])
                seen[number] += 1


@njit(cache=True, nogil=True)
def robust_mean(value, weight):
    """Weighted mean that outliers do not pull, and the standard deviation of a value of weight one (Huber)."""
    mean = np.median(value)
    sigma = 0.0
    for _ in range(_ROUNDS):
        away = np.abs(value - mean) * np.sqrt(weight)
        sigma = max(1.48 * np.median(away), 1e-6)
        top, bottom = 0.0, 0.0
        for k in range(len(value)):
            share = weight[k] * min(1.0, _HUBER * sigma / away[k]) if away[k] > 0.0 else weight[k]
            top += share * (value[k] - mean)
            bottom += share
        mean += top / bottom
        if abs(top / bottom) < 1e-4 * sigma:
            break
    return mean, sigma


@njit(cache=True, nogil=True)
def between_blocks(block, value, weight, mean, sigma):
    """Variance of `mean` by what blocks of samples say together, and how many blocks and weights there are.

    Values of one block may depend on one another as they like, those of two blocks not.
    """
    total, squares, blocks = 0.0, 0.0, 0
    inside, heavy, heaviest = 0.0, 0.0, 0.0
    for k in range(len(value)):
        if k == 0 or block[k] != block[k - 1]:
            squares += inside * inside
            heaviest += heavy * heavy
            inside, heavy = 0.0, 0.0
            blocks += 1
        away = (value[k] - mean) * np.sqrt(weight[k])
        bound = _HUBER * sigma
        away = min(max(away, -bound), bound)
        inside += np.sqrt(weight[k]) * away
        heavy += weight[k]
        total += weight[k]
    squares += inside * inside
    heaviest += heavy * heavy
    return squares / total**2, blocks, heaviest / total**2


@njit(cache=True, nogil=True)
def level_arcs(seconds, difference, weight, arc, block_s, level, sigma, unit, blocks, spread):
    """Fill by arc (n,): `level`, `sigma` of one value, `unit` variance by blocks, their number, and effective share.

    `difference` (sv, time): code minus phase, NaN or weight 0 where it does not count; an arc without any gets NaN.
    """
    n_time = len(seconds)
    value, heavy, at = np.empty(n_time), np.empty(n_time), np.empty(n_time, np.int64)
    for sv in range(len(arc)):
        k = 0
        while k < n_time:
            number = arc[sv, k]
            if number < 0:
                k += 1
                continue
            n = 0
            while k < n_time and (arc[sv, k] == number or arc[sv, k] < 0):
                if arc[sv, k] == number and weight[sv, k] > 0.0 and np.isfinite(difference[sv, k]):
                    value[n], heavy[n], at[n] = difference[sv, k], weight[sv, k], int(seconds[k] // block_s)
                    n += 1
                k += 1
            if n > 0:
                level[number], sigma[number] = robust_mean(value[:n], heavy[:n])
                unit[number], blocks[number], spread[number] = between_blocks(
                    at[:n], value[:n], heavy[:n], level[number], sigma[number]
                )


@njit(cache=True, nogil=True)
def block_departures(seconds, difference, weight, arc, block_s, away):
    """Fill `away` (sv, time): how far the median of a sample's block is from the level of its arc, at weight 1.

    `difference` (sv, time): what is constant over an arc, NaN where it does not count. An arc's level is the weighted
    median of its blocks' medians. Samples that do not count share their block's fate; fewer than five are no block.
    """
    n_time = len(seconds)
    value, heavy = np.empty(n_time), np.empty(n_time)
    first, last = np.empty(n_time, np.int64), np.empty(n_time, np.int64)
    middle, share = np.empty(n_time), np.empty(n_time)
    for sv in range(len(arc)):
        k = 0
        while k < n_time:
            number, blocks = arc[sv, k], 0
            if number < 0:
                k += 1
                continue
            while k < n_time and (arc[sv, k] == number or arc[sv, k] < 0):
                begin, n = k, 0
                while k < n_time and (arc[sv, k] == number or arc[sv, k] < 0) and seconds[k] - seconds[begin] < block_s:
                    if arc[sv, k] == number and np.isfinite(difference[sv, k]):
                        value[n], heavy[n] = difference[sv, k], weight[sv, k]
                        n += 1
                    k += 1
                if n >= 5:
                    middle[blocks], share[blocks] = np.median(value[:n]), np.mean(heavy[:n])
                    first[blocks], last[blocks] = begin, k
                    blocks += 1
                elif blocks > 0:
                    last[blocks - 1] = k
            if blocks > 0:
                usual = weighted_median(middle[:blocks], share[:blocks])
                for b in range(blocks):
                    away[sv, first[b] : last[b]] = abs(middle[b] - usual) * np.sqrt(share[b])


@njit(cache=True, nogil=True)
def weighted_median(value, weight):
    """The value that has half of the weight on either side."""
    order = np.argsort(value)
    half, below = 0.5 * weight.sum(), 0.0
    for k in order:
        below += weight[k]
        if below >= half:
            return value[k]
    return value[order[-1]]
