"""The ellipsoid of WGS84: geodetic places and Earth-fixed positions (NIMA TR8350.2, 2000)."""

from __future__ import annotations

import numpy as np

SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563

_ECCENTRICITY2 = FLATTENING * (2 - FLATTENING)


def geodetic(position_m) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Geodetic latitude, longitude [degree] and height [m] (WGS84) of Earth-fixed positions, shape (..., 3).

    Exact to under 1 mm for heights from -10 km to 50,000 km: B. R. Bowring's iteration (Survey Review 23, 323-327,
    1976, doi:10.1179/sre.1976.23.181.323), three times.
    """
    x, y, z = np.moveaxis(np.asarray(position_m, float), -1, 0)
    across = np.hypot(x, y)
    semi_minor = SEMI_MAJOR_M * (1 - FLATTENING)
    second = _ECCENTRICITY2 / (1 - _ECCENTRICITY2)
    reduced = np.arctan2(z * SEMI_MAJOR_M, across * semi_minor)
    latitude = np.zeros_like(reduced)
    for _ in range(3):
        latitude = np.arctan2(
            z + second * semi_minor * np.sin(reduced) ** 3,
            across - _ECCENTRICITY2 * SEMI_MAJOR_M * np.cos(reduced) ** 3,
        )
        reduced = np.arctan2((1 - FLATTENING) * np.sin(latitude), np.cos(latitude))
    normal = SEMI_MAJOR_M / np.sqrt(1 - _ECCENTRICITY2 * np.sin(latitude) ** 2)
    height = across * np.cos(latitude) + z * np.sin(latitude) - SEMI_MAJOR_M**2 / normal
    return np.degrees(latitude), np.degrees(np.arctan2(y, x)), height


def earth_fixed(latitude_deg, longitude_deg, height_m=0.0) -> np.ndarray:
    """Earth-centred Earth-fixed positions [m], shape (..., 3), of geodetic places (WGS84)."""
    latitude, longitude = np.radians(latitude_deg), np.radians(longitude_deg)
    normal = SEMI_MAJOR_M / np.sqrt(1 - _ECCENTRICITY2 * np.sin(latitude) ** 2)
    across = (normal + height_m) * np.cos(latitude)
    z = (normal * (1 - _ECCENTRICITY2) + height_m) * np.sin(latitude)
    return np.stack(np.broadcast_arrays(across * np.cos(longitude), across * np.sin(longitude), z), axis=-1)
