"""What a study reads of the archive, all of it in one state, and remembers: series, indices, earthquakes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import xarray as xr

from soap.archive import Archive, Selection, citation, query
from soap.archive.station_sources import station_sources
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Earthquake
from soap.observations.quality import SUFFIX
from soap.services.study import holdings
from soap.services.study.activity import Index
from soap.services.study.blocks import Series
from soap.services.study.provenance import Read
from soap.services.study.residuals import Indices
from soap.services.study.spec import RegressionBackground, SuperposedEpoch

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what is being done."""

MARGIN = np.timedelta64(2, "D")
"""What is read before and after a study's window: local days reach beyond it."""

_ONE_DAY = np.timedelta64(1, "D")
_COMPONENTS = {"b_horizontal": ("b_north", "b_east")}
"""Variables that a series may give by two components at right angles instead."""


@dataclass(frozen=True)
class Reading:
    """Reads for one study as one viewer, and remembers every granule it has used.

    Everything is read as it was at `as_of`, so that what others publish meanwhile changes nothing; a collection cited
    as `collection_id@T` is read as of T.
    """

    viewer: Viewer
    archive: Archive
    as_of: np.datetime64
    read: Read = field(default_factory=Read)

    def apart(self) -> Reading:
        """The same, with a memory of its own."""
        return replace(self, read=Read())

    def pinned(self, cited: str) -> tuple[str, np.datetime64]:
        """Collection and time of recording of a citation or a bare name."""
        collection_id, as_of = citation.parse(cited)
        if as_of is None:
            return collection_id, self.as_of
        return collection_id, citation.state_of(self.archive, self.viewer, as_of).as_of

    def series(self, cited: str, window: Window, variables: Sequence[str] | None = None) -> xr.Dataset:
        """The collection's values in the window; errors as `soap.archive.query.series`."""
        collection_id, as_of = self.pinned(cited)
        held = query.series(self.archive, self.viewer, collection_id, window, variables, as_of=as_of)
        self._remember(cited, window)
        return held

    def earthquakes(
        self, cited: str, window: Window, min_magnitude: float, max_depth_km: float | None = None
    ) -> tuple[Earthquake, ...]:
        """Earthquakes of the catalogue in the window, by time; those of unknown depth pass no limit of depth."""
        collection_id, as_of = self.pinned(cited)
        holdings.require(self.archive, self.viewer, collection_id, "events")
        found = query.events(
            self.archive,
            self.viewer,
            collection_id=collection_id,
            window=window,
            min_magnitude=min_magnitude,
            as_of=as_of,
        )
        self._remember(cited, Window(window.start - _ONE_DAY, window.stop + _ONE_DAY))
        return tuple(one for one in found if max_depth_km is None or one.depth_km <= max_depth_km)

    def index(self, cited: str, variable: str, window: Window, interval_hours: int) -> Index:
        """An index of activity over the window and its margins."""
        holdings.require(self.archive, self.viewer, self.pinned(cited)[0], "series")
        held = self.series(cited, window, (variable,))
        half = np.timedelta64(interval_hours * 30, "m")
        start = held["time"].values - (half if held.attrs["time_stamp"] == "centre" else np.timedelta64(0, "m"))
        return Index(start, interval_hours, held[variable].values.astype(float))

    def tracks(self, cited: str, window: Window) -> tuple[xr.Dataset, ...]:
        """The collection's half-orbits in the window."""
        collection_id, as_of = self.pinned(cited)
        holdings.require(self.archive, self.viewer, collection_id, "track")
        held = query.tracks(self.archive, self.viewer, collection_id, window, as_of=as_of)
        self._remember(cited, window)
        return held

    def fields(self, cited: str, window: Window) -> tuple[xr.Dataset, ...]:
        """The collection's map days in the window."""
        collection_id, as_of = self.pinned(cited)
        holdings.require(self.archive, self.viewer, collection_id, "field")
        held = query.fields(self.archive, self.viewer, collection_id, window, as_of=as_of)
        self._remember(cited, window)
        return held

    def _remember(self, cited: str, window: Window) -> None:
        collection_id, as_of = self.pinned(cited)
        selection = Selection(collection_id=collection_id, window=window, as_of=as_of)
        records = query.granules(self.archive, self.viewer, selection)
        self.read.granules.update({record.granule_id: record for record in records})
        for source in station_sources(self.archive, self.viewer, records, as_of):
            self.read.stations[source.code_scheme, source.code, source.provider] = source


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


def parts_of(name: str, held: Collection[str]) -> tuple[str, ...]:
    """Of the `held` variables those that `variable_of` makes `name` of; empty when it cannot."""
    if name in held:
        return (name,)
    parts = _COMPONENTS.get(name, ())
    return parts if all(part in held for part in parts) else ()


def variables_of(dataset: xr.Dataset) -> set[str]:
    """Names of the variables, their quality flags left out."""
    return {str(name) for name in dataset.data_vars if not str(name).endswith(SUFFIX)}


def _sound(dataset: xr.Dataset, name: str) -> np.ndarray:
    flags = dataset[name + SUFFIX].values
    return np.where(flags == 0, dataset[name].values, np.nan)


def indices(reading: Reading, study: SuperposedEpoch) -> Indices:
    """The space weather that the study's controls and background need."""
    window, controls, background = study.window.window, study.controls, study.background
    near = Window(window.start - MARGIN, window.stop + MARGIN)
    rc = None if controls.rc is None else reading.index(controls.rc, "rc", near, 1)
    kp = reading.index(controls.kp, "kp", near, 3)
    if not isinstance(background, RegressionBackground):
        return Indices(kp, rc=rc)
    past = Window(near.start - np.timedelta64(background.flux_mean_days, "D"), near.stop)
    return Indices(
        kp, reading.index(background.indices, "ap", near, 3), reading.index(background.solar_flux, "f107", past, 24), rc
    )
