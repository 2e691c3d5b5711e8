"""Real satellites flown by their published elements, as the program of SGP4's authors flies them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from soap.science.earth_rotation import to_earth_fixed
from soap.science.ellipsoid import geodetic
from soap.testing.data import real

_DAY = np.timedelta64(86_400, "s")


def elements(name: str) -> list[tuple[np.datetime64, Any]]:
    """Epoch and satellite (`sgp4.api.Satrec`) of each pair of lines of a file below `space/5-orbits`, by epoch."""
    from sgp4.api import Satrec

    found = []
    for first, second in pairwise(real(f"space/5-orbits/{name}").read_text().splitlines()):
        if first.startswith("1 ") and second.startswith("2 "):
            one = Satrec.twoline2rv(first, second)
            micros = round((one.jdsatepoch - 2_440_587.5 + one.jdsatepochF) * 86_400e6)
            found.append((np.datetime64(micros, "us").astype("datetime64[ns]"), one))
    return sorted(found, key=lambda pair: pair[0])


def flown(satellite: Any, time: np.ndarray) -> np.ndarray:
    """Geodetic latitude, longitude [degree] and height [km], shape (3, n), at `time`."""
    whole = time.astype("datetime64[D]")
    wrong, place, _ = satellite.sgp4_array(2_440_587.5 + whole.astype(float), (time - whole) / _DAY)
    if wrong.any():
        raise ValueError(f"SGP4 gives no place at {time[wrong > 0][0]}.")
    return places_of(to_earth_fixed(place, time) * 1e3)


def places_of(position_m: np.ndarray) -> np.ndarray:
    """Geodetic latitude, longitude [degree] and height [km], shape (3, n), of Earth-fixed positions (n, 3)."""
    latitude, longitude, height = geodetic(position_m)
    return np.array([latitude, longitude, height / 1e3])
