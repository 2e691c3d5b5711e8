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
def add_station(values, present, station, column, row, total, count):
    """Add the values and presences of `station` from `column` on to row `row` of `total` and `count` (row, lag)."""
    n_lags = total.shape[1]
    series, known = values[station, column : column + n_lags], present[station, column : column + n_lags]
    sums, counts = total[row], count[row]
    for lag in range(n_lags):
        sums[lag] += series[lag]
    for lag in range(n_lags):
        counts[lag] += known[lag]


@njit(cache=True, nogil=True)
def add_window(values, present, station, column, low, high, row, event_mean):
    """Add an event's value, the mean of its cells with data at lags `low` to before `high`, to `event_mean`."""
    pooled, cells = 0.0, 0
    for lag in range(low, high):
        pooled += values[station, column + lag]
        cells += present[station, column + lag]
    event_mean[row, 0] += pooled / max(cells, 1)
    event_mean[row, 1] += min(cells, 1)


@njit(cache=True, nogil=True)
def add_event(event_sum, event_count, row, total, count):
    """Add the means over an event's stations, sums and counts (1, lag), to row `row` of `total`; clear them."""
    sums, counts, event_sums, event_counts = total[row], count[row], event_sum[0], event_count[0]
    for lag in range(total.shape[1]):
        sums[lag] += event_sums[lag] / max(event_counts[lag], 1)
        counts[lag] += min(event_counts[lag], 1)
    event_sums[:] = 0.0
    event_counts[:] = 0


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
    many_days, many_places = day.shape[1] > 1, placement.shape[1] > 1
    event_sum, event_count = np.zeros((1, n_lags)), np.zeros((1, n_lags), dtype=np.int32)
    mean[low:high], count[low:high], event_mean[low:high] = 0.0, 0, 0.0
    # Events outside, surrogates inside: the few series of an event's stations stay in the processor's cache.
    for event in range(day.shape[0]):
        for row in range(low, high):
            place = placement[event, row if many_places else 0]
            begin, end = start[place], start[place + 1]
            first = first_column + day[event, row if many_days else 0]
            if end == begin + 1:  # one station: its values are the event's
                column = first + offset[begin]
                add_station(values, present, station[begin], column, row, mean, count)
                add_window(values, present, station[begin], column, window[0], window[1], row, event_mean)
            elif end > begin:
                for pair in range(begin, end):
                    add_station(values, present, station[pair], first + offset[pair], 0, event_sum, event_count)
                add_window(event_sum, event_count, 0, 0, window[0], window[1], row, event_mean)
                add_event(event_sum, event_count, row, mean, count)
    divide(mean, count, event_mean, low, high)


@njit(cache=True, nogil=True)
def divide(mean, count, event_mean, low, high):
    """Turn the sums of rows `low` to before `high` into means over events, NaN where there is none."""
    for row in range(low, high):
        for lag in range(mean.shape[1]):
            mean[row, lag] = mean[row, lag] / count[row, lag] if count[row, lag] > 0 else np.nan
        event_mean[row, 0] = event_mean[row, 0] / event_mean[row, 1] if event_mean[row, 1] > 0.0 else np.nan


@njit(cache=True, nogil=True)
def group_series(values, present, station, offset, window, mean, known, window_mean, window_known):
    """Series of one group of stations, as an event there sees them: all arguments after `window` are filled (column).

    `mean`, `known`: mean over the stations with data at each column, and whether there is any. `window_mean`,
    `window_known`: the same for all cells of the window of an event whose lag index 0 is that column.
    """
    n = mean.shape[0]
    total, count = np.zeros(n), np.zeros(n, dtype=np.int32)
    for pair in range(station.shape[0]):
        for column in range(1, n - 1):
            total[column] += values[station[pair], column + offset[pair]]
            count[column] += present[station[pair], column + offset[pair]]
    for column in range(n):
        mean[column] = total[column] / max(count[column], 1)
        known[column] = min(count[column], 1)
    for column in range(n - window[1]):
        pooled, cells = 0.0, 0
        for lag in range(window[0], window[1]):
            pooled += total[column + lag]
            cells += count[column + lag]
        window_mean[column] = pooled / max(cells, 1)
        window_known[column] = min(cells, 1)


@njit(cache=True, nogil=True)
def superpose_groups(
    series, known, window_mean, window_known, first_column, day, group, low, high, mean, count, event_mean
):
    """As `superpose_rows`, for events that keep their stations: `group` (event) is a row of the four series, or -1."""
    many_days = day.shape[1] > 1
    mean[low:high], count[low:high], event_mean[low:high] = 0.0, 0, 0.0
    for event in range(day.shape[0]):
        if group[event] < 0:
            continue
        for row in range(low, high):
            column = first_column + day[event, row if many_days else 0]
            add_station(series, known, group[event], column, row, mean, count)
            event_mean[row, 0] += window_mean[group[event], column]
            event_mean[row, 1] += window_known[group[event], column]
    divide(mean, count, event_mean, low, high)
