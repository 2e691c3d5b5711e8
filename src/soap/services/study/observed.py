"""From the archive to a study's arrays: station series as daily values, indices, earthquakes; and what they are of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

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
from soap.services.study import holdings
from soap.services.study.activity import Index
from soap.services.study.blocks import Series
from soap.services.study.overhead import map_by_day, passes_by_day
from soap.services.study.residuals import DailyValues, Indices
from soap.services.study.spec import Quantity, RegressionBackground, StationSelection, SuperposedEpoch

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what is being done."""

_MARGIN = np.timedelta64(2, "D")
_COMPONENTS = {"b_horizontal": ("b_north", "b_east")}
"""Variables that a series may give by two components at right angles instead."""


@dataclass(frozen=True)
class Epicentre:
    """The one earthquake that a study is about: where it was, and the radius of its zone [km]."""

    latitude: float
    longitude: float
    radius_km: float


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

    def earthquakes(
        self, collection_id: str, window: Window, min_magnitude: float, max_depth_km: float | None = None
    ) -> tuple[Earthquake, ...]:
        """Earthquakes of the catalogue in the window, by time; those of unknown depth pass no limit of depth."""
        holdings.require(self.archive, self.viewer, collection_id, "events")
        found = query.events(
            self.archive, self.viewer, collection_id=collection_id, window=window, min_magnitude=min_magnitude
        )
        self._remember(collection_id, window)
        return tuple(one for one in found if max_depth_km is None or one.depth_km <= max_depth_km)

    def index(self, collection_id: str, variable: str, window: Window, interval_hours: int) -> Index:
        """An index of activity over the window and its margins."""
        holdings.require(self.archive, self.viewer, collection_id, "series")
        held = self.series(collection_id, window, (variable,))
        half = np.timedelta64(interval_hours * 30, "m")
        start = held["time"].values - (half if held.attrs["time_stamp"] == "centre" else np.timedelta64(0, "m"))
        return Index(start, interval_hours, held[variable].values.astype(float))

    def tracks(self, collection_id: str, window: Window) -> tuple[xr.Dataset, ...]:
        """The collection's half-orbits in the window."""
        holdings.require(self.archive, self.viewer, collection_id, "track")
        held = query.tracks(self.archive, self.viewer, collection_id, window)
        self._remember(collection_id, window)
        return held

    def fields(self, collection_id: str, window: Window) -> tuple[xr.Dataset, ...]:
        """The collection's map days in the window."""
        holdings.require(self.archive, self.viewer, collection_id, "field")
        held = query.fields(self.archive, self.viewer, collection_id, window)
        self._remember(collection_id, window)
        return held

    def _remember(self, collection_id: str, window: Window) -> None:
        for record in query.granules(self.archive, self.viewer, Selection(collection_id=collection_id, window=window)):
            self.used[record.granule_id] = record


def station_collections(reading: Reading, asked: StationSelection, window: Window) -> tuple[CollectionRecord, ...]:
    """Collections of series that the study asks for and that hold something in the window, by identifier.

    Raises `NotFound` for a listed collection that is not held, `BadParameter` when none is left.
    """
    held = {
        one.collection_id: one
        for one in query.collections(
            reading.archive, reading.viewer, shape="series", domain=asked.domain, cadence=asked.cadence
        )
    }
    absent = sorted({*asked.collections, *asked.exclude} - held.keys())
    if absent:
        raise NotFound(
            f"The study names {', '.join(absent)}; the archive holds no such series of {asked.domain} at cadence"
            f" {asked.cadence or 'any'}; {holdings.alike(absent[0], held, 'it holds')}"
        )
    box = asked.box.box if asked.box else None
    selection = Selection(window=window, box=box, shape="series")
    placed = {record.collection_id for record in query.granules(reading.archive, reading.viewer, selection)}
    chosen = [
        one
        for name, one in sorted(held.items())
        if name in placed and name not in asked.exclude and (not asked.collections or name in asked.collections)
    ]
    if not chosen:
        raise BadParameter(
            f"The archive holds no series of {asked.domain} at cadence {asked.cadence or 'any'} in the"
            " study's box and window; ingest some, or change [stations]."
        )
    return tuple(chosen)


@dataclass
class _Rows:
    """Daily values gathered row by row: one row a station, or a satellite or map at the epicentre."""

    study: SuperposedEpoch
    days: np.ndarray
    codes: list[str]
    places: list[tuple[float, float]]
    values: dict[str, list[np.ndarray]]
    units: dict[str, str]
    simulated: bool = False
    held: set[str] = field(default_factory=set)

    def add(self, code: str, place: tuple[float, float], values: dict[str, np.ndarray]) -> None:
        """One row; variables that it lacks are NaN."""
        self.codes.append(code)
        self.places.append(place)
        for name in self.study.quantity.variables:
            self.values[name].append(values.get(name, np.full(len(self.days), np.nan)))

    def note(self, dataset: xr.Dataset) -> None:
        """Remember the units, and whether anything was simulated."""
        self.simulated = self.simulated or bool(dataset.attrs.get("simulated", 0))
        self.held |= variables_of(dataset)
        for name in self.study.quantity.variables:
            if name in dataset:
                self.units.setdefault(name, str(dataset[name].attrs["units"]))

    def whole(self) -> DailyValues:
        """All rows as arrays."""
        latitude, longitude = (np.array(part) for part in zip(*self.places, strict=True))
        return DailyValues(
            tuple(self.codes),
            latitude,
            longitude,
            self.days,
            {name: np.stack(part) for name, part in self.values.items()},
            self.units,
            self.simulated,
        )


def daily_values(
    reading: Reading, study: SuperposedEpoch, method: Method, epicentre: Epicentre | None, progress: Progress
) -> DailyValues:
    """The study's quantity on local days, station by station so that memory stays small.

    With an `epicentre`, rows for what the study's tracks and maps give there follow the stations.
    """
    window, asked = study.window.window, study.stations
    days = np.arange(window.start.astype("datetime64[D]"), window.stop.astype("datetime64[D]"))
    rows = _Rows(study, days, [], [], {name: [] for name in study.quantity.variables}, {})
    parameters = check_parameters(method, study.quantity)
    overhead = bool(asked.tracks or asked.fields)
    collections = station_collections(reading, asked, window) if asked.collections or not overhead else ()
    wide = Window(window.start - _MARGIN, window.stop + _MARGIN)
    for number, collection in enumerate(collections):
        progress(number, len(collections), collection.collection_id)
        dataset = reading.series(collection.collection_id, wide)
        if "latitude" not in dataset.attrs:
            raise NotFound(f"The place of {collection.collection_id} is not known; ingest a station list with it.")
        longitude = float(dataset.attrs["longitude"])
        found = {}
        for name in study.quantity.variables:
            part = variable_of(dataset, name)
            if part is None:
                continue
            rows.units.setdefault(name, part.units)
            found[name] = _on_days(method.run(part.values, part.time, longitude, **parameters), days, longitude)
        rows.note(dataset)
        rows.add(collection.platform.upper(), (float(dataset.attrs["latitude"]), longitude), found)
    if epicentre is not None:
        _add_overhead(reading, study, rows, epicentre, wide)
    for name in study.quantity.variables:
        if name not in rows.units:
            raise NotFound(
                f"quantity.variables: none of the study's collections holds {name};"
                f" {holdings.alike(name, rows.held, 'they hold')}"
            )
    progress(len(collections), len(collections), "")
    return rows.whole()


def _add_overhead(reading: Reading, study: SuperposedEpoch, rows: _Rows, epicentre: Epicentre, window: Window) -> None:
    """Rows of satellites (night and day apart) and of maps, at the epicentre."""
    place = (epicentre.latitude, epicentre.longitude)
    for collection_id in study.stations.tracks:
        tracks = reading.tracks(collection_id, window)
        held = [name for name in study.quantity.variables if any(name in track for track in tracks)]
        by_variable = {name: passes_by_day(tracks, name, place, epicentre.radius_km, rows.days) for name in held}
        for track in tracks[:1]:
            rows.note(track)
        for part in ("night", "day"):
            rows.add(
                f"{collection_id.split('.')[1].upper()} {part}",
                place,
                {name: values[part] for name, values in by_variable.items()},
            )
    for collection_id in study.stations.fields:
        fields = reading.fields(collection_id, window)
        for one_day in fields[:1]:
            rows.note(one_day)
        rows.add(
            collection_id.split(".")[1].upper(),
            place,
            {
                name: map_by_day(fields, name, place, rows.days)
                for name in study.quantity.variables
                if any(name in one_day for one_day in fields)
            },
        )


def check_parameters(method: Method, quantity: Quantity) -> dict:
    """The study's parameters of the method, checked by the method's own model; `BadParameter` says what is wrong."""
    try:
        return method.parameters.model_validate(quantity.parameters).model_dump()
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise BadParameter(f"quantity.parameters of {method.name}: {wrong}.") from error


def variable_of(dataset: xr.Dataset, name: str) -> Series | None:
    """One variable with all values against which a flag speaks left out (NaN); None when the series has none.

    Where the series gives two components at right angles instead (X and Y for H), their length takes its place.
    """
    values, units = np.full(dataset.sizes["time"], np.nan), ""
    if name in dataset:
        values, units = _sound(dataset, name), str(dataset[name].attrs["units"])
    parts = _COMPONENTS.get(name, ())
    if parts and all(part in dataset for part in parts):
        whole = np.hypot(*(_sound(dataset, part) for part in parts))
        values = np.where(np.isnan(values), whole, values)
        units = str(dataset[parts[0]].attrs["units"])
    return Series(dataset["time"].values, values, units) if units else None


def variables_of(dataset: xr.Dataset) -> set[str]:
    """Names of the variables, their quality flags left out."""
    return {str(name) for name in dataset.data_vars if not str(name).endswith(SUFFIX)}


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
    return Indices(
        kp, reading.index(background.indices, "ap", near, 3), reading.index(background.solar_flux, "f107", past, 24), rc
    )
