"""Cells: the plain grid behind the place x time index, 10 degrees by 10 degrees; the exact test comes after.

A grid cell is `row * 36 + column`, row from the south pole, column from 180 degrees west. `EVERYWHERE` stands for all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.archive.outline import Outline
from soap.core.errors import BadParameter
from soap.core.place import EARTH_RADIUS_KM, Box, check_latlon, distance_km

EVERYWHERE = -1
"""The cell of what covers most of the globe; every place query asks for it too."""

_STEP = 10
_COLUMNS = 360 // _STEP
_ROWS = 180 // _STEP
CELLS = _ROWS * _COLUMNS
"""Number of cells of the grid."""

_MARGIN_DEG = 1e-6


def cells(latitude_deg, longitude_deg) -> np.ndarray:
    """Cell of each place; arguments are arrays of one shape, free of NaN."""
    rows = np.clip((np.asarray(latitude_deg) + 90) // _STEP, 0, _ROWS - 1)
    columns = ((np.asarray(longitude_deg) + 180) // _STEP) % _COLUMNS
    return (rows * _COLUMNS + columns).astype(int)


def longitudes_of(cell: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """West and east edge of each grid cell [degree]; of `EVERYWHERE` -180 and 180."""
    whole = cell == EVERYWHERE
    west = np.where(whole, -180.0, (cell % _COLUMNS) * float(_STEP) - 180.0)
    return west, np.where(whole, 180.0, west + _STEP)


def cells_of_box(box: Box) -> list[int]:
    """Cells that a box touches; `[EVERYWHERE]` when they are more than half of all."""
    found = grid_cells(box)
    return found if 2 * len(found) <= CELLS else [EVERYWHERE]


def grid_cells(box: Box) -> list[int]:
    """Cells that a box touches, however many."""
    rows = _rows(box.south, box.north)
    spans = [(box.west, box.east)] if box.west <= box.east else [(box.west, 180.0), (-180.0, box.east)]
    columns = sorted({column % _COLUMNS for west, east in spans for column in _columns(west, east)})
    return [row * _COLUMNS + column for row in rows for column in columns]


def cells_near(latitude_deg: float, longitude_deg: float, radius_km: float) -> list[int] | None:
    """Cells that a circle touches; None when that is no restriction."""
    found = cells_of_box(box_round(latitude_deg, longitude_deg, radius_km))
    return None if found == [EVERYWHERE] else found


def box_round(latitude_deg: float, longitude_deg: float, radius_km: float) -> Box:
    """The box round a circle; all longitudes where it reaches a pole."""
    reach = np.degrees(min(radius_km / EARTH_RADIUS_KM, np.pi)) + _MARGIN_DEG
    south, north = latitude_deg - reach, latitude_deg + reach
    if south <= -90 or north >= 90:
        return Box(-180, max(south, -90.0), 180, min(north, 90.0))
    half = np.degrees(np.arcsin(min(1.0, np.sin(np.radians(reach)) / np.cos(np.radians(latitude_deg))))) + _MARGIN_DEG
    west, east = longitude_deg - half, longitude_deg + half
    return Box(-180, south, 180, north) if half >= 180 else Box(_fold(west), south, _fold(east), north)


def _fold(longitude_deg: float) -> float:
    return (longitude_deg + 180.0) % 360.0 - 180.0


def _rows(south: float, north: float) -> range:
    return range(
        int(np.clip((south + 90) // _STEP, 0, _ROWS - 1)), int(np.clip((north + 90) // _STEP, 0, _ROWS - 1)) + 1
    )


def _columns(west: float, east: float) -> range:
    return range(int((west + 180) // _STEP), int((east + 180) // _STEP) + 1)


@dataclass(frozen=True)
class Near:
    """A circle on the Earth: what lies within `radius_km` of a place [degree]."""

    latitude: float
    longitude: float
    radius_km: float

    def __post_init__(self) -> None:
        latitude, longitude = check_latlon(self.latitude, self.longitude)
        if not 0 < self.radius_km < np.inf:
            raise BadParameter(f"The radius {self.radius_km} km is none; give a positive number.")
        object.__setattr__(self, "latitude", latitude)
        object.__setattr__(self, "longitude", longitude)

    def holds(self, latitude_deg, longitude_deg) -> np.ndarray:
        """True where the places lie in the circle, edge included."""
        return distance_km(self.latitude, self.longitude, latitude_deg, longitude_deg) <= self.radius_km

    def cells(self) -> list[int] | None:
        """Cells to look in; None for all."""
        return cells_near(self.latitude, self.longitude, self.radius_km)

    def box(self) -> Box:
        """The box round the circle."""
        return box_round(self.latitude, self.longitude, self.radius_km)

    def meets(self, west, south, east, north) -> np.ndarray:
        """True for the boxes of these sides (arrays of one shape) that have a place in common with the circle.

        The nearest place of a box lies on its west or east edge, or due north or south of the circle's centre; along
        a meridian the distance has one turning point.
        """
        across = _spans(west, east, self.longitude)
        found = across & (south <= self.latitude) & (self.latitude <= north)
        for meridian, there in ((west, True), (east, True), (np.full_like(west, self.longitude), across)):
            for latitude in (south, north, np.clip(self._nearest(meridian), south, north)):
                found |= there & self.holds(latitude, meridian)
        return found

    def _nearest(self, meridian_deg: np.ndarray) -> np.ndarray:
        """Latitude where the distance along a meridian turns [degree]."""
        phi, turn = np.radians(self.latitude), np.radians(meridian_deg - self.longitude)
        return np.degrees(np.arctan2(np.sin(phi), np.cos(phi) * np.cos(turn)))


Place = Near | Box | Outline
"""Where to look: a circle, a box, or what GeoJSON draws."""


def box_of(place: Place) -> Box:
    """The box round a place."""
    return place if isinstance(place, Box) else place.box()


def meets(place: Place, west, south, east, north) -> np.ndarray:
    """True for the boxes of these sides (arrays of one shape) that have a place in common with `place`."""
    if not isinstance(place, Box):
        return place.meets(west, south, east, north)
    across = _spans(place.west, place.east, west) | _spans(west, east, place.west)
    return across & (place.south <= north) & (south <= place.north)


def _spans(west, east, longitude_deg) -> np.ndarray:
    """True where a longitude lies from west to east, edges included."""
    after, before = np.greater_equal(longitude_deg, west), np.less_equal(longitude_deg, east)
    return np.where(np.less_equal(west, east), after & before, after | before)
