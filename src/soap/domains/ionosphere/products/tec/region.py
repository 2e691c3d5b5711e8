"""Maps of vertical TEC over a region, from the rays of several receivers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from soap.core.errors import BadParameter
from soap.core.place import east180
from soap.core.time import NS, duration
from soap.domains.ionosphere.names import NAMES
from soap.domains.ionosphere.science.gnss.geometry import SPHERE_RADIUS_KM, geocentric
from soap.domains.ionosphere.science.gnss.regional_map import (
    MapChoices,
    PiercePoints,
    WithheldError,
    vtec_maps,
    withheld_errors,
)
from soap.formats.derivation import Derived
from soap.observations import field
from soap.science.method import Parameters

if TYPE_CHECKING:
    import xarray as xr

_THINNED_S = 150
"""Rays of a satellite are taken at times that are whole multiples of this: closer ones say the same."""

_MOST_NODES = 20_000


class MapParameters(Parameters):
    """Parameters of regional maps; without a box, all that the rays reach."""

    west: float | None = Field(None, ge=-180.0, le=180.0, description="western edge [degree]")
    south: float | None = Field(None, ge=-87.5, le=87.5, description="southern edge [degree]")
    east: float | None = Field(None, ge=-180.0, le=180.0, description="eastern edge [degree]")
    north: float | None = Field(None, ge=-87.5, le=87.5, description="northern edge [degree]")
    step_deg: float = Field(1.0, ge=0.5, le=5.0, multiple_of=0.5, description="step of the grid [degree]")
    every_s: float = Field(900.0, ge=300.0, le=7200.0, description="time between maps [s]")
    min_elevation_deg: float = Field(20.0, ge=0.0, lt=90.0, description="lowest elevation of a ray [degree]")


def regional_map(results: Sequence[Derived], chosen: MapParameters) -> Derived:
    """Maps from the rays of several receivers, and how well those of all others tell what each saw.

    `BadParameter` where there are no calibrated rays, or the region is none.
    """
    tables = [one.observations["tec"] for one in results]
    points, names = _points(tables, chosen)
    if len(points.vtec) == 0:
        raise BadParameter("No receiver has calibrated rays to make a map of; the notes say why.")
    latitude, longitude = _grid(points, chosen)
    times = _times(points.time, chosen.every_s)
    choices = MapChoices(window_s=chosen.every_s)
    vtec, sigma = vtec_maps(points, times, latitude, longitude, choices)
    some = np.isfinite(vtec).any(axis=(1, 2))
    if not some.any():
        raise BadParameter("No place in the region is within reach of enough rays; give more stations or another box.")
    made = _field(times[some], latitude, longitude, vtec[some], sigma[some], tables, names)
    withheld = withheld_errors(points, times[some], choices) if len(names) > 1 else {}
    figures: dict[str, Any] = {
        "maps": int(some.sum()),
        "latitude": [float(latitude[0]), float(latitude[-1])],
        "longitude": [float(longitude[0]), float(longitude[-1])],
        "withheld": [{"station": names[number], "rays": one.count, **_off(one)} for number, one in withheld.items()],
    }
    return Derived({"map": made}, figures)


def _times(time: np.ndarray, every_s: float) -> np.ndarray:
    """Whole multiples of a span since midnight, from the first to the last that has rays within half a span."""
    every = np.timedelta64(round(every_s * 1e9), "ns")
    day = time.min().astype("datetime64[D]").astype(NS)
    first, last = ((edge - day + every // 2) // every for edge in (time.min(), time.max()))
    return day + np.arange(int(first), int(last) + 1) * every


def _off(error: WithheldError) -> dict[str, float | None]:
    """A receiver's rays less the map made without it; None where no map reaches it."""
    known = error.count > 0
    return {"mean_tecu": error.mean_tecu if known else None, "rms_tecu": error.rms_tecu if known else None}


def _points(tables: Sequence[xr.Dataset], chosen: MapParameters) -> tuple[PiercePoints, tuple[str, ...]]:
    """Rays of all receivers, latitudes geocentric at the shell as in IONEX; and the receivers' codes by number."""
    names = tuple(dict.fromkeys(str(table.attrs["platform"]).upper() for table in tables))
    columns: list[list[np.ndarray]] = [[] for _ in range(7)]
    arcs = 0
    for table in tables:
        time, vtec, sigma = (table[name].values for name in ("time", "vtec", "vtec_sigma"))
        seconds = np.round((time - time.astype("datetime64[D]")) / np.timedelta64(1, "s"))
        steps = np.median(np.diff(seconds)) if len(seconds) > 1 else _THINNED_S
        taken = seconds % _THINNED_S < max(steps, 1.0)
        high = table["elevation_deg"].values >= chosen.min_elevation_deg
        at, of = np.nonzero(np.isfinite(vtec) & np.isfinite(sigma) & high & taken[:, None])
        number = table["arc"].values[at, of].astype(np.int64) * 1000 + of
        _, arc = np.unique(number, return_inverse=True)
        shell = float(table.attrs["shell_height_km"])
        station = names.index(str(table.attrs["platform"]).upper())
        found = (
            np.full(len(at), station), arc + arcs, time[at], geocentric(table["ipp_latitude"].values[at, of], shell),
            table["ipp_longitude"].values[at, of], vtec[at, of], np.maximum(sigma[at, of], 0.05),
        )  # fmt: skip
        arcs += int(arc.max(initial=-1)) + 1
        for column, values in zip(columns, found, strict=True):
            column.append(values)
    return PiercePoints(*(np.concatenate(column) for column in columns)), names


def _grid(points: PiercePoints, chosen: MapParameters) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes of the nodes, whole multiples of the step."""
    edges = (chosen.west, chosen.south, chosen.east, chosen.north)
    if all(one is None for one in edges):
        if np.ptp(points.longitude) > 180.0:
            raise BadParameter("The rays lie on both sides of 180 degrees; give a box.")
        edges = (points.longitude.min(), points.latitude.min(), points.longitude.max(), points.latitude.max())
    if any(one is None for one in edges):
        raise BadParameter("A box has four edges: west, south, east and north.")
    west, south, east, north = (float(one) for one in edges if one is not None)
    east += 360.0 if east < west else 0.0
    axes = [
        chosen.step_deg * np.arange(np.ceil(low / chosen.step_deg - 1e-9), np.floor(high / chosen.step_deg + 1e-9) + 1)
        for low, high in ((south, north), (west, east))
    ]
    if min(len(axis) for axis in axes) < 2:
        raise BadParameter(
            f"The box {west:g}, {south:g}, {east:g}, {north:g} holds no grid of {chosen.step_deg:g} degrees."
        )
    if len(axes[0]) * len(axes[1]) > _MOST_NODES:
        raise BadParameter(f"A map would have {len(axes[0]) * len(axes[1]):,} nodes; at most {_MOST_NODES:,} are made.")
    return axes[0], np.round(east180(axes[1]), 6)


def _field(time, latitude, longitude, vtec, sigma, tables: Sequence[xr.Dataset], names: Sequence[str]) -> xr.Dataset:
    step = float(np.median(np.diff(time)) / np.timedelta64(1, "s")) if len(time) > 1 else 0.0
    first = tables[0].attrs
    return field(
        time, latitude, longitude, {"vtec": np.round(vtec, 2), "vtec_rms": np.round(sigma, 2)}, names=NAMES,
        collection_id="ionosphere.region.map", platform="region", level="L3", cadence=duration(step),
        shell_height_km=float(first["shell_height_km"]), base_radius_km=SPHERE_RADIUS_KM,
        mapping="none", slant_mapping=str(first["mapping"]), latitude_kind="geocentric", stations=" ".join(names),
        simulated=max(int(table.attrs["simulated"]) for table in tables),
    )  # fmt: skip
