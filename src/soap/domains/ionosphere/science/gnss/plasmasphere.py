"""Electron content above the ionosphere, up to the satellites of navigation: a model of the quiet plasmasphere.

A thin shell stands for the ionosphere; what lies thousands of kilometres above it maps quite differently, and at low
latitudes at night it is a third of the content. Left in the shell, it is taken for a receiver bias.

Density at the equator of a field line: D. L. Carpenter and R. R. Anderson, "An ISEE/whistler model of equatorial
electron density in the magnetosphere," J. Geophys. Res. 97, 1097-1108, 1992, doi:10.1029/91JA01548, equation 3 (the
saturated plasmasphere) and the plasmapause 5.6 - 0.46 Kp. Along a field line it falls as 1/r: R. E. Denton et al.,
"Magnetospheric electron density along field lines," J. Geophys. Res. 107, 1493, 2002, doi:10.1029/2001JA009136. The
field is a dipole along the axis of the IGRF-13 of 2020.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.domains.ionosphere.science.gnss.geometry import SPHERE_RADIUS_KM
from soap.science.ellipsoid import geodetic

BASE_KM = 1000.0
"""Height above which the content counts as the plasmasphere's [km]; protons are the main ion from about there."""

_TOP_KM = 20_200.0
_POLE = np.radians([80.65, -72.68])
_QUIET_KP = 2.0
_FALL_OF_PLASMAPAUSE = 0.1
"""Earth radii over which the density falls by e outside the plasmapause."""

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_ELEVATIONS, _AZIMUTHS = np.linspace(0.0, 90.0, 91), np.linspace(0.0, 360.0, 37)


@dataclass(frozen=True)
class Plasmasphere:
    """The plasmasphere as one receiver sees it: `vertical` and slant content [TECU] by direction."""

    vertical: float
    table: np.ndarray

    @classmethod
    def over(cls, position_m: np.ndarray) -> Plasmasphere:
        """That over a receiver at an Earth-fixed position [m]."""
        elevation, azimuth = np.meshgrid(_ELEVATIONS, _AZIMUTHS, indexing="ij")
        table = plasmaspheric_tec(position_m, elevation, azimuth)
        return cls(float(table[-1, 0]), table)

    @classmethod
    def none(cls) -> Plasmasphere:
        """No plasmasphere: all content is the shell's."""
        return cls(0.0, np.zeros((len(_ELEVATIONS), len(_AZIMUTHS))))

    def slant(self, elevation_deg: np.ndarray, azimuth_deg: np.ndarray) -> np.ndarray:
        """Content [TECU] along rays at elevations (0 to 90) and azimuths [degree]; NaN where one is."""
        up, along = np.asarray(elevation_deg, float), np.mod(azimuth_deg, 360.0) / 10.0
        known = np.isfinite(up) & np.isfinite(along)
        row = np.clip(np.where(known, up, 0.0).astype(np.intp), 0, 89)
        column = np.clip(np.where(known, along, 0.0).astype(np.intp), 0, 35)
        a, b = up - row, along - column
        low = self.table[row, column] * (1 - b) + self.table[row, column + 1] * b
        high = self.table[row + 1, column] * (1 - b) + self.table[row + 1, column + 1] * b
        return low * (1 - a) + high * a


def plasmaspheric_tec(position_m, elevation_deg, azimuth_deg) -> np.ndarray:
    """Electron content [TECU] of rays from a receiver between 1000 km and 20,200 km height.

    `position_m` Earth-fixed, shape (3,); directions broadcast. About 2.7 TECU at the zenith of the magnetic equator,
    1.5 at 30 degrees, 0.2 at 60; good to perhaps a factor of 1.5.
    """
    elevation, azimuth = np.broadcast_arrays(np.radians(elevation_deg), np.radians(azimuth_deg))
    place = np.asarray(position_m, float) / 1e3
    latitude, longitude, _ = geodetic(position_m)
    east, north, up = _axes(np.radians(latitude), np.radians(longitude))
    flat = np.cos(elevation)
    ray = (
        (flat * np.sin(azimuth))[..., None] * east
        + (flat * np.cos(azimuth))[..., None] * north
        + np.sin(elevation)[..., None] * up
    )
    along, ground = ray @ place, place @ place
    enter, leave = (
        -along + np.sqrt(along**2 + (SPHERE_RADIUS_KM + height) ** 2 - ground) for height in (BASE_KM, _TOP_KM)
    )
    share = ((_NODES + 1) / 2) ** 2
    way = enter[..., None] + (leave - enter)[..., None] * share
    radius = np.sqrt(ground + 2 * way * along[..., None] + way**2)
    axis = _dipole_axis()
    sine = (place @ axis + way * (ray @ axis)[..., None]) / radius
    radii = radius / SPHERE_RADIUS_KM
    density = electron_density(radii, radii / np.maximum(1 - sine**2, 1e-6))
    km = (density * (_WEIGHTS / 2 * (_NODES + 1))).sum(axis=-1) * (leave - enter)
    return km * 1e3 * 1e6 / 1e16


def electron_density(radius, shell) -> np.ndarray:
    """Electrons [cm-3] at a radius [Earth radii] on the field line of McIlwain's L `shell`, quiet times."""
    equatorial = 10.0 ** (3.9043 - 0.3145 * shell)
    beyond = np.maximum(shell - (5.6 - 0.46 * _QUIET_KP), 0.0)
    return equatorial * (shell / radius) * np.exp(-beyond / _FALL_OF_PLASMAPAUSE)


def _dipole_axis() -> np.ndarray:
    latitude, longitude = _POLE
    return np.array([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])


def _axes(latitude: np.ndarray, longitude: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit vectors east, north and up at a place [rad]."""
    east = np.array([-np.sin(longitude), np.cos(longitude), 0.0])
    up = np.array([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])
    return east, np.cross(up, east), up
