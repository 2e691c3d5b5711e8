"""Satellites: which there are, where their half-orbits went, and where they will be as far as what is held tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from soap.archive import Archive, CollectionRecord, GranuleRecord, Selection, query
from soap.archive.cover import Near
from soap.archive.ground_lines import Flight, flight
from soap.core.errors import BadObservation, BadParameter, NotFound, TooLarge
from soap.core.place import Box, distance_km
from soap.core.time import Window, iso
from soap.core.who import Viewer
from soap.science.mean_elements import MeanElements, Track, fit_mean_elements

MOST_HALF_ORBITS = 2_000
"""Half-orbits that one answer holds."""

MOST_PLACES = 20_000
"""Foretold places that one answer holds."""

MOST_DAYS = 8
"""So long after the last half-orbit held [day] what is stated of the uncertainty has been borne out."""

MOST_KM = 1_000.0
"""Where a satellite may be farther along its track than this from where it is foretold, nothing is foretold."""

Because = Literal["", "none_before", "none_recent", "ended", "uncertain", "no_orbit"]
"""Why nothing is foretold; empty: it is."""

_NO_LONGER = " A satellite is foretold for {days} days after the last half-orbit before, no longer."
REASONS: Mapping[Because, str] = {
    "none_before": "No half-orbit is held from before {start}; the first is of {first}." + _NO_LONGER,
    "none_recent": "No half-orbit is held of the days before {start}." + _NO_LONGER,
    "ended": "The last half-orbit held is of {last}." + _NO_LONGER,
    "uncertain": "The last half-orbit before that ended at {last}; where the satellite is more than {days} days after"
    " it, or where it may be more than {km} km off, is not foretold.",
    "no_orbit": "No orbit fits the half-orbits held until {last}.",
}
"""The same in words."""

_FIT_DAYS, _MOST_FITTED = 5, 40
_STEP = np.timedelta64(10, "s")
_SECOND = np.timedelta64(1, "s")


@dataclass(frozen=True)
class Satellite:
    """A platform of tracks: its collections, first and last time, and whether any of them is simulated."""

    platform: str
    collections: tuple[str, ...]
    first: np.datetime64
    last: np.datetime64
    granules: int
    simulated: bool
    owners: tuple[str, ...]


@dataclass(frozen=True)
class HalfOrbit:
    """What is held of a half-orbit, or of a day where tracks are not cut: granules of one or several instruments.

    `rising` where the satellite goes north; None where it turns within.
    """

    period: str
    rising: bool | None
    granules: tuple[GranuleRecord, ...]
    flight: Flight


@dataclass(frozen=True)
class Overpass:
    """When a satellite is within a circle: `start` to `stop`, and `closest` to its centre at `distance_km`.

    In 95 of 100 cases the time is right within `within_s` and the distance within `within_km`.
    """

    start: np.datetime64
    closest: np.datetime64
    stop: np.datetime64
    distance_km: float
    rising: bool
    within_s: float
    within_km: float


@dataclass(frozen=True)
class Prediction:
    """Where a satellite will be; `track` is None where what is held does not tell, and `reason` says why.

    `because` is the same as a word. `fitted` half-orbits made the `orbit`; `owners` are the members whose they are;
    `first` is the first half-orbit held, where all of them are later.
    """

    known_until: np.datetime64 | None
    fitted: int
    orbit: MeanElements | None
    track: Track | None
    overpasses: tuple[Overpass, ...]
    reason: str
    simulated: bool
    owners: tuple[str, ...]
    because: Because = ""
    first: np.datetime64 | None = None


def satellites(viewer: Viewer, archive: Archive) -> tuple[Satellite, ...]:
    """Platforms with tracks that the viewer may see, by name."""
    held: dict[str, list[CollectionRecord]] = {}
    for one in query.collections(archive, viewer, shape="track", by_platform=True):
        held.setdefault(one.platform, []).append(one)
    return tuple(
        Satellite(
            platform, tuple(sorted({one.collection_id for one in some})), min(one.first for one in some),
            max(one.last for one in some), sum(one.granules for one in some), any(one.simulated for one in some),
            tuple(sorted({one.owner for one in some})),
        )
        for platform, some in sorted(held.items())
    )  # fmt: skip


def half_orbits(
    viewer: Viewer, archive: Archive, platform: str, window: Window, place: Near | Box | None = None
) -> tuple[HalfOrbit, ...]:
    """Half-orbits with a sample in the window, and where a place is given in it, by time.

    `NotFound` for a platform that the viewer sees no track of, `TooLarge` for more than `MOST_HALF_ORBITS`.
    """
    groups = _groups(_records(viewer, archive, platform, window, place))
    if not groups:
        _must_know(viewer, archive, platform)
    if len(groups) > MOST_HALF_ORBITS:
        raise TooLarge(
            f"There are {len(groups):,} half-orbits; {MOST_HALF_ORBITS:,} are given at once. Ask for a shorter window,"
            " or for a place."
        )
    return tuple(_half_orbit(archive, group) for group in groups)


def prediction(
    viewer: Viewer, archive: Archive, platform: str, window: Window, step_s: int, near: Near | None = None
) -> Prediction:
    """Where a satellite is in the window, every `step_s` [s], foretold from the half-orbits held that ended before.

    The orbit is fitted to the latest, of five days at most. It is foretold until `MOST_DAYS` after the last of them,
    or until it may be `MOST_KM` off. Manoeuvres are not foretold. With a circle, `overpasses` says when the satellite
    is in it. `NotFound` for a platform that the viewer sees no track of, `BadParameter` for more than `MOST_PLACES`.
    """
    days = min((window.stop - window.start) / np.timedelta64(1, "D"), MOST_DAYS)
    if step_s < 1 or days * 86_400 / step_s > MOST_PLACES:
        raise BadParameter(
            f"A place each {step_s} s, for {days:g} days, are more than {MOST_PLACES:,}; ask for a shorter window, or"
            " for places farther apart."
        )
    before = Window(window.start - np.timedelta64(MOST_DAYS + _FIT_DAYS, "D"), window.start)
    groups = [some for some in _groups(_records(viewer, archive, platform, before, None)) if _end(some) <= window.start]
    if not groups:
        return _too_old(viewer, archive, platform, window)
    last = _end(groups[-1])
    fitted = [some for some in groups if _end(some) > last - np.timedelta64(_FIT_DAYS, "D")][-_MOST_FITTED:]
    records = [record for some in fitted for record in some]
    simulated, owners = any(one.simulated for one in records), tuple(sorted({one.owner for one in records}))
    try:
        orbit = _orbit(archive, fitted)
        track = _reliable(orbit, window, step_s * _SECOND)
        overpasses = () if near is None else tuple(_overpasses(orbit, window, near))
    except BadObservation as error:
        reason = f"{_in_words('no_orbit', last=last)} {error}"
        return Prediction(last, len(fitted), None, None, (), reason, simulated, owners, "no_orbit")
    if not len(track.time):
        reason = _in_words("uncertain", last=last)
        return Prediction(last, len(fitted), orbit, None, overpasses, reason, simulated, owners, "uncertain")
    return Prediction(last, len(fitted), orbit, track, overpasses, "", simulated, owners)


def _in_words(because: Because, **times: np.datetime64) -> str:
    told = {name: iso(time) for name, time in times.items()}
    return REASONS[because].format(days=MOST_DAYS, km=f"{MOST_KM:,.0f}", **told)


def _records(
    viewer: Viewer, archive: Archive, platform: str, window: Window, place: Near | Box | None
) -> tuple[GranuleRecord, ...]:
    near, box = (place, None) if isinstance(place, Near) else (None, place)
    return query.granules(
        archive, viewer, Selection(shape="track", station=platform, window=window, near=near, box=box)
    )


def _must_know(viewer: Viewer, archive: Archive, platform: str) -> Satellite:
    for one in satellites(viewer, archive):
        if one.platform in (platform, platform.lower(), platform.upper()):
            return one
    raise NotFound(f"There are no tracks of {platform!r} here. /api/v1/satellites lists those there are.")


def _groups(records: Iterable[GranuleRecord]) -> list[list[GranuleRecord]]:
    """Records of the same half-orbit together, by the time of their end."""
    found: dict[str, list[GranuleRecord]] = {}
    for one in records:
        found.setdefault(one.period, []).append(one)
    return sorted(found.values(), key=_end)


def _end(records: Iterable[GranuleRecord]) -> np.datetime64:
    return max(one.window.stop for one in records)


def _half_orbit(archive: Archive, records: Sequence[GranuleRecord]) -> HalfOrbit:
    longest = max(records, key=lambda one: (one.window.stop - one.window.start, one.granule_id))
    found = flight(archive, longest)
    steps = np.sign(np.diff(found.latitude))
    one_way = len(steps) > 0 and abs(steps.sum()) >= 0.9 * len(steps)
    return HalfOrbit(longest.period, bool(steps.sum() > 0) if one_way else None, tuple(records), found)


def _orbit(archive: Archive, groups: Iterable[Sequence[GranuleRecord]]) -> MeanElements:
    flights = [_half_orbit(archive, records).flight for records in groups]
    columns = [np.concatenate([getattr(one, name) for one in flights])
               for name in ("time", "latitude", "longitude", "height_km")]  # fmt: skip
    time, once = np.unique(columns[0], return_index=True)
    return fit_mean_elements(time, *(column[once] for column in columns[1:]))


def _too_old(viewer: Viewer, archive: Archive, platform: str, window: Window) -> Prediction:
    held = _must_know(viewer, archive, platform)
    because: Because = "none_recent"
    last = first = None
    if held.first >= window.start:
        because, first = "none_before", held.first
    elif held.last < window.start:
        because, last = "ended", held.last
    reason = _in_words(because, start=window.start, first=held.first, last=held.last)
    return Prediction(last, 0, None, None, (), reason, held.simulated, held.owners, because, first)


def _reliable(orbit: MeanElements, window: Window, step: np.timedelta64) -> Track:
    """The track in the window, as far as it is foretold well enough."""
    stop = min(window.stop, orbit.epoch + np.timedelta64(MOST_DAYS, "D"))
    track = orbit.track(np.arange(window.start, max(stop, window.start), step))
    good = track.along_km <= MOST_KM
    count = len(good) if good.all() else int(np.argmin(good))
    return Track(*(getattr(track, name)[:count] for name in Track.__dataclass_fields__))


def _overpasses(orbit: MeanElements, window: Window, near: Near) -> Iterable[Overpass]:
    """Stays within the circle to a second; those that the window cuts begin or end with it."""
    track = _reliable(orbit, window, _STEP)
    apart = distance_km(track.latitude, track.longitude, near.latitude, near.longitude)
    inside = np.flatnonzero(apart <= near.radius_km)
    for part in np.split(inside, np.flatnonzero(np.diff(inside) > 1) + 1):
        if len(part):
            first, last = max(track.time[part[0]] - _STEP, track.time[0]), track.time[part[-1]] + _STEP
            yield _overpass(orbit.track(np.arange(first, min(last, track.time[-1]) + _SECOND, _SECOND)), near)


def _overpass(track: Track, near: Near) -> Overpass:
    apart = distance_km(track.latitude, track.longitude, near.latitude, near.longitude)
    inside, best = np.flatnonzero(apart <= near.radius_km), int(np.argmin(apart))
    return Overpass(
        track.time[inside[0]], track.time[best], track.time[inside[-1]], float(apart[best]), bool(track.rising[best]),
        float(track.along_km[best] / _ground_speed(track, best)), float(track.across_km[best]),
    )  # fmt: skip


def _ground_speed(track: Track, at: int) -> float:
    """Along the track [km/s], at the satellite's height."""
    first, last = max(at - 1, 0), min(at + 1, len(track.time) - 1)
    if first == last:
        return 7.5
    ground = distance_km(track.latitude[first], track.longitude[first], track.latitude[last], track.longitude[last])
    seconds = (track.time[last] - track.time[first]) / _SECOND
    return float(ground * (1 + track.height_km[at] / 6371.0) / seconds)
