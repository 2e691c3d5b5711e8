"""Building an observation: one door for every reader and simulator, so that all datasets of a shape are alike.

Every data variable `v` comes with `v_quality` (see `soap.observations.quality`) on the same dimensions.

Attributes of every observation
    shape          series | track | profile | field | rays
    collection_id  `<domain>.<station or mission>[.<sensor>].<cadence or level>`, lower case
    platform       station code, satellite or analysis centre, as the granule key uses it, lower case
    level          L0 … L4
    maturity       the source's own word (variation, provisional, definitive, final …), "" where it has none
    time_stamp     start | centre | end of the averaging interval, or instant
    simulated      0 or 1
A `series` from a known place adds `latitude`, `longitude` [degree] and, where known, `height_m`; a series of unknown
place leaves them out, a global index sets `place = "global"`. `cadence` is an ISO 8601 duration (`PT1M`, `P1D`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from soap.core.names import Variable, by_name
from soap.core.time import NS
from soap.observations import quality
from soap.observations.check import DIMENSIONS, check

if TYPE_CHECKING:
    import xarray as xr


_Coordinate = tuple[str, np.ndarray, dict[str, str]]
"""Dimension, values and attributes."""


def _dataset(
    shape: str,
    coords: Mapping[str, _Coordinate],
    columns: Mapping[str, np.ndarray],
    names: Iterable[Variable],
    flags: Mapping[str, np.ndarray],
    attrs: Mapping[str, Any],
) -> xr.Dataset:
    import xarray as xr

    from soap.observations.fitting import dataset

    known, dims = by_name(names), DIMENSIONS[shape]
    data: dict[str, xr.Variable] = {}
    for name, values in columns.items():
        variable, values = known[name], np.asarray(values)
        described = {"units": variable.units, "symbol": variable.symbol, "long_name": variable.meaning}
        data[name] = xr.Variable(dims, values, described, fastpath=True)
        own = quality.from_values(values, variable)
        both = own | flags[name] if name in flags else own
        data[name + quality.SUFFIX] = xr.Variable(dims, both, quality.attributes(name), fastpath=True)
    for name, (dim, values, described) in coords.items():
        data[name] = xr.Variable((dim,), values, described, fastpath=True)
    complete = {"shape": shape, "level": "L1", "maturity": "", "time_stamp": "instant", "simulated": 0} | dict(attrs)
    fixed = [name for name, (dim, *_) in coords.items() if dim == name]
    return check(dataset(data, fixed, (name for name in coords if name not in fixed), complete))


def series(
    time: np.ndarray,
    columns: Mapping[str, np.ndarray],
    *,
    names: Iterable[Variable],
    flags: Mapping[str, np.ndarray] | None = None,
    **attrs: Any,
) -> xr.Dataset:
    """A checked `series`: values at one place (or of one index), each column of shape (time,).

    `time` must rise strictly. `names` are the domain's variables (for units), `flags` extra quality bits per column
    (uint8); the other arguments become attributes, see the module's text. Raises `BadObservation`.
    """
    return _dataset("series", {"time": _times(time)}, columns, names, flags or {}, attrs)


def track(
    time: np.ndarray,
    latitude: np.ndarray,
    longitude: np.ndarray,
    height_km: np.ndarray,
    columns: Mapping[str, np.ndarray],
    *,
    names: Iterable[Variable],
    flags: Mapping[str, np.ndarray] | None = None,
    **attrs: Any,
) -> xr.Dataset:
    """A checked `track`: values along a platform's path; place arrays and each column of shape (time,)."""
    coords = {
        "time": _times(time),
        "latitude": ("time", np.asarray(latitude, dtype=float), {"units": "degree"}),
        "longitude": ("time", np.asarray(longitude, dtype=float), {"units": "degree"}),
        "height_km": ("time", np.asarray(height_km, dtype=float), {"units": "km"}),
    }
    return _dataset("track", coords, columns, names, flags or {}, attrs)


def profile(
    time: np.ndarray,
    height_km: np.ndarray,
    columns: Mapping[str, np.ndarray],
    *,
    names: Iterable[Variable],
    flags: Mapping[str, np.ndarray] | None = None,
    **attrs: Any,
) -> xr.Dataset:
    """A checked `profile`: values over height at one place, each column of shape (time, height_km)."""
    coords = {
        "time": _times(time),
        "height_km": ("height_km", np.asarray(height_km, float), {"units": "km"}),
    }
    return _dataset("profile", coords, columns, names, flags or {}, attrs)


def field(
    time: np.ndarray,
    latitude: np.ndarray,
    longitude: np.ndarray,
    columns: Mapping[str, np.ndarray],
    *,
    names: Iterable[Variable],
    flags: Mapping[str, np.ndarray] | None = None,
    **attrs: Any,
) -> xr.Dataset:
    """A checked `field`: values on a grid, each column of shape (time, latitude, longitude); latitude rises."""
    coords = {
        "time": _times(time),
        "latitude": ("latitude", np.asarray(latitude, dtype=float), {"units": "degree"}),
        "longitude": ("longitude", np.asarray(longitude, dtype=float), {"units": "degree"}),
    }
    return _dataset("field", coords, columns, names, flags or {}, attrs)


def rays(
    time: np.ndarray,
    sv: Sequence[str],
    columns: Mapping[str, np.ndarray],
    *,
    names: Iterable[Variable],
    flags: Mapping[str, np.ndarray] | None = None,
    **attrs: Any,
) -> xr.Dataset:
    """A checked `rays`: values on the lines of sight from one receiver to satellites.

    `sv` are satellites in RINEX 3 spelling (`G05`), sorted, each once; each column is of shape (time, sv). Times and
    satellites without any value or flag are left out: not to see a satellite is no missing value. Where none is, the
    columns are taken as they are, not copied: a day of a receiver may be most of a process's memory.
    """
    held, names = _held((len(time), len(sv)), columns, flags or {}), tuple(names)
    at, of = held.any(axis=1), held.any(axis=0)
    part = ... if at.all() and of.all() else np.ix_(at, of)
    coords = {"time": _times(np.asarray(time)[at]), "sv": ("sv", np.asarray(sv, dtype=str)[of], {})}
    some = {name: np.asarray(values)[part] for name, values in columns.items()}
    return _dataset("rays", coords, some, names, {name: one[part] for name, one in (flags or {}).items()}, attrs)


def _times(time: np.ndarray) -> _Coordinate:
    return "time", np.asarray(time).astype(NS), {}


def _held(
    shape: tuple[int, int], columns: Mapping[str, np.ndarray], flags: Mapping[str, np.ndarray]
) -> np.ndarray:  # fmt: skip
    """Where any column has a value, or a flag beside that of a missing one."""
    held = np.zeros(shape, dtype=bool)
    for values in columns.values():
        held |= ~np.isnan(values)
    for one in flags.values():
        held |= (one & ~np.uint8(quality.Quality.MISSING)) != 0
    return held
