"""Place: geodetic WGS84 latitude, longitude -180..180 east positive, distances on the mean sphere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadParameter

EARTH_RADIUS_KM = 6371.0
"""Mean radius, the sphere on which epicentral distances and preparation zones are measured."""


def east180(longitude_deg):
    """Longitude folded into -180 <= longitude < 180, east positive [degree]."""
    return (np.asarray(longitude_deg, dtype=float) + 180.0) % 360.0 - 180.0


def unit_vectors(latitude_deg, longitude_deg) -> np.ndarray:
    """Unit vectors from the Earth's centre, shape (..., 3); the sphere, not the ellipsoid."""
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    return np.stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)], axis=-1
    )


def distance_km(latitude_deg, longitude_deg, other_latitude_deg, other_longitude_deg) -> np.ndarray:
    """Great-circle distance on the mean sphere [km]; arguments broadcast.

    The haversine form, accurate at small distances (R. W. Sinnott, Sky and Telescope 68, 159, 1984).
    """
    lat1, lat2 = np.radians(latitude_deg), np.radians(other_latitude_deg)
    half_dlat = (lat2 - lat1) / 2
    half_dlon = np.radians(np.asarray(other_longitude_deg, dtype=float) - longitude_deg) / 2
    chord2 = np.sin(half_dlat) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin(half_dlon) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord2, 0, 1)))


def check_latlon(latitude_deg: float, longitude_deg: float) -> tuple[float, float]:
    """The pair, longitude folded; `BadParameter` when it is no place on Earth."""
    if not (-90 <= latitude_deg <= 90 and -360 <= longitude_deg <= 360):
        raise BadParameter(
            f"Latitude {latitude_deg}, longitude {longitude_deg} is no place on Earth;"
            " latitude runs from -90 to 90, longitude from -180 to 180 (degrees, north and east positive)."
        )
    # folding costs the last decimals of a float, so a longitude that is in range already stays as its source gives it
    folded = longitude_deg if -180 <= longitude_deg < 180 else east180(longitude_deg)
    return float(latitude_deg), float(folded)


@dataclass(frozen=True)
class Box:
    """A box of latitude and longitude [degree]; `west` > `east` means that it crosses 180 degrees."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        if not (-90 <= self.south <= self.north <= 90 and -180 <= self.west <= 180 and -180 <= self.east <= 180):
            raise BadParameter(
                f"The box W,S,E,N = {self.west},{self.south},{self.east},{self.north} is none;"
                " south <= north within -90..90, west and east within -180..180."
            )

    def holds(self, latitude_deg, longitude_deg) -> np.ndarray:
        """True where the places lie in the box, edges included."""
        longitude = np.asarray(longitude_deg, dtype=float)
        if self.west <= self.east:
            across = (longitude >= self.west) & (longitude <= self.east)
        else:
            across = (longitude >= self.west) | (longitude <= self.east)
        return across & (np.asarray(latitude_deg) >= self.south) & (np.asarray(latitude_deg) <= self.north)
