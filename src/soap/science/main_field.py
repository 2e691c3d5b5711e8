"""The Earth's main magnetic field: the International Geomagnetic Reference Field, 14th generation, 1900 to 2030.

The coefficients are the file that `ppigrf` ships; the sum over them is done here, because `ppigrf` reads that file
and loads pandas anew for every question. The model: P. Alken et al., Earth Planets Space 73, 49, 2021,
doi:10.1186/s40623-020-01288-x; IGRF-14: doi:10.5281/zenodo.14012302.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from soap.core.errors import BadParameter

_REFERENCE_RADIUS_KM = 6371.2
_WGS84_A_KM, _WGS84_F = 6378.137, 1 / 298.257223563
_FILE = "IGRF14.shc"


def igrf(latitude_deg, longitude_deg, height_km, when: np.datetime64) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """North, east and down components [nT] at geodetic places (arguments broadcast) at one instant.

    `height_km` above the WGS84 ellipsoid, outside the core. `BadParameter` before 1900 and from 2030 on.
    """
    latitude, longitude, height = np.broadcast_arrays(
        *(np.asarray(part, dtype=float) for part in (latitude_deg, longitude_deg, height_km))
    )
    geocentric, radius = _geocentric(np.radians(latitude), height)
    up, south, east = _sum(_at(when), np.pi / 2 - geocentric, np.radians(longitude), radius)
    tilt = np.radians(latitude) - geocentric
    north = -south * np.cos(tilt) - up * np.sin(tilt)
    return north, east, south * np.sin(tilt) - up * np.cos(tilt)


def dip_latitude(latitude_deg, longitude_deg, when: np.datetime64) -> np.ndarray:
    """Dip latitude [degree] at the ground: arctan(tan(I)/2) with I the inclination of the IGRF.

    It orders the solar quiet variation and the equatorial ionosphere better than geographic latitude
    (S. Matsushita and W. H. Campbell, Physics of Geomagnetic Phenomena, Academic Press, 1967).
    """
    north, east, down = igrf(latitude_deg, longitude_deg, 0.0, when)
    return np.degrees(np.arctan2(down, 2 * np.hypot(north, east)))


def dip_equator(longitude_deg, when: np.datetime64) -> np.ndarray:
    """Latitude [degree] at which the field at the ground is horizontal, at each longitude (any shape).

    The dip equator of the IGRF to 1e-4 degree, found by halving between 35 degrees north and south, where the field
    points down and up at every longitude; dates as `igrf`.
    """
    longitude = np.asarray(longitude_deg, dtype=float)
    south, north = np.full(longitude.shape, -35.0), np.full(longitude.shape, 35.0)
    for _ in range(20):
        middle = (south + north) / 2
        down = igrf(middle, longitude, 0.0, when)[2]
        south, north = np.where(down < 0, middle, south), np.where(down < 0, north, middle)
    return (south + north) / 2


@lru_cache(maxsize=1)
def _coefficients() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Epochs [year], (n, m) with m < 0 for h, and Gauss coefficients [nT] of shape (coefficient, epoch)."""
    found = find_spec("ppigrf")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("The package ppigrf, which carries the coefficients of the IGRF, is not installed.")
    text = (Path(found.submodule_search_locations[0]) / _FILE).read_text("ascii")
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")][1:]
    table = np.array(lines[1:], dtype=float)
    return np.array(lines[0], dtype=float), table[:, :2].astype(int), table[:, 2:]


def _at(when: np.datetime64) -> tuple[np.ndarray, np.ndarray]:
    """g and h [nT] of degree n and order m at an instant, shapes (n, m), straight between the epochs."""
    epochs, orders, values = _coefficients()
    year = when.astype("datetime64[Y]")
    length = (year + 1).astype("datetime64[s]") - year.astype("datetime64[s]")
    date = year.astype(int) + 1970 + float((when.astype("datetime64[s]") - year.astype("datetime64[s]")) / length)
    if not epochs[0] <= date < epochs[-1]:
        raise BadParameter(f"The IGRF runs from {epochs[0]:g} to {epochs[-1]:g}; give a date within, not {when}.")
    after = int(np.searchsorted(epochs, date, side="right"))
    share = (date - epochs[after - 1]) / (epochs[after] - epochs[after - 1])
    now = values[:, after - 1] * (1 - share) + values[:, after] * share
    g, h = (np.zeros((orders[:, 0].max() + 1, orders[:, 0].max() + 1)) for _ in range(2))
    cosines = orders[:, 1] >= 0
    g[orders[cosines, 0], orders[cosines, 1]] = now[cosines]
    h[orders[~cosines, 0], -orders[~cosines, 1]] = now[~cosines]
    return g, h


def _geocentric(latitude: np.ndarray, height_km: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Geocentric latitude [rad] and radius [km] of geodetic places."""
    e2 = _WGS84_F * (2 - _WGS84_F)
    normal = _WGS84_A_KM / np.sqrt(1 - e2 * np.sin(latitude) ** 2)
    p, z = (normal + height_km) * np.cos(latitude), (normal * (1 - e2) + height_km) * np.sin(latitude)
    return np.arctan2(z, p), np.hypot(p, z)


def _sum(coefficients: tuple[np.ndarray, np.ndarray], colatitude: np.ndarray, longitude: np.ndarray,
         radius_km: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Components up, south and east of -grad V, with Schmidt quasi-normalised functions by recursion in n and m.

    R. A. Langel, The main field, in: Geomagnetism 1, Academic Press, 1987, section 4.
    """
    g, h = coefficients
    # a pole has no east: ask a little beside it
    cos, sin = np.cos(colatitude), np.maximum(np.sin(colatitude), 1e-10)
    up, south, east = np.zeros(cos.shape), np.zeros(cos.shape), np.zeros(cos.shape)
    sectoral, sectoral_slope = np.ones(cos.shape), np.zeros(cos.shape)
    for m in range(len(g)):
        if m:
            scale = 1.0 if m == 1 else np.sqrt((2 * m - 1) / (2 * m))
            sectoral, sectoral_slope = scale * sin * sectoral, scale * (sin * sectoral_slope + cos * sectoral)
        cos_m, sin_m = np.cos(m * longitude), np.sin(m * longitude)
        value, slope = sectoral, sectoral_slope
        below, slope_below = np.zeros(cos.shape), np.zeros(cos.shape)
        for n in range(m, len(g)):
            if n > m:
                a, b, c = 2 * n - 1, np.sqrt((n - 1) ** 2 - m**2), np.sqrt(n**2 - m**2)
                value, slope, below, slope_below = (
                    (a * cos * value - b * below) / c,
                    (a * (cos * slope - sin * value) - b * slope_below) / c,
                    value,
                    slope,
                )
            if n == 0:
                continue
            reach = (_REFERENCE_RADIUS_KM / radius_km) ** (n + 2)
            even, odd = g[n, m] * cos_m + h[n, m] * sin_m, g[n, m] * sin_m - h[n, m] * cos_m
            up += (n + 1) * reach * even * value
            south -= reach * even * slope
            east += m * reach * odd * value / sin
    return up, south, east
