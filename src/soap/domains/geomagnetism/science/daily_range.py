"""The daily range of a field element: how much it varies within a day of the station's own local time.

On quiet days the range is that of the solar quiet (Sq) variation, which follows local time; on disturbed days it is
mostly the storm's. S. Chapman and J. Bartels, Geomagnetism, Oxford University Press, 1940; Y. Yamazaki and A. Maute,
Space Sci. Rev. 206, 299, 2017, doi:10.1007/s11214-016-0282-z.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from pydantic import Field

from soap.core.time import NS
from soap.domains.geomagnetism.science.local_days import cadence_of, doubtful, local_day_starts
from soap.science.method import Method, Parameters


class DailyRange(Parameters):
    """Parameters of `daily_range`."""

    min_hours: float = Field(22.0, ge=1, le=24, description="Hours of data that a local day must have to count.")


class DailyValues(NamedTuple):
    """One value a local day: `start` (day,), local midnight as `datetime64[ns]` UTC; `value` (day,), NaN a gap."""

    start: np.ndarray
    value: np.ndarray


def daily_range(
    values: np.ndarray,
    times: np.ndarray,
    longitude_deg: float,
    min_hours: float = 22.0,
    quality: np.ndarray | None = None,
) -> DailyValues:
    """Largest minus smallest value of each day of local mean time.

    `values` (n,) in any unit, NaN a gap; `times` (n,) `datetime64`, strictly rising, UTC; `longitude_deg` east
    positive, -180..360: local time is UTC + longitude/15 h, rounded to whole samples, so that no sample is split.
    Values whose `quality` (n,) is out of range, spike or jump are left out. A day needs `min_hours` of the remaining
    samples, else its range is NaN. The result has every local day from the first to the last sample, without gaps,
    so that `value` can be shifted by days. An hour's mean belongs to the day in which the hour begins.
    `BadParameter` for times that do not rise or a longitude that is none.
    """
    start = local_day_starts(times, longitude_deg)
    cadence = cadence_of(times)
    known = ~np.isnan(values) & ~doubtful(quality, np.shape(values))
    first, last = start[0], start[-1]
    day = ((start - first) // np.timedelta64(1, "D")).astype(np.int64)
    count = int((last - first) // np.timedelta64(1, "D")) + 1
    ranges = np.full(count, np.nan)
    kept, of_day = np.asarray(values, float)[known], day[known]
    if len(kept):
        begin = np.flatnonzero(np.diff(of_day, prepend=-1))
        enough = np.diff(np.append(begin, len(kept))) * (cadence / np.timedelta64(1, "h")) >= min_hours
        spread = np.maximum.reduceat(kept, begin) - np.minimum.reduceat(kept, begin)
        ranges[of_day[begin]] = np.where(enough, spread, np.nan)
    return DailyValues((first + np.arange(count) * np.timedelta64(1, "D")).astype(NS), ranges)


METHOD = Method(
    "daily_range_chapman_1940",
    "Daily range of a field element on days of local time",
    "series",
    "series",
    DailyRange,
    run=daily_range,
    lead_in=lambda parameters: np.timedelta64(1, "D"),
    reference="S. Chapman and J. Bartels, Geomagnetism, Oxford University Press, 1940",
)
