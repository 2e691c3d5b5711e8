"""The shapes that all observations take, and the check that holds every reader, method and simulator to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from soap.core.errors import BadObservation
from soap.core.time import NS
from soap.observations.quality import SUFFIX

if TYPE_CHECKING:
    import xarray as xr

DIMENSIONS: dict[str, tuple[str, ...]] = {
    "series": ("time",),
    "track": ("time",),
    "profile": ("time", "height_km"),
    "field": ("time", "latitude", "longitude"),
    "rays": ("time", "sv"),
}
"""Dimensions, in order, of every data variable of a shape."""

COORDINATES: dict[str, tuple[str, ...]] = {
    "series": ("time",),
    "track": ("time", "latitude", "longitude", "height_km"),
    "profile": ("time", "height_km"),
    "field": ("time", "latitude", "longitude"),
    "rays": ("time", "sv"),
}
"""Coordinates that a shape must have."""

COLLECTION_ID = re.compile(r"[a-z0-9_]+(\.[a-z0-9_-]+){2,}")
_SATELLITE = re.compile(r"[A-Z][0-9]{2}")
_REQUIRED = ("collection_id", "platform", "level", "maturity", "time_stamp", "simulated")


def check(observation: xr.Dataset) -> xr.Dataset:
    """Return the dataset unchanged when it keeps its shape; otherwise raise `BadObservation` naming the first breach.

    Checked: the declared shape, its coordinates and dimensions; time as strictly rising `datetime64[ns]`; latitude in
    -90..90 and longitude in -180..180 degree; satellites (`G05`) sorted, each once; `units` on every variable; quality
    flags (unsigned integers) beside every variable and set as missing wherever a value is NaN; no infinities; the
    required attributes.
    """
    shape = observation.attrs.get("shape")
    if shape not in DIMENSIONS:
        raise BadObservation(f"The shape {shape!r} is unknown; a dataset is one of {', '.join(DIMENSIONS)}.")
    _check_attributes(observation)
    _check_coordinates(observation, shape)
    names = [str(name) for name in observation.data_vars if not str(name).endswith(SUFFIX)]
    if not names:
        raise BadObservation(f"{_label(observation)} has no data variable; a {shape} has at least one.")
    for name in names:
        _check_variable(observation, name, DIMENSIONS[shape])
    return observation


def _label(observation: xr.Dataset) -> str:
    return f"The {observation.attrs.get('shape')} {observation.attrs.get('collection_id', '(no collection_id)')}"


def _check_attributes(observation: xr.Dataset) -> None:
    attrs = observation.attrs
    absent = [name for name in _REQUIRED if name not in attrs]
    if absent:
        raise BadObservation(f"{_label(observation)} lacks the attribute(s) {', '.join(absent)}.")
    if not COLLECTION_ID.fullmatch(str(observation.attrs["collection_id"])):
        raise BadObservation(
            f"{observation.attrs['collection_id']!r} is no collection_id;"
            " write <domain>.<station or mission>[.<sensor>].<cadence or level> in lower case."
        )


def _check_coordinates(observation: xr.Dataset, shape: str) -> None:
    variables, coordinates = observation.variables, set(observation.coords)
    for name in COORDINATES[shape]:
        if name not in coordinates:
            raise BadObservation(f"{_label(observation)} has no coordinate {name!r}.")
    time = variables["time"].values
    if time.dtype != NS:
        raise BadObservation(f"{_label(observation)} has time as {time.dtype}; it must be datetime64[ns], UTC.")
    if not len(time):
        raise BadObservation(f"{_label(observation)} holds no time at all.")
    if np.isnat(time).any():
        raise BadObservation(f"{_label(observation)} has {int(np.isnat(time).sum())} times that are no time (NaT).")
    rises = time[1:] > time[:-1]
    if not rises.all():
        at = int(np.argmin(rises))
        raise BadObservation(f"{_label(observation)}: time does not rise after {time[at]} (then {time[at + 1]}).")
    if shape == "rays":
        _check_satellites(observation)
    for name, limit in (("latitude", 90.0), ("longitude", 180.0)):
        values = np.asarray(variables[name].values if name in coordinates else observation.attrs.get(name, 0.0), float)
        if not np.all((np.abs(values) <= limit) | (np.isnan(values) & (shape == "track"))):
            raise BadObservation(f"{_label(observation)}: {name} outside -{limit:g}..{limit:g} degree.")


def _check_satellites(observation: xr.Dataset) -> None:
    sv = [str(one) for one in observation["sv"].values]
    if not sv:
        raise BadObservation(f"{_label(observation)} holds no satellite at all.")
    wrong = [one for one in sv if not _SATELLITE.fullmatch(one)]
    if wrong:
        raise BadObservation(f"{_label(observation)}: {wrong[0]!r} is no satellite; write G05, as RINEX 3 does.")
    if sv != sorted(set(sv)):
        raise BadObservation(f"{_label(observation)}: satellites are not sorted, or one is there twice.")


def _check_variable(observation: xr.Dataset, name: str, dims: tuple[str, ...]) -> None:
    variables = observation.variables  # without the arrays round them, which take longer to make than to check
    variable = variables[name]
    if variable.dims != dims:
        raise BadObservation(f"{_label(observation)}: {name} has dimensions {variable.dims}, not {dims}.")
    if "units" not in variable.attrs:
        raise BadObservation(f"{_label(observation)}: {name} has no units.")
    values = variable.values
    if values.dtype.kind != "f":
        raise BadObservation(f"{_label(observation)}: {name} is {values.dtype}; values are floating point.")
    flags = variables.get(name + SUFFIX)
    if flags is None or flags.dims != dims or flags.dtype.kind != "u":
        raise BadObservation(f"{_label(observation)}: {name} lacks its flags {name + SUFFIX} (unsigned, {dims}).")
    if ((flags.values & 1) == np.isfinite(values)).any():
        if np.isinf(values).any():
            raise BadObservation(f"{_label(observation)}: {name} holds infinities; missing values are NaN.")
        raise BadObservation(f"{_label(observation)}: {name} has NaN not flagged as missing, or values flagged so.")
