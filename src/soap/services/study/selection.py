"""Which earthquakes a study asks about: the catalogue's, those in a zone, the main shocks, and their clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from soap.science.clusters import clusters
from soap.science.decluster import decluster

from soap.core.errors import BadParameter
from soap.observations import Earthquake
from soap.science.association import Catalogue, Network, associate
from soap.science.preparation import preparation_radius_km
from soap.services.study.residuals import DailyValues
from soap.services.study.spec import SuperposedEpoch

_DAY_NS = 86_400e9


@dataclass(frozen=True)
class Chosen:
    """Earthquakes after each step: `catalogue` all of the magnitude and window, `kept` bool: a main shock in a zone."""

    catalogue: Catalogue
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
    if asked.decluster_days > 0:
        magnitude = np.array([event.magnitude for event in earthquakes])
        main = decluster(whole.time_days, whole.latitude, whole.longitude, magnitude,
                         radius_km=asked.decluster_km, window_days=asked.decluster_days)
    if not (in_zone & main).any():
        raise BadParameter(
            f"None of the {len(whole)} earthquakes of M ≥ {asked.min_magnitude:g} has one of the {len(daily.codes)}"
            " stations in its preparation zone; choose smaller magnitudes, a longer window or other stations."
        )
    return Chosen(whole, in_zone, main)


def as_catalogue(study: SuperposedEpoch, earthquakes: Sequence[Earthquake], daily: DailyValues) -> Catalogue:
    """Earthquakes as arrays on the days of the study, each with its zone and the label of its cluster."""
    if not earthquakes:
        raise BadParameter(
            f"{study.earthquakes.collection} lists no earthquake of M ≥ {study.earthquakes.min_magnitude:g} in the"
            " study's window; `soap find --collection` shows what it holds."
        )
    time = np.array([event.time for event in earthquakes])
    days = (time - daily.days[0].astype("datetime64[ns]")).astype(float) / _DAY_NS
    latitude = np.array([event.latitude for event in earthquakes])
    longitude = np.array([event.longitude for event in earthquakes])
    radius = preparation_radius_km([event.magnitude for event in earthquakes])
    label = clusters(days, latitude, longitude, radius_km=study.test.cluster_km, window_days=study.test.cluster_days)
    return Catalogue(days, latitude, longitude, radius, label)


def part(catalogue: Catalogue, kept: np.ndarray, study: SuperposedEpoch) -> Catalogue:
    """The `kept` (bool) events of a catalogue, clustered anew among themselves."""
    time, latitude, longitude = catalogue.time_days[kept], catalogue.latitude[kept], catalogue.longitude[kept]
    label = clusters(time, latitude, longitude, radius_km=study.test.cluster_km, window_days=study.test.cluster_days)
    return Catalogue(time, latitude, longitude, catalogue.radius_km[kept], label)


def _no_values(daily: DailyValues) -> np.ndarray:
    return np.full((len(daily.codes), len(daily.days)), np.nan)
