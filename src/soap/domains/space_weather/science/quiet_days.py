"""The ten quietest and five most disturbed days of each month, derived from Kp as GFZ and ISGI select them."""

from __future__ import annotations

import numpy as np
import xarray as xr
from pydantic import Field

from soap.core.errors import BadParameter
from soap.domains.space_weather.names import AP_OF_KP_THIRDS, NAMES
from soap.observations import series
from soap.science.method import Method, Parameters


class QuietDays(Parameters):
    """How many days of each month are given a rank."""

    quiet: int = Field(10, ge=1, le=15, description="Quietest days of a month that are ranked.")
    disturbed: int = Field(5, ge=1, le=15, description="Most disturbed days of a month that are ranked.")


def ranks(days: np.ndarray, kp: np.ndarray, quiet: int = 10, disturbed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    r"""
    Rank of each day among the quietest and among the most disturbed days of its month.

    Parameters
    ----------
    days : `datetime64[D]`, shape (day,)
        UTC days, rising; gaps allowed.
    kp : array, shape (day, 8)
        Kp [1] of the day's eight three-hour intervals, as decimal thirds; NaN is missing.
    quiet, disturbed
        See `QuietDays`.

    Returns
    -------
    quiet_rank, disturbed_rank : arrays, shape (day,)
        1 for the quietest (most disturbed) day of the month, 2 for the next, …; 0 for days beyond `quiet`
        (`disturbed`); NaN in months of which a day or a Kp is missing, whose order cannot be known.

    Notes
    -----
    Each day gets three order numbers in its month, after the sum, the sum of squares and the maximum of its eight Kp;
    the mean of the three orders the days [1]_. GFZ's text does not say what happens to ties. Its lists do: equal values
    share one order number and the next value gets the next (dense ranks); among days of equal mean the smaller maximum
    is the quieter, then the smaller sum of squares, then the earlier day. Shown on fifty months of published lists:
    all days selected, all orders equal but one exchange of two days of equal mean (July 2013, fourth and fifth). The
    rule for ties was inferred from these same months; GFZ's own is not published.

    References
    ----------
    .. [1] J. Matzka et al., "The geomagnetic Kp index and derived indices of geomagnetic activity," Space Weather 19,
       e2020SW002641, 2021. doi:10.1029/2020SW002641; the rule goes back to H. F. Johnston, Terr. Magn. Atmos. Electr.
       48, 219, 1943.
    """
    days, thirds = _checked(days, kp)
    month = days.astype("datetime64[M]")
    order = np.zeros(len(days), np.int64)
    total, squares, largest = thirds.sum(axis=1), (thirds**2).sum(axis=1), thirds.max(axis=1)
    for criterion in (total, squares, largest):
        order += _dense_rank(criterion, month)
    quietness = np.lexsort((days, squares, largest, order, month))
    disturbance = np.lexsort((days, -squares, -largest, -order, month))
    known = _whole_months(month, thirds)
    return _ranked(quietness, month, quiet, known), _ranked(disturbance, month, disturbed, known)


def absolute_marks(kp: np.ndarray, quiet_rank: np.ndarray, disturbed_rank: np.ndarray) -> np.ndarray:
    """Letters that GFZ puts behind selected days which are not really quiet or disturbed: `A`, `K`, `*` or empty.

    A quiet day is marked `A` where Ap > 6 nT, else `K` where one Kp is 3o or more or two are 3- or more; a disturbed
    day `*` where Ap < 20 nT. `kp` as decimal thirds, shape (day, 8), no value missing; ranks of shape (day,) as `ranks`
    gives them. Ap is the mean of the eight ap, rounded half to even. Source: Matzka et al. (2021),
    doi:10.1029/2020SW002641, and GFZ's page on Q- and D-days; the page says "greater than 3", its lists mark 3o too.
    """
    thirds = np.rint(np.asarray(kp, dtype=float) * 3).astype(np.int64)
    ap = np.rint(AP_OF_KP_THIRDS[thirds].mean(axis=1))  # a half goes to the even number, as in GFZ's files
    unquiet = ((thirds >= 9).sum(axis=1) >= 1) | ((thirds >= 8).sum(axis=1) >= 2)
    of_quiet = np.where(ap > 6, "A", np.where(unquiet, "K", ""))
    return np.where(quiet_rank > 0, of_quiet, np.where((disturbed_rank > 0) & (ap < 20), "*", ""))


def quiet_days_johnston_1943(kp_series: xr.Dataset, quiet: int = 10, disturbed: int = 5) -> xr.Dataset:
    """Ranks of quiet and disturbed days, a daily series, from a three-hourly series of `kp`; see `ranks`.

    Give whole UTC months: a month of which a three-hour value is missing has NaN. Raises `BadParameter` when the series
    is not three-hourly from 00 UTC.
    """
    time = kp_series["time"].values
    days = time.astype("datetime64[D]")
    bins = (time - days.astype(time.dtype)) / np.timedelta64(3, "h")
    if (bins % 1 != 0).any():
        raise BadParameter("The series of Kp is not stamped at 00, 03, … 21 UTC; give the start of each interval.")
    each, where = np.unique(days, return_inverse=True)
    kp = np.full((len(each), 8), np.nan)
    kp[where, bins.astype(int)] = kp_series["kp"].values
    quiet_rank, disturbed_rank = ranks(each, kp, quiet, disturbed)
    return series(
        each, {"quiet_rank": quiet_rank, "disturbed_rank": disturbed_rank}, names=NAMES,
        collection_id="space_weather.quiet_days.p1d", platform="quiet_days", cadence="P1D", place="global",
        level="L4", time_stamp="start", simulated=kp_series.attrs.get("simulated", 0),
    )  # fmt: skip


def _checked(days: np.ndarray, kp: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Days as `datetime64[D]` and Kp in whole thirds, -1 where missing; `BadParameter` when they are none."""
    days, kp = np.asarray(days).astype("datetime64[D]"), np.asarray(kp, dtype=float)
    if kp.shape != (len(days), 8) or (np.diff(days) <= np.timedelta64(0, "D")).any():
        raise BadParameter(f"Kp of shape {kp.shape} for {len(days)} days; give eight values a day, days rising.")
    thirds = np.rint(kp * 3)
    missing = np.isnan(kp)
    wrong = ~missing & ((thirds < 0) | (thirds > 27) | (np.abs(kp * 3 - thirds) > 0.03))
    if wrong.any():
        raise BadParameter(f"Kp {kp[wrong].flat[0]:g} is no third from 0 to 9; write 2+ as 2.333.")
    return days, np.where(missing, -1, thirds).astype(np.int64)


def _dense_rank(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Rank of each value among those of its group, from 0; equal values share a rank, the next value has the next."""
    order = np.lexsort((values, group))
    steps = np.ones(len(values), np.int64)
    same_group = group[order][1:] == group[order][:-1]
    steps[1:] = ~same_group | (values[order][1:] != values[order][:-1])
    running = np.cumsum(steps)
    first = np.maximum.accumulate(np.where(np.append(True, ~same_group), running, 0))
    rank = np.empty(len(values), np.int64)
    rank[order] = running - first
    return rank


def _ranked(order: np.ndarray, group: np.ndarray, most: int, known: np.ndarray) -> np.ndarray:
    """Place of each day in its group, from 1, when `order` sorts the days by group and then by rank.

    0 for places beyond `most`, NaN where not `known`.
    """
    groups = group[order]
    start = np.maximum.accumulate(np.where(np.append(True, groups[1:] != groups[:-1]), np.arange(len(order)), 0))
    place = np.empty(len(order))
    place[order] = np.arange(len(order)) - start + 1
    return np.where(known, np.where(place <= most, place, 0.0), np.nan)


def _whole_months(month: np.ndarray, thirds: np.ndarray) -> np.ndarray:
    """True for the days of months that have all their days, and all eight Kp of each."""
    each, where = np.unique(month, return_inverse=True)
    length = ((each + 1).astype("datetime64[D]") - each.astype("datetime64[D]")).astype(int)
    return (np.bincount(where, (thirds >= 0).all(axis=1)) == length)[where]


METHOD = Method(
    "quiet_days_johnston_1943",
    title="Quietest and most disturbed days of each month from Kp",
    takes="series",
    gives="series",
    parameters=QuietDays,
    run=quiet_days_johnston_1943,
    reference="10.1029/2020SW002641",
    lead_in=lambda parameters: np.timedelta64(31, "D"),
)
