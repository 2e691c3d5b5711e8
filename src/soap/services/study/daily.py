"""The study's quantity on local days: a row a station, or a satellite or map at the epicentre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from soap.archive import Selection, query
from soap.core.checked import checked
from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window
from soap.science.method import Method
from soap.services.composition import Composition
from soap.services.study import holdings
from soap.services.study.observed import MARGIN, Progress, Reading, variable_of, variables_of
from soap.services.study.overhead import map_by_day, passes_by_day
from soap.services.study.provenance import Read
from soap.services.study.residuals import DailyValues
from soap.services.study.spec import Quantity, StationSelection, SuperposedEpoch
from soap.services.work import Workers


@dataclass(frozen=True)
class Epicentre:
    """The one earthquake that a study is about: where it was, and the radius of its zone [km]."""

    latitude: float
    longitude: float
    radius_km: float


def stations_asked(reading: Reading, asked: StationSelection, window: Window) -> tuple[str, ...]:
    """Collections of series that the study asks for and that hold something in the window, cited as the study does.

    By identifier. Raises `NotFound` for a listed collection that is not held, `BadParameter` when none is left.
    """
    cited = {reading.pinned(name)[0]: name for name in asked.collections}
    held = {
        one.collection_id
        for one in query.collections(
            reading.archive, reading.viewer, shape="series", domain=asked.domain, cadence=asked.cadence
        )
    }
    absent = sorted({*cited, *asked.exclude} - held)
    if absent:
        raise NotFound(
            f"The study names {', '.join(absent)}; the archive holds no such series of {asked.domain} at cadence"
            f" {asked.cadence or 'any'}; {holdings.alike(absent[0], held, 'it holds')}"
        )
    wanted = (held.intersection(cited) if cited else held) - {*asked.exclude}
    chosen = sorted(wanted & _placed(reading, asked, window, cited))
    if not chosen:
        raise BadParameter(
            f"The archive holds no series of {asked.domain} at cadence {asked.cadence or 'any'} in the"
            " study's box and window; ingest some, or change [stations]."
        )
    return tuple(cited.get(name, name) for name in chosen)


def _placed(reading: Reading, asked: StationSelection, window: Window, cited: Mapping[str, str]) -> set[str]:
    """Collections of series in the study's box and window, those that are cited as of then."""
    box = asked.box.box if asked.box else None
    found: set[str] = set()
    for as_of in {reading.as_of, *(reading.pinned(name)[1] for name in cited.values())}:
        selection = Selection(window=window, box=box, shape="series", as_of=as_of)
        there = {record.collection_id for record in query.granules(reading.archive, reading.viewer, selection)}
        found |= {name for name in there if reading.pinned(cited.get(name, name))[1] == as_of}
    return found


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

    def take(self, row: _Row) -> None:
        """A station's row."""
        self.simulated = self.simulated or row.simulated
        self.held |= row.held
        self.units = row.units | self.units
        self.add(row.code, row.place, row.values)

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


@dataclass(frozen=True)
class _Station:
    """What a station's row is made of, wherever it is made."""

    reading: Reading
    study: SuperposedEpoch
    composition: Composition
    collection: str
    days: np.ndarray


@dataclass(frozen=True)
class _Row:
    """A station's daily values, its units and variables, and the granules that were read."""

    code: str
    place: tuple[float, float]
    values: dict[str, np.ndarray]
    units: dict[str, str]
    simulated: bool
    held: set[str]
    read: Read


def daily_values(
    reading: Reading,
    study: SuperposedEpoch,
    composition: Composition,
    epicentre: Epicentre | None,
    workers: Workers,
    progress: Progress,
) -> DailyValues:
    """The study's quantity on local days, station by station so that memory stays small.

    With an `epicentre`, rows for what the study's tracks and maps give there follow the stations.
    """
    window, asked = study.window.window, study.stations
    check_parameters(composition.method(study.quantity.method), study.quantity)
    days = np.arange(window.start.astype("datetime64[D]"), window.stop.astype("datetime64[D]"))
    rows = _Rows(study, days, [], [], {name: [] for name in study.quantity.variables}, {})
    overhead = bool(asked.tracks or asked.fields)
    cited = stations_asked(reading, asked, window) if asked.collections or not overhead else ()
    tasks = (_Station(reading.apart(), study, composition, name, days) for name in cited)
    for number, (name, row) in enumerate(zip(cited, workers.each(_row, tasks, len(cited)), strict=True)):
        progress(number, len(cited), name)
        reading.read.add(row.read)
        rows.take(row)
    if epicentre is not None:
        _add_overhead(reading, study, rows, epicentre, _wide(window))
    for name in study.quantity.variables:
        if name not in rows.units:
            raise NotFound(
                f"quantity.variables: none of the study's collections holds {name};"
                f" {holdings.alike(name, rows.held, 'they hold')}"
            )
    progress(len(cited), len(cited), "")
    return rows.whole()


def _wide(window: Window) -> Window:
    return Window(window.start - MARGIN, window.stop + MARGIN)


def _row(task: _Station) -> _Row:
    """One station's daily values."""
    quantity = task.study.quantity
    method = task.composition.method(quantity.method)
    parameters = check_parameters(method, quantity)
    dataset = task.reading.series(task.collection, _wide(task.study.window.window))
    if "latitude" not in dataset.attrs:
        raise NotFound(f"The place of {task.collection} is not known; ingest a station list with it.")
    longitude = float(dataset.attrs["longitude"])
    parts = {name: part for name in quantity.variables if (part := variable_of(dataset, name)) is not None}
    return _Row(
        code=str(dataset.attrs["platform"]).upper(),
        place=(float(dataset.attrs["latitude"]), longitude),
        values={
            name: _on_days(method.run(part.values, part.time, longitude, **parameters), task.days, longitude)
            for name, part in parts.items()
        },
        units={name: part.units for name, part in parts.items()},
        simulated=bool(dataset.attrs.get("simulated", 0)),
        held=variables_of(dataset),
        read=task.reading.read,
    )


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
    return checked(method.parameters, quantity.parameters, f"quantity.parameters of {method.name}").model_dump()


def _on_days(found, days: np.ndarray, longitude: float) -> np.ndarray:
    """Daily values `(start, value)` put on the study's `days`; `start` is local midnight in UTC, to the sample."""
    noon = found.start + np.timedelta64(round(longitude * 240), "s") + np.timedelta64(12, "h")
    at = (noon.astype("datetime64[D]") - days[0]).astype(int)
    inside = (at >= 0) & (at < len(days))
    out = np.full(len(days), np.nan)
    out[at[inside]] = found.value[inside]
    return out
