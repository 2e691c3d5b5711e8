"""Places and times as REST's parameters tell them."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from fastapi import Query

from soap.core.errors import BadParameter
from soap.core.place import Box
from soap.core.time import Window, utc

Instant = Annotated[str | None, Query(max_length=40, description="Instant, ISO 8601, UTC.")]
Circle = Annotated[str | None, Query(max_length=60, description="Centre of a circle: latitude,longitude [degree].")]
Radius = Annotated[float | None, Query(gt=0, le=20040, description="Radius of the circle [km].")]
BoxSides = Annotated[
    str | None,
    Query(alias="box", max_length=120, description="West,south,east,north [degree]; west > east crosses 180 degrees."),
]
_OPEN = (utc("1678-01-02"), utc("2261-12-31"))


def instant(told: str | None) -> np.datetime64 | None:
    """The instant, if one is told."""
    return None if told is None else utc(told)


def window(start: str | None, stop: str | None) -> Window | None:
    """From `start` until before `stop`, open where one is not told; None where neither is."""
    if start is None and stop is None:
        return None
    return Window(_OPEN[0] if start is None else utc(start), _OPEN[1] if stop is None else utc(stop))


def circle(near: str | None, radius_km: float | None) -> tuple[float, float, float] | None:
    """Latitude, longitude [degree] and radius [km], if a centre is told; `BadParameter` for one without a radius."""
    if near is None:
        return None
    if radius_km is None:
        raise BadParameter("near: give radius_km [km] with it.")
    latitude, longitude = _numbers("near", near, 2)
    return latitude, longitude, radius_km


def box(told: str | None) -> Box | None:
    """The box, if one is told."""
    return None if told is None else Box(*_numbers("box", told, 4))


def _numbers(name: str, told: str, count: int) -> list[float]:
    try:
        numbers = [float(word) for word in told.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise BadParameter(f"{name}={told!r} is not {count} numbers between commas.")
    return numbers
