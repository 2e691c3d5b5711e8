"""Where the receiver is, and where it sees its satellites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadParameter
from soap.domains.ionosphere.products.tec.parameters import TecParameters
from soap.domains.ionosphere.science.gnss.coordinates import StationCoordinates
from soap.domains.ionosphere.science.gnss.geometry import look_angles, satellite_positions
from soap.domains.ionosphere.science.gnss.observation import Observations
from soap.domains.ionosphere.science.gnss.orbit import Orbits
from soap.domains.ionosphere.science.gnss.slant import Sky
from soap.science.ellipsoid import earth_fixed, geodetic

_GROUND_M = (6.33e6, 6.40e6)
"""Distances from the Earth's centre that a place on the ground can have."""


@dataclass(frozen=True)
class Place:
    """A receiver's place: Earth-fixed [m]; geodetic (WGS84) latitude, longitude [degree] and height [m]."""

    position_m: np.ndarray
    latitude: float
    longitude: float
    height_m: float


def place_of(observations: Observations, coordinates: StationCoordinates | None, chosen: TecParameters) -> Place:
    """The receiver's place: as chosen, else by its coordinates, else as the file says.

    `BadParameter` where that is none on the ground.
    """
    if (chosen.latitude is None) != (chosen.longitude is None):
        raise BadParameter("A place is a latitude and a longitude; give both.")
    position = observations.position_m
    if coordinates is not None:
        known = coordinates.position(observations.station, observations.time[0])
        position = known if np.isfinite(known).all() else position
    if chosen.latitude is not None and chosen.longitude is not None:
        position = earth_fixed(chosen.latitude, chosen.longitude, chosen.height_m)
    distance = float(np.linalg.norm(position))
    if not _GROUND_M[0] < distance < _GROUND_M[1]:
        raise BadParameter(
            f"The observations of {observations.station} tell no place on the ground (APPROX POSITION XYZ is"
            f" {', '.join(f'{one:.4f}' for one in position)} m). Give its place: the parameters latitude and"
            " longitude.",
            command="`soap tec` takes it by --position LAT,LON,M or --coordinates FILE, `soap compute` by --set"
            " latitude=LAT --set longitude=LON.",
        )
    latitude, longitude, height = geodetic(position)
    return Place(position, float(latitude), float(longitude), float(height))


def sky_over(observations: Observations, place: Place, orbits: Orbits) -> Sky:
    """Elevation and azimuth [degree] of every system's satellites, NaN where there is no orbit."""
    seen = {}
    for system, observed in observations.systems.items():
        positions = satellite_positions(orbits, observations.time, observed.sv, place.position_m)
        elevation, azimuth, _ = look_angles(place.position_m, positions)
        seen[system] = (elevation, azimuth)
    return seen
