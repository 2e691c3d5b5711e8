"""Compiled loops of the superposed epoch analysis; `soap.science.superpose` is the door.

Kept apart so that importing the door does not import numba. The machine code is cached once per installation: beside
this file when its folder is writable, else in the user's cache folder, or where NUMBA_CACHE_DIR says. The loops release
the interpreter lock; callers share the surrogates out over threads. One thread sums one surrogate, in the order of its
events, so that the result does not depend on the number of threads.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def add_lags(values, present, station, column, total, count):
    """Add the values and presences of `station` from `column` on to `total` and `count`, one element per lag."""
    series = values[station, column : column + total.shape[0]]
    known = present[station, column : column + total.shape[0]]
    for lag in range(total.shape[0]):
        total[lag] += series[lag]
        count[lag] += known[lag]


@njit(cache=True, nogil=True)
def add_window(total, count, window, event_mean):
    """Add one event's value to `event_mean` (sum, number): the mean over its cells with data in the window."""
    pooled, cells = 0.0, 0.0
    for lag in range(window[0], window[1]):
        pooled += total[lag]
        cells += count[lag]
    if cells > 0.0:
        event_mean[0] += pooled / cells
        event_mean[1] += 1.0


@njit(cache=True, nogil=True)
def superpose_rows(
    values, present, first_column, day, placement, start, station, offset, window, low, high, mean, count, event_mean
):
    """Fill rows `low` to `high` of `mean`, `count` (surrogate, lag) and `event_mean` (surrogate, 2).

    `values` (station, column), 0 where `present` (uint8, alike) is 0; lag index 0 of an event on day d is column
    `first_column + d`. `day`, `placement` (event, surrogate or 1): the event's stations are
    `station[start[p]:start[p + 1]]` for its placement p. `window` is the half-open range of lag indices whose pooled
    mean makes the value of one event; `event_mean` gets the mean of those values and the number of events with one.
    """
    n_lags = mean.shape[1]
    event_sum, event_count = np.zeros(n_lags), np.zeros(n_lags)
    mean[low:high], count[low:high], event_mean[low:high] = 0.0, 0.0, 0.0
    # Events outside, surrogates inside: the few series of an event's stations stay in the processor's cache.
    for event in range(day.shape[0]):
        for row in range(low, high):
            place = placement[event, row % placement.shape[1]]
            begin, end = start[place], start[place + 1]
            first = first_column + day[event, row % day.shape[1]]
            if end == begin + 1:  # one station: its values are the event's
                column = first + offset[begin]
                known = present[station[begin], column : column + n_lags]
                add_window(values[station[begin], column : column + n_lags], known, window, event_mean[row])
                add_lags(values, present, station[begin], column, mean[row], count[row])
                continue
            event_sum[:] = 0.0
            event_count[:] = 0.0
            for pair in range(begin, end):
                add_lags(values, present, station[pair], first + offset[pair], event_sum, event_count)
            add_window(event_sum, event_count, window, event_mean[row])
            total, events = mean[row], count[row]
            for lag in range(n_lags):
                total[lag] += event_sum[lag] / max(event_count[lag], 1.0)
                events[lag] += min(event_count[lag], 1.0)
    for row in range(low, high):
        for lag in range(n_lags):
            mean[row, lag] = mean[row, lag] / count[row, lag] if count[row, lag] > 0.0 else np.nan
        event_mean[row, 0] = event_mean[row, 0] / event_mean[row, 1] if event_mean[row, 1] > 0.0 else np.nan
