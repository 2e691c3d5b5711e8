"""What is told of a collection's variables, by its objects: units, meanings, place, where in an interval a time is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from soap.archive.archive import Archive
from soap.archive.object_rows import described_object
from soap.archive.policy import visible
from soap.archive.records import CollectionRecord, GranuleRecord, Selection
from soap.archive.search import search
from soap.archive.values import station_place
from soap.core.time import Window
from soap.core.who import Viewer


@dataclass(frozen=True)
class Described:
    """Attributes of a collection's observations, and of their variables and coordinates by name."""

    attrs: Mapping[str, Any]
    variables: Mapping[str, Mapping[str, Any]]


def described(
    archive: Archive,
    viewer: Viewer,
    held: CollectionRecord,
    *,
    provider: str | None = None,
    as_of: np.datetime64 | None = None,
) -> Described:
    """What is told of a collection, or of one platform of it (`query.collections`), by what the viewer sees of it.

    The latest granule tells; of a variable that it lacks, the latest that has it. A series' place is its own or that of
    its station. No value is read, and what an object tells is read once.
    """
    whole = Selection(held.collection_id, as_of=as_of, provider=provider, shape=held.shape, station=held.platform)
    last = Selection(**{**_fields(whole), "window": Window(held.last, held.last + np.timedelta64(1, "ns"))})
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        latest = _latest(search(archive, connection, last, seen, originals=False))
        attrs, variables = ({}, {}) if latest is None else described_object(archive.objects, latest.object_key)
        known = dict(variables)
        for name in held.variables:
            if name not in known:
                having = Selection(**{**_fields(whole), "variable": name})
                found = _latest(search(archive, connection, having, seen, originals=False))
                known |= (
                    {}
                    if found is None
                    else {name: described_object(archive.objects, found.object_key)[1].get(name, {})}
                )
    place = {} if latest is None else station_place(latest, attrs)
    return Described({**attrs, **place}, known)


def _fields(selection: Selection) -> dict[str, Any]:
    return {name: value for name, value in vars(selection).items() if value is not None}


def _latest(found: list[GranuleRecord]) -> GranuleRecord | None:
    return max(found, key=lambda record: (record.window.stop, record.recorded_from), default=None)
