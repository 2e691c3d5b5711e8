"""Clusters of earthquakes: events linked in time and space, one piece of evidence each."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from soap.core.errors import BadParameter
from soap.core.place import distance_km
from soap.science.method import Method, Parameters


class ClusterLink(Parameters):
    """Two events closer than both are linked; linked events, and events linked to those, are one cluster."""

    within_days: float = Field(default=30.0, gt=0, le=3650, description="Greatest time between linked events [day].")
    within_km: float = Field(default=500.0, gt=0, le=20038, description="Greatest distance of linked epicentres [km].")


def close_pairs(time, latitude, longitude, within_days: float, within_km: float) -> np.ndarray:
    """Indices (2, pair) of the events at most `within_days` and `within_km` apart; first column the earlier event.

    `time` (event) `datetime64`, `latitude`, `longitude` (event) [degree]. Takes time in proportion to the number of
    pairs that are close in time.
    """
    days, latitude, longitude = _checked(time, latitude, longitude)
    order = np.argsort(days, kind="stable")
    sorted_days = days[order]
    found = [np.empty((2, 0), dtype=np.int64)]
    for step in range(1, len(order)):
        earlier = np.flatnonzero(sorted_days[step:] - sorted_days[:-step] <= within_days)
        if not earlier.size:
            break
        one, other = order[earlier], order[earlier + step]
        near = distance_km(latitude[one], longitude[one], latitude[other], longitude[other]) <= within_km
        found.append(np.stack([one[near], other[near]]))
    return np.concatenate(found, axis=1)


def clusters_single_link(
    time, latitude, longitude, *, within_days: float = 30.0, within_km: float = 500.0
) -> np.ndarray:
    """Label (event) of the cluster of each event, 0, 1, 2, … in the order of the clusters' first events.

    Connected components of the graph of `close_pairs` (single-link clusters).
    C. Frohlich, S. D. Davis, Geophys. J. Int. 100, 19-32, 1990, doi:10.1111/j.1365-246X.1990.tb04564.x (there with one
    space-time distance; here a limit for each).
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = close_pairs(time, latitude, longitude, within_days, within_km)
    n = len(np.atleast_1d(time))
    labels = connected_components(coo_array((np.ones(pairs.shape[1]), pairs), shape=(n, n)), directed=False)[1]
    order = np.argsort(np.atleast_1d(time), kind="stable")
    present, first = np.unique(labels[order], return_index=True)
    rank = np.empty(len(present), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(present))
    return rank[labels]


def _checked(time, latitude, longitude) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times as days since the first, places as floats; `BadParameter` where one is missing or lengths differ."""
    time = np.atleast_1d(np.asarray(time, dtype="datetime64[ns]"))
    latitude, longitude = (np.atleast_1d(np.asarray(part, dtype=float)) for part in (latitude, longitude))
    if not time.shape == latitude.shape == longitude.shape or time.ndim != 1:
        raise BadParameter(
            f"{time.size} times, {latitude.size} latitudes, {longitude.size} longitudes; give one of each per event."
        )
    if np.isnat(time).any() or not (np.isfinite(latitude).all() and np.isfinite(longitude).all()):
        raise BadParameter("An event has no time or place; leave such events out, and say so.")
    days = (time - time.min()) / np.timedelta64(1, "D") if time.size else np.empty(0)
    return days, latitude, longitude


METHOD = Method(
    "clusters_frohlich_1990",
    title="Single-link clusters of earthquakes",
    takes="events",
    gives="number",
    parameters=ClusterLink,
    run=clusters_single_link,
    reference="10.1111/j.1365-246X.1990.tb04564.x",
)
