"""Compute: a derivation run over what the archive holds, a station and day at a time, its results published or written.

What is published is an original like any other file (`soap.formats.derived_parquet`), names all its inputs, and is
private to its provider, who must be a member all of whose people may see these inputs. What was computed before of the
same inputs, by the same method and parameters, is not computed again while it is what holds: a run that was broken off
goes on where it was, and what was asked for last holds in the end.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

from soap.archive import Archive, Selection, publish, query
from soap.archive.derivable import deposited, must_be_theirs
from soap.archive.draft import Arrival
from soap.archive.objects import sha256
from soap.archive.overlap import called
from soap.archive.records import GranuleRecord
from soap.archive.whole_days import ATTRIBUTE
from soap.core.errors import BadParameter, NotFound, SoapError
from soap.core.time import Window
from soap.core.who import Viewer
from soap.formats import Reading, derived_parquet
from soap.formats.derivation import Derived
from soap.services.derive import Progress, Work, opened, with_attributes
from soap.services.work import HERE, Workers

_NS = np.timedelta64(1, "ns")


@dataclass(frozen=True)
class StationDay:
    """What the archive holds of a station and day for a derivation, all from one provider."""

    platform: str
    day: str
    records: tuple[GranuleRecord, ...]

    @property
    def label(self) -> str:
        """As a person is told of it."""
        return f"{self.platform} {self.day}"

    @property
    def inputs(self) -> list[dict[str, str]]:
        """The granules' versions, and the checksums of their objects."""
        return [
            {"kind": "granule", "granule": f"{one.granule_id}@{one.version}", "sha256": one.sha256}
            for one in self.records
        ]

    @property
    def hours(self) -> float:
        """From the first to the last time."""
        first, last = min(one.window.start for one in self.records), max(one.window.stop for one in self.records)
        return float((last - first) / np.timedelta64(1, "h"))


@dataclass(frozen=True)
class Computed:
    """What became of a station and day: `derived`, or the error; neither where it was computed before."""

    label: str
    derived: Derived | None = None
    error: SoapError | None = None
    granules: frozenset[str] = field(default_factory=frozenset)
    """Public names of the granules that were published."""


@dataclass(frozen=True)
class _Task:
    work: Work
    label: str
    datasets: tuple[xr.Dataset, ...] = field(repr=False)
    inputs: Sequence[Mapping[str, str]]


def station_days(
    viewer: Viewer,
    archive: Archive,
    work: Work,
    window: Window,
    *,
    stations: Sequence[str] = (),
    provider: str | None = None,
) -> tuple[tuple[StationDay, ...], tuple[str, ...]]:
    """Stations and days that the derivation can be run on, and notes of what holds too little.

    Raises `NotFound` when the viewer sees none, `BadParameter` when several members handed in the same.
    """
    derivation, groups = work.derivation, dict[tuple[str, str], list[GranuleRecord]]()
    for station in stations or (None,):
        asked = Selection(window=window, shape="rays", provider=provider, station=station)
        for record in query.granules(archive, viewer, asked):
            if derivation.takes(record.shape, record.variables):
                groups.setdefault((record.platform, record.period), []).append(record)
    days = []
    for (platform, day), records in sorted(groups.items()):
        providers = {one.provider for one in records}
        if len(providers) > 1:
            raise BadParameter(
                f"{platform} {day} was handed in by {called(providers)}; choose one of them.",
                command="`--provider` chooses.",
            )
        days.append(StationDay(platform, day, tuple(sorted(records, key=lambda one: one.granule_id))))
    enough = tuple(one for one in days if one.hours >= derivation.least_hours)
    if not enough:
        raise NotFound(
            f"No station holds observations for {work.name} in this window.",
            command="`soap find --variable NAME` lists what there is.",
        )
    notes = [f"{one.label} holds {one.hours:.2f} h, too little." for one in days if one not in enough]
    return enough, tuple(notes)


def compute(
    viewer: Viewer,
    archive: Archive,
    days: Sequence[StationDay],
    work: Work,
    *,
    progress: Progress | None = None,
    workers: Workers = HERE,
) -> Iterator[Computed]:
    """What the derivation makes of each station and day, in order; one that fails does not stop the others."""
    waiting: deque[StationDay] = deque()

    def tasks() -> Iterator[_Task]:
        for one in days:
            waiting.append(one)
            yield _Task(work, one.label, _values(viewer, archive, one, work), one.inputs)

    run = workers if work.composition.portable else HERE
    for number, made in enumerate(run.each(_computed, tasks(), len(days)), 1):
        waiting.popleft()
        if progress is not None:
            progress(number, len(days), made.label)
        yield made


def publish_each(
    viewer: Viewer,
    archive: Archive,
    days: Sequence[StationDay],
    work: Work,
    *,
    provider: str | None = None,
    progress: Progress | None = None,
    workers: Workers = HERE,
) -> Iterator[Computed]:
    """As `compute`, each published as it comes as the provider's own, private to it; what holds already is left out.

    Raises `Refused` when the viewer may not publish, or the provider's people may not see all of the inputs.
    """
    archive.must_be_writable()
    must_be_theirs(archive, viewer, (one.granule_id for day in days for one in day.records), provider)
    names = {one.label: _file_name(work, one) for one in days}
    there = deposited(archive, viewer, names.values(), provider)
    held = {label for label, name in names.items() if name in there and there[name].holds}
    for one in days:
        if one.label in held:
            yield Computed(one.label)
    left = [one for one in days if one.label not in held]
    for made in compute(viewer, archive, left, work, progress=progress, workers=workers):
        if made.derived is None:
            yield made
            continue
        before = there.get(names[made.label])
        repeated = {} if before is None else {"repetition": before.times}  # the same bytes would count as held
        arrivals = list(_arrivals(with_attributes(made.derived, repeated), names[made.label]))
        receipt = publish.publish(archive, viewer, arrivals, provider)
        for _, reason in receipt.refused:
            made = Computed(made.label, None, BadParameter(f"It was not published: {reason}"))
        yield Computed(made.label, made.derived, made.error, receipt.granules)


def _values(viewer: Viewer, archive: Archive, one: StationDay, work: Work) -> tuple[xr.Dataset, ...]:
    """Values of a station and day, one dataset a collection, as far as the derivation takes them."""
    found = []
    for record in one.records:
        wanted = [name for name in record.variables if work.derivation.uses(name)]
        span = Window(record.window.start, record.window.stop + _NS)
        found.append(
            query.whole(
                archive, viewer, record.collection_id, span, wanted, provider=record.provider, station=one.platform
            )
        )
    return tuple(found)


def _computed(task: _Task) -> Computed:
    work = task.work
    try:
        made = work.derivation.of_observations(task.datasets, opened(work).content, work.parameters)
    except SoapError as error:
        return Computed(task.label, None, error)
    simulated = max(int(one.attrs["simulated"]) for one in task.datasets)
    told: dict[str, Any] = {**work.told(task.inputs), ATTRIBUTE: 1, "simulated": simulated}
    return Computed(task.label, with_attributes(made, told))


def _file_name(work: Work, one: StationDay) -> str:
    """Name of the product's file: the same for the same inputs, method and parameters."""
    told = json.dumps(work.told(one.inputs), sort_keys=True)
    digest = hashlib.sha256(told.encode()).hexdigest()[:16]
    return f"{work.name}-{one.platform}-{one.day}-{digest}.parquet"


def _arrivals(made: Derived, name: str) -> Iterable[Arrival]:
    """The results as files to be published together, the main one under the product's name."""
    for number, (kind, dataset) in enumerate(made.observations.items()):
        content = derived_parquet.write(dataset)
        own = name if number == 0 else name.replace(".parquet", f"-{kind}.parquet")
        yield Arrival(own, content, sha256(content), derived_parquet.READER.name, Reading((dataset,)))
