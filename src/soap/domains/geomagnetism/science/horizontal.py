"""The horizontal intensity from its two components."""

from __future__ import annotations

import numpy as np


def horizontal_from_xy(b_north: np.ndarray, b_east: np.ndarray) -> np.ndarray:
    """Horizontal intensity H = sqrt(X² + Y²) [nT], NaN where either component is.

    `b_north`, `b_east` [nT] may be geographic (X, Y) or the magnetometer's own axes (h, e); shapes broadcast. Series
    that change from H to X, Y in some year (hourly values of most observatories do) are joined by it.

    Source  S. Chapman and J. Bartels, Geomagnetism, Oxford University Press, 1940, chapter 1.
    """
    return np.hypot(b_north, b_east)
