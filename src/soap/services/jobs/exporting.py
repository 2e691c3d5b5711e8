"""Exports as jobs: what a collection holds in a window as a file, or of several collections as a zip of files."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from soap.archive import Archive, CollectionRecord, GranuleRecord, Selection, citation, query
from soap.archive.absent import no_collection
from soap.archive.product_inputs import ListedStation
from soap.archive.station_sources import station_sources
from soap.core.errors import BadParameter, NotFound, TooLarge
from soap.core.time import Window, iso, utc
from soap.core.who import Viewer
from soap.services.composition import Composition
from soap.services.get import TABLES, formats, get
from soap.services.jobs.kind import Carrying, Kind, Made

TITLE = "{collection} from {start} to {stop} as {format}"
TITLE_OF_SEVERAL = "{collection} from {start} to {stop} and {more} more as {format}"
MOST_ITEMS = 50
MOST_GRANULES = 50_000
_ENDINGS = {"csv": "csv", "parquet": "parquet", "netcdf": "nc", "quakeml": "xml"}
_MEDIA = {"parquet": "application/vnd.apache.parquet", "nc": "application/x-netcdf", "xml": "application/xml"}
_NAME = r"^[A-Za-z0-9_.@:+-]+$"


class Item(BaseModel):
    """What is wanted of one collection."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    collection_id: str = Field(pattern=_NAME, max_length=200, description="Collection, or `C@T` as of T.")
    start: str = Field(max_length=40, description="From this time on, ISO 8601, UTC.")
    stop: str = Field(max_length=40, description="Before this time, ISO 8601, UTC.")
    variables: tuple[str, ...] = Field((), max_length=200, description="Only these variables; none: all.")
    provider: str | None = Field(
        None,
        max_length=20,
        description="Only what this member handed in, empty: the archive itself; none: what all did.",
    )
    station: str | None = Field(None, max_length=80, description="Only this station or platform.")

    @field_validator("start", "stop")
    @classmethod
    def _instant(cls, value: str) -> str:
        return iso(utc(value))

    @model_validator(mode="after")
    def _not_empty(self) -> Item:
        Window(utc(self.start), utc(self.stop))
        return self

    @property
    def window(self) -> Window:
        """The span of time."""
        return Window(utc(self.start), utc(self.stop))

    @property
    def name(self) -> str:
        """The collection without a citation."""
        return citation.parse(self.collection_id)[0]


class ExportParameters(BaseModel):
    """What is wanted, in which format."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    items: tuple[Item, ...] = Field(min_length=1, max_length=MOST_ITEMS, description="What is wanted.")
    format: str = Field(
        "csv", pattern=r"^[a-z0-9_]{1,40}$", description=f"{', '.join(TABLES)}, or one that `/exports` lists."
    )


def _check(viewer: Viewer, archive: Archive, composition: Composition, asked: ExportParameters) -> str:
    known = [*TABLES, *sorted(formats(composition))]
    if asked.format not in known:
        raise BadParameter(f"{asked.format!r} is no format to write; there are {', '.join(known)}.")
    values = sum(_values(_held(viewer, archive, one, None), one) for one in asked.items)
    if values > archive.settings.job_values:
        raise _too_large(archive, values)
    first = asked.items[0]
    title, more = TITLE if len(asked.items) == 1 else TITLE_OF_SEVERAL, len(asked.items) - 1
    return title.format(collection=first.name, start=first.start, stop=first.stop, more=more, format=asked.format)


def _export(carrying: Carrying, asked: ExportParameters) -> Made:
    """Each item's file, in one state of the archive."""
    as_of = citation.state_of(carrying.archive, carrying.viewer, None).as_of
    inputs: set[str] = set()
    stations: set[ListedStation] = set()
    written: list[Path] = []
    for number, one in enumerate(asked.items):
        carrying.progress(number, len(asked.items), one.name)
        state = citation.parse(one.collection_id)[1]
        records = _records(carrying, one, as_of if state is None else state)
        inputs.update(f"{record.granule_id}@{record.version}" for record in records)
        stations.update(_placed(carrying, records, as_of if state is None else state))
        written += _write(carrying, asked, number, as_of)
    carrying.progress(len(asked.items), len(asked.items), "")
    return _made(asked, written, inputs, stations)


def _write(carrying: Carrying, asked: ExportParameters, number: int, as_of: np.datetime64) -> list[Path]:
    """An item's file, and with CSV the one beside it."""
    one = asked.items[number]
    ending = _ENDINGS.get(asked.format, "txt")
    serial = f"{number + 1:02d}-" if len(asked.items) > 1 else ""
    path = carrying.folder / f"{serial}{one.name}.{ending}"
    get(
        carrying.viewer,
        carrying.archive,
        carrying.composition,
        one.collection_id,
        one.window,
        one.variables,
        format_name=asked.format,
        out=path,
        provider=one.provider,
        station=one.station,
        as_of=as_of,
    )
    return sorted(carrying.folder.glob(f"{path.name}*"))


def _records(carrying: Carrying, one: Item, as_of: np.datetime64) -> tuple[GranuleRecord, ...]:
    """The granules that the item is made of; `TooLarge` when they are more than a job takes."""
    held = _held(carrying.viewer, carrying.archive, one, as_of)
    if _values(held, one) > carrying.archive.settings.job_values:
        raise _too_large(carrying.archive, _values(held, one))
    if held.granules > MOST_GRANULES and _share(held, one) * held.granules > MOST_GRANULES:
        raise TooLarge(f"{one.name} has {held.granules:,} granules; export at most {MOST_GRANULES:,} at a time.")
    selection = Selection(one.name, window=one.window, provider=one.provider, station=one.station, as_of=as_of)
    found = query.granules(carrying.archive, carrying.viewer, selection)
    if not found:
        raise NotFound(f"{one.name} holds nothing from {one.start} to {one.stop}.")
    return found


def _placed(carrying: Carrying, records: Sequence[GranuleRecord], as_of: np.datetime64) -> Iterator[ListedStation]:
    for one in station_sources(carrying.archive, carrying.viewer, records, as_of):
        yield ListedStation(one.code_scheme, one.code, one.provider, one.original)


def _held(viewer: Viewer, archive: Archive, one: Item, as_of: np.datetime64 | None) -> CollectionRecord:
    """The collection that is meant; `NotFound` when there is none."""
    found = query.collections(archive, viewer, collection_id=one.name, provider=one.provider, as_of=as_of)
    if not found:
        raise no_collection(one.name, one.provider)
    return max(found, key=lambda each: each.count)


def _share(held: CollectionRecord, one: Item) -> float:
    """Part of the collection's span that the window covers, 0 to 1."""
    span = held.last - held.first
    if span <= np.timedelta64(0, "ns"):
        return 1.0
    covered = min(held.last, one.window.stop) - max(held.first, one.window.start)
    return float(np.clip(covered / span, 0, 1))


def _values(held: CollectionRecord, one: Item) -> int:
    """About how many values the item has: times by variables, evenly spread over the collection's span."""
    return int(held.count * _share(held, one)) * max(1, len(one.variables or held.variables))


def _too_large(archive: Archive, values: int) -> TooLarge:
    return TooLarge(
        f"This export has about {values:,} values; one holds at most {archive.settings.job_values:,}. Ask for less"
        " time, or fewer variables."
    )


def _made(asked: ExportParameters, written: list[Path], inputs: set[str], stations: set[ListedStation]) -> Made:
    """One file as it is, several as a zip, whose bytes are the same for the same files."""
    title = f"Export of {len(asked.items)} collection(s) as {asked.format}"
    if len(written) == 1:
        (path,) = written
        media = _MEDIA.get(path.suffix[1:], "text/plain")
        return Made("export", title, path.read_bytes(), media, path.name, inputs, stations)
    packed = written[0].parent / "export.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as sink:
        for path in written:
            entry = zipfile.ZipInfo(path.name)  # dated 1980, whenever it is packed
            entry.compress_type = zipfile.ZIP_DEFLATED
            with sink.open(entry, "w", force_zip64=True) as into, path.open("rb") as source:
                while part := source.read(4 << 20):
                    into.write(part)
    return Made("export", title, packed.read_bytes(), "application/zip", "export.zip", inputs, stations)


EXPORT = Kind("export", "Values of collections as a file, or as a zip of files.", ExportParameters, _check, _export)
