"""Compiled loops of the rate of TEC and its index; `rate` is the door."""

from __future__ import annotations

import numpy as np
from numba import njit

_MINUTE = 60.0


@njit(cache=True, nogil=True)
def rates(seconds, stec, arc, step, rate):
    """Fill `rate` (sv, time) [TECU/min] with the change over `step` seconds (to a tenth) up to each time."""
    for sv in range(len(stec)):
        back = 0
        for k in range(len(seconds)):
            if arc[sv, k] < 0:
                continue
            while seconds[k] - seconds[back] > 1.1 * step:
                back += 1
            near = back
            while near < k and (arc[sv, near] != arc[sv, k] or seconds[k] - seconds[near] > 1.1 * step):
                near += 1
            best = near
            while near < k and seconds[k] - seconds[near] >= 0.9 * step:
                nearer = abs(seconds[k] - seconds[near] - step) < abs(seconds[k] - seconds[best] - step)
                if nearer and arc[sv, near] == arc[sv, k]:
                    best = near
                near += 1
            span = seconds[k] - seconds[best]
            if best < k and span >= 0.9 * step:
                rate[sv, k] = (stec[sv, k] - stec[sv, best]) / span * _MINUTE


@njit(cache=True, nogil=True)
def unsteadiness(seconds, rate, arc, window, least, index):
    """Fill `index` (sv, time) with the standard deviation of the rates in the `window` seconds up to each time."""
    for sv in range(len(rate)):
        low = 0
        total, squares, n = 0.0, 0.0, 0
        for k in range(len(seconds)):
            if not np.isfinite(rate[sv, k]):
                continue
            while low < k and (seconds[k] - seconds[low] >= window or arc[sv, low] != arc[sv, k]):
                if np.isfinite(rate[sv, low]) and n > 0:
                    total -= rate[sv, low]
                    squares -= rate[sv, low] ** 2
                    n -= 1
                low += 1
                if n == 0:
                    total, squares = 0.0, 0.0
            total += rate[sv, k]
            squares += rate[sv, k] ** 2
            n += 1
            if n >= least:
                index[sv, k] = np.sqrt(max(squares - total * total / n, 0.0) / (n - 1))
