"""The diurnal-variation ratio: how the daily range at one station compares with that at another.

Global sources act on both stations alike and cancel in the ratio; what is left is local: induction in the ground, the
distance to the foci of the Sq current, an instrument, or what is looked for. Two stations at different latitudes see
the Sq focus move differently, so the ratio varies by tens of per cent from day to day without any other cause.

G. Xu, P. Han, Q. Huang, K. Hattori, F. Febriani and H. Yamaguchi, "Anomalous behaviors of geomagnetic diurnal
variations prior to the 2011 off the Pacific coast of Tohoku earthquake (Mw9.0)", J. Asian Earth Sci. 77, 59-65, 2013.
"""

from __future__ import annotations

import numpy as np

from soap.core.errors import BadParameter
from soap.domains.geomagnetism.science.daily_range import DailyRange, DailyValues, daily_range
from soap.domains.geomagnetism.science.local_days import cadence_of
from soap.science.method import Method


class DiurnalRatio(DailyRange):
    """Parameters of `diurnal_ratio`."""


def diurnal_ratio(
    values: np.ndarray,
    times: np.ndarray,
    reference_values: np.ndarray,
    reference_times: np.ndarray,
    longitude_deg: float,
    min_hours: float = 22.0,
    quality: np.ndarray | None = None,
    reference_quality: np.ndarray | None = None,
) -> DailyValues:
    """Daily range of a station over that of a reference station [1], on the station's local-time days.

    `values` and `reference_values`, usually `b_down` [nT], shapes (n,) and (m,), NaN a gap, come with rising UTC times.
    Both are cut into days by the local time of `longitude_deg`, the station's, so that the same hours are compared.
    NaN where either has less than `min_hours` of data, or the reference does not vary. `BadParameter` where the two
    have different cadences (a range depends on it). For the rest see `daily_range`.
    """
    cadences = cadence_of(times), cadence_of(reference_times)
    if cadences[0] != cadences[1]:
        raise BadParameter(f"The values are {cadences[0]} and {cadences[1]} apart; compare values of one cadence.")
    own = daily_range(values, times, longitude_deg, min_hours, quality)
    other = daily_range(reference_values, reference_times, longitude_deg, min_hours, reference_quality)
    at = ((own.start - other.start[0]) // np.timedelta64(1, "D")).astype(np.int64)
    inside = (at >= 0) & (at < len(other.value))
    reference = np.full(len(own.value), np.nan)
    reference[inside] = other.value[at[inside]]
    with np.errstate(divide="ignore", invalid="ignore"):
        return DailyValues(own.start, np.where(reference > 0, own.value / reference, np.nan))


METHOD = Method(
    "diurnal_ratio_xu_2013",
    "Ratio of the daily ranges of two stations",
    "series",
    "series",
    DiurnalRatio,
    run=diurnal_ratio,
    lead_in=lambda parameters: np.timedelta64(1, "D"),
    reference="G. Xu, P. Han, Q. Huang, K. Hattori, F. Febriani and H. Yamaguchi, Anomalous behaviors of geomagnetic"
    " diurnal variations prior to the 2011 off the Pacific coast of Tohoku earthquake (Mw9.0), J. Asian Earth Sci. 77,"
    " 59-65, 2013",
)
