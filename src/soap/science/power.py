"""Power: how large would an effect have to be for this study to find it?

Null catalogues are circular shifts of the study's own catalogue against its own series. Into each, a signal of k
standard deviations of the station's values is added on the days of the primary window, at all stations of all events,
or of a share of the events. The primary statistic of the shifted catalogue is then tested against circular shifts as
the study tests the real one, the signal staying in the series. The share of p <= level is the power; at size 0 it is
the rate of false positives, which should be the level.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from pydantic import Field

from soap.core.errors import BadParameter
from soap.science.association import Association, Catalogue, Network, associate
from soap.science.method import Method, Parameters
from soap.science.significance import Alternative, share_interval, surrogate_p
from soap.science.superpose import Arrangements, SuperposedEpoch, superpose


class PowerCurve(Parameters):
    """How power is measured."""

    catalogues: int = Field(default=200, ge=20, le=10_000, description="Null catalogues, each given the signal once.")
    references: int = Field(default=999, ge=99, le=100_000, description="Circular shifts that each is tested against.")
    level: float = Field(default=0.05, gt=0, lt=1, description="A p-value up to this counts as found.")
    event_share: float = Field(default=1.0, gt=0, le=1, description="Share of the events that carry the signal.")


@dataclass(frozen=True)
class PowerPoint:
    """Share `power` of the catalogues in which a signal of `size_sigma` was found, with its 95 % Wilson interval."""

    size_sigma: float
    power: float
    low: float
    high: float


SIZES_SIGMA = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0)


def power_curve(
    network: Network,
    catalogue: Catalogue,
    plan: SuperposedEpoch,
    *,
    sizes_sigma: tuple[float, ...] = SIZES_SIGMA,
    parameters: PowerCurve | None = None,
    seed: int,
    alternative: Alternative = "two-sided",
    threads: int | None = None,
) -> tuple[PowerPoint, ...]:
    """Power of the primary statistic against circular shifts at each of `sizes_sigma`.

    The statistic is linear in the series: that of series + k x signal is the statistic of the series plus k times the
    statistic of the signal. So two passes over the surrogates serve all sizes.
    """
    chosen = parameters or PowerCurve()
    narrow = plan.model_copy(update={"first_lag": min(plan.window_first, 0), "last_lag": max(plan.window_last, 0)})
    association, n_days = associate(catalogue, network), network.n_days
    if n_days < 3:
        raise BadParameter(f"Power is measured on circular shifts of the series; {n_days} day(s) are too few.")
    own = shifted_statistic(network, catalogue.day, np.arange(n_days), association, narrow, threads)
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    starts = rng.choice(np.flatnonzero(np.isfinite(own)), chosen.catalogues, replace=True)
    found = np.zeros(len(sizes_sigma), dtype=np.int64)
    for start in starts:
        day = (catalogue.day + start) % n_days
        carriers = rng.permutation(len(catalogue))[: max(1, round(chosen.event_share * len(catalogue)))]
        others = rng.choice(np.arange(1, n_days), min(chosen.references, n_days - 1), replace=False)
        signal = injected(network, day, association, plan, carriers)
        carried = shifted_statistic(signal, day, np.concatenate([[0], others]), association, narrow, threads)
        null = own[np.concatenate([[start], (start + others) % n_days])]
        for i, size in enumerate(sizes_sigma):
            statistic = null + size * carried
            found[i] += surrogate_p(statistic[0], statistic[1:], alternative) <= chosen.level
    return tuple(
        PowerPoint(float(size), hits / len(starts), *share_interval(hits, len(starts)))
        for size, hits in zip(sizes_sigma, found.tolist(), strict=True)
    )


def shifted_statistic(
    network: Network,
    day: np.ndarray,
    shifts: np.ndarray,
    association: Association,
    plan: SuperposedEpoch,
    threads: int | None = None,
) -> np.ndarray:
    """Primary statistic (shift) of events on `day`, all moved by each of `shifts` days around the axis of days."""
    arrangements = Arrangements.of_days((day[:, None] + shifts[None, :]) % network.n_days, association)
    return superpose(network, arrangements, plan, threads=threads).window_mean


def injected(
    network: Network, day: np.ndarray, association: Association, plan: SuperposedEpoch, events: np.ndarray
) -> Network:
    """The signal alone, with the network's gaps: each station's standard deviation on the window days of `events`.

    A day within the windows of two events carries the signal once. `day` (event) is each event's UTC day.
    """
    sigma = station_sigma(network.values)
    signal = np.where(np.isfinite(network.values), 0.0, np.nan)
    event = np.repeat(np.arange(len(day)), association.stations_per_event)
    carries = np.isin(event, events)
    column = (day[event] + association.day_offset)[carries] + np.arange(plan.window_first, plan.window_last + 1)[
        :, None
    ]
    station = np.broadcast_to(association.station[carries], column.shape)
    inside = (column >= 0) & (column < network.n_days)
    station, column = station[inside], column[inside]
    signal[station, column] = np.where(np.isnan(signal[station, column]), np.nan, sigma[station])
    return Network(signal, network.latitude, network.longitude, network.local_days)


def station_sigma(values: np.ndarray) -> np.ndarray:
    """Standard deviation (ddof 1) of each station's known values (station, day); 0 with fewer than two."""
    known = np.isfinite(values)
    n = known.sum(axis=1)
    mean = np.where(known, values, 0.0).sum(axis=1) / np.maximum(n, 1)
    return np.sqrt(np.where(known, (values - mean[:, None]) ** 2, 0.0).sum(axis=1) / np.maximum(n - 1, 1))


def smallest_detectable_sigma(curve: tuple[PowerPoint, ...], power: float = 0.8) -> float | None:
    """Size [standard deviations] at which the curve reaches `power`, by straight lines; None if it never does."""
    for before, after in pairwise(curve):
        if after.power >= power > before.power:
            share = (power - before.power) / (after.power - before.power)
            return before.size_sigma + share * (after.size_sigma - before.size_sigma)
    return curve[0].size_sigma if curve and curve[0].power >= power else None


METHOD = Method(
    "power_injection_cohen_1988",
    title="Power of the superposed epoch analysis by injected signals",
    takes="series",
    gives="number",
    parameters=PowerCurve,
    run=power_curve,
    reference="J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed., Erlbaum, 1988",
)
