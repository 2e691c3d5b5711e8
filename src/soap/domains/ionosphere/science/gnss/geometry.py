"""Where a satellite is seen from a receiver, and where the line of sight pierces the ionosphere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.orbit import Orbits
from soap.science.ellipsoid import FLATTENING, SEMI_MAJOR_M, earth_fixed, geodetic

SPHERE_RADIUS_KM = 6371.0
"""Radius of the Earth that a shell's height is counted from, as in IONEX maps."""

_EARLY_S, _LATE_S = 0.06, 0.16
"""Light takes 0.066 s from the zenith of a GNSS orbit of 20,000 km, 0.14 s from a geosynchronous one at the horizon."""


def satellite_positions(orbits: Orbits, time: np.ndarray, sv: Sequence[str], receiver_m) -> np.ndarray:
    """Where satellites were when they sent what `receiver_m` receives at GPS times `time`.

    Positions [m], shape (time, sv, 3), in the Earth-fixed frame of the time of reception: light time and the Earth's
    rotation meanwhile are taken in (P. J. G. Teunissen, O. Montenbruck (eds.), Springer Handbook of GNSS, 2017,
    section 21.1, doi:10.1007/978-3-319-42928-1). NaN where the orbits have none. Good to 1 cm for satellites between
    18,000 and 48,000 km from the receiver.
    """
    from soap.domains.ionosphere.science.gnss import orbit_kernel

    time = np.asarray(time, "datetime64[ns]")
    early = orbits.positions(time - np.timedelta64(round(_EARLY_S * 1e9), "ns"), sv)
    late = orbits.positions(time - np.timedelta64(round(_LATE_S * 1e9), "ns"), sv)
    out = np.empty_like(early)
    orbit_kernel.sent(early, late, _EARLY_S, _LATE_S, np.asarray(receiver_m, float), out)
    return out


def look_angles(receiver_m, positions) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Elevation, azimuth [degree] and distance [m] of `positions` (..., 3) from a receiver; each of shape (...).

    The horizon is that of the ellipsoid; azimuth runs from north over east, 0 to 360. NaN where a position is.
    """
    from soap.domains.ionosphere.science.gnss import orbit_kernel

    receiver = np.asarray(receiver_m, float)
    places = np.ascontiguousarray(positions, dtype=float)
    east, north, up = _local_axes(receiver)
    elevation, azimuth, distance = (np.empty(places.shape[:-1]) for _ in range(3))
    orbit_kernel.sight(
        places.reshape(-1, 3), receiver, east, north, up, elevation.ravel(), azimuth.ravel(), distance.ravel()
    )
    return elevation, azimuth, distance


def _local_axes(receiver_m: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit vectors east, north and up at a place, Earth-fixed."""
    latitude, longitude, _ = (np.radians(angle) for angle in geodetic(receiver_m))
    sin_lat, cos_lat, sin_lon, cos_lon = np.sin(latitude), np.cos(latitude), np.sin(longitude), np.cos(longitude)
    east = np.array([-sin_lon, cos_lon, 0.0])
    north = np.array([-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat])
    return east, north, np.array([cos_lat * cos_lon, cos_lat * sin_lon, sin_lat])


def pierce_points(
    latitude, longitude, elevation_deg, azimuth_deg, shell_height_km: float
) -> tuple[np.ndarray, np.ndarray]:
    """Geodetic latitude and longitude [degree] where lines of sight pierce a thin shell of the ionosphere.

    Parameters
    ----------
    latitude, longitude : geodetic place of the receiver [degree], at the ground
    elevation_deg, azimuth_deg : direction of the line of sight, horizon of the ellipsoid, azimuth from north over east
    shell_height_km : height of the shell above the sphere of 6371 km, 50 to 2000 (`BadParameter` otherwise)

    Arguments broadcast. The shell is a sphere about the Earth's centre, pierced by the straight line from the receiver
    (S. Schaer, "Mapping and predicting the Earth's ionosphere using the Global Positioning System," Geodätisch-
    geophysikalische Arbeiten in der Schweiz 59, 1999, section 2.4). For IONEX maps, whose latitudes are geocentric,
    see `geocentric`.
    """
    from soap.domains.ionosphere.science.gnss import orbit_kernel

    if not 50 <= shell_height_km <= 2000:
        raise BadParameter(f"shell_height_km is {shell_height_km}; the ionosphere's shell lies at 50 to 2000 km.")
    angles = np.broadcast_arrays(*(np.radians(angle) for angle in (latitude, longitude, elevation_deg, azimuth_deg)))
    phi, lam, elevation, azimuth = (np.array(angle, order="C").ravel() for angle in angles)
    pierced_latitude, pierced_longitude = np.empty(phi.shape), np.empty(phi.shape)
    shell = (SPHERE_RADIUS_KM + shell_height_km) * 1e3
    orbit_kernel.pierce(
        phi, lam, elevation, azimuth, shell, SEMI_MAJOR_M, FLATTENING, pierced_latitude, pierced_longitude
    )
    return pierced_latitude.reshape(angles[0].shape), pierced_longitude.reshape(angles[0].shape)


def geocentric(latitude_deg, height_km: float = 0.0) -> np.ndarray:
    """Geocentric latitude [degree] of places at a geodetic latitude [degree] and height above the ellipsoid."""
    position = earth_fixed(latitude_deg, 0.0, height_km * 1e3)
    return np.degrees(np.arctan2(position[..., 2], np.hypot(position[..., 0], position[..., 1])))
