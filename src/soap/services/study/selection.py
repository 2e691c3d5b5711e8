"""Which earthquakes a study asks about: the catalogue's, those in a zone, the main shocks, and their clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadParameter
from soap.observations import Earthquake
from soap.science.association import Catalogue, Network, associate
from soap.science.clusters import clusters_single_link
from soap.science.decluster import mainshocks
from soap.science.preparation import preparation_radius_km
from soap.services.study.residuals import DailyValues
from soap.services.study.spec import SuperposedEpoch

_DAY_NS = 86_400e9


@dataclass(frozen=True)
class Chosen:
    """Earthquakes of the magnitude and window (`catalogue`, origin `time`), and which pass each step, bool (event)."""

    catalogue: Catalogue
    time: np.ndarray
    in_zone: np.ndarray
    main_shock: np.ndarray

    @property
    def kept(self) -> np.ndarray:
        """Main shocks with a station in their zone."""
        return self.in_zone & self.main_shock


def choose(study: SuperposedEpoch, earthquakes: Sequence[Earthquake], daily: DailyValues) -> Chosen:
    """The earthquakes as arrays, and which of them the study asks about; `BadParameter` when none."""
    whole = as_catalogue(study, earthquakes, daily)
    in_zone = associate(whole, Network(_no_values(daily), daily.latitude, daily.longitude, True)).stations_per_event > 0
    asked = study.earthquakes
    main = np.ones(len(whole), bool)
    if asked.event_id is not None:
        main = np.array([event.event_id == asked.event_id for event in earthquakes])
    elif asked.decluster_days > 0:
        magnitude = np.array([event.magnitude for event in earthquakes])
        main = mainshocks(
            _times(earthquakes),
            whole.latitude,
            whole.longitude,
            magnitude,
            within_days=asked.decluster_days,
            within_km=asked.decluster_km,
        )
    if not (in_zone & main).any():
        raise BadParameter(
            f"None of the {len(whole)} earthquakes of M ≥ {asked.min_magnitude:g} has one of the {len(daily.codes)}"
            " stations in its preparation zone; choose smaller magnitudes, a longer window or other stations."
        )
    return Chosen(whole, _times(earthquakes), in_zone, main)


def as_catalogue(study: SuperposedEpoch, earthquakes: Sequence[Earthquake], daily: DailyValues) -> Catalogue:
    """Earthquakes as arrays on the days of the study, each with its zone and the label of its cluster."""
    if not earthquakes:
        raise BadParameter(
            f"{study.earthquakes.collection} lists no earthquake of M ≥ {study.earthquakes.min_magnitude:g} in the"
            " study's window; choose a smaller magnitude, or another window.",
            command=f"`soap find --collection {study.earthquakes.collection}` shows what it holds.",
        )
    time = _times(earthquakes)
    days = (time - daily.days[0].astype("datetime64[ns]")).astype(float) / _DAY_NS
    latitude = np.array([event.latitude for event in earthquakes])
    longitude = np.array([event.longitude for event in earthquakes])
    radius = preparation_radius_km([event.magnitude for event in earthquakes])
    return Catalogue(days, latitude, longitude, radius, _labels(study, time, latitude, longitude))


def part(study: SuperposedEpoch, chosen: Chosen, kept: np.ndarray) -> Catalogue:
    """The `kept` (bool) events of the catalogue, clustered anew among themselves."""
    whole = chosen.catalogue
    latitude, longitude = whole.latitude[kept], whole.longitude[kept]
    label = _labels(study, chosen.time[kept], latitude, longitude)
    return Catalogue(whole.time_days[kept], latitude, longitude, whole.radius_km[kept], label)


def _labels(study: SuperposedEpoch, time: np.ndarray, latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    return clusters_single_link(
        time, latitude, longitude, within_days=study.test.cluster_days, within_km=study.test.cluster_km
    )


def _times(earthquakes: Sequence[Earthquake]) -> np.ndarray:
    return np.array([event.time for event in earthquakes], dtype="datetime64[ns]")


def _no_values(daily: DailyValues) -> np.ndarray:
    return np.full((len(daily.codes), len(daily.days)), np.nan)
