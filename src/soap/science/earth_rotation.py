"""The Earth's rotation: between the frame of orbits and the one that turns with the Earth."""

from __future__ import annotations

import numpy as np

_J2000 = np.datetime64("2000-01-01T12:00:00", "ns")


def sidereal_angle(time: np.ndarray) -> np.ndarray:
    """Greenwich mean sidereal angle [rad] at `time` (`datetime64`, UTC), the one that SGP4's frame is made for.

    UTC stands for UT1: they differ by less than 0.9 s, 0.4 km at the equator.
    S. Aoki et al., Astron. Astrophys. 105, 359-361, 1982.
    """
    days = (time.astype("datetime64[D]") - _J2000.astype("datetime64[D]")) / np.timedelta64(1, "D") - 0.5
    seconds = (time - time.astype("datetime64[D]")) / np.timedelta64(1, "s")
    centuries = (days + seconds / 86_400) / 36_525
    slow = 67_310.54841 + 8_640_184.812866 * centuries + 0.093104 * centuries**2 - 6.2e-6 * centuries**3
    turned = slow + seconds + 43_200  # one turn a day and, above, one a year; a Julian day begins at noon
    return (turned % 86_400) * (2 * np.pi / 86_400)


def to_earth_fixed(inertial: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Places (n, 3) in the frame of true equator and mean equinox, that of SGP4, as Earth-fixed ones, same unit."""
    return _turned(inertial, -sidereal_angle(time))


def to_inertial(earth_fixed: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Earth-fixed places (n, 3) in the frame of true equator and mean equinox, that of SGP4, same unit."""
    return _turned(earth_fixed, sidereal_angle(time))


def _turned(places: np.ndarray, angle: np.ndarray) -> np.ndarray:
    cos, sin = np.cos(angle), np.sin(angle)
    x, y, z = places.T
    return np.stack([cos * x - sin * y, sin * x + cos * y, z], axis=-1)
