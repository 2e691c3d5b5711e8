"""Which stations lie in which earthquake's zone, and the two records that superposed epoch analysis works on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadParameter
from soap.core.place import EARTH_RADIUS_KM, unit_vectors


@dataclass(frozen=True)
class Network:
    """Daily values of stations on one common axis of days.

    `values` (station, day), float64, NaN where there is none; `latitude`, `longitude` (station) [degree]. With
    `local_days` the columns are days of local mean solar time (UTC + longitude / 15 h) instead of UTC days: the same
    column then begins earlier in the east, and an earthquake's day 0 is the local day that holds its origin time.
    """

    values: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    local_days: bool = False

    def __post_init__(self) -> None:
        values = np.ascontiguousarray(self.values, dtype=np.float64)
        latitude, longitude = (np.asarray(part, dtype=float) for part in (self.latitude, self.longitude))
        if values.ndim != 2 or latitude.shape != values.shape[:1] or longitude.shape != values.shape[:1]:
            raise BadParameter(
                f"Network values of shape {values.shape} with {latitude.size} latitudes, {longitude.size} longitudes;"
                " give values (station, day) and one place per station."
            )
        if np.isinf(values).any():
            raise BadParameter("Network values hold an infinite number; missing values are NaN.")
        for name, part in (("values", values), ("latitude", latitude), ("longitude", longitude)):
            object.__setattr__(self, name, part)

    @property
    def n_days(self) -> int:
        """Length of the axis of days."""
        return self.values.shape[1]


@dataclass(frozen=True)
class Catalogue:
    """Earthquakes as superposed epoch analysis needs them; all arrays have one element per event.

    `time_days` days (UTC, with fraction) since the start of the network's first column, within the axis of days;
    `latitude`, `longitude` of the epicentre [degree]; `radius_km` of the zone in which stations count; `cluster` the
    label of the cluster (see `soap.science.clusters`): events of one label move together in surrogates.

    Leave in events whose stations happen to have no values: dropping them would make the observed catalogue better
    covered than its surrogates. Leave in the region's events that no station has in its zone: they count for nothing in
    the statistic, but tell `random_epicentres` where earthquakes are.
    """

    time_days: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    radius_km: np.ndarray
    cluster: np.ndarray

    def __post_init__(self) -> None:
        for name in ("time_days", "latitude", "longitude", "radius_km"):
            object.__setattr__(self, name, np.atleast_1d(np.asarray(getattr(self, name), dtype=float)))
        labels = np.unique(np.atleast_1d(np.asarray(self.cluster)), return_inverse=True)[1].astype(np.int64)
        object.__setattr__(self, "cluster", labels)
        sizes = {part.shape for part in (self.time_days, self.latitude, self.longitude, self.radius_km, labels)}
        if len(sizes) > 1 or self.time_days.ndim != 1:
            raise BadParameter(f"A catalogue's arrays must be alike, one element per event; their shapes are {sizes}.")
        if not all(np.isfinite(part).all() for part in (self.time_days, self.latitude, self.longitude, self.radius_km)):
            raise BadParameter("A catalogue holds a missing time, place or radius; leave such events out, and say so.")

    def __len__(self) -> int:
        return len(self.time_days)

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return int(self.cluster.max(initial=-1)) + 1

    @property
    def day(self) -> np.ndarray:
        """Index of the UTC day of each event, int64."""
        return np.floor(self.time_days).astype(np.int64)


@dataclass(frozen=True)
class Association:
    """Stations of each event in compressed rows: those of event e are `station[start[e]:start[e + 1]]`.

    `day_offset` (pair) is what to add to the event's UTC day for the index of its day 0 at that station: 0 for UTC
    days, -1, 0 or 1 for local days.
    """

    start: np.ndarray
    station: np.ndarray
    day_offset: np.ndarray

    @property
    def n_pairs(self) -> int:
        """Number of station-event pairs."""
        return len(self.station)

    @property
    def stations_per_event(self) -> np.ndarray:
        """Number of stations of each event."""
        return np.diff(self.start)


def day_offsets(time_days, longitude, local_days: bool) -> np.ndarray:
    """Local day minus UTC day at `longitude` [degree] when it is `time_days` in UTC; zeros without `local_days`."""
    if not local_days:
        return np.zeros(np.broadcast_shapes(np.shape(time_days), np.shape(longitude)), dtype=np.int32)
    fraction = np.asarray(time_days) - np.floor(time_days)
    return np.floor(fraction + np.asarray(longitude) / 360.0).astype(np.int32)


def associate(catalogue: Catalogue, network: Network) -> Association:
    """The stations of `network` within `radius_km` of each event (edge included), on the mean sphere."""
    cosines = (
        unit_vectors(catalogue.latitude, catalogue.longitude) @ unit_vectors(network.latitude, network.longitude).T
    )
    event, station = np.nonzero(cosines >= zone_cosine(catalogue.radius_km)[:, None])
    start = np.concatenate([[0], np.cumsum(np.bincount(event, minlength=len(catalogue)))])
    offset = day_offsets(catalogue.time_days[event], network.longitude[station], network.local_days)
    return Association(start.astype(np.int64), station.astype(np.int32), offset)


def zone_cosine(radius_km) -> np.ndarray:
    """Cosine of the angle at the Earth's centre under `radius_km`; -1 (everywhere) beyond half the circumference."""
    return np.cos(np.minimum(np.asarray(radius_km, dtype=float) / EARTH_RADIUS_KM, np.pi))
