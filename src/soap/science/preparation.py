"""The earthquake preparation zone: the circle around an epicentre in which precursors are looked for."""

from __future__ import annotations

import numpy as np

from soap.core.errors import BadParameter
from soap.science.method import Method, Parameters


class PreparationZone(Parameters):
    """Nothing to choose: the published relation has no free parameter."""


def preparation_radius_km(magnitude) -> np.ndarray:
    """Radius of the preparation zone, 10^(0.43 M) [km]; `magnitude` any shape, -2 to 10, NaN stays NaN.

    An assumption about where strain of 1e-8 could reach, not an observed limit of any precursor. Raises
    `BadParameter` outside -2 to 10.
    I. P. Dobrovolsky, S. I. Zubkov, V. I. Miachkin, Pure Appl. Geophys. 117, 1025-1044, 1979,
    doi:10.1007/BF00876083.
    """
    magnitude = np.asarray(magnitude, dtype=float)
    outside = (magnitude < -2) | (magnitude > 10)
    if outside.any():
        raise BadParameter(
            f"Magnitude {magnitude[outside].flat[0]:g} is none that an earthquake has had; give values from -2 to 10."
        )
    return np.power(10.0, 0.43 * magnitude)


METHOD = Method(
    "preparation_zone_dobrovolsky_1979",
    title="Radius of the earthquake preparation zone",
    takes="number",
    gives="number",
    parameters=PreparationZone,
    run=preparation_radius_km,
    reference="10.1007/BF00876083",
)
