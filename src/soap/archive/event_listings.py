"""Earthquakes as catalogues list them: each with its catalogue, whose it is, and when it was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from soap.archive.archive import Archive
from soap.archive.events_object import earthquakes_of, event_columns
from soap.archive.overlap import check_kind
from soap.archive.policy import visible
from soap.archive.records import GranuleRecord, Selection
from soap.archive.search import search
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Earthquake

Keep = Callable[[Mapping[str, np.ndarray]], np.ndarray]
"""Which rows of a catalogue are wanted, told from its columns: the fields of `Earthquake`."""

_ONE_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Listing:
    """An earthquake in one catalogue: as `provider` gave it (empty: the archive itself), under terms of `owner`.

    `recorded_from` is when that catalogue's year was last recorded.
    """

    earthquake: Earthquake
    collection_id: str
    provider: str
    owner: str
    simulated: bool
    recorded_from: np.datetime64


def listings(
    archive: Archive,
    viewer: Viewer,
    *,
    collection_id: str | None = None,
    window: Window | None = None,
    keep: Keep | None = None,
    as_of: np.datetime64 | None = None,
    provider: str | None = None,
) -> tuple[Listing, ...]:
    """Earthquakes that the viewer may see, by time, identifier and catalogue; one that several list, from each.

    Only those that `keep` wants are made of the catalogues' columns. Where several members handed in one catalogue, an
    earthquake is as it was recorded last.
    """
    wider = None if window is None else Window(window.start - _ONE_DAY, window.stop + _ONE_DAY)  # see `earthquakes`
    selection = Selection(collection_id, window=wider, shape="events", as_of=as_of, provider=provider)
    with archive.catalogue.reading() as connection:
        found = search(archive, connection, selection, visible(connection, viewer), originals=False)
    wanted = [one for records in _catalogues(found) for one in _listed(archive, records, window, keep)]
    return tuple(sorted(wanted, key=lambda one: (one.earthquake.time, one.earthquake.event_id, one.collection_id)))


def _catalogues(found: Iterable[GranuleRecord]) -> Iterator[list[GranuleRecord]]:
    """Granules of each catalogue, by time of recording."""
    catalogues: dict[str, list[GranuleRecord]] = {}
    for record in found:
        catalogues.setdefault(record.collection_id, []).append(record)
    for records in catalogues.values():
        check_kind(records)
        yield sorted(records, key=lambda one: (one.recorded_from, one.provider))


def _listed(
    archive: Archive, records: list[GranuleRecord], window: Window | None, keep: Keep | None
) -> Iterator[Listing]:
    tables = [event_columns(archive.objects.get(one.object_key), one.object_key) for one in records]
    counts = [len(table["time"]) for table in tables]
    columns = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
    whose = np.repeat(np.arange(len(records)), counts)
    wanted = np.ones(len(whose), bool)
    if len({one.provider for one in records}) > 1:  # one member's catalogue has an earthquake once
        wanted = _last_of_each(columns["event_id"])
    if window is not None:
        wanted &= window.holds(columns["time"])
    if keep is not None:
        wanted &= keep(columns)
    rows = np.flatnonzero(wanted)
    some = {name: values[rows] for name, values in columns.items()}
    for earthquake, number in zip(earthquakes_of(some), whose[rows], strict=True):
        one = records[number]
        yield Listing(earthquake, one.collection_id, one.provider, one.owner, one.simulated, one.recorded_from)


def _last_of_each(names: np.ndarray) -> np.ndarray:
    last = {name: at for at, name in enumerate(names)}
    held = np.zeros(len(names), bool)
    held[list(last.values())] = True
    return held
