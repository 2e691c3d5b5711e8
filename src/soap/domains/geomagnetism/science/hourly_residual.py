"""What is left of a field element after the quiet day: the residual against the mean of quiet days, hour by hour.

The mean of a month's quiet days is the classical estimate of the regular daily variation and its base (S. Chapman and
J. Bartels, Geomagnetism, Oxford University Press, 1940). A month's mean knows the days after the one it is taken from:
for anything that must not look ahead, take the preceding quiet days.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from soap.core.errors import BadParameter
from soap.core.time import NS
from soap.domains.geomagnetism.science.local_days import cadence_of, doubtful
from soap.science.method import Method, Parameters

_DAY = np.timedelta64(1, "D")


class HourlyResidual(Parameters):
    """Parameters of `hourly_residual`."""

    background: Literal["preceding", "month"] = Field(
        "preceding", description="Quiet days: the preceding ones only (looks at the past alone), or those of the month."
    )
    quiet_count: int = Field(5, ge=1, le=60, description="How many preceding quiet days form the background.")
    min_quiet: int = Field(3, ge=1, le=60, description="Quiet days with a value at that time of day, at least.")


def hourly_residual(
    values: np.ndarray,
    times: np.ndarray,
    quiet_days: np.ndarray,
    background: Literal["preceding", "month"] = "preceding",
    quiet_count: int = 5,
    min_quiet: int = 3,
    quality: np.ndarray | None = None,
) -> np.ndarray:
    """Each value minus the mean over quiet days at the same time of the UTC day; shape and unit of `values`.

    `values` (n,), NaN a gap; `times` (n,) `datetime64`, strictly rising, UTC, hourly or finer (whole samples a day);
    `quiet_days` (k,) `datetime64[D]`, any order. `preceding`: the `quiet_count` last quiet days before the value's own
    day; `month`: the quiet days of its calendar month, its own included where it is one. Values flagged out of range,
    spike or jump in `quality` (n,) neither form a background nor get a residual. NaN where fewer than `min_quiet`
    quiet days have a value at that time of day. `BadParameter` for times that do not fit a daily grid.
    """
    grid, day, slot, first = _by_day(values, times, quality)
    quiet = _rows_of(quiet_days, first, len(grid))
    if background == "month":
        expected = _of_month(grid, quiet, first, min_quiet)
    elif background == "preceding":
        expected = _of_preceding(grid, quiet, quiet_count, min_quiet)
    else:
        raise BadParameter(f"{background!r} is no background; choose 'preceding' or 'month'.")
    return (grid - expected)[day, slot]


def _by_day(values, times, quality) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.datetime64]:
    """Values on a grid (day, time of day), the cell of each value, and the first day."""
    times = np.asarray(times).astype(NS)
    cadence, days = cadence_of(times), times.astype("datetime64[D]")
    within = times - days
    phase = within[0] % cadence
    if _DAY.astype("timedelta64[ns]") % cadence or (within % cadence != phase).any():
        raise BadParameter(f"Times {cadence} apart do not fall on the same times of each day; give a regular series.")
    day, slot = (days - days[0]).astype(np.int64), (within // cadence).astype(np.int64)
    grid = np.full((int(day[-1]) + 1, int(_DAY / cadence)), np.nan)
    grid[day, slot] = np.where(doubtful(quality, np.shape(values)), np.nan, values)
    return grid, day, slot, days[0]


def _rows_of(quiet_days: np.ndarray, first: np.datetime64, count: int) -> np.ndarray:
    """Rows of the grid that are quiet days, rising, each once."""
    rows = np.unique((np.asarray(quiet_days).astype("datetime64[D]") - first).astype(np.int64))
    return rows[(rows >= 0) & (rows < count)]


def _mean(rows: np.ndarray, least: int) -> np.ndarray:
    """Mean over the last axis but one, NaN left out; NaN where fewer than `least` are known."""
    known = (~np.isnan(rows)).sum(axis=-2)
    return np.where(known >= least, np.nansum(rows, axis=-2) / np.maximum(known, 1), np.nan)


def _of_month(grid: np.ndarray, quiet: np.ndarray, first: np.datetime64, least: int) -> np.ndarray:
    months = (first + np.arange(len(grid)).astype("timedelta64[D]")).astype("datetime64[M]")
    expected = np.full(grid.shape, np.nan)
    for month in np.unique(months[quiet]):
        expected[months == month] = _mean(grid[quiet[months[quiet] == month]], least)
    return expected


def _of_preceding(grid: np.ndarray, quiet: np.ndarray, count: int, least: int) -> np.ndarray:
    """Background of each day from the last `count` quiet days before it; days with fewer use what there is."""
    padded = np.concatenate([np.full((count, grid.shape[1]), np.nan), grid[quiet]])
    windows = np.lib.stride_tricks.sliding_window_view(padded, count, axis=0)  # (quiet + 1, time of day, count)
    means = _mean(np.swapaxes(windows, -1, -2), least)
    return means[np.searchsorted(quiet, np.arange(len(grid)), side="left")]


def _lead_in(parameters: HourlyResidual) -> np.timedelta64:
    """Days before the window: its month, or room for the preceding quiet days."""
    return np.timedelta64(31 if parameters.background == "month" else 12 * parameters.quiet_count, "D")


METHOD = Method(
    "hourly_residual_chapman_1940",
    "Residual of each value against the mean of quiet days at the same time of day",
    "series",
    "series",
    HourlyResidual,
    run=hourly_residual,
    lead_in=_lead_in,
    reference="S. Chapman and J. Bartels, Geomagnetism, Oxford University Press, 1940",
)
