"""Datasets: series and tracks as protocols of time series know them, one for each platform of a collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from soap.archive import Archive, CollectionRecord, citation, query
from soap.archive.described import described
from soap.archive.periods import cadence_seconds
from soap.archive.stream import Stream, Unread
from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window
from soap.core.who import Viewer

__all__ = [
    "ALONG",
    "Dataset",
    "Stream",
    "Unread",
    "dataset",
    "datasets",
    "decimals_of",
    "read",
    "step_of",
    "told_of",
    "values_of",
]

SHAPES = ("series", "track")
ALONG = ("latitude", "longitude", "height_km", "half_orbit_id")
"""What goes along with the time of a track, beside its variables."""

_BETWEEN = "~"


@dataclass(frozen=True)
class Dataset:
    """One platform's part of a collection, under a name that depends on nothing but collection and platform.

    `as_of` is the state of the archive that it is read in, `provider` the member whose it is where members hold
    different kinds of observations under one collection's name.
    """

    name: str
    held: CollectionRecord
    as_of: np.datetime64 | None = None
    provider: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns beside time: along the path, then each variable and its flags."""
        each = (column for name in self.held.variables for column in (name, f"{name}_quality"))
        return (*(ALONG if self.held.shape == "track" else ()), *each)

    @property
    def owners(self) -> tuple[str, ...]:
        """Codes of the members whose values these are; empty: the archive's own."""
        return tuple(self.held.owner.split(","))

    @property
    def version(self) -> str:
        """What to cite: `collection_id@T`."""
        return citation.cite(self.held.collection_id, self.held.version)

    @property
    def step(self) -> np.timedelta64 | None:
        """Time from one value to the next, the shortest of several; None where it is not told."""
        return step_of(self.held)

    @property
    def window(self) -> Window:
        """From the first value to a step, or to a second, after the last."""
        after = np.timedelta64(1, "s") if self.step is None else self.step
        return Window(self.held.first, self.held.last + after)

    @property
    def decimals(self) -> int:
        """Decimals of a second in which its times are told: none for whole seconds, else nine."""
        return decimals_of(self.held)


def step_of(held: CollectionRecord) -> np.timedelta64 | None:
    """Time from one value to the next, the shortest of several; None where it is not told."""
    told = [seconds for word in held.cadence.split(",") if (seconds := cadence_seconds(word))]
    return np.timedelta64(round(min(told) * 1e9), "ns") if told else None


def decimals_of(held: CollectionRecord) -> int:
    """Decimals of a second in which a collection's times are told: none for whole seconds, else nine."""
    step, stamps = step_of(held), (held.first, held.last)
    whole = all(stamp.astype("datetime64[s]") == stamp for stamp in stamps)
    return 0 if whole and step is not None and step % np.timedelta64(1, "s") == np.timedelta64(0) else 9


def datasets(viewer: Viewer, archive: Archive) -> tuple[Dataset, ...]:
    """All datasets that the viewer knows, by name."""
    return _named(query.collections(archive, viewer, by_platform=True), None)


def dataset(viewer: Viewer, archive: Archive, name: str) -> Dataset:
    """The dataset of that name, `NAME@T` as it was at a time of recording; `NotFound` when the viewer knows none."""
    try:
        plain, cited = citation.parse(name)
        as_of = None if cited is None else citation.state_of(archive, viewer, cited).as_of
    except BadParameter as error:
        raise NotFound(f"There is no dataset {name!r} here. {error}") from error
    collection_id = plain.partition(_BETWEEN)[0]
    held = query.collections(archive, viewer, collection_id=collection_id, as_of=as_of, by_platform=True)
    for one in _named(held, as_of):
        if one.name == plain:
            return one
    raise NotFound(f"There is no dataset {name!r} here; the catalogue lists those there are.")


def told_of(
    viewer: Viewer, archive: Archive, one: Dataset
) -> tuple[Mapping[str, Any], Mapping[str, Mapping[str, Any]]]:
    """Attributes of a dataset's observations, and of each variable by name."""
    found = described(archive, viewer, one.held, provider=one.provider, as_of=one.as_of)
    return found.attrs, found.variables


def values_of(viewer: Viewer, archive: Archive, one: Dataset, window: Window, columns: Iterable[str]) -> Unread | None:
    """The dataset's values of these columns in the window, a row for each of its times; None where it has none.

    Nothing of them is read yet: then it may be found that there are none.
    """
    wanted = set(columns)
    variables = [name for name in one.held.variables if {name, f"{name}_quality"} & wanted]
    flags = [name for name in variables if f"{name}_quality" in wanted]
    try:
        return query.unread(
            archive, viewer, one.held.collection_id, window, variables, station=one.held.platform,
            provider=one.provider, as_of=one.as_of, every_time=True, flags=flags,
        )  # fmt: skip
    except NotFound:
        return None


def read(values: Unread) -> Stream | None:
    """The rows of what `values_of` found; None where there are none."""
    try:
        return values.read()
    except NotFound:
        return None


def _named(held: Iterable[CollectionRecord], as_of: np.datetime64 | None) -> tuple[Dataset, ...]:
    """Datasets of records by platform; of each provider where one platform's are of several kinds."""
    kinds: dict[str, list[CollectionRecord]] = {}
    for record in held:
        kinds.setdefault(_name(record.collection_id, record.platform), []).append(record)
    found = []
    for name, records in kinds.items():
        several = len(records) > 1
        for record in records:
            if record.shape in SHAPES:
                whose = record.providers if several else (None,)
                found += [Dataset(_of(name, provider), record, as_of, provider) for provider in whose]
    return tuple(sorted(found, key=lambda one: one.name))


def _name(collection_id: str, platform: str) -> str:
    """The collection's name, which most often names the platform too; else the platform is added."""
    return collection_id if platform in collection_id.split(".") else f"{collection_id}{_BETWEEN}{platform}"


def _of(name: str, provider: str | None) -> str:
    return name if provider is None else f"{name}{_BETWEEN}{provider or 'archive'}"
