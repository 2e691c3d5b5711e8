"""From the archive to a study's arrays: station series as daily values, indices, earthquakes; and what they are of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from pydantic import ValidationError

from soap.archive import Archive, CollectionRecord, GranuleRecord, Selection, query
from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Earthquake
from soap.observations.quality import SUFFIX
from soap.science.method import Method
from soap.services.study.activity import Index
from soap.services.study.blocks import Series
from soap.services.study.residuals import DailyValues, Indices
from soap.services.study.spec import Quantity, RegressionBackground, StationSelection, SuperposedEpoch

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what is being done."""

_MARGIN = np.timedelta64(2, "D")
_COMPONENTS = {"b_horizontal": ("b_north", "b_east")}
"""Variables that a series may give by two components at right angles instead."""


@dataclass(frozen=True)
class Reading:
    """Reads for one study as one viewer, and remembers every granule it has used."""

    viewer: Viewer
    archive: Archive
    used: dict[str, GranuleRecord]

    def series(self, collection_id: str, window: Window, variables: Sequence[str] | None = None) -> xr.Dataset:
        """The collection's values in the window; errors as `soap.archive.query.series`."""
        held = query.series(self.archive, self.viewer, collection_id, window, variables)
        self._remember(collection_id, window)
        return held

    def earthquakes(self, collection_id: str, window: Window, min_magnitude: float,
                    max_depth_km: float | None = None) -> tuple[Earthquake, ...]:
        """Earthquakes of the catalogue in the window, by time; those of unknown depth pass no limit of depth."""
        found = query.events(self.archive, self.viewer, collection_id=collection_id, window=window,
                             min_magnitude=min_magnitude)
        self._remember(collection_id, window)
        return tuple(one for one in found if max_depth_km is None or one.depth_km <= max_depth_km)

    def index(self, collection_id: str, variable: str, window: Window, interval_hours: int) -> Index:
        """An index of activity over the window and its margins."""
        held = self.series(collection_id, window, (variable,))
        return Index(held["time"].values, interval_hours, held[variable].values.astype(float))

    def _remember(self, collection_id: str, window: Window) -> None:
        for record in query.granules(self.archive, self.viewer, Selection(collection_id=collection_id, window=window)):
            self.used[record.granule_id] = record


def station_collections(reading: Reading, asked: StationSelection, window: Window) -> tuple[CollectionRecord, ...]:
    """Collections of series that the study asks for and that hold something in the window, by identifier.

    Raises `NotFound` for a listed collection that is not held, `BadParameter` when none is left.
    """
    held = {one.collection_id: one for one in
            query.collections(reading.archive, reading.viewer, shape="series", domain=asked.domain,
                              cadence=asked.cadence)}
    absent = sorted(set(asked.collections) - held.keys())
    if absent:
        raise NotFound(f"The study names {', '.join(absent)}; the archive holds no such series of {asked.domain} at"
                       f" cadence {asked.cadence}. `soap find` lists what it holds.")
    box = asked.box.box if asked.box else None
    selection = Selection(window=window, box=box, shape="series")
    placed = {record.collection_id for record in query.granules(reading.archive, reading.viewer, selection)}
    chosen = [one for name, one in sorted(held.items()) if name in placed and name not in asked.exclude
              and (not asked.collections or name in asked.collections)]
    if not chosen:
        raise BadParameter(f"The archive holds no series of {asked.domain} at cadence {asked.cadence} in the study's"
                           " box and window; ingest some, or change [stations].")
    return tuple(chosen)


def daily_values(reading: Reading, study: SuperposedEpoch, method: Method, progress: Progress) -> DailyValues:
    """The study's quantity at every station, on local days, station by station so that memory stays small."""
    window = study.window.window
    days = np.arange(window.start.astype("datetime64[D]"), window.stop.astype("datetime64[D]"))
    parameters = check_parameters(method, study.quantity)
    collections = station_collections(reading, study.stations, window)
    wide = Window(window.start - _MARGIN, window.stop + _MARGIN)
    codes, places, simulated = [], [], False
    rows: dict[str, list[np.ndarray]] = {name: [] for name in study.quantity.variables}
    units: dict[str, str] = {}
    for number, collection in enumerate(collections):
        progress(number, len(collections), collection.collection_id)
        dataset = reading.series(collection.collection_id, wide)
        if "latitude" not in dataset.attrs:
            raise NotFound(f"The place of {collection.collection_id} is not known; ingest a station list with it.")
        longitude = float(dataset.attrs["longitude"])
        codes.append(collection.platform.upper())
        places.append((float(dataset.attrs["latitude"]), longitude))
        simulated = simulated or bool(dataset.attrs.get("simulated", 0))
        for name in study.quantity.variables:
            part = variable_of(dataset, name)
            units.setdefault(name, part.units)
            rows[name].append(_on_days(method.run(part.values, part.time, longitude, **parameters), days, longitude))
    progress(len(collections), len(collections), "")
    return DailyValues(tuple(codes), np.array([p[0] for p in places]), np.array([p[1] for p in places]), days,
                       {name: np.stack(part) for name, part in rows.items()}, units, simulated)


def check_parameters(method: Method, quantity: Quantity) -> dict:
    """The study's parameters of the method, checked by the method's own model; `BadParameter` says what is wrong."""
    try:
        return method.parameters.model_validate(quantity.parameters).model_dump()
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise BadParameter(f"quantity.parameters of {method.name}: {wrong}.") from error


def variable_of(dataset: xr.Dataset, name: str) -> Series:
    """One variable with all values against which a flag speaks left out (NaN).

    Where the series gives two components at right angles instead (X and Y for H), their length takes its place. A
    series without the variable gives NaN throughout.
    """
    values, units = np.full(dataset.sizes["time"], np.nan), "nT"
    if name in dataset:
        values, units = _sound(dataset, name), str(dataset[name].attrs["units"])
    parts = _COMPONENTS.get(name, ())
    if parts and all(part in dataset for part in parts):
        whole = np.hypot(*(_sound(dataset, part) for part in parts))
        values = np.where(np.isnan(values), whole, values)
        units = str(dataset[parts[0]].attrs["units"])
    return Series(dataset["time"].values, values, units)


def _sound(dataset: xr.Dataset, name: str) -> np.ndarray:
    flags = dataset[name + SUFFIX].values
    return np.where(flags == 0, dataset[name].values, np.nan)


def _on_days(found, days: np.ndarray, longitude: float) -> np.ndarray:
    """Daily values `(start, value)` put on the study's `days`; `start` is local midnight in UTC, to the sample."""
    noon = found.start + np.timedelta64(round(longitude * 240), "s") + np.timedelta64(12, "h")
    at = (noon.astype("datetime64[D]") - days[0]).astype(int)
    inside = (at >= 0) & (at < len(days))
    out = np.full(len(days), np.nan)
    out[at[inside]] = found.value[inside]
    return out


def indices(reading: Reading, study: SuperposedEpoch) -> Indices:
    """The space weather that the study's controls and background need."""
    window, controls, background = study.window.window, study.controls, study.background
    near = Window(window.start - _MARGIN, window.stop + _MARGIN)
    rc = None if controls.rc is None else reading.index(controls.rc, "rc", near, 1)
    kp = reading.index(controls.kp, "kp", near, 3)
    if not isinstance(background, RegressionBackground):
        return Indices(kp, rc=rc)
    past = Window(near.start - np.timedelta64(background.flux_mean_days, "D"), near.stop)
    return Indices(kp, reading.index(background.indices, "ap", near, 3),
                   reading.index(background.solar_flux, "f107", past, 24), rc)
