"""The windows of a case study before any of it is computed: what is tested, and what stands beside it as control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from soap.archive import Archive, Selection, citation, query
from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window, iso
from soap.core.who import Viewer
from soap.observations import Earthquake
from soap.science.association import Network
from soap.services.study import controls
from soap.services.study.activity import local_day_start
from soap.services.study.case import case_table
from soap.services.study.observed import Reading
from soap.services.study.residuals import DailyValues
from soap.services.study.selection import as_catalogue
from soap.services.study.spec import SuperposedEpoch
from soap.services.study.spec_file import parse_study

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class PlaceWindows:
    """Days without an earthquake near one place: a station of the study, or the epicentre for what is overhead."""

    name: str
    latitude: float
    longitude: float
    clear: tuple[Window, ...]


@dataclass(frozen=True)
class ControlWindows:
    """Windows of a case study in UTC, by local mean time at the epicentre.

    `tested` holds the days of the primary statistic, `post_event` the same statistic's days after the earthquake;
    chance is judged by the whole catalogue shifted to each of `n_shifts` other days of `window`. `places` have their
    days with no earthquake near: none so many days before or after as the declaration says.
    """

    declaration: Mapping[str, Any]
    window: Window
    tested: Window
    post_event: Window
    n_shifts: int
    places: tuple[PlaceWindows, ...]
    owners: frozenset[str]


def control_windows(
    viewer: Viewer, archive: Archive, event_id: str, as_of: np.datetime64 | None = None
) -> ControlWindows:
    """The windows that the case study of an earthquake takes; no value is read.

    Raises `NotFound` where the case study would: the earthquake, anything in its zone, or Kp is not held.
    """
    state = citation.state_of(archive, viewer, as_of).as_of
    study = parse_study(case_table(viewer, archive, event_id, as_of), f"case {event_id}")
    if not isinstance(study, SuperposedEpoch):
        raise BadParameter(f"The case study of {event_id} is of kind {study.kind}; that has no control windows.")
    reading = Reading(viewer, archive, state)
    window, asked = study.window.window, study.earthquakes
    earthquakes = reading.earthquakes(asked.collection, window, asked.min_magnitude, asked.max_depth_km)
    event = next((one for one in earthquakes if one.event_id == asked.event_id), None)
    if event is None:
        raise NotFound(
            f"What is held near {event_id} lies from {iso(window.start)} to {iso(window.stop)}, not at its time; there"
            " is nothing to compare with."
        )
    days = np.arange(window.start.astype("datetime64[D]"), window.stop.astype("datetime64[D]"))
    places = _places(reading, study, event)
    daily = _without_values(places, days)
    day = np.floor(as_catalogue(study, (event,), daily).time_days[0] + event.longitude / 360)
    return ControlWindows(
        declaration=study.model_dump(mode="json"),
        window=window,
        tested=_span(days[0] + int(day), study.test.days, event.longitude),
        post_event=_span(days[0] + int(day), study.controls.post_event_days, event.longitude),
        n_shifts=len(days) - 1,
        places=_clear(study, earthquakes, daily) if places else (),
        owners=frozenset(record.owner for record in reading.read.granules.values()),
    )


def _places(reading: Reading, study: SuperposedEpoch, event: Earthquake) -> dict[str, tuple[float, float]]:
    """Where the study's stations are, by platform; the epicentre where it asks for what is overhead."""
    places: dict[str, tuple[float, float]] = {}
    for cited in study.stations.collections:
        collection_id, as_of = reading.pinned(cited)
        selection = Selection(collection_id, window=study.window.window, as_of=as_of)
        for record in query.granules(reading.archive, reading.viewer, selection):
            if record.latitude is not None and record.longitude is not None:
                places[record.platform.upper()] = (record.latitude, record.longitude)
    if study.stations.tracks or study.stations.fields:
        places["overhead"] = (event.latitude, event.longitude)
    return places


def _without_values(places: Mapping[str, tuple[float, float]], days: np.ndarray) -> DailyValues:
    latitude, longitude = (np.array([place[axis] for place in places.values()]) for axis in (0, 1))
    return DailyValues(tuple(places), latitude, longitude, days, {}, {})


def _span(day_0: np.datetime64, days: tuple[int, int], longitude: float) -> Window:
    edges = local_day_start(np.array([day_0 + days[0], day_0 + days[1] + 1]), longitude)
    return Window(edges[0], edges[1])


def _clear(study: SuperposedEpoch, earthquakes: tuple[Earthquake, ...], daily: DailyValues) -> tuple[PlaceWindows, ...]:
    values = np.full((len(daily.codes), len(daily.days)), np.nan)
    network = Network(values, daily.latitude, daily.longitude, local_days=True)
    asked = study.controls
    clear = controls.clear_days(
        network, as_catalogue(study, earthquakes, daily), asked.clear_before_days, asked.clear_after_days
    )
    rows = zip(daily.codes, daily.latitude.tolist(), daily.longitude.tolist(), clear, strict=True)
    return tuple(
        PlaceWindows(code, latitude, longitude, _runs(row, daily.days, longitude))
        for code, latitude, longitude, row in rows
    )


def _runs(clear: np.ndarray, days: np.ndarray, longitude: float) -> tuple[Window, ...]:
    """Days that follow each other as one window."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], clear.astype(np.int8), [0]])))
    begin = local_day_start(np.append(days, days[-1] + 1), longitude)
    return tuple(Window(begin[first], begin[stop]) for first, stop in edges.reshape(-1, 2))
