"""Told of: earthquakes by size, by place, or whose preparation zone reaches a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

import numpy as np
from pydantic import Field, model_validator

from soap.archive import Archive, query
from soap.archive.cover import Near
from soap.core.errors import NotFound
from soap.core.place import Box, distance_km
from soap.core.time import Window, iso
from soap.core.who import Viewer
from soap.science.preparation import preparation_radius_km
from soap.services.earthquakes import Listed, Sought, earthquake, earthquakes
from soap.services.watch.kind import Conditions, Found, Kind, Look, Message

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
_A_DAY = np.timedelta64(1, "D")


class EarthquakeConditions(Conditions):
    """Earthquakes that are new in the archive, and happened at most `within_days` ago.

    In a circle (`near` with `radius_km`) or a `box` (west, south, east, north; west > east crosses 180 degrees); or
    with `reaches`, whose preparation zone (Dobrovolsky et al. 1979) holds that place. Those made up are not told.
    """

    min_magnitude: float = Field(default=5.0, ge=-10, le=11)
    max_depth_km: float | None = Field(default=None, ge=0, le=7000)
    near: tuple[Latitude, Longitude] | None = None
    radius_km: float | None = Field(default=None, gt=0, le=20_040)
    box: tuple[Longitude, Latitude, Longitude, Latitude] | None = None
    reaches: tuple[Latitude, Longitude] | None = None
    collection: str | None = Field(default=None, max_length=200)
    within_days: float = Field(default=30.0, gt=0, le=36_525)
    draft_case: bool = Field(default=False, description="Have a case study of each made as a draft.")

    @model_validator(mode="after")
    def one_place(self) -> Self:
        """A centre has a radius, and there is one place at most."""
        if (self.near is None) != (self.radius_km is None):
            raise ValueError("near and radius_km go together")
        if sum(place is not None for place in (self.near, self.box, self.reaches)) > 1:
            raise ValueError("give one place: near, box or reaches")
        self.place()
        return self

    def place(self) -> Near | Box | None:
        """Circle or box, if any."""
        if self.near is not None and self.radius_km is not None:
            return Near(*self.near, self.radius_km)
        return None if self.box is None else Box(*self.box)


def _look(look: Look) -> Iterator[Found]:
    asked: EarthquakeConditions = look.conditions
    held = query.collections(look.archive, look.viewer, shape="events", collection_id=asked.collection)
    changed = frozenset(one.collection_id for one in held if one.version > look.since and not one.simulated)
    if not changed:
        return
    recent = np.timedelta64(round(asked.within_days * 86_400), "s")
    sought = Sought(
        window=Window(look.now - recent, look.now + _A_DAY),
        place=asked.place(),
        magnitude=(asked.min_magnitude, np.inf),
        depth_km=(-np.inf, np.inf if asked.max_depth_km is None else asked.max_depth_km),
        collections=changed,
        changed_after=look.since,
    )
    for one in earthquakes(look.viewer, look.archive, sought, "time-asc"):
        if asked.reaches is None or _reaches(one, asked.reaches):
            yield Found(f"earthquake {one.earthquake.event_id}", {"event_id": one.earthquake.event_id})


def _tell(viewer: Viewer, archive: Archive, asked: EarthquakeConditions, about: Mapping[str, Any]) -> Message | None:
    try:
        found = earthquake(viewer, archive, about["event_id"])
    except NotFound:
        return None
    quake = found.earthquake
    radius = float(preparation_radius_km(quake.magnitude))
    size = f"{quake.magnitude_type or 'M'} {quake.magnitude:.1f}"
    depth = "depth unknown" if np.isnan(quake.depth_km) else f"{quake.depth_km:.0f} km deep"
    text = (
        f"Earthquake {quake.event_id}: {size} at {iso(quake.time)}, {quake.latitude:.3f} degrees north,"
        f" {quake.longitude:.3f} degrees east, {depth}; listed by {', '.join(found.catalogues)}. Its preparation zone"
        f" by Dobrovolsky et al. (1979), an assumption, reaches {radius:,.0f} km."
    )
    facts: dict[str, Any] = {
        "event_id": quake.event_id, "time": iso(quake.time), "latitude": quake.latitude,
        "longitude": quake.longitude, "depth_km": None if np.isnan(quake.depth_km) else quake.depth_km,
        "magnitude": quake.magnitude, "magnitude_type": quake.magnitude_type, "place": quake.place,
        "catalogues": list(found.catalogues), "preparation_radius_km": radius,
    }  # fmt: skip
    if asked.reaches is not None:
        away = float(distance_km(*asked.reaches, quake.latitude, quake.longitude))
        text += f" The place asked for is {away:,.0f} km away."
        facts["distance_km"] = away
    return Message(f"{size}, {quake.place or 'place not named'}", text, facts, f"/api/v1/events/{quake.event_id}")


def _reaches(one: Listed, place: tuple[float, float]) -> bool:
    away = distance_km(*place, one.earthquake.latitude, one.earthquake.longitude)
    return bool(away <= preparation_radius_km(one.earthquake.magnitude))


EARTHQUAKE = Kind("earthquake", "an earthquake", EarthquakeConditions, _look, _tell)
