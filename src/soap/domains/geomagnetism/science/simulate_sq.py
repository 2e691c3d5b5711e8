"""The solar quiet (Sq) variation of a made-up day: what a magnetometer shows when nothing but the Sun moves it.

The current systems of the dayside dynamo give, in dip latitude and local time, a potential field
V = a Σ (E + I) P_n^m(cos θ) cos m(t - t_nm) with n - m odd (A. Schuster, Phil. Trans. R. Soc. A 180, 467, 1889;
S. Chapman and J. Bartels, Geomagnetism, Oxford, 1940). The horizontal components share one set of coefficients; the
vertical one has its own, because the part induced in the Earth adds to it with the other sign.
"""

from __future__ import annotations

import numpy as np

_DEGREES = (1, 3)  # n - m: two currents, mirrored about the dip equator, and their change of shape with latitude

# Least squares on the median quiet day (all Kp <= 3) of March and April 2004, 2005, 2006, 2010 and 2012 (mean F10.7
# 95 sfu) at 27 observatories of Asia and the Pacific, dip latitude -36 to 52 degrees, hourly means; misfit 3.5 nT of
# 11.2 nT in X, 2.7 of 6.3 nT in Z. Rows m = 1..4; columns (cos, sin) of n = m + 1, then of n = m + 3; [nT].
_HORIZONTAL_NT = np.array(
    [
        [-8.88, -1.47, 2.85, -1.29],
        [-5.55, -0.47, 0.75, -1.47],
        [-2.74, 0.02, 0.07, -1.39],
        [-0.78, 0.74, -0.11, -0.20],
    ]
)
_VERTICAL_NT = np.array(
    [
        [-5.84, -1.66, 6.36, 2.62],
        [-5.78, -1.45, 2.11, -0.45],
        [-4.64, -0.14, 0.36, -1.12],
        [-1.90, 0.64, -0.12, -0.30],
    ]
)
REFERENCE_F107_SFU = 95.0
_ELECTROJET_GAIN, _ELECTROJET_WIDTH_DEG = 1.0, 2.5


def _schmidt(m: int, n: int, latitude_deg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Schmidt quasi-normalised P_n^m at a latitude and its derivative with colatitude [1/rad]."""
    from scipy.special import lpmv, poch  # slow to import

    x = np.sin(np.radians(latitude_deg))
    scale = (-1) ** m * np.sqrt(2.0 / poch(n - m + 1, 2 * m))
    value, below = lpmv(m, n, x), lpmv(m, n - 1, x)
    slope = (n * x * value - (n + m) * below) / np.cos(np.radians(latitude_deg))
    return scale * value, scale * slope


def sq_variation(dip_latitude_deg, local_hours) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """North, east and down Sq components [nT] of an equinox day at F10.7 = 95, zero on the mean of the day.

    `dip_latitude_deg` within ±60 and `local_hours` (0..24, mean solar time) broadcast. Within about 3 degrees of the
    dip equator the horizontal components double: the equatorial electrojet (C. A. Onwumechili, The Equatorial
    Electrojet, Gordon and Breach, 1997).
    """
    latitude, hours = np.broadcast_arrays(np.asarray(dip_latitude_deg, float), np.asarray(local_hours, float))
    angle = 2 * np.pi * (hours - 12.0) / 24.0
    north, east, down = np.zeros(angle.shape), np.zeros(angle.shape), np.zeros(angle.shape)
    places, index = np.unique(latitude, return_inverse=True)
    index = index.reshape(latitude.shape)
    for m, (horizontal, vertical) in enumerate(zip(_HORIZONTAL_NT, _VERTICAL_NT, strict=True), start=1):
        cos, sin = np.cos(m * angle), np.sin(m * angle)
        for column, extra in enumerate(_DEGREES):
            value, slope = (part[index] for part in _schmidt(m, m + extra, places))
            a, b = horizontal[2 * column : 2 * column + 2]
            north += slope * (a * cos + b * sin)
            east += m * value / np.cos(np.radians(latitude)) * (a * sin - b * cos)
            a, b = vertical[2 * column : 2 * column + 2]
            down += value * (a * cos + b * sin)
    jet = 1.0 + _ELECTROJET_GAIN * np.exp(-((latitude / _ELECTROJET_WIDTH_DEG) ** 2))
    return north * jet, east * jet, down
