"""Superposed epoch analysis: what stations show, on average, so many days before and after an earthquake.

The unit of evidence is the event, not the station-event pair: the stations of an event are averaged first, events
second. At lag l, event e has the mean over its stations with data on day `day(e) + l`; the profile at l is the mean
over the events that have one. The *primary statistic* takes, for each event, the mean over all (station, day) cells
with data in the window (days -5 to -1), and then the mean over the events that have such a value. Days before the first
or after the last column are missing, for the observed catalogue and for its surrogates alike.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from pydantic import Field, model_validator

from soap.core.errors import BadParameter
from soap.science.association import Association, Catalogue, Network, associate
from soap.science.method import Method, Parameters

ROWS_PER_TASK = 256
"""Surrogates per task: small enough that their sums stay in the processor's cache."""


GROUPED_CELLS = 8_000_000
"""Largest number of values, 18 bytes each, in the series made for groups of stations."""


class SuperposedEpoch(Parameters):
    """Days around the event, day 0 being the day of the earthquake."""

    first_lag: int = Field(default=-30, ge=-400, le=0, description="First day shown, relative to the earthquake's day.")
    last_lag: int = Field(default=15, ge=0, le=400, description="Last day shown, relative to the earthquake's day.")
    window_first: int = Field(default=-5, ge=-400, le=400, description="First day of the primary statistic's window.")
    window_last: int = Field(default=-1, ge=-400, le=400, description="Last day of the primary statistic's window.")

    @model_validator(mode="after")
    def _window_inside(self) -> SuperposedEpoch:
        if not self.first_lag <= self.window_first <= self.window_last <= self.last_lag:
            raise ValueError(
                f"the window {self.window_first} to {self.window_last} must lie in order within the lags"
                f" {self.first_lag} to {self.last_lag}"
            )
        return self

    @property
    def lags(self) -> np.ndarray:
        """The lags [day], rising."""
        return np.arange(self.first_lag, self.last_lag + 1)

    @property
    def window(self) -> np.ndarray:
        """Half-open range of lag indices that form the window of the primary statistic."""
        return np.array([self.window_first, self.window_last + 1]) - self.first_lag


@dataclass(frozen=True)
class Arrangements:
    """Catalogues, observed or surrogate, as days and places: `day` (event, arrangement), and for each the stations.

    The stations of event e in arrangement r are those of row `placement[e, r]` of `association`. Either array may have
    one column, which then serves all arrangements.
    """

    day: np.ndarray
    placement: np.ndarray
    association: Association

    def __len__(self) -> int:
        return max(self.day.shape[1], self.placement.shape[1])

    @classmethod
    def of_days(cls, day: np.ndarray, association: Association) -> Arrangements:
        """Arrangements that differ by days alone: `day` (event, arrangement); every event keeps its stations."""
        return cls(day, np.arange(day.shape[0])[:, None], association)


@dataclass(frozen=True)
class Superposed:
    """`mean`, `n_events` (arrangement, lag): the profile and how many events stand behind it; NaN where none does.

    `window_mean`, `n_used` (arrangement): the primary statistic and the number of events in it.
    """

    mean: np.ndarray
    n_events: np.ndarray
    window_mean: np.ndarray
    n_used: np.ndarray


def observed(catalogue: Catalogue, network: Network) -> Arrangements:
    """The catalogue as it is: one arrangement."""
    return Arrangements.of_days(catalogue.day[:, None], associate(catalogue, network))


def superpose(
    network: Network, arrangements: Arrangements, plan: SuperposedEpoch | None = None, *, threads: int | None = None
) -> Superposed:
    """Profile and primary statistic of every arrangement; `threads` changes nothing but the time taken.

    Raises `BadParameter` when an event lies outside the network's days.
    C. Chree, Phil. Trans. R. Soc. A 212, 75-116, 1913, doi:10.1098/rsta.1913.0003.
    """
    plan = plan or SuperposedEpoch()
    day = arrangements.day
    if day.size and not (day.min() >= 0 and day.max() < network.n_days):
        raise BadParameter(
            f"An event lies on day {day.min() if day.min() < 0 else day.max()} of a network that has days 0 to"
            f" {network.n_days - 1}; choose the earthquakes within the period of the series."
        )
    margin = max(-plan.first_lag, plan.last_lag) + 1  # one more for local days
    known = np.isfinite(network.values)
    values = np.pad(np.where(known, network.values, 0.0), ((0, 0), (margin, margin)))
    present = np.pad(known.astype(np.uint8), ((0, 0), (margin, margin)))
    n = len(arrangements)
    mean, event_mean = np.empty((n, len(plan.lags))), np.empty((n, 2))
    count = np.empty(mean.shape, dtype=np.int32)
    rows = _rows(values, present, margin + plan.first_lag, arrangements, plan)

    def task(low: int) -> None:
        rows(low, min(low + ROWS_PER_TASK, n), mean, count, event_mean)

    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        list(pool.map(task, range(0, n, ROWS_PER_TASK)))
    return Superposed(mean, count, event_mean[:, 0], event_mean[:, 1].astype(np.int64))


def _rows(
    values: np.ndarray, present: np.ndarray, first_column: int, arrangements: Arrangements, plan: SuperposedEpoch
) -> Callable[..., None]:
    """The compiled loop for these arrangements, waiting for a range of rows and the arrays to fill.

    Where events keep their stations, the mean series of each group of stations is made once, and serves all surrogates;
    both ways add the same numbers in the same order.
    """
    from soap.science import superpose_kernel as kernel

    association, window = arrangements.association, (int(plan.window[0]), int(plan.window[1]))
    day = np.ascontiguousarray(arrangements.day, dtype=np.int32)
    n_columns = values.shape[1]
    if arrangements.placement.shape[1] == 1 and len(arrangements) * len(plan.lags) > n_columns:
        group, examples = _station_groups(arrangements.placement[:, 0], association)
        if len(examples) * n_columns <= GROUPED_CELLS:
            shape = (len(examples), n_columns)
            series = np.zeros(shape), np.zeros(shape, np.uint8), np.zeros(shape), np.zeros(shape, np.uint8)
            for row, example in enumerate(examples):
                station, offset = association.station[example], association.day_offset[example]
                kernel.group_series(values, present, station, offset, window, *(part[row] for part in series))
            return partial(kernel.superpose_groups, *series, first_column, day, group)
    places = np.ascontiguousarray(arrangements.placement, dtype=np.int32)
    pairs = association.start, association.station, association.day_offset
    return partial(kernel.superpose_rows, values, present, first_column, day, places, *pairs, window)


def _station_groups(placement: np.ndarray, association: Association) -> tuple[np.ndarray, list[slice]]:
    """Number (event) of each event's group of stations, -1 without any, and where the pairs of each group stand."""
    number: dict[bytes, int] = {}
    group, examples = np.full(len(placement), -1), list[slice]()
    for event, place in enumerate(placement):
        pairs = slice(association.start[place], association.start[place + 1])
        if pairs.start == pairs.stop:
            continue
        key = association.station[pairs].tobytes() + association.day_offset[pairs].tobytes()
        if key not in number:
            number[key] = len(examples)
            examples.append(pairs)
        group[event] = number[key]
    return group, examples


def superpose_chree_1913(network: Network, catalogue: Catalogue, **parameters) -> Superposed:
    """Superposed epoch analysis of one catalogue; parameters as in `SuperposedEpoch`."""
    return superpose(network, observed(catalogue, network), SuperposedEpoch(**parameters))


METHOD = Method(
    "superposed_epoch_chree_1913",
    title="Superposed epoch analysis, events first averaged over their stations",
    takes="series",
    gives="number",
    parameters=SuperposedEpoch,
    run=superpose_chree_1913,
    reference="10.1098/rsta.1913.0003",
)
