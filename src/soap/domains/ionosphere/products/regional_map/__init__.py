"""Maps of vertical TEC over a region, from the calibrated rays of many receivers; written as IONEX by `tec_ionex`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from soap.core.errors import BadParameter
from soap.core.place import Box, east180
from soap.core.time import NS
from soap.domains.ionosphere.names import NAMES
from soap.domains.ionosphere.science.gnss.geometry import SPHERE_RADIUS_KM, geocentric
from soap.domains.ionosphere.science.gnss.regional_map import (
    MapChoices,
    PiercePoints,
    WithheldError,
    vtec_maps,
    withheld_errors,
)
from soap.observations import field

if TYPE_CHECKING:
    import xarray as xr

_NEEDED = ("vtec", "vtec_sigma", "ipp_latitude", "ipp_longitude", "elevation_deg")
_LIMIT_NODES = 2_000_000
_LARGEST_LATITUDE = 89.0


def pierce_points_of(
    stations: Sequence[xr.Dataset], *, min_elevation_deg: float = 20.0, every_s: float = 150.0
) -> PiercePoints:
    """The rays of several receivers as points at the shell, thinned to one in `every_s` seconds.

    `stations` are datasets of shape `rays` as the derivation `tec` makes them, one or more of a receiver; times UTC.
    Raises `BadParameter` where one lacks vertical TEC, or they were mapped at different shell heights.
    """
    if not stations:
        raise BadParameter("A map needs the rays of receivers; none are given.")
    heights = {float(one.attrs.get("shell_height_km", np.nan)) for one in stations}
    if len(heights) != 1:
        raise BadParameter(
            f"The rays are of shells at {', '.join(f'{h:g}' for h in sorted(heights))} km; one is needed."
        )
    number = {name: k for k, name in enumerate(names_of(stations))}
    parts, arcs = [], 0
    for one in stations:
        part = _points(one, number[_platform(one)], arcs, min_elevation_deg, every_s)
        arcs += one.sizes["sv"]
        parts.append(part)
    return PiercePoints(*(np.concatenate([getattr(part, name) for part in parts]) for name in _FIELDS))


_FIELDS = tuple(PiercePoints.__dataclass_fields__)


def names_of(stations: Sequence[xr.Dataset]) -> list[str]:
    """Receivers of some rays, sorted; their order gives the numbers in `PiercePoints.station`."""
    return sorted({_platform(one) for one in stations})


def _platform(one: xr.Dataset) -> str:
    return str(one.attrs.get("platform", ""))


def _points(one: xr.Dataset, station: int, arcs: int, min_elevation_deg: float, every_s: float) -> PiercePoints:
    lacking = [name for name in _NEEDED if name not in one]
    if lacking:
        raise BadParameter(f"The rays of {_platform(one) or 'a receiver'} have no {', '.join(lacking)}.")
    value = {name: one[name].values for name in _NEEDED}
    time = one["time"].values.astype(NS)
    window = time.astype(np.int64) // round(every_s * 1e9)
    chosen = np.append(True, window[1:] != window[:-1])
    known = np.isfinite(np.stack(list(value.values()))).all(axis=0) & (value["elevation_deg"] >= min_elevation_deg)
    row, column = np.nonzero(known & chosen[:, None])
    latitude = geocentric(value["ipp_latitude"][row, column], float(one.attrs["shell_height_km"]))
    return PiercePoints(
        np.full(len(row), station), arcs + column, time[row], latitude, value["ipp_longitude"][row, column],
        value["vtec"][row, column], np.maximum(value["vtec_sigma"][row, column], 0.05),
    )  # fmt: skip


def regional_field(
    stations: Sequence[xr.Dataset], times: np.ndarray, box: Box, *, step_deg: tuple[float, float] = (2.5, 5.0),
    choices: MapChoices | None = None, platform: str = "regional", min_elevation_deg: float = 20.0,
) -> xr.Dataset:  # fmt: skip
    """Maps of `vtec` and of its standard error `vtec_rms` [TECU] as a checked `field`, NaN where there is none.

    The grid runs from the south-west corner of `box` by `step_deg` (north, east; tenths of a degree for IONEX) within
    it; its latitudes are geocentric, as IONEX's are. `times` (UTC) rise strictly. See `vtec_maps` for the method and
    `pierce_points_of` for `stations`. Raises `BadParameter` for a grid that is none or too large.
    """
    points = pierce_points_of(stations, min_elevation_deg=min_elevation_deg)
    latitude = _axis(max(box.south, -_LARGEST_LATITUDE), min(box.north, _LARGEST_LATITUDE), step_deg[0])
    east = box.east if box.east >= box.west else box.east + 360.0
    longitude = _axis(box.west, east, step_deg[1])
    if len(times) * len(latitude) * len(longitude) > _LIMIT_NODES:
        raise BadParameter(f"The maps have more than {_LIMIT_NODES:,} nodes; take a wider step or fewer times.")
    vtec, sigma = vtec_maps(points, times, latitude, longitude, choices or MapChoices())
    thin = all(one.attrs.get("mapping") == "thin_shell" for one in stations)
    return field(
        np.asarray(times).astype(NS),
        latitude,
        np.round(east180(longitude), 6),
        {"vtec": vtec, "vtec_rms": sigma},
        names=NAMES,
        collection_id=f"ionosphere.{platform}.rim",
        platform=platform,
        level="L3",
        shell_height_km=float(stations[0].attrs["shell_height_km"]),
        base_radius_km=SPHERE_RADIUS_KM,
        latitude_kind="geocentric",
        mapping="cosz" if thin else "none",  # IONEX knows no name for the others
        elevation_cutoff_deg=min_elevation_deg,
        observables=f"{len(names_of(stations))} receivers, code-levelled phase",
    )


def _axis(low: float, high: float, step: float) -> np.ndarray:
    """Grid values from `low` by `step`, none above `high`."""
    if not (0.1 <= step <= 30 and high - low >= step):
        raise BadParameter(f"A grid from {low} to {high} degrees by {step} is none; steps of 0.1 to 30 degrees.")
    return np.round(low + step * np.arange(int((high - low) / step + 1e-9) + 1), 6)


def withheld_station_errors(
    stations: Sequence[xr.Dataset], times: np.ndarray, *, choices: MapChoices | None = None,
    min_elevation_deg: float = 20.0,
) -> Mapping[str, WithheldError]:  # fmt: skip
    """For each receiver, its rays less the map that the others give: how good the maps are between receivers."""
    points = pierce_points_of(stations, min_elevation_deg=min_elevation_deg)
    names = names_of(stations)
    return {names[k]: error for k, error in withheld_errors(points, times, choices or MapChoices()).items()}
