"""The Earth's main magnetic field: the International Geomagnetic Reference Field."""

from __future__ import annotations

import datetime

import numpy as np


def igrf(latitude_deg, longitude_deg, height_km, when: np.datetime64) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """North, east and down components [nT] at geodetic places (arguments broadcast) at one instant, 1900 to 2030.

    IGRF by `ppigrf` (Laundal et al.); the model: P. Alken et al., Earth Planets Space 73, 49, 2021,
    doi:10.1186/s40623-020-01288-x.
    """
    import ppigrf  # slow to import

    latitude, longitude, height = np.broadcast_arrays(latitude_deg, longitude_deg, height_km)
    instant = when.astype("datetime64[s]").astype(datetime.datetime)
    east, north, up = ppigrf.igrf(longitude.ravel(), latitude.ravel(), height.ravel(), instant)
    return tuple(np.reshape(part, latitude.shape) for part in (north, east, -up))  # type: ignore[return-value]


def dip_latitude(latitude_deg, longitude_deg, when: np.datetime64) -> np.ndarray:
    """Dip latitude [degree] at the ground: arctan(tan(I)/2) with I the inclination of the IGRF.

    It orders the solar quiet variation and the equatorial ionosphere better than geographic latitude
    (S. Matsushita and W. H. Campbell, Physics of Geomagnetic Phenomena, Academic Press, 1967).
    """
    north, east, down = igrf(latitude_deg, longitude_deg, 0.0, when)
    return np.degrees(np.arctan2(down, 2 * np.hypot(north, east)))
