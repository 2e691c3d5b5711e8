"""Storm veto: which spans of time a geomagnetic storm, by Kp, could have disturbed."""

from __future__ import annotations

import numpy as np
import xarray as xr
from pydantic import Field

from soap.domains.space_weather.names import NAMES
from soap.observations import series
from soap.science.method import Method, Parameters

_LENGTH = np.timedelta64(3, "h")
_TOLERANCE = 0.01
"""Kp comes in thirds; 4.667 and 5- are the same however they were rounded."""


class StormVeto(Parameters):
    """What is a storm, and how far it reaches."""

    min_kp: float = Field(5.0, ge=0, le=9, description="Kp from which an interval is stormy (5: NOAA's G1).")
    hours_before: float = Field(0.0, ge=0, le=240, description="Hours before a stormy interval that are vetoed too.")
    hours_after: float = Field(0.0, ge=0, le=240, description="Hours after a stormy interval that are vetoed too.")


def vetoed(
    start: np.ndarray,
    stop: np.ndarray,
    kp_time: np.ndarray,
    kp: np.ndarray,
    min_kp: float = 5.0,
    hours_before: float = 0.0,
    hours_after: float = 0.0,
) -> np.ndarray:
    """True for the spans `start <= t < stop` that a storm touches, or of which this cannot be known.

    `start`, `stop`: `datetime64`, shape (span,). `kp_time`: start of each three-hour interval, rising, `kp` [1] the
    values, shape (interval,); NaN is unknown. A stormy interval has Kp >= `min_kp` and reaches `hours_before` before
    its start and `hours_after` beyond its end. A span is vetoed as well when a Kp that could have been stormy for it
    is unknown: a veto that passes what it has not seen would be none. Returns bool, shape (span,).
    Source: the scale of storms, B. B. Poppe, Eos 81, 322, 2000.
    """
    ns = "datetime64[ns]"
    begin = np.asarray(start).astype(ns) - np.timedelta64(round(hours_after * 3.6e12), "ns")
    end = np.asarray(stop).astype(ns) + np.timedelta64(round(hours_before * 3.6e12), "ns")
    time, kp = np.asarray(kp_time).astype(ns), np.asarray(kp, dtype=float)
    first = np.searchsorted(time + _LENGTH, begin, side="right")
    last = np.maximum(np.searchsorted(time, end, side="left"), first)
    stormy = np.concatenate([[0], np.cumsum(kp >= min_kp - _TOLERANCE)])
    calm = np.concatenate([[0], np.cumsum(kp < min_kp - _TOLERANCE)])
    needed = -((begin - end) // _LENGTH)  # intervals that a span of this length holds at least
    from_start = np.where(first < last, time[np.minimum(first, len(time) - 1)] <= begin, False)
    to_end = np.where(first < last, time[last - 1] + _LENGTH >= end, False)
    seen = from_start & to_end & (calm[last] - calm[first] == last - first) & (last - first >= needed)
    return (stormy[last] > stormy[first]) | ~seen


def storm_veto_poppe_2000(
    kp_series: xr.Dataset, min_kp: float = 5.0, hours_before: float = 0.0, hours_after: float = 0.0
) -> xr.Dataset:
    """`storm_veto` (1 vetoed, 0 not) of each three-hour interval of a series of `kp`; see `vetoed`."""
    time = kp_series["time"].values
    veto = vetoed(time, time + _LENGTH, time, kp_series["kp"].values, min_kp, hours_before, hours_after)
    return series(
        time, {"storm_veto": veto.astype(float)}, names=NAMES, collection_id="space_weather.storm_veto.pt3h",
        platform="storm_veto", cadence="PT3H", place="global", level="L4", time_stamp="start",
        simulated=kp_series.attrs.get("simulated", 0),
    )  # fmt: skip


METHOD = Method(
    "storm_veto_poppe_2000",
    title="Storm veto by Kp",
    takes="series",
    gives="series",
    parameters=StormVeto,
    run=storm_veto_poppe_2000,
    reference="B. B. Poppe, New scales help public, technicians understand space weather, Eos 81, 322, 2000",
    lead_in=lambda parameters: np.timedelta64(round(parameters.hours_after * 60), "m"),
)
