"""The place in which an FDSN web service is asked: a box, or a ring round a point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from soap.core.errors import BadParameter
from soap.faces.api.fdsn.parameters import BOX, CIRCLE, ordered
from soap.services.earthquakes import Box, Near, degrees_in_km

_POINT_KM = 1e-6


def place_of(values: Mapping[str, Any]) -> tuple[Box | Near | None, float]:
    """The place that the parameters name, if any, and the least distance from its centre [km].

    `minlongitude` > `maxlongitude` is a box across 180 degrees. `BadParameter` for a box and a ring at once.
    """
    boxed = any(values[one.name] is not None for one in BOX)
    ringed = any(values[one.name] is not None for one in CIRCLE)
    if boxed and ringed:
        raise BadParameter("Give a box or a ring, not both: minlatitude … or latitude, longitude, maxradius.")
    if boxed:
        ordered(values, "minlatitude", "maxlatitude")
        limits = (("minlongitude", -180.0), ("minlatitude", -90.0), ("maxlongitude", 180.0), ("maxlatitude", 90.0))
        west, south, east, north = (fixed if values[name] is None else values[name] for name, fixed in limits)
        return Box(west, south, east, north), 0.0
    if not ringed:
        return None, 0.0
    ordered(values, "minradius", "maxradius")
    latitude, longitude, inner = (values[name] or 0.0 for name in ("latitude", "longitude", "minradius"))
    outer = 180.0 if values["maxradius"] is None else values["maxradius"]
    return Near(latitude, longitude, max(degrees_in_km(outer), _POINT_KM)), degrees_in_km(inner)
