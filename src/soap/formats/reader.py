"""A reader answers three questions about a file: is it mine, what is in it, give it to me.

It is a frozen record of plain functions. `scan` says exactly what `read` would. Any failure to read is a `BadFile`
naming the file, the fact and the next step; a partial read is never silent (it is an error, or a note).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from soap.formats.source import Source
from soap.observations import Earthquake, Station, StationContacts
from soap.observations.quality import SUFFIX

if TYPE_CHECKING:
    import xarray as xr

Shape = Literal["series", "track", "profile", "field", "rays", "events", "stations"]


@dataclass(frozen=True)
class Reading:
    """All that one file holds.

    `observations`: checked datasets, one per collection and platform; `events` belong to `events_collection_id`;
    `contacts` are of some of the `stations`, each once;
    `notes` are facts a person should hear about (a station code that is not the file's own, rows that were doubtful).
    """

    observations: tuple[xr.Dataset, ...] = ()
    events: tuple[Earthquake, ...] = ()
    events_collection_id: str = ""
    stations: tuple[Station, ...] = ()
    notes: tuple[str, ...] = ()
    simulated: bool = False
    """True when events or stations are made up; an observation says so itself."""
    contacts: tuple[StationContacts, ...] = ()


@dataclass(frozen=True)
class Item:
    """One holding of a file, as far as search needs it."""

    shape: Shape
    collection_id: str
    platform: str
    variables: tuple[str, ...]
    first: np.datetime64 | None
    last: np.datetime64 | None
    count: int
    """Number of times, earthquakes or stations."""


@dataclass(frozen=True)
class Summary:
    """What `read` would give, without the values."""

    items: tuple[Item, ...]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, reading: Reading) -> Summary:
        """The summary of a reading."""
        items = [_of_dataset(dataset) for dataset in reading.observations]
        if reading.events:
            times = np.array([event.time for event in reading.events])
            items.append(
                Item(
                    "events",
                    reading.events_collection_id,
                    reading.events_collection_id.split(".")[1],
                    ("magnitude",),
                    times.min(),
                    times.max(),
                    len(times),
                )
            )
        if reading.stations:
            items.append(Item("stations", "", "", (), None, None, len(reading.stations)))
        return cls(tuple(items), reading.notes)


def _of_dataset(dataset: xr.Dataset) -> Item:
    time = dataset["time"].values
    names = tuple(str(name) for name in dataset.data_vars if not str(name).endswith(SUFFIX))
    attrs = dataset.attrs
    return Item(attrs["shape"], attrs["collection_id"], attrs["platform"], names, time[0], time[-1], len(time))


@dataclass(frozen=True)
class Reader:
    """A format that can be read; see the module's text.

    `name` is `<source>_<level>_<format>`, level only where the source has several;
    `spec` cites the format's description; `status` alpha, beta or nominal (tried
    on many real files); `limits` says what it leaves out. `write(reading) -> bytes` where we also write the format.

    Detection looks twice. `sniff` sees the first bytes and the name. A container such as HDF5 does not say there what
    it holds; its readers also give `confirm`, which sees the whole content and is asked only where `sniff` agreed. It
    may raise `BadFile` when the container itself is damaged.
    """

    name: str
    title: str
    shape: Shape
    level: str
    status: Literal["alpha", "beta", "nominal"]
    spec: str
    sniff: Callable[[bytes, str], bool]
    read: Callable[[Source], Reading]
    scan: Callable[[Source], Summary]
    write: Callable[[Reading], bytes] | None = None
    limits: str = ""
    confirm: Callable[[Source], bool] | None = None

    def recognises(self, source: Source) -> bool:
        """True when the content is of this format, after both looks."""
        return bool(self.sniff(source.head, source.name)) and (self.confirm is None or bool(self.confirm(source)))


def scan_by_reading(read: Callable[[Source], Reading]) -> Callable[[Source], Summary]:
    """A `scan` for formats where reading is cheap or the only way to know."""
    return lambda source: Summary.of(read(source))
