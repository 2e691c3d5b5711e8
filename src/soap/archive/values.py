"""Values from the archive: a window of a collection as observations, joined over granules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import xarray as xr
from sqlalchemy import Row, func, select

from soap.archive.archive import Archive
from soap.archive.block import ABSENT, Block, to_dataset
from soap.archive.encoding import decode
from soap.archive.policy import sees_all
from soap.archive.records import GranuleRecord, Selection
from soap.archive.schema import FOREVER, collection, granule, station, version
from soap.archive.search import search
from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window, iso
from soap.core.who import Viewer
from soap.observations.quality import Quality


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
        raise _nothing(archive, _collection(archive, viewer, collection_id), window)
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


def whole(
    archive: Archive, viewer: Viewer, collection_id: str, window: Window, variables: Iterable[str] | None = None
) -> xr.Dataset:
    """Series, tracks or fields of the window as one dataset, for export; the half-orbit becomes a coordinate.

    Errors as `series`; `BadParameter` also when half-orbits of several platforms overlap or the grid changes.
    """
    held = _collection(archive, viewer, collection_id)
    if held.shape == "series":
        return series(archive, viewer, collection_id, window, variables)
    found = _found(archive, viewer, collection_id, held.shape, window, variables, None)
    blocks = sorted(_blocks(archive, found, window, variables), key=lambda block: block.time[0])
    if not blocks:
        raise _nothing(archive, held, window)
    if held.shape == "track":
        blocks = [_with_half_orbit(block) for block in blocks]
    joined = _joined(blocks)
    if (np.diff(joined.time) <= np.timedelta64(0)).any():
        raise BadParameter(f"{collection_id}: platforms overlap in this window; ask for a shorter one.")
    dataset = to_dataset(joined)
    dataset.attrs["maturity"] = _maturity(found)
    dataset.attrs.pop("half_orbit_id", None)
    return dataset


def _with_half_orbit(block: Block) -> Block:
    label = np.full(len(block.time), str(block.attrs.get("half_orbit_id", "")), dtype=object)
    return replace(block, along={**block.along, "half_orbit_id": label})


def _found(
    archive: Archive,
    viewer: Viewer,
    collection_id: str,
    shape: str,
    window: Window,
    variables: Iterable[str] | None,
    as_of: np.datetime64 | None,
) -> list[GranuleRecord]:
    held = _collection(archive, viewer, collection_id)
    if held.shape != shape:
        raise BadParameter(f"{collection_id} is of shape {held.shape}, not {shape}.")
    with archive.catalogue.reading() as connection:
        found = search(archive, connection, Selection(collection_id=collection_id, window=window, as_of=as_of))
    unknown = set(variables or ()) - {name for record in found for name in record.variables}
    if unknown:
        _check_known(archive, held, unknown)
    return found


def _collection(archive: Archive, viewer: Viewer, collection_id: str) -> Row:
    """The collection's row; `NotFound` when there is none, or the viewer may not know of it."""
    with archive.catalogue.reading() as connection:
        row = connection.execute(select(collection).where(collection.c.collection_id == collection_id)).one_or_none()
    if row is None or not sees_all(viewer):
        raise NotFound(f"There is no collection {collection_id!r} here. `soap find` lists those there are.")
    return row


def _check_known(archive: Archive, held: Row, names: set[str]) -> None:
    """`BadParameter` when the collection has none of these variables at any time."""
    query = (
        select(version.c.variables)
        .distinct()
        .join(granule, granule.c.id == version.c.granule)
        .where(granule.c.collection == held.id, version.c.recorded_to == FOREVER)
    )
    with archive.catalogue.reading() as connection:
        known = {name for text in connection.execute(query).scalars() for name in text.split()}
    unknown = sorted(names - known)
    if unknown:
        raise BadParameter(
            f"{held.collection_id} has no variable {', '.join(unknown)}; it has {', '.join(sorted(known))}."
        )


def _blocks(
    archive: Archive, found: Iterable[GranuleRecord], window: Window, variables: Iterable[str] | None
) -> list[Block]:
    """Blocks by time, cut to the window; those with no time in it, or none of the variables, are left out."""
    asked = None if variables is None else tuple(variables)
    out = []
    for record in found:
        block = decode(archive.objects.get(record.object_key), record.object_key, asked)
        block = replace(block, attrs={**block.attrs, "maturity": record.maturity})
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
    blocks = _blocks(archive, found, window, variables)
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


def _nothing(archive: Archive, held: Row, window: Window) -> NotFound:
    query = (
        select(func.min(version.c.first), func.max(version.c.last))
        .join(granule, granule.c.id == version.c.granule)
        .where(granule.c.collection == held.id, version.c.recorded_to == FOREVER, version.c.count > 0)
    )
    with archive.catalogue.reading() as connection:
        first, last = (np.datetime64(instant, "ns") for instant in connection.execute(query).one())
    return NotFound(
        f"{held.collection_id} holds nothing from {iso(window.start)} to {iso(window.stop)};"
        f" it holds {iso(first)} to {iso(last)}."
    )
