"""A study of one earthquake, put together from whatever the archive holds in its preparation zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from soap.archive import Archive, CollectionRecord, Selection, query
from soap.archive.citation import state_of
from soap.core.errors import NotFound
from soap.core.time import Window, iso
from soap.core.who import Viewer
from soap.observations import Earthquake
from soap.science.preparation import preparation_radius_km
from soap.services.composition import Composition
from soap.services.study.conduct import conduct
from soap.services.study.gathered import Asking, silent
from soap.services.study.holdings import index_collection
from soap.services.study.observed import Progress
from soap.services.study.spec_file import parse_study
from soap.services.work import HERE, Workers

BEFORE_DAYS, AFTER_DAYS = 90, 45
"""Days of observations asked for around the earthquake: the window of −30 to +15 days, and windows beside it."""
FIRST_LAG, LAST_LAG = -30, 15
QUANTITY = "daily_range_chapman_1940"
_SERIES = ("b_horizontal", "b_down")
_COMPONENTS = ("b_north", "b_east")
_OVERHEAD = ("electron_density", "vtec")
TITLE = "One earthquake: M {magnitude}, {place}, {day}"
QUESTION = (
    "Was anything unusual within {radius} km of this earthquake on days −5 to −1 before it, and how often do the days"
    " beside it show as much?"
)
LIMITS = {
    "one": "One earthquake: no statistical statement on precursors can come from it; it shows what the record looks"
    " like.",
    "beside": "Chance is judged on the days beside it alone; with so few of them no p-value can be very small.",
    "every": "Every quantity that the archive holds was tried; the number of tests is stated and p adjusted for it.",
}
"""What a case study says of itself; faces say the same in other languages."""


def case(
    viewer: Viewer,
    archive: Archive,
    composition: Composition,
    event_id: str,
    out_dir: str | Path,
    progress: Progress = silent,
    *,
    as_of: np.datetime64 | None = None,
    workers: Workers = HERE,
) -> dict[str, Any]:
    """Build and run the study of one earthquake; writes and returns as `soap.services.study.run`.

    Raises `NotFound` when the earthquake, any observation in its zone, or Kp is not held.
    """
    study = parse_study(case_table(viewer, archive, event_id, as_of), f"case {event_id}")
    return conduct(Asking(viewer, archive, composition, workers, progress), study, Path(out_dir))


def case_table(viewer: Viewer, archive: Archive, event_id: str, as_of: np.datetime64 | None = None) -> dict[str, Any]:
    """The declaration of the case study, as a study file would hold it."""
    desk = _Desk(viewer, archive, state_of(archive, viewer, as_of).as_of)
    event = query.event(archive, viewer, event_id, as_of=desk.as_of)
    radius = float(preparation_radius_km(event.magnitude))
    asked = Window(event.time - np.timedelta64(BEFORE_DAYS, "D"), event.time + np.timedelta64(AFTER_DAYS, "D"))
    held = _in_zone(desk, event, radius, asked)
    series, tracks, fields = (held.get(shape, ()) for shape in ("series", "track", "field"))
    known = {name for one in (*series, *tracks, *fields) for name in one.variables}
    variables = [
        name
        for name in (*_SERIES, *_OVERHEAD)
        if name in known or (name == "b_horizontal" and known.issuperset(_COMPONENTS))
    ]
    if not variables:  # of X without Y there is no H
        raise NotFound(
            f"The archive holds no series, track or map within {radius:,.0f} km of {event.event_id} (M"
            f" {event.magnitude:g}, {event.latitude:.2f}, {event.longitude:.2f}) from {iso(asked.start)} to"
            f" {iso(asked.stop)}.",
            command=f"`soap find --event {event.event_id}` shows what is near.",
        )
    window = _covered(asked, (*series, *tracks, *fields))
    return {
        "kind": "superposed_epoch",
        "title": TITLE.format(
            magnitude=f"{event.magnitude:.1f}", place=event.place or _position(event), day=str(event.time)[:10]
        ),
        "question": QUESTION.format(radius=f"{radius:,.0f}"),
        "stage": "exploratory",
        "seed": 1,
        "archive": {} if as_of is None else {"as_of": iso(desk.as_of)},
        "limits": tuple(LIMITS.values()),
        "window": {"start": iso(window.start), "stop": iso(window.stop)},
        "earthquakes": {
            "collection": _catalogue_of(desk, event),
            "event_id": event.event_id,
            "min_magnitude": min(event.magnitude, 5.0),
            "decluster_days": 0,
        },
        "stations": {
            "cadence": None,
            "collections": [one.collection_id for one in series],
            "tracks": [one.collection_id for one in tracks],
            "fields": [one.collection_id for one in fields],
        },
        "quantity": {"method": QUANTITY, "variables": variables, "parameters": {}},
        "background": {"kind": "running", "window_days": 15},
        "controls": {"kp": _kp_collection(desk, window), "max_kp": 4.0},
        "test": {"lags": [FIRST_LAG, LAST_LAG], "surrogates": ["circular_shift"], "n_surrogates": 9999},
        "power": {"sizes_sigma": [0.0, 0.5, 1.0, 2.0, 3.0, 5.0], "shares": [1.0]},
    }


@dataclass(frozen=True)
class _Desk:
    """Who asks, and which state of the archive."""

    viewer: Viewer
    archive: Archive
    as_of: np.datetime64

    def collections(self, shape: str, cadence: str | None = None) -> tuple[CollectionRecord, ...]:
        """Collections of a shape, as they were."""
        return query.collections(self.archive, self.viewer, shape=shape, cadence=cadence, as_of=self.as_of)


def _in_zone(
    desk: _Desk, event: Earthquake, radius_km: float, window: Window
) -> dict[str, tuple[CollectionRecord, ...]]:
    """Collections with a usable variable in the zone and window, by shape; of a station's series the fullest."""
    near = Selection(near=(event.latitude, event.longitude, radius_km), window=window, as_of=desk.as_of)
    placed = {record.collection_id for record in query.granules(desk.archive, desk.viewer, near)}
    wanted = {"series": {*_SERIES, *_COMPONENTS}, "track": {*_OVERHEAD}, "field": {*_OVERHEAD}}
    found: dict[str, tuple[CollectionRecord, ...]] = {}
    for shape, variables in wanted.items():
        some = [
            one
            for one in desk.collections(shape)
            if one.collection_id in placed and variables.intersection(one.variables)
        ]
        found[shape] = tuple(_fullest(some, window) if shape == "series" else some)
    return found


def _fullest(collections: Sequence[CollectionRecord], window: Window) -> list[CollectionRecord]:
    """One series a station: the one that spans most whole days of the window, of equals the finest.

    A month of minutes would be a shorter background than years of hours.
    """

    def preference(one: CollectionRecord) -> tuple[int, tuple[int, str]]:
        spanned = min(one.last, window.stop) - max(one.first, window.start)
        return (-int(spanned / np.timedelta64(1, "D")), _cadence_rank(one.cadence))

    best: dict[str, CollectionRecord] = {}
    for one in sorted(collections, key=preference):
        best.setdefault(one.platform, one)
    return sorted(best.values(), key=lambda one: one.collection_id)


def _cadence_rank(cadence: str) -> tuple[int, str]:
    order = ("PT1S", "PT1M", "PT1H")
    return (order.index(cadence) if cadence in order else len(order), cadence)


def _covered(asked: Window, collections: Sequence[CollectionRecord]) -> Window:
    """The whole days of the asked window that the holdings span."""
    first, last = min(one.first for one in collections), max(one.last for one in collections)
    start = max(asked.start, first).astype("datetime64[D]")
    stop = min(asked.stop, last).astype("datetime64[D]") + np.timedelta64(1, "D")
    return Window(start, stop)


def _catalogue_of(desk: _Desk, event: Earthquake) -> str:
    """The catalogue that lists the earthquake; the one with most earthquakes where several do."""
    moment = Window(event.time, event.time + np.timedelta64(1, "ns"))
    holding = [
        one
        for one in desk.collections("events")
        if any(
            other.event_id == event.event_id
            for other in query.events(
                desk.archive, desk.viewer, collection_id=one.collection_id, window=moment, as_of=desk.as_of
            )
        )
    ]
    if not holding:
        raise NotFound(f"No catalogue here lists {event.event_id} any more; ingest its catalogue again.")
    return max(holding, key=lambda one: (one.count, one.collection_id)).collection_id


def _kp_collection(desk: _Desk, window: Window) -> str:
    """The collection of Kp that covers most of the window."""
    found = index_collection(desk.archive, desk.viewer, "kp", "PT3H", window, desk.as_of)
    if found is None:
        raise NotFound(
            f"The archive holds no Kp from {iso(window.start)} to {iso(window.stop)}, so storms cannot be"
            " told apart; ingest a Kp file (GFZ, WDC or CelesTrak)."
        )
    return found


def _position(event: Earthquake) -> str:
    north, east = "NS"[event.latitude < 0], "EW"[event.longitude < 0]
    return f"{abs(event.latitude):.1f}° {north}, {abs(event.longitude):.1f}° {east}"
