"""Compiled search for cycle slips; `cycle_slips` is the door. Machine code is cached once per installation."""

from __future__ import annotations

import numpy as np
from numba import njit

from soap.domains.ionosphere.science.gnss.cycle_slips import FIRST, GOOD, SLIPPED, SPIKE, WARNED, WILD_CODE

_FIT = 6
"""Samples that make the line which predicts the next one."""
_AHEAD = 8
"""Samples looked at on the far side of a suspected slip."""
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
def roughness(t, g, low, high):
    """Robust standard deviation of the steps' changes over samples `low` to before `high`; -1 for fewer than four."""
    n = high - low - 2
    if n < 2:
        return -1.0
    change = np.empty(n)
    for k in range(n):
        first, second = t[low + k + 1] - t[low + k], t[low + k + 2] - t[low + k + 1]
        line = g[low + k] + (g[low + k + 2] - g[low + k]) * first / (first + second)
        change[k] = abs(2.0 * (g[low + k + 1] - line))
    return 1.48 * np.median(change)


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
def back_in_line(t, g, k, high, line_t, line_g, low, m, bound, usual):
    """Whether the sample behind `k` goes on where the line before `k` leads: then `k` stands alone."""
    if k + 1 >= high:
        return True
    away = g[k + 1] - fit_line(line_t, line_g, low, m, t[k + 1])
    return abs(away) <= bound * max(1.0, (t[k + 1] - line_t[m - 1]) / usual)


@njit(cache=True, nogil=True)
def judge(t, g, w, k, high, residual, jump, quiet, limits, wide, warned):
    """What the suspected sample `k` is. `limits`: least, most, factor, stretch, least wide; `wide`: mean, sigma, n."""
    least, most, factor, stretch, least_wide = limits
    rough = max(quiet, roughness(t, g, k, high))
    bound = min(max(least, factor * rough), most) * stretch
    ahead, n = level_ahead(w, k, high)
    shift = abs(ahead - wide[0]) if n >= 3 and wide[2] >= 5 else 0.0
    shifted = shift > max(factor * wide[1] * 0.7, least_wide)
    if abs(jump) > bound and abs(residual) > bound:
        return SLIPPED
    if shifted and (abs(jump) > 0.5 * bound or shift > 2.0 * least_wide):
        return SLIPPED
    if warned and (abs(residual) > 0.5 * least or shift > 0.5 * least_wide or n < 3 or wide[2] < 5):
        return WARNED
    alone = abs(w[k] - wide[0]) if wide[2] >= 5 and np.isfinite(w[k]) else 0.0
    return WILD_CODE if alone > max(factor * wide[1], 2.0 * least_wide) else GOOD


@njit(cache=True, nogil=True)
def search(t, g, w, warned, apart, max_gap, usual, least, most, factor, least_wide, state):
    """Fill `state` (n,) of one satellite's samples: times `t` [s], `g` [TECU], `w` [cycle] (NaN: no code)."""
    line_t, line_g = np.empty(len(t)), np.empty(len(t))
    m, begin, quiet = 0, 0, 0.0
    mean, variance, n_wide = 0.0, 0.25, 0
    for k in range(len(t)):
        gap = t[k] - line_t[m - 1] if m > 0 else np.inf
        high = 0
        if apart[k] or gap > max_gap:
            state[k] = FIRST
        else:
            stretch = max(1.0, gap / usual)
            low = max(begin, m - _FIT)
            if m - low >= 3:
                expected = fit_line(line_t, line_g, low, m, t[k])
                residual = g[k] - expected
            else:
                high = reach(t, apart, k, _AHEAD, max_gap)
                expected = g[k] + line_g[m - 1] - fit_line(t, g, k, min(high, k + _FIT), line_t[m - 1])
                residual = g[k] - expected
            bound = min(max(least, factor * quiet), most) * stretch
            away = w[k] - mean if n_wide >= 5 and np.isfinite(w[k]) else 0.0
            state[k] = GOOD
            if warned[k] or abs(residual) > bound or abs(away) > max(factor * 0.7 * np.sqrt(variance), least_wide):
                high = reach(t, apart, k, _AHEAD, max_gap)
                if abs(residual) > bound and back_in_line(t, g, k, high, line_t, line_g, low, m, bound, usual):
                    state[k] = SPIKE
                    continue
                jump = fit_line(t, g, k, min(high, k + 4), t[k]) - expected if m - low >= 3 else residual
                state[k] = judge(
                    t, g, w, k, high, residual, jump, quiet, (least, most, factor, stretch, least_wide),
                    (mean, np.sqrt(variance), n_wide), warned[k],
                )  # fmt: skip
        if state[k] == FIRST or state[k] == SLIPPED or state[k] == WARNED:
            begin, mean, variance, n_wide = m, 0.0, 0.25, 0
            quiet = max(0.01, roughness(t, g, k, reach(t, apart, k, _AHEAD, max_gap)))
        else:
            quiet = max(0.01, quiet + 0.1 * (min(1.25 * abs(residual) / stretch, 3.0 * quiet) - quiet))
        line_t[m], line_g[m] = t[k], g[k]
        m += 1
        if state[k] != WILD_CODE and np.isfinite(w[k]):
            n_wide += 1
            step = w[k] - mean if n_wide > 1 else w[k]
            share = 1.0 / min(n_wide, _MEMORY)
            mean += share * step
            if n_wide > 1:
                variance += share * (min(step * step, 16.0 * variance) - variance)


@njit(cache=True, nogil=True)
def search_all(seconds, phase_tec, wide_lane, warned, apart, limits, state):
    """Fill `state` (sv, time), uint8, of all satellites; `limits` as in `search`."""
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
        search(
            t[:n], g[:n], w[:n], warn[:n], away[:n],
            limits[0], limits[1], limits[2], limits[3], limits[4], limits[5], found[:n],
        )  # fmt: skip
        for k in range(n):
            state[sv, at[k]] = found[k]
