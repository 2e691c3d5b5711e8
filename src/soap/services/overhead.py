"""What is overhead: the passes of satellites through a place, and maps at its centre."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr

from soap.archive import query
from soap.archive.around import Count
from soap.archive.cover import Near
from soap.core.errors import NotFound
from soap.core.place import Box, distance_km
from soap.core.time import local_hours
from soap.observations.quality import SUFFIX
from soap.services.around import Surroundings
from soap.services.get import Wanted
from soap.services.study.activity import local_day_start
from soap.services.study.blocks import Series
from soap.services.study.observed import variables_of
from soap.services.study.overhead import NIGHT_HOURS, passes_by_day


@dataclass(frozen=True)
class Place:
    """A circle: its centre [degree] and radius [km]."""

    latitude: float
    longitude: float
    radius_km: float

    @property
    def near(self) -> Near:
        """The same, as the archive takes it."""
        return Near(self.latitude, self.longitude, self.radius_km)


@dataclass(frozen=True)
class Passage:
    """A satellite's pass through the place, and the median of each variable's sound values in it.

    `time`, `distance_km` of the sample nearest to the centre; `night`: 18 to 06 h of local mean time there.
    """

    time: np.datetime64
    distance_km: float
    night: bool
    half_orbit_id: str
    count: int
    medians: dict[str, float]


@dataclass(frozen=True)
class Overhead:
    """What one collection gives over the place: `passages` of a track, or `values` of maps at the centre."""

    count: Count
    units: dict[str, str]
    passages: tuple[Passage, ...] = ()
    values: tuple[np.ndarray, dict[str, np.ndarray]] | None = None


def place_of(asked: Near | Box) -> Place:
    """A circle as it is; of a box its centre, and the circle round it."""
    if isinstance(asked, Near):
        return Place(asked.latitude, asked.longitude, asked.radius_km)
    across = asked.east - asked.west + (0.0 if asked.west <= asked.east else 360.0)
    latitude, longitude = (asked.south + asked.north) / 2, (asked.west + across / 2 + 180.0) % 360.0 - 180.0
    middle, half = np.radians(latitude), np.radians(across / 2)
    opposite = np.degrees(np.arctan2(-np.sin(middle), -np.cos(middle) * np.cos(half)))  # farthest of a side's meridian
    ends = (asked.south, asked.north, np.clip(opposite, asked.south, asked.north))
    return Place(latitude, longitude, max(float(distance_km(end, asked.west, latitude, longitude)) for end in ends))


def overhead(surroundings: Surroundings) -> Iterator[Overhead]:
    """Tracks and maps of what is around, collection by collection, at the place's centre and in its circle."""
    found = surroundings.found
    centre = place_of(found.place)
    for one in found.counts:
        if one.shape == "track":
            yield _passages(one, list(found.datasets(one)), centre)
        elif one.shape == "field":
            yield _maps(one, list(found.datasets(one)), centre)


def map_values(which: Wanted, variable: str, place: Place) -> Series:
    """Maps at the grid point nearest to the place; `NotFound` when no map holds the variable."""
    found = query.fields(which.archive, which.viewer, which.held.collection_id, which.window, (variable,),
                         as_of=which.as_of, provider=which.provider)  # fmt: skip
    points = [_point(field, place) for field in found if variable in field]
    if not points:
        raise NotFound(f"{which.held.collection_id} holds no {variable} in this window.")
    time, values = _sound_of(points, variable)
    return Series(time, values, str(points[0][variable].attrs["units"]))


def passes_of_days(which: Wanted, variable: str, place: Place, part: str) -> tuple[np.ndarray, np.ndarray, str]:
    """Start of each local day, the day's median of the passes through the place by night or day, and its unit."""
    found = query.passes(which.archive, which.viewer, which.held.collection_id, place.near, which.window, (variable,),
                         as_of=which.as_of)  # fmt: skip
    if not found.tracks:
        raise NotFound(f"{which.held.collection_id} holds no pass through this place in this window.")
    days = np.arange(which.window.start.astype("datetime64[D]"), which.window.stop.astype("datetime64[D]") + 1)
    centre = (place.latitude, place.longitude)
    values = passes_by_day(found.tracks, variable, centre, place.radius_km, days)[part]
    units = next(str(track[variable].attrs["units"]) for track in found.tracks if variable in track)
    return local_day_start(days, place.longitude), values, units


def _passages(one: Count, tracks: list[xr.Dataset], centre: Place) -> Overhead:
    made = tuple(sorted((_passage(track, centre) for track in tracks), key=lambda passage: passage.time))
    return Overhead(one, _units(tracks), passages=made)


def _passage(track: xr.Dataset, centre: Place) -> Passage:
    reach = distance_km(track["latitude"].values, track["longitude"].values, centre.latitude, centre.longitude)
    nearest = int(np.argmin(reach))
    time, longitude = track["time"].values[nearest], track["longitude"].values[nearest]
    hour = float(local_hours(time, longitude))
    return Passage(
        time=time,
        distance_km=float(reach[nearest]),
        night=hour >= NIGHT_HOURS[0] or hour < NIGHT_HOURS[1],
        half_orbit_id=str(track.attrs.get("half_orbit_id", "")),
        count=track.sizes["time"],
        medians={name: _median(_sound(track, name)) for name in sorted(variables_of(track))},
    )


def _maps(one: Count, fields: list[xr.Dataset], centre: Place) -> Overhead:
    points = [_point(field, centre) for field in fields]
    names = sorted({name for point in points for name in variables_of(point)})
    values: dict[str, np.ndarray] = {}
    time = np.array([], "datetime64[ns]")
    for name in names:
        time, values[name] = _sound_of(points, name)
    return Overhead(one, _units(fields), values=(time, values))


def _point(field: xr.Dataset, centre: Place) -> xr.Dataset:
    """The grid point nearest to the centre, over 180 degrees too."""
    across = np.abs((field["longitude"].values - centre.longitude + 180.0) % 360.0 - 180.0)
    along = np.abs(field["latitude"].values - centre.latitude)
    return field.isel(latitude=int(np.argmin(along)), longitude=int(np.argmin(across)))


def _sound_of(points: list[xr.Dataset], name: str) -> tuple[np.ndarray, np.ndarray]:
    """Times, each once, and sound values of points that follow each other; NaN where one lacks the variable."""
    time = np.concatenate([point["time"].values for point in points])
    empty = [np.full(point.sizes["time"], np.nan) for point in points]
    values = np.concatenate([_sound(point, name) if name in point else gap
                             for point, gap in zip(points, empty, strict=True)])  # fmt: skip
    times, first = np.unique(time, return_index=True)
    return times, values[first]


def _sound(dataset: xr.Dataset, name: str) -> np.ndarray:
    return np.where(dataset[name + SUFFIX].values == 0, dataset[name].values.astype(float), np.nan)


def _median(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _units(datasets: list[xr.Dataset]) -> dict[str, str]:
    return {name: str(one[name].attrs["units"]) for one in datasets for name in variables_of(one)}
