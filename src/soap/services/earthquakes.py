"""Earthquakes: sought by time, place, size and catalogue, each once, in any order, and written for other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from soap.archive import Archive, citation, query
from soap.archive.cover import Near
from soap.archive.event_listings import Listing, listings
from soap.archive.footprint import bounds
from soap.core.errors import BadParameter, NotFound, TooLarge
from soap.core.place import Box, distance_km
from soap.core.time import Window
from soap.core.who import Viewer
from soap.formats import Reading
from soap.observations import Earthquake
from soap.services.composition import Composition
from soap.services.get import formats
from soap.services.tables import csv_bytes, event_columns

__all__ = ["MOST", "ORDERS", "Box", "Listed", "Near", "Sought", "catalogues", "earthquakes", "extent", "written"]

MOST = 20_000
"""Earthquakes that are given at once."""

ORDERS = ("time", "time-asc", "magnitude", "magnitude-asc")
"""Latest first, earliest first, greatest first, smallest first; equals by time and identifier."""

_FORMAT = "quakeml"
_AN_HOUR = np.timedelta64(1, "h")
_DEGREE_KM = np.pi * 6371.0 / 180.0


@dataclass(frozen=True)
class Sought:
    """Which earthquakes: all that is given must hold, ends of ranges included.

    `min_distance_km` is from the centre of `place`, which is then a circle. One whose depth is unknown has none that is
    asked for. `changed_after` is a time of recording: those that were added or revised since. Made-up earthquakes are
    among them where `simulated`, or `collections` names their catalogue.
    """

    window: Window | None = None
    place: Near | Box | None = None
    min_distance_km: float = 0.0
    magnitude: tuple[float, float] = (-np.inf, np.inf)
    depth_km: tuple[float, float] = (-np.inf, np.inf)
    magnitude_types: frozenset[str] = frozenset()
    """In lower case."""
    event_ids: frozenset[str] = frozenset()
    collections: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    changed_after: np.datetime64 | None = None
    as_of: np.datetime64 | None = None
    simulated: bool = False


@dataclass(frozen=True)
class Listed:
    """An earthquake, and the catalogues that list it; it is quoted from the first.

    `provider` is the member who handed that one in (empty: the archive itself), `owner` whose it is.
    """

    earthquake: Earthquake
    catalogues: tuple[str, ...]
    provider: str
    owner: str
    simulated: bool


def earthquakes(
    viewer: Viewer, archive: Archive, sought: Sought | None = None, order: str = "time", most: int | None = None
) -> tuple[Listed, ...]:
    """What is sought, each earthquake once: as the first catalogue by name gives it.

    `TooLarge` where they are more than `most`; `BadParameter` for an order that is none.
    """
    sought = Sought() if sought is None else sought
    if order not in ORDERS:
        raise BadParameter(f"{order!r} is no order of earthquakes; there are {', '.join(ORDERS)}.")
    as_of = None if sought.as_of is None else citation.state_of(archive, viewer, sought.as_of).as_of
    sought = replace(sought, as_of=as_of)
    found = _listings(viewer, archive, sought)
    if sought.changed_after is not None:
        before = {_key(one): one.earthquake for one in _as_they_were(viewer, archive, sought)}
        found = [one for one in found if repr(before.get(_key(one))) != repr(one.earthquake)]
    held = _each_once(found)
    if most is not None and len(held) > most:
        raise TooLarge(
            f"{len(held):,} earthquakes answer, and at most {most:,} are given at once. Narrow the time, the place or"
            " the magnitudes, or ask for a part with a limit."
        )
    return tuple(sorted(held, key=_ORDER[order]))


def earthquake(viewer: Viewer, archive: Archive, event_id: str, as_of: np.datetime64 | None = None) -> Listed:
    """One earthquake and the catalogues that list it; `NotFound` where the viewer knows none."""
    as_of = None if as_of is None else citation.state_of(archive, viewer, as_of).as_of
    known = query.event(archive, viewer, event_id, as_of=as_of)
    near_it = Window(known.time - _AN_HOUR, known.time + _AN_HOUR)  # catalogues differ by seconds
    sought = Sought(window=near_it, event_ids=frozenset((known.event_id,)), as_of=as_of, simulated=True)
    (found,) = earthquakes(viewer, archive, sought)
    return found


def as_csv(listed: Sequence[Listed]) -> bytes:
    """A table with units in its header, one earthquake a line."""
    columns, units = event_columns([one.earthquake for one in listed], simulated=False)
    columns["catalogues"] = np.array([" ".join(one.catalogues) for one in listed], dtype=object)
    columns["simulated"] = np.array([one.simulated for one in listed], dtype=np.int8)
    return csv_bytes(columns, units)


def catalogues(viewer: Viewer, archive: Archive) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Catalogues, and members who handed some in (empty: the archive itself), as far as the viewer may know."""
    held = query.collections(archive, viewer, shape="events")
    members = sorted({provider for one in held for provider in one.providers})
    return tuple(sorted({one.collection_id for one in held})), tuple(members)


def written(composition: Composition, listed: Sequence[Listed]) -> bytes:
    """The earthquakes as QuakeML; `NotFound` where there are none, or the system cannot write it.

    Identifiers name the catalogue that an earthquake is quoted from. `BadParameter` where made-up ones are among
    observed ones: a document is marked as a whole.
    """
    writer = formats(composition).get(_FORMAT)
    if len({one.simulated for one in listed}) > 1:
        raise BadParameter("Made-up earthquakes are not written among observed ones; ask for one catalogue.")
    if writer is None or not listed:
        raise NotFound("There is no earthquake to write." if writer else "This system writes no QuakeML.")
    return _joined([writer(one) for one in _readings(listed)])


def extent(listed: Iterable[Listed]) -> tuple[float, float, float, float] | None:
    """West, south, east and north of the earthquakes [degree]; `west` > `east` where 180 degrees lie between."""
    quakes = [one.earthquake for one in listed]
    box = bounds(np.array([one.latitude for one in quakes]), np.array([one.longitude for one in quakes]))
    return None if box is None else (box.west, box.south, box.east, box.north)


def degrees_in_km(degrees: float) -> float:
    """Length of an arc on the mean sphere [km]."""
    return degrees * _DEGREE_KM


def _listings(viewer: Viewer, archive: Archive, sought: Sought) -> list[Listing]:
    names: Iterable[str | None] = sorted(sought.collections) or (None,)
    found = [
        one
        for name in names
        for one in listings(
            archive, viewer, collection_id=name, window=sought.window, keep=_keep(sought), as_of=sought.as_of
        )
    ]
    return [
        one
        for one in found
        if (sought.simulated or not one.simulated or one.collection_id in sought.collections)
        and (not sought.providers or one.provider in sought.providers)
    ]


def _as_they_were(viewer: Viewer, archive: Archive, sought: Sought) -> tuple[Listing, ...]:
    return listings(archive, viewer, as_of=sought.changed_after)


def _key(one: Listing) -> tuple[str, str]:
    return one.collection_id, one.earthquake.event_id


def _keep(sought: Sought) -> Callable[[Mapping[str, np.ndarray]], np.ndarray]:
    """The rows of a catalogue's columns that are sought."""

    def keep(columns: Mapping[str, np.ndarray]) -> np.ndarray:
        wanted = np.ones(len(columns["time"]), bool)
        for name, (least, greatest) in (("magnitude", sought.magnitude), ("depth_km", sought.depth_km)):
            if (least, greatest) != (-np.inf, np.inf):
                wanted &= (columns[name] >= least) & (columns[name] <= greatest)
        if sought.magnitude_types:
            wanted &= np.array([str(one).lower() in sought.magnitude_types for one in columns["magnitude_type"]], bool)
        if sought.event_ids:
            wanted &= np.isin(columns["event_id"].astype(str), sorted(sought.event_ids))
        if sought.place is not None:
            wanted &= sought.place.holds(columns["latitude"], columns["longitude"])
        if sought.min_distance_km > 0 and isinstance(sought.place, Near):
            centre = (sought.place.latitude, sought.place.longitude)
            wanted &= distance_km(*centre, columns["latitude"], columns["longitude"]) >= sought.min_distance_km
        return wanted

    return keep


def _each_once(found: Iterable[Listing]) -> list[Listed]:
    held: dict[str, Listed] = {}
    for one in sorted(found, key=lambda one: one.collection_id):
        quoted = held.setdefault(
            one.earthquake.event_id, Listed(one.earthquake, (), one.provider, one.owner, one.simulated)
        )
        held[one.earthquake.event_id] = replace(quoted, catalogues=(*quoted.catalogues, one.collection_id))
    return list(held.values())


def _time_key(one: Listed) -> tuple[int, str]:
    return int(one.earthquake.time.astype(np.int64)), one.earthquake.event_id


_ORDER: Mapping[str, Callable[[Listed], tuple]] = {
    "time": lambda one: (-_time_key(one)[0], one.earthquake.event_id),
    "time-asc": _time_key,
    "magnitude": lambda one: (-one.earthquake.magnitude, *_time_key(one)),
    "magnitude-asc": lambda one: (one.earthquake.magnitude, *_time_key(one)),
}


def order_key(one: Listed, order: str) -> tuple:
    """Where an earthquake stands in an order: one with a greater key comes later."""
    return _ORDER[order](one)


def _readings(listed: Sequence[Listed]) -> list[Reading]:
    """A reading a run of earthquakes of one catalogue, so that they stay in order."""
    runs: list[tuple[Listed, list[Earthquake]]] = []
    for one in listed:
        if not runs or (runs[-1][0].catalogues[0], runs[-1][0].simulated) != (one.catalogues[0], one.simulated):
            runs.append((one, []))
        runs[-1][1].append(one.earthquake)
    return [
        Reading(events=tuple(some), events_collection_id=first.catalogues[0], simulated=first.simulated)
        for first, some in runs
    ]


def _joined(documents: Sequence[bytes]) -> bytes:
    """Documents of one writer as one: the events of all in the first."""
    end = b"</eventParameters>"
    bodies = [one[one.index(b"<event ") : one.index(end)] for one in documents]
    head, tail = documents[0], documents[0]
    return head[: head.index(b"<event ")] + b"".join(bodies) + tail[tail.index(end) :]
