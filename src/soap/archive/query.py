"""Questions to the archive. Each is asked as a viewer, who is told only what they may know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import xarray as xr
from sqlalchemy import func, select

from soap.archive.archive import Archive
from soap.archive.block import ABSENT, Block, to_dataset
from soap.archive.cover import Near
from soap.archive.encoding import decode
from soap.archive.events_object import decode_events
from soap.archive.policy import sees_all
from soap.archive.records import CollectionRecord, GranuleRecord, Selection
from soap.archive.schema import FOREVER, collection, event_key, granule, station, version
from soap.archive.search import search
from soap.core.errors import BadParameter, NotFound
from soap.core.place import Box
from soap.core.time import Window, iso
from soap.core.who import Viewer
from soap.observations import Earthquake, Station
from soap.observations.quality import Quality


def collections(
    archive: Archive,
    viewer: Viewer,
    *,
    shape: str | None = None,
    domain: str | None = None,
    cadence: str | None = None,
    simulated: bool | None = None,
) -> tuple[CollectionRecord, ...]:
    """Collections that hold something, by identifier; the conditions given must all hold."""
    if not sees_all(viewer):
        return ()
    asked = {"shape": shape, "domain": domain, "cadence": cadence, "simulated": simulated}
    conditions = [collection.c[name] == value for name, value in asked.items() if value is not None]
    current = version.c.recorded_to == FOREVER
    joined = collection.join(granule, granule.c.collection == collection.c.id).join(
        version, version.c.granule == granule.c.id
    )
    sums = (
        select(
            collection,
            func.min(version.c.first).label("first"),
            func.max(version.c.last).label("last"),
            func.count().label("granules"),
            func.sum(version.c.count).label("values_count"),
        )
        .select_from(joined)
        .where(current, version.c.count > 0, *conditions)
        .group_by(*collection.c)
        .order_by(collection.c.collection_id)
    )
    parts = (
        select(granule.c.collection, granule.c.platform, version.c.variables)
        .select_from(joined)
        .where(current, version.c.count > 0, *conditions)
        .distinct()
    )
    with archive.catalogue.reading() as connection:
        platforms: dict[int, set[str]] = {}
        variables: dict[int, set[str]] = {}
        for number, platform, names in connection.execute(parts):
            platforms.setdefault(number, set()).add(platform)
            variables.setdefault(number, set()).update(names.split())
        return tuple(
            CollectionRecord(
                row.collection_id,
                row.shape,
                row.domain,
                ",".join(sorted(platforms[row.id])),
                row.cadence,
                row.level,
                tuple(sorted(variables[row.id])),
                np.datetime64(row.first, "ns"),
                np.datetime64(row.last, "ns"),
                row.granules,
                int(row.values_count),
                bool(row.simulated),
            )
            for row in connection.execute(sums)
        )


def granules(archive: Archive, viewer: Viewer, selection: Selection) -> tuple[GranuleRecord, ...]:
    """Granules that answer the selection, by collection, platform and time."""
    if not sees_all(viewer):
        return ()
    with archive.catalogue.reading() as connection:
        return tuple(search(archive, connection, selection))


def series(
    archive: Archive,
    viewer: Viewer,
    collection_id: str,
    window: Window,
    variables: Iterable[str] | None = None,
    *,
    as_of: np.datetime64 | None = None,
) -> xr.Dataset:
    """The collection's values in the window as one `series`: each time once, quality flags kept.

    A series whose place only its station code tells gets `latitude`, `longitude` and `height_m` from the station
    list. Raises `NotFound` when the viewer knows no such collection or it holds nothing there (saying what it does
    hold), `BadParameter` when it has no such variable or is no series.
    """
    found = _found(archive, viewer, collection_id, "series", window, variables, as_of)
    platforms = sorted({record.platform for record in found})
    if len(platforms) > 1:
        raise BadParameter(
            f"{collection_id} holds {len(platforms)} platforms ({', '.join(platforms)}); one series is of one."
        )
    blocks = _blocks(archive, found, window, variables)
    if not blocks:
        raise _nothing(_collection(archive, viewer, collection_id), window)
    attrs = dict(max(blocks, key=lambda block: block.time[-1]).attrs) | {"maturity": _maturity(found)}
    dataset = to_dataset(_joined(blocks))
    dataset.attrs = attrs | _station_place(archive, found[-1], attrs)
    return dataset


def tracks(
    archive: Archive,
    viewer: Viewer,
    collection_id: str,
    window: Window,
    variables: Iterable[str] | None = None,
    *,
    as_of: np.datetime64 | None = None,
) -> tuple[xr.Dataset, ...]:
    """The collection's half-orbits in the window, cut to it, by time; errors as `series`, but none when empty."""
    return _each(archive, viewer, collection_id, "track", window, variables, as_of)


def fields(
    archive: Archive,
    viewer: Viewer,
    collection_id: str,
    window: Window,
    variables: Iterable[str] | None = None,
    *,
    as_of: np.datetime64 | None = None,
) -> tuple[xr.Dataset, ...]:
    """The collection's map days in the window, cut to it, by time; errors as `series`, but none when empty."""
    return _each(archive, viewer, collection_id, "field", window, variables, as_of)


def events(
    archive: Archive,
    viewer: Viewer,
    *,
    collection_id: str | None = None,
    window: Window | None = None,
    near: tuple[float, float, float] | Near | None = None,
    box: Box | None = None,
    min_magnitude: float | None = None,
    as_of: np.datetime64 | None = None,
) -> tuple[Earthquake, ...]:
    """Earthquakes by time. Several catalogues may list the same one: name a collection to have it once."""
    if not sees_all(viewer):
        return ()
    selection = Selection(collection_id=collection_id, window=window, near=near, box=box, shape="events", as_of=as_of)
    with archive.catalogue.reading() as connection:
        found = search(archive, connection, selection)
    out = []
    for record in found:
        for one in decode_events(archive.objects.get(record.object_key), record.object_key):
            if window is not None and not window.start <= one.time < window.stop:
                continue
            if min_magnitude is not None and not one.magnitude >= min_magnitude:
                continue
            if selection.place is None or bool(selection.place.holds(one.latitude, one.longitude)):
                out.append(one)
    return tuple(sorted(out, key=lambda one: (one.time, one.event_id)))


def event(archive: Archive, viewer: Viewer, event_id: str) -> Earthquake:
    """The earthquake of that identifier, from the catalogue recorded last if several list it; else `NotFound`."""
    with archive.catalogue.reading() as connection:
        row = connection.execute(
            select(version.c.object_key)
            .join(event_key, event_key.c.granule == version.c.granule)
            .where(event_key.c.event_id == event_id.lower(), version.c.recorded_to == FOREVER)
            .order_by(version.c.recorded_from.desc(), version.c.id.desc())
        ).first()
    if row is None or not sees_all(viewer):
        raise NotFound(f"No earthquake {event_id!r} is held. `soap find --collection C` lists what a catalogue holds.")
    held = decode_events(archive.objects.get(row.object_key), row.object_key)
    return next(one for one in held if one.event_id == event_id.lower())


def stations(archive: Archive, viewer: Viewer) -> tuple[Station, ...]:
    """Stations of known place, by code scheme and code."""
    if not sees_all(viewer):
        return ()
    query = select(station).where(station.c.recorded_to == FOREVER).order_by(station.c.code_scheme, station.c.code)
    with archive.catalogue.reading() as connection:
        return tuple(
            Station(
                code=row.code,
                latitude=row.latitude,
                longitude=row.longitude,
                height_m=float("nan") if row.height_m is None else row.height_m,
                name=row.name,
                region=row.region,
                code_scheme=row.code_scheme,
                place_grade=row.place_grade,
            )
            for row in connection.execute(query)
        )


def unplaced(archive: Archive, viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """(collection, station code) of the series that no place query finds, because no station list knows the code."""
    if not sees_all(viewer):
        return ()
    here = (
        (station.c.code == version.c.code)
        & (station.c.code_scheme == version.c.code_scheme)
        & (station.c.recorded_to == FOREVER)
    )
    query = (
        select(collection.c.collection_id, version.c.code)
        .distinct()
        .join_from(version, granule, granule.c.id == version.c.granule)
        .join(collection, collection.c.id == granule.c.collection)
        .outerjoin(station, here)
        .where(version.c.recorded_to == FOREVER, version.c.place == "station", station.c.id.is_(None))
        .order_by(collection.c.collection_id)
    )
    with archive.catalogue.reading() as connection:
        return tuple((row.collection_id, row.code) for row in connection.execute(query))


def _found(
    archive: Archive,
    viewer: Viewer,
    collection_id: str,
    shape: str,
    window: Window,
    variables: Iterable[str] | None,
    as_of: np.datetime64 | None,
) -> tuple[GranuleRecord, ...]:
    held = _collection(archive, viewer, collection_id)
    if held.shape != shape:
        raise BadParameter(f"{collection_id} is of shape {held.shape}, not {shape}.")
    unknown = sorted(set(variables or ()) - set(held.variables))
    if unknown:
        raise BadParameter(f"{collection_id} has no variable {', '.join(unknown)}; it has {', '.join(held.variables)}.")
    return granules(archive, viewer, Selection(collection_id=collection_id, window=window, as_of=as_of))


def _collection(archive: Archive, viewer: Viewer, collection_id: str) -> CollectionRecord:
    held = next((one for one in collections(archive, viewer) if one.collection_id == collection_id), None)
    if held is None:
        raise NotFound(f"There is no collection {collection_id!r} here. `soap find` lists those there are.")
    return held


def _blocks(
    archive: Archive, found: Iterable[GranuleRecord], window: Window, variables: Iterable[str] | None
) -> list[Block]:
    """Blocks by time, cut to the window; those with no time in it, or none of the variables, are left out."""
    asked = None if variables is None else tuple(variables)
    out = []
    for record in found:
        block = decode(archive.objects.get(record.object_key), record.object_key, asked)
        first, last = np.searchsorted(block.time, [window.start, window.stop])
        if first < last and block.values:
            out.append(block[first:last])
    return out


def _each(
    archive: Archive,
    viewer: Viewer,
    collection_id: str,
    shape: str,
    window: Window,
    variables: Iterable[str] | None,
    as_of: np.datetime64 | None,
) -> tuple[xr.Dataset, ...]:
    found = _found(archive, viewer, collection_id, shape, window, variables, as_of)
    blocks = _blocks(archive, found, window, None if variables is None else tuple(variables))
    return tuple(to_dataset(block) for block in sorted(blocks, key=lambda block: block.time[0]))


def _joined(blocks: list[Block]) -> Block:
    """Blocks of successive periods as one; where a period lacks a variable, it is missing."""
    if len(blocks) == 1:
        return blocks[0]
    last = blocks[-1]
    if any(not np.array_equal(block.axes[name], last.axes[name]) for block in blocks for name in last.axes):
        raise BadParameter(f"{last.attrs['collection_id']} changes its grid in this window; ask for a shorter one.")
    names = dict.fromkeys(name for block in blocks for name in block.values)
    described: dict = {}
    for block in blocks:
        described |= block.described
    return Block(
        time=np.concatenate([block.time for block in blocks]),
        values={name: _over(blocks, "values", name, np.nan) for name in names},
        flags={name: _over(blocks, "flags", name, np.uint8(Quality.MISSING)) for name in names},
        finality={name: _over(blocks, "finality", name, ABSENT) for name in names},
        along={name: np.concatenate([block.along[name] for block in blocks]) for name in last.along},
        axes=last.axes,
        attrs=last.attrs,
        described=described,
    )


def _over(blocks: list[Block], part: str, name: str, absent: float | np.generic) -> np.ndarray:
    like = next(getattr(block, part)[name] for block in blocks if name in block.values)
    parts = [getattr(block, part).get(name, np.full((len(block.time), *like.shape[1:]), absent)) for block in blocks]
    return np.concatenate(parts)


def _maturity(found: Iterable[GranuleRecord]) -> str:
    words = dict.fromkeys(word for record in found for word in record.maturity.split(", ") if word)
    return ", ".join(words)


def _station_place(archive: Archive, record: GranuleRecord, attrs: dict) -> dict:
    if "latitude" in attrs or record.latitude is None:
        return {}
    scheme = str(attrs.get("code_scheme", "iaga_code"))
    with archive.catalogue.reading() as connection:
        row = connection.execute(
            select(station).where(
                station.c.code == record.platform.upper(),
                station.c.code_scheme == scheme,
                station.c.recorded_to == FOREVER,
            )
        ).one()
    place = {"latitude": row.latitude, "longitude": row.longitude}
    return place if row.height_m is None else place | {"height_m": row.height_m}


def _nothing(held: CollectionRecord, window: Window) -> NotFound:
    return NotFound(
        f"{held.collection_id} holds nothing from {iso(window.start)} to {iso(window.stop)};"
        f" it holds {iso(held.first)} to {iso(held.last)}."
    )
