"""Declustering: keep mainshocks, leave out what a larger earthquake nearby explains."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from soap.core.errors import BadParameter
from soap.science.clusters import close_pairs
from soap.science.method import Method, Parameters


class DeclusterWindow(Parameters):
    """The window around each mainshock, the same for all magnitudes."""

    within_days: float = Field(default=30.0, gt=0, le=3650, description="Days before and after a mainshock.")
    within_km: float = Field(default=200.0, gt=0, le=20038, description="Distance from a mainshock's epicentre [km].")


def mainshocks(
    time, latitude, longitude, magnitude, *, within_days: float = 30.0, within_km: float = 200.0
) -> np.ndarray:
    """True (event) for mainshocks: the window method of Gardner and Knopoff with one window for all magnitudes.

    From the largest event down, each event that is not yet marked is a mainshock and marks all smaller events within
    `within_km` and within `within_days` *before or after* it (fore- and aftershocks) as dependent. A dependent event
    marks nothing itself. Of equal magnitudes the earlier counts as larger, then the one that comes first in the arrays.
    `time` (event) `datetime64`, places [degree], `magnitude` without NaN. J. K. Gardner, L. Knopoff, Bull. Seismol.
    Soc. Am. 64, 1363-1367, 1974, doi:10.1785/BSSA0640051363; fore- and aftershocks alike as in T. van Stiphout et al.,
    CORSSA, 2012, doi:10.5078/corssa-52382934.
    """
    magnitude = np.atleast_1d(np.asarray(magnitude, dtype=float))
    time = np.atleast_1d(np.asarray(time, dtype="datetime64[ns]"))
    if magnitude.shape != time.shape or not np.isfinite(magnitude).all():
        raise BadParameter(
            f"{magnitude.size} magnitudes ({np.isnan(magnitude).sum()} missing) for {time.size} events; every event"
            " needs its magnitude to be compared with its neighbours."
        )
    pairs = close_pairs(time, latitude, longitude, within_days, within_km)
    both = np.concatenate([pairs, pairs[::-1]], axis=1)
    both = both[:, np.argsort(both[0], kind="stable")]
    start = np.searchsorted(both[0], np.arange(len(time) + 1))
    kept, seen = np.ones(len(time), dtype=bool), np.zeros(len(time), dtype=bool)
    for event in np.lexsort((np.arange(len(time)), time, -magnitude)):
        seen[event] = True
        if kept[event]:
            neighbours = both[1, start[event] : start[event + 1]]
            kept[neighbours[~seen[neighbours]]] = False
    return kept


METHOD = Method(
    "decluster_gardner_knopoff_1974",
    title="Mainshocks by a fixed window in time and space",
    takes="events",
    gives="number",
    parameters=DeclusterWindow,
    run=mainshocks,
    reference="10.1785/BSSA0640051363",
)
