"""Modified dip latitude, which the ionosphere at low latitudes is arranged along, around one receiver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.domains.ionosphere.science.gnss.geometry import earth_fixed, geodetic
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
    """Modified dip latitude around a receiver as a cubic in the direction from the Earth's centre.

    Within 20 degrees of the receiver it is good to some tenths of a degree.
    """

    axes: np.ndarray
    """Unit vectors east and north at the receiver, shape (2, 3)."""
    coefficients: np.ndarray

    @classmethod
    def around(cls, position_m: np.ndarray, when: np.datetime64) -> DipSlope:
        """That around a receiver at an Earth-fixed position [m]."""
        up = np.asarray(position_m, float) / np.linalg.norm(position_m)
        east = np.cross([0.0, 0.0, 1.0], up)
        size = np.linalg.norm(east)
        east = east / size if size > 1e-9 else np.array([0.0, 1.0, 0.0])
        axes = np.stack([east, np.cross(up, east)])
        radius, bearing = (angle.ravel() for angle in np.meshgrid(_RADII, _BEARINGS))
        aside = (np.sin(radius) * np.stack([np.sin(bearing), np.cos(bearing)])).T @ axes
        latitude, longitude, _ = geodetic(6_671e3 * (aside + np.cos(radius)[:, None] * up))
        here = modified_dip(*geodetic(position_m)[:2], when)
        there = modified_dip(latitude, longitude, when)
        terms = _terms(*(aside @ axes.T).T)
        return cls(axes, np.linalg.lstsq(terms, there - here, rcond=None)[0])

    def __call__(self, latitude_deg: np.ndarray, longitude_deg: np.ndarray) -> np.ndarray:
        """Modified dip latitude at places less that at the receiver [degree], shape (row,)."""
        place = earth_fixed(latitude_deg, longitude_deg)
        x, y = (place / np.linalg.norm(place, axis=-1, keepdims=True) @ self.axes.T).T
        return _terms(x, y) @ self.coefficients


def _terms(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Terms of a cubic that is zero at the receiver, shape (row, 9)."""
    return np.stack([x, y, x * x, x * y, y * y, x**3, x * x * y, x * y * y, y**3], axis=-1)
