"""Compiled search for cycle slips; `cycle_slips` is the door. Machine code is cached once per installation."""

from __future__ import annotations

import numpy as np
from numba import njit

from soap.domains.ionosphere.science.gnss.cycle_slips import FIRST, GOOD, SLIPPED, SPIKE, WARNED, WILD_CODE

_FIT = 6
"""Samples that make the line which predicts the next one."""
_AHEAD = 8
"""Samples looked at on the far side of a suspected slip."""
_TOLD = 5.0
"""Samples after which the mean wide lane is believed."""
_QUIETEST = 0.01
"""Least deviation of a residual [TECU]: phases are given to a thousandth of a cycle."""
_TO_RESIDUAL = 0.56
"""Deviation of a residual from the line, as a share of that of second differences, for white noise and six samples."""
_MEMORY = 40
"""Samples that the mean wide lane remembers."""


@njit(cache=True, nogil=True)
def fit_line(t, g, low, high, at):
    """Value at `at` of the least-squares line through samples `low` to before `high`; constant for one sample."""
    n = high - low
    mean_t, mean_g = 0.0, 0.0
    for k in range(low, high):
        mean_t += t[k] - at
        mean_g += g[k] - g[low]
    mean_t, mean_g = mean_t / n, mean_g / n
    top, bottom = 0.0, 0.0
    for k in range(low, high):
        step = t[k] - at - mean_t
        top += step * (g[k] - g[low] - mean_g)
        bottom += step * step
    slope = top / bottom if bottom > 0.0 else 0.0
    return g[low] + mean_g - slope * mean_t


@njit(cache=True, nogil=True)
def median_rate(t, g, low, high):
    """Median of the rates between samples `low` to before `high`; 0 for one sample."""
    if high - low < 2:
        return 0.0
    rate = np.empty(high - low - 1)
    for k in range(low, high - 1):
        rate[k - low] = (g[k + 1] - g[k]) / (t[k + 1] - t[k])
    return np.median(rate)


@njit(cache=True, nogil=True)
def roughness(t, g, low, high):
    """Robust standard deviation of how far a line leads astray over samples `low` to before `high`; -1 under four."""
    n = high - low - 2
    if n < 2:
        return -1.0
    change = np.empty(n)
    for k in range(n):
        first, second = t[low + k + 1] - t[low + k], t[low + k + 2] - t[low + k + 1]
        line = g[low + k] + (g[low + k + 2] - g[low + k]) * first / (first + second)
        change[k] = abs(2.0 * (g[low + k + 1] - line))
    return 1.48 * _TO_RESIDUAL * np.median(change)


@njit(cache=True, nogil=True)
def level_ahead(w, low, high):
    """Median of the wide lanes that are there in `low` to before `high`, and how many they are."""
    found = np.empty(high - low)
    n = 0
    for k in range(low, high):
        if np.isfinite(w[k]):
            found[n] = w[k]
            n += 1
    return (np.median(found[:n]) if n > 0 else np.nan), n


@njit(cache=True, nogil=True)
def reach(t, apart, low, count, max_gap):
    """Index behind the last of `count` samples from `low` with no break or long gap between them."""
    high = min(low + 1, len(t))
    while high < len(t) and high < low + count and not apart[high] and t[high] - t[high - 1] <= max_gap:
        high += 1
    return high


@njit(cache=True, nogil=True)
def next_residual(t, g, k, high, line_t, line_g, low, m, usual):
    """How far the sample behind `k` is from the line before `k`, for a step of usual length; 0 where there is none."""
    if k + 1 >= high:
        return 0.0
    away = g[k + 1] - fit_line(line_t, line_g, low, m, t[k + 1])
    return away / max(1.0, (t[k + 1] - t[k]) / usual)


@njit(cache=True, nogil=True)
def judge(w, k, high, steps, rough, limits, wide, warned):
    """What the suspected sample `k` is.

    `steps`: its residual, that of the next sample and the jump between the lines before and behind, for a step of
    usual length; `limits` as in `search`; `wide` as in `remember`; `warned` 1 by the receiver, 2 by a break in the
    file, across which the phase must be shown to go on.
    """
    residual, following, jump = steps
    _, _, least, most, factor, least_wide, wide_factor, blind_wide = limits
    sigma, told = np.sqrt(wide[1]), wide[2] >= _TOLD
    bound = min(max(least, factor * rough), most)
    ahead, n = level_ahead(w, k, high)
    shift = abs(ahead - wide[0]) if n >= 3 and told else 0.0
    shifted = shift > max(wide_factor * sigma, least_wide)
    stays = residual * following > 0.0 and min(abs(residual), abs(following)) > bound
    if abs(residual) > bound and (abs(jump) > bound or stays):
        return FIRST if warned == 2 else SLIPPED
    if shifted and (min(abs(jump), abs(residual)) > 0.75 * bound or shift > blind_wide):
        return FIRST if warned == 2 else SLIPPED
    moved = min(abs(jump), abs(residual)) > max(0.75 * least, 0.5 * factor * rough) or shift > least_wide
    if warned == 2 and (moved or n < 3 or not told):
        return FIRST
    if warned and moved:
        return WARNED
    alone = abs(w[k] - wide[0]) if told and np.isfinite(w[k]) else 0.0
    return WILD_CODE if alone > max(1.5 * wide_factor * sigma, 2.0 * least_wide) else GOOD


@njit(cache=True, nogil=True)
def remember(wide, value):
    """Take a wide lane into `wide`: its running mean, variance, and how many made them."""
    wide[2] += 1.0
    step = value - wide[0]
    if wide[2] == 1.0:
        wide[0] = value
    else:
        share = 1.0 / min(wide[2], _MEMORY)
        wide[0] += share * step
        wide[1] += share * (min(step * step, 16.0 * wide[1]) - wide[1])


@njit(cache=True, nogil=True)
def examine(t, g, w, k, line_t, line_g, begin, m, quiet, limits, wide, warned, apart):
    """What sample `k` is, which goes on from the `m` samples of `line_t`, `line_g`, its arc from `begin`; and its
    residual for a step of usual length."""
    max_gap, usual, least, most, factor, least_wide, wide_factor, _ = limits
    low = max(begin, m - _FIT)
    lined = m - low >= 3
    gap = t[k] - line_t[m - 1]
    stretch = max(1.0, gap / usual)
    if lined:
        expected = fit_line(line_t, line_g, low, m, t[k])
    else:  # too few before to make a line: the rate behind must lead back to the last sample
        expected = line_g[m - 1] + gap * median_rate(t, g, k, reach(t, apart, k, _FIT, max_gap))
        stretch *= 2.0
    residual = (g[k] - expected) / stretch
    bound = min(max(least, factor * quiet), most)
    away = abs(w[k] - wide[0]) if wide[2] >= _TOLD and np.isfinite(w[k]) else 0.0
    if warned == 2 and not lined:
        return FIRST, residual
    if not warned and abs(residual) <= 0.75 * bound and away <= max(wide_factor * np.sqrt(wide[1]), least_wide):
        return GOOD, residual
    high = reach(t, apart, k, _AHEAD, max_gap)
    following = next_residual(t, g, k, high, line_t, line_g, low, m, usual)
    if lined and abs(residual) > bound and abs(following) < 0.5 * abs(residual):
        return SPIKE, residual
    jump = (fit_line(t, g, k, min(high, k + 4), t[k]) - expected) / stretch if lined else residual
    rough = max(quiet, roughness(t, g, k, high))
    return judge(w, k, high, (residual, following, jump), rough, limits, wide, warned), residual


@njit(cache=True, nogil=True)
def search(t, g, w, warned, apart, limits, state):
    """Fill `state` (n,) of one satellite's samples: times `t` [s], `g` [TECU], `w` [cycle] (NaN: no code).

    `limits`: the longest gap [s], the usual step [s]; least and most [TECU] and factor of the geometry-free phase;
    least [cycle] and factor of the wide lane, and its shift [cycle] that needs no step of the phase beside it.
    """
    line_t, line_g, wide = np.empty(len(t)), np.empty(len(t)), np.zeros(3)
    m, begin, quiet, parted = 0, 0, 0.0, False
    for k in range(len(t)):
        residual, parted = 0.0, parted or apart[k]
        if m == 0 or t[k] - line_t[m - 1] > limits[0]:
            state[k] = FIRST
        else:
            doubt = 2 if parted else int(warned[k])
            state[k], residual = examine(t, g, w, k, line_t, line_g, begin, m, quiet, limits, wide, doubt, apart)
        if state[k] == SPIKE:
            continue
        if state[k] in (FIRST, SLIPPED, WARNED):
            begin, wide[0], wide[1], wide[2] = m, 0.0, 0.25, 0.0
            quiet = max(_QUIETEST, roughness(t, g, k, reach(t, apart, k, _AHEAD, limits[0])))
        else:
            quiet = max(_QUIETEST, quiet + 0.1 * (min(1.25 * abs(residual), 3.0 * quiet) - quiet))
        line_t[m], line_g[m], parted = t[k], g[k], False
        m += 1
        if state[k] != WILD_CODE and np.isfinite(w[k]):
            remember(wide, w[k])


@njit(cache=True, nogil=True)
def search_all(seconds, phase_tec, wide_lane, warned, apart, limits, blind_wide, state):
    """Fill `state` (sv, time), uint8; `limits` as in `search`, but the last, which `blind_wide` (sv,) has."""
    n_time = len(seconds)
    t, g, w = np.empty(n_time), np.empty(n_time), np.empty(n_time)
    warn, away, at = np.empty(n_time, np.bool_), np.empty(n_time, np.bool_), np.empty(n_time, np.int64)
    found = np.empty(n_time, np.uint8)
    for sv in range(len(phase_tec)):
        n, parted = 0, False
        for k in range(n_time):
            parted = parted or apart[k]
            if np.isfinite(phase_tec[sv, k]):
                t[n], g[n], w[n], at[n] = seconds[k], phase_tec[sv, k], wide_lane[sv, k], k
                warn[n], away[n], parted = warned[sv, k], parted, False
                n += 1
        search(t[:n], g[:n], w[:n], warn[:n], away[:n], (*limits, blind_wide[sv]), found[:n])
        for k in range(n):
            state[sv, at[k]] = found[k]
