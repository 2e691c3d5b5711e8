"""The ionosphere's climate for a month or two: vertical content and density at one height, by PyIRI.

PyIRI is the International Reference Ionosphere's monthly median in Python: V. Forsythe et al., Space Weather 22,
e2023SW003739, 2024, doi:10.1029/2023SW003739; the IRI: D. Bilitza et al., Rev. Geophys. 60, e2022RG000792, 2022,
doi:10.1029/2022RG000792.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from soap.core.place import east180

_LATITUDE = np.arange(-87.5, 87.51, 2.5)
_LONGITUDE = np.arange(-180.0, 180.0, 15.0)
_HOURS = np.arange(0.0, 24.0, 2.0)
_TECU = 1e16
_BOTTOM_KM, _TOP_KM = 90.0, 20200.0


@dataclass(frozen=True)
class Climate:
    """Medians on a grid, one for each of two days, shape (2, ut, latitude, longitude): `vtec` [TECU], `density` [m-3].

    `density` is that at `height_km`; between the two `days` and the grid's nodes `at` interpolates.
    """

    days: np.ndarray
    height_km: float
    vtec: np.ndarray
    density: np.ndarray

    def at(self, name: str, times: np.ndarray, latitude, longitude) -> np.ndarray:
        """`vtec` or `density` at instants and places that broadcast; linear in day, UT, latitude and longitude.

        In longitude the four nodes around carry a cubic, so that the daily course keeps its shape between them.
        """
        table = getattr(self, name)
        times, latitude, longitude = np.broadcast_arrays(times, latitude, longitude)
        since = (times - self.days[0]) / np.timedelta64(1, "D")
        span = (self.days[1] - self.days[0]) / np.timedelta64(1, "D")
        late = np.clip(since / span, 0.0, 1.0)
        return (1 - late) * self._of_day(table[0], since, latitude, longitude) + late * self._of_day(
            table[1], since, latitude, longitude
        )

    def _of_day(self, table: np.ndarray, since: np.ndarray, latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
        hour = (since % 1.0) * 24.0 / (_HOURS[1] - _HOURS[0])
        row = np.clip((latitude - _LATITUDE[0]) / (_LATITUDE[1] - _LATITUDE[0]), 0.0, len(_LATITUDE) - 1.0)
        above = np.minimum(row.astype(int), len(_LATITUDE) - 2)
        up, total = row - above, np.zeros(hour.shape)
        for step in (0, 1):
            slot = (hour.astype(int) + step) % len(_HOURS)
            share = np.abs(1 - step - (hour - hour.astype(int)))
            if not share.any():  # every instant is one of the map's own
                continue
            # the Sun moves on between the map and the instant: the map is turned with it (IONEX 1.0, section 3)
            turned = longitude + 15.0 * (_HOURS[1] - _HOURS[0]) * (hour - hour.astype(int) - step)
            total += share * (
                _along(table, slot, above, turned) * (1 - up) + _along(table, slot, above + 1, turned) * up
            )
        return total


def _along(table: np.ndarray, slot: np.ndarray, row: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """Catmull-Rom cubic through the nodes around a longitude; never below zero."""
    column = (east180(longitude) - _LONGITUDE[0]) / (_LONGITUDE[1] - _LONGITUDE[0])
    first = np.floor(column).astype(int)
    t = column - first
    weights = (
        ((-t + 2) * t - 1) * t / 2,
        ((3 * t - 5) * t * t + 2) / 2,
        ((-3 * t + 4) * t + 1) * t / 2,
        (t - 1) * t * t / 2,
    )
    nodes = (table[slot, row, (first + offset) % len(_LONGITUDE)] for offset in (-1, 0, 1, 2))
    return np.maximum(sum(w * node for w, node in zip(weights, nodes, strict=True)), 0.0)


@lru_cache(maxsize=2)
def climate(first_day: np.datetime64, last_day: np.datetime64, f107: float, height_km: float) -> Climate:
    """The climate from `first_day` to `last_day`, `datetime64[D]`, for a mean F10.7 [sfu], with density at a height."""
    days = np.array([first_day, max(last_day, first_day + np.timedelta64(1, "D"))]).astype("datetime64[ns]")
    tables = [_of_day(np.datetime64(day, "D"), f107, height_km) for day in days]
    return Climate(days, height_km, *(np.stack(parts) for parts in zip(*tables, strict=True)))


def _of_day(day: np.datetime64, f107: float, height_km: float) -> tuple[np.ndarray, np.ndarray]:
    import PyIRI  # slow to import
    import PyIRI.edp_update as iri

    longitude, latitude = np.meshgrid(_LONGITUDE, _LATITUDE)
    lower = np.concatenate([np.arange(_BOTTOM_KM, 300.0, 15.0), np.arange(300.0, 700.0, 25.0)])
    heights = np.unique(np.concatenate([lower, np.geomspace(700.0, _TOP_KM, 15), [height_km]]))
    year, month, number = (int(part) for part in str(day).split("-"))
    *_, density = iri.IRI_density_1day(
        year, month, number, _HOURS, longitude.ravel(), latitude.ravel(), heights, f107, PyIRI.coeff_dir, 0
    )
    shape = (len(_HOURS), *longitude.shape)
    vtec = np.trapezoid(density, heights * 1000.0, axis=1) / _TECU
    at_height = density[:, int(np.flatnonzero(heights == height_km)[0])]
    return vtec.reshape(shape), at_height.reshape(shape)
