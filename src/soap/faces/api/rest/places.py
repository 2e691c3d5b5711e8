"""Places and times as REST's parameters tell them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from fastapi import Query

from soap.core.errors import BadParameter
from soap.core.place import Box
from soap.core.time import Window, utc
from soap.faces.api.numbers_told import numbers_in

Instant = Annotated[str | None, Query(max_length=40, description="Instant, ISO 8601, UTC.")]
Circle = Annotated[str | None, Query(max_length=60, description="Centre of a circle: latitude,longitude [degree].")]
Radius = Annotated[float | None, Query(gt=0, le=20040, description="Radius of the circle [km].")]
BoxSides = Annotated[
    str | None,
    Query(alias="box", max_length=120, description="West,south,east,north [degree]; west > east crosses 180 degrees."),
]


def instant(told: str | None) -> np.datetime64 | None:
    """The instant, if one is told."""
    return None if told is None else utc(told)


def window(start: str | None, stop: str | None) -> Window | None:
    """From `start` until before `stop`, open where one is not told; None where neither is."""
    return None if start is None and stop is None else Window.between(start, stop)


def circle(near: str | None, radius_km: float | None) -> tuple[float, float, float] | None:
    """Latitude, longitude [degree] and radius [km], if a centre is told; `BadParameter` for one without a radius."""
    if near is None:
        return None
    if radius_km is None:
        raise BadParameter("near: give radius_km [km] with it.")
    latitude, longitude = numbers_in("near", near, 2)
    return latitude, longitude, radius_km


def box(told: str | None) -> Box | None:
    """The box, if one is told."""
    return None if told is None else Box(*numbers_in("box", told, 4))


@dataclass
class Where:
    """A place and a window, and as of when: parameters that questions share."""

    near: Circle = None
    radius_km: Radius = None
    box_sides: BoxSides = None
    start: Instant = None
    stop: Instant = None
    as_of: Instant = None

    @property
    def ring(self) -> tuple[float, float, float] | None:
        """The circle, if a centre is told."""
        return circle(self.near, self.radius_km)

    @property
    def sides(self) -> Box | None:
        """The box, if one is told."""
        return box(self.box_sides)
