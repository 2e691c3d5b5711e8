"""Modified dip latitude, which the ionosphere at low latitudes is arranged along, around one receiver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.science.main_field import igrf

_HEIGHT_KM = 300.0
_FIRST, _LAST = np.datetime64("1900-01-01"), np.datetime64("2029-12-31")
_LEAST_COSINE = 0.05
_RADII = np.radians([4.0, 8.0, 12.0, 16.0, 20.0])
_BEARINGS = np.radians(np.arange(0.0, 360.0, 20.0))


def modified_dip(latitude_deg, longitude_deg, when: np.datetime64) -> np.ndarray:
    """Modified dip latitude [degree]: arctan(I / sqrt(cos latitude)), I the inclination [rad] at 300 km.

    K. Rawer, "Propagation of decameter waves," in Meteorological and Astronomical Influences on Radio Wave Propagation,
    ed. B. Landmark, Pergamon, 221-250, 1963. The field is the IGRF's of `when`, that of its first or last day outside.
    """
    when = np.clip(when.astype("datetime64[D]"), _FIRST, _LAST)
    north, east, down = igrf(latitude_deg, longitude_deg, _HEIGHT_KM, when)
    inclination = np.arctan2(down, np.hypot(north, east))
    cosine = np.maximum(np.cos(np.radians(latitude_deg)), _LEAST_COSINE)
    return np.degrees(np.arctan(inclination / np.sqrt(cosine)))


@dataclass(frozen=True)
class DipSlope:
    """Modified dip latitude around a receiver as a cubic in the sines of the angles to the east and to the north.

    Within 20 degrees of the receiver it is good to some tenths of a degree.
    """

    latitude: float
    longitude: float
    coefficients: np.ndarray

    @classmethod
    def around(cls, latitude: float, longitude: float, when: np.datetime64) -> DipSlope:
        """That around a geodetic place [degree]."""
        radius, bearing = (angle.ravel() for angle in np.meshgrid(_RADII, _BEARINGS))
        up, east, north = _directions(np.radians(latitude), np.radians(longitude))
        aside = np.sin(bearing)[:, None] * east + np.cos(bearing)[:, None] * north
        place = np.cos(radius)[:, None] * up + np.sin(radius)[:, None] * aside
        at_latitude = np.degrees(np.arcsin(place[:, 2]))
        at_longitude = np.degrees(np.arctan2(place[:, 1], place[:, 0]))
        rise = modified_dip(at_latitude, at_longitude, when) - modified_dip(latitude, longitude, when)
        terms = np.stack(_terms(*_aside(at_latitude, at_longitude, latitude, longitude)), axis=-1)
        return cls(latitude, longitude, np.linalg.lstsq(terms, rise, rcond=None)[0])

    def __call__(self, latitude_deg: np.ndarray, longitude_deg: np.ndarray) -> np.ndarray:
        """Modified dip latitude at geodetic places less that at the receiver [degree], shape (row,)."""
        x, y = _aside(latitude_deg, longitude_deg, self.latitude, self.longitude)
        a, b, c, d, e, f, g, h, i = self.coefficients
        return x * (a + y * (d + h * y) + x * (c + f * x + g * y)) + y * (b + y * (e + i * y))


def _aside(latitude_deg, longitude_deg, latitude: float, longitude: float) -> tuple[np.ndarray, np.ndarray]:
    """Sines of the angles by which places lie to the east and to the north of one place."""
    phi, aside, here = np.radians(latitude_deg), np.radians(longitude_deg - longitude), np.radians(latitude)
    flat = np.cos(phi)
    return flat * np.sin(aside), np.sin(phi) * np.cos(here) - flat * np.cos(aside) * np.sin(here)


def _terms(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ...]:
    """Terms of a cubic that is zero at the receiver, in the order of `DipSlope.coefficients`."""
    return x, y, x * x, x * y, y * y, x**3, x * x * y, x * y * y, y**3


def _directions(latitude: float, longitude: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit vectors up, east and north on a sphere [rad]."""
    up = np.array([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])
    east = np.array([-np.sin(longitude), np.cos(longitude), 0.0])
    return up, east, np.cross(up, east)
