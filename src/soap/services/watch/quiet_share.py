"""How often a threshold is exceeded on days on which nothing was up: what an exceedance has to be weighed against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.archive import Archive, query
from soap.core.errors import NotFound
from soap.core.time import Window
from soap.core.who import Viewer

QUIET_KP = 4.0
"""Days on which Kp stays below are quiet, as in the studies' controls."""

BEFORE_DAYS = 90
_ONE_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Exceedance:
    """Values of one day beyond the threshold: how many, the furthest, and when it was."""

    day: np.datetime64
    count: int
    furthest: float
    at: np.datetime64


@dataclass(frozen=True)
class QuietShare:
    """On `exceeded` of `days` days the threshold was exceeded; these are quiet ones where `kp_known`, else all."""

    exceeded: int
    days: int
    kp_known: bool

    @property
    def share(self) -> float | None:
        """The false-alarm rate a day; None where there was no day to judge by."""
        return self.exceeded / self.days if self.days else None

    @property
    def text(self) -> str:
        """The share in words, and what it means."""
        which = f"quiet days (Kp below {QUIET_KP:g} all day)" if self.kp_known else "days"
        caveat = "" if self.kp_known else " Kp of these days is not held, so that quiet ones cannot be told apart."
        if not self.days:
            return (
                f"In the {BEFORE_DAYS} days before there are no {which} with values: how often this is exceeded when"
                f" nothing is up is not known.{caveat}"
            )
        rate = 100.0 * self.exceeded / self.days
        none = f"; with none of {self.days}, the true share may still be up to {min(300.0 / self.days, 100):.0f} %"
        return (
            f"False-alarm rate: in the {BEFORE_DAYS} days before, it was exceeded on {self.exceeded} of {self.days}"
            f" {which}, {rate:.0f} %{'' if self.exceeded else none}.{caveat} An exceedance alone tells no cause,"
            " and is no forecast."
        )


def exceedances(
    viewer: Viewer,
    archive: Archive,
    collection_id: str,
    variable: str,
    window: Window,
    limits: tuple[float, float],
    station: str | None = None,
) -> tuple[tuple[Exceedance, ...], np.ndarray]:
    """Days of the window with values outside `limits` (least, greatest), and all days with values.

    Values against which a flag stands count as none.
    """
    try:
        held = query.series(archive, viewer, collection_id, window, [variable], station=station)
    except NotFound:
        return (), np.array([], "datetime64[D]")
    good = held[f"{variable}_quality"].values == 0
    values, times = held[variable].values[good], held["time"].values[good]
    days = times.astype("datetime64[D]")
    beyond = np.maximum(limits[0] - values, values - limits[1])
    found = []
    for day in np.unique(days[beyond > 0]):
        inside = np.flatnonzero((days == day) & (beyond > 0))
        furthest = inside[np.argmax(beyond[inside])]
        found.append(Exceedance(day, len(inside), float(values[furthest]), times[furthest]))
    return tuple(found), np.unique(days)


def quiet_share(
    viewer: Viewer,
    archive: Archive,
    collection_id: str,
    variable: str,
    day: np.datetime64,
    limits: tuple[float, float],
    station: str | None = None,
) -> QuietShare:
    """How often the threshold was exceeded on quiet days of the 90 before `day`."""
    window = Window((day - BEFORE_DAYS * _ONE_DAY).astype("datetime64[ns]"), day.astype("datetime64[ns]"))
    found, days = exceedances(viewer, archive, collection_id, variable, window, limits, station)
    quiet = _quiet_days(viewer, archive, window)
    if quiet is not None:
        days = np.intersect1d(days, quiet)
    exceeded = np.isin(np.array([one.day for one in found], "datetime64[D]"), days)
    return QuietShare(int(exceeded.sum()), len(days), quiet is not None)


def _quiet_days(viewer: Viewer, archive: Archive, window: Window) -> np.ndarray | None:
    """Days of the window whose Kp is known all day, and low; None where no Kp is held of it."""
    for one in query.collections(archive, viewer, shape="series", cadence="PT3H"):
        if "kp" not in one.variables or one.simulated:
            continue
        try:
            held = query.series(archive, viewer, one.collection_id, window, ["kp"])
        except NotFound:
            continue
        values, days = held["kp"].values, held["time"].values.astype("datetime64[D]")
        every, where = np.unique(days, return_inverse=True)
        low = np.bincount(where, weights=values < QUIET_KP, minlength=len(every))
        return every[low == 8]
    return None
