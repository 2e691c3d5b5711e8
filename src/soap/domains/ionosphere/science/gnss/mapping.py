"""Mapping functions: how much longer the way of a ray through the ionosphere is than the vertical way."""

from __future__ import annotations

import numpy as np

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.geometry import SPHERE_RADIUS_KM

CODE_HEIGHT_KM, CODE_ALPHA = 506.7, 0.9782


def thin_shell(elevation_deg, shell_height_km: float) -> np.ndarray:
    """Slant over vertical TEC of a thin shell: 1 / cos(z'), z' the zenith angle at the shell.

    1.701 at 30 degrees for 450 km. `elevation_deg` -90 to 90, any shape; `shell_height_km` above 0.
    S. Schaer, "Mapping and predicting the Earth's ionosphere using the Global Positioning System," Geodätisch-
    geophysikalische Arbeiten in der Schweiz 59, 1999, section 2.4.
    """
    return modified_single_layer(elevation_deg, shell_height_km, 1.0)


def modified_single_layer(
    elevation_deg, height_km: float = CODE_HEIGHT_KM, alpha: float = CODE_ALPHA
) -> np.ndarray:  # fmt: skip
    """CODE's modified single-layer model (MSLM): a thin shell seen at `alpha` times the zenith angle.

    The default fits the extended slab model of JPL; it is what CODE's maps are made with (their IONEX headers;
    Schaer 1999, section 2.4, and http://www.aiub.unibe.ch, "MSLM").
    """
    if not height_km > 0:
        raise BadParameter(f"The shell's height is {height_km} km; it must be above 0.")
    zenith = alpha * np.radians(90.0 - np.asarray(elevation_deg, float))
    at_shell = np.sin(zenith) * (SPHERE_RADIUS_KM / (SPHERE_RADIUS_KM + height_km))
    return 1.0 / np.sqrt(1.0 - at_shell**2)
