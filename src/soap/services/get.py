"""Get: a collection's values as a file that other programs read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from soap.archive import Archive, CollectionRecord, citation, query
from soap.archive.absent import no_collection
from soap.archive.decimate import METHOD
from soap.archive.encoding import parquet_bytes
from soap.archive.overlap import called
from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window, iso
from soap.core.who import Viewer
from soap.formats import Reading
from soap.services.composition import Composition
from soap.services.rights import csv_metadata, csv_metadata_path, rights_of
from soap.services.tables import WRITERS, csv_bytes, event_columns, write_whole

TABLES = ("csv", "parquet", "netcdf")
"""Formats that any collection can be had in (earthquakes: not as netCDF), beside those that a reader also writes."""


@dataclass(frozen=True)
class Export:
    """What was written."""

    path: str
    format: str
    collection_id: str
    count: int
    """Number of times or earthquakes."""
    bytes: int
    simulated: bool
    version: str
    """What was written, to be cited and asked for again: `collection_id@T`."""


def formats(composition: Composition) -> Mapping[str, Callable[[Reading], bytes]]:
    """Formats of the domains that can be written, by reader's name and, where one reader has it, its last word.

    So `magnetometer_iaga2002` is also `iaga2002`, and `tec_ionex` is `ionex`.
    """
    writers = {reader.name: reader.write for reader in composition.readers if reader.write is not None}
    words = [name.rsplit("_", 1)[-1] for name in writers]
    short = {name.rsplit("_", 1)[-1]: write for name, write in writers.items()}
    return writers | {word: short[word] for word in words if words.count(word) == 1}


def get(
    viewer: Viewer,
    archive: Archive,
    composition: Composition,
    collection_id: str | None,
    window: Window,
    variables: tuple[str, ...] = (),
    *,
    format_name: str,
    out: str | Path,
    provider: str | None = None,
    points: int | None = None,
    as_of: np.datetime64 | None = None,
    station: str | None = None,
) -> Export:
    """Write what the collection holds in the window to the file `out`, which is there whole or not at all.

    `collection_id` may be cited, `collection_id@T`; it is read as of that time of recording, else of `as_of`, else now.
    `provider` is the member whose values are wanted where several handed some in (empty: the archive itself); without
    it, those of all. Without `collection_id`, the collection is that of a `station` with these variables
    (`query.collection_of_station`). With `points` the values are decimated for plots (`query.decimated`), as a table.
    Attributes, for CSV a file `…-metadata.json` beside it, say how it was decimated and give `provider`, `licence`,
    `citation` and `version`, which is what to cite. A file that is there is replaced; a folder, device or part of the
    archive is refused (`BadParameter`).
    Raises `NotFound` when the viewer knows no such collection or it holds nothing there, `BadParameter` for an unknown
    variable, a format that does not fit the collection, or what does not go together.
    """
    path = _place(Path(out), archive)
    _writers(composition, format_name)
    asked = wanted(viewer, archive, collection_id, window, variables, provider=provider, points=points, as_of=as_of,
                   station=station)  # fmt: skip
    content, count = written(composition, asked, format_name)
    write_whole(path, content)
    told, beside = asked.told(), csv_metadata_path(path)
    if format_name == "csv" and (told or beside.is_file()):  # one that is there tells of the file that was there
        write_whole(beside, csv_metadata(path, told | {"version": asked.version}))
    return Export(str(out), format_name, asked.held.collection_id, count, len(content), asked.held.simulated,
                  asked.version)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What is wanted, once it is known of which collection, and as of when."""

    viewer: Viewer
    archive: Archive
    held: CollectionRecord
    window: Window
    variables: tuple[str, ...] | None
    as_of: np.datetime64
    provider: str | None
    station: str | None
    points: int | None

    @property
    def version(self) -> str:
        """What to cite."""
        return citation.cite(self.held.collection_id, self.held.version)

    def told(self) -> dict[str, str]:
        """What is said beside the values: the terms, and how they were decimated."""
        if self.points is None:
            return rights_of(self.held)
        span = f"{iso(self.window.start)} to {iso(self.window.stop)}"
        return rights_of(self.held) | {"decimated": f"{self.points} buckets of equal length from {span}: {METHOD}"}


def wanted(
    viewer: Viewer,
    archive: Archive,
    collection_id: str | None,
    window: Window,
    variables: tuple[str, ...] = (),
    *,
    provider: str | None = None,
    points: int | None = None,
    as_of: np.datetime64 | None = None,
    station: str | None = None,
) -> Wanted:
    """What is wanted, once it is known of which collection; parameters and errors as `get`."""
    named, state = _which(viewer, archive, collection_id, variables, window, as_of, provider, station)
    held = _held(viewer, archive, named, provider, state)
    return Wanted(viewer, archive, held, window, variables or None, state, provider, station, points)


def written(composition: Composition, asked: Wanted, format_name: str) -> tuple[bytes, int]:
    """The bytes of a file of what is wanted, and its number of times or earthquakes; errors as `get`."""
    writers = _writers(composition, format_name)
    check_fits(composition, format_name, asked.held, asked.points)
    write = _write_events if asked.held.shape == "events" else _write_values
    return write(asked, format_name, writers)


def _writers(composition: Composition, format_name: str) -> Mapping[str, Callable[[Reading], bytes]]:
    """The formats that readers write; `BadParameter` when the one that is wanted is none of them, and no table."""
    writers = formats(composition)
    if format_name not in TABLES and format_name not in writers:
        raise BadParameter(
            f"{format_name!r} is no format to write; there are {', '.join([*TABLES, *sorted(writers)])}."
        )
    return writers


def _which(
    viewer: Viewer,
    archive: Archive,
    cited: str | None,
    variables: tuple[str, ...],
    window: Window,
    as_of: np.datetime64 | None,
    provider: str | None,
    station: str | None,
) -> tuple[str, np.datetime64]:
    """The collection that is cited, or that is the station's; and the time of recording as of which it is read."""
    collection_id, pinned = (None, None) if cited is None else citation.parse(cited)
    state = citation.state_of(archive, viewer, as_of if pinned is None else pinned).as_of
    if collection_id is not None:
        return collection_id, state
    if station is None:
        raise BadParameter("Name a collection, or a station and its variables.")
    found = query.collection_of_station(archive, viewer, station, variables, window, as_of=state, provider=provider)
    return found, state


def _held(
    viewer: Viewer, archive: Archive, collection_id: str, provider: str | None, as_of: np.datetime64
) -> CollectionRecord:
    """The collection; `NotFound` when there is none, `BadParameter` when it is of several kinds."""
    held = query.collections(archive, viewer, collection_id=collection_id, provider=provider, as_of=as_of)
    if not held:
        raise no_collection(collection_id, provider)
    if len(held) > 1:
        kinds = "; ".join(
            f"{'simulated' if one.simulated else 'real'} {one.shape} of {called(one.providers)}" for one in held
        )
        raise BadParameter(f"{collection_id} is held as {kinds}; ask for one of them with provider=CODE.")
    return held[0]


def _write_values(asked: Wanted, format_name: str, writers: Mapping) -> tuple[bytes, int]:
    """The file's bytes, of all values or of decimated ones, and the number of times."""
    of = (asked.archive, asked.viewer, asked.held.collection_id, asked.window)
    also: dict[str, Any] = {"as_of": asked.as_of, "provider": asked.provider, "station": asked.station}
    if asked.points is None:
        dataset = query.whole(*of, asked.variables, **also)
    else:
        dataset = query.decimated(*of, asked.points, asked.variables, **also)
    dataset.attrs |= rights_of(asked.held) | {"version": asked.version}
    if format_name in TABLES:
        return WRITERS[format_name](dataset), dataset.sizes["time"]
    reading = Reading(observations=(dataset,), simulated=asked.held.simulated)
    return writers[format_name](reading), dataset.sizes["time"]


def _write_events(asked: Wanted, format_name: str, writers: Mapping) -> tuple[bytes, int]:
    """The file's bytes, and the number of earthquakes."""
    held = asked.held
    found = query.events(
        asked.archive,
        asked.viewer,
        collection_id=held.collection_id,
        window=asked.window,
        provider=asked.provider,
        as_of=asked.as_of,
    )
    if not found:
        raise NotFound(f"{held.collection_id} holds no earthquake in this window.")
    if format_name in writers:
        reading = Reading(events=found, events_collection_id=held.collection_id, simulated=held.simulated)
        return writers[format_name](reading), len(found)
    if format_name == "netcdf":
        raise BadParameter("Earthquakes are no grid; have them as csv, parquet or quakeml.")
    columns, units = event_columns(found, held.simulated)
    if format_name == "csv":
        return csv_bytes(columns, units), len(found)
    told = asked.told() | {"version": asked.version}
    rights = {name.encode(): text.encode() for name, text in told.items()}
    return parquet_bytes(columns, {name: {"units": unit} for name, unit in units.items()}, rights), len(found)


def check_fits(composition: Composition, format_name: str, held: CollectionRecord, points: int | None) -> None:
    """`BadParameter` when the format is of another shape than the collection, or what it holds is not decimated."""
    fits = [one for one in composition.readers if one.write is not None and format_name in _words(one.name)]
    if format_name not in TABLES and all(one.shape != held.shape for one in fits):
        grids = held.shape != "events"
        raise BadParameter(
            f"{held.collection_id} is of shape {held.shape}; {format_name} is written of {fits[0].shape}."
            f" Have it as {', '.join(one for one in TABLES if grids or one != 'netcdf')}."
        )
    if points is not None and (held.shape == "events" or format_name not in TABLES):
        raise BadParameter(f"Series and tracks are decimated, and written as {', '.join(TABLES)}.")


def _words(name: str) -> tuple[str, str]:
    return name, name.rsplit("_", 1)[-1]


def _place(out: Path, archive: Archive) -> Path:
    """Where to write, links followed; `BadParameter` where no file may be put."""
    path = out.resolve()
    if path.is_dir():
        raise BadParameter(f"{out} is a folder; name a file in it with -o.")
    if path.exists() and not path.is_file():
        raise BadParameter(f"{out} is no ordinary file; name another with -o.")
    if path.is_relative_to(archive.folder.resolve()):
        raise BadParameter(f"{out} lies in the archive's own folder; name a file elsewhere with -o.")
    return path
