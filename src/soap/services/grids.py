"""Maps as grids: all maps of a window at once, as who draws them wants them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.archive import Archive, Selection, citation, query
from soap.core.errors import BadParameter, NotFound, TooLarge
from soap.core.time import Window, iso
from soap.core.who import Viewer

MOST_BYTES = 8 << 20
"""Bytes of the archive's objects that one answer is made of."""

MOST_VALUES = 2_000_000
"""Values that one answer holds."""


@dataclass(frozen=True)
class Grids:
    """Maps of one variable: `values` of shape (time, latitude, longitude) in `units`, latitudes rising."""

    collection_id: str
    variable: str
    units: str
    version: str
    time: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    values: np.ndarray
    simulated: bool
    owners: tuple[str, ...]


def grids(
    viewer: Viewer,
    archive: Archive,
    collection: str,
    variable: str,
    window: Window,
    *,
    provider: str | None = None,
    as_of: np.datetime64 | None = None,
) -> Grids:
    """The maps of a collection, or of one cited as `collection@T`, with a time in the window.

    `NotFound` when the viewer knows no such collection, or it holds no map there; `BadParameter` when it is none of
    maps, has no such variable, or its grid changes within; `TooLarge` for more than `MOST_BYTES` or `MOST_VALUES`.
    """
    collection_id, pinned = citation.parse(collection)
    state = citation.state_of(archive, viewer, as_of if pinned is None else pinned)
    records = query.granules(
        archive, viewer, Selection(collection_id, window=window, as_of=state.as_of, provider=provider)
    )
    size = sum(one.bytes for one in records)
    if size > MOST_BYTES:
        raise TooLarge(
            f"These maps take {size / 2**20:.0f} MiB; {MOST_BYTES >> 20} are given at once. Ask for less time."
        )
    found = query.fields(archive, viewer, collection_id, window, [variable], as_of=state.as_of, provider=provider)
    if not found:
        raise NotFound(f"{collection_id} has no map from {iso(window.start)} to {iso(window.stop)}.")
    first = found[0]
    for one in found[1:]:
        if not all(np.array_equal(one[axis], first[axis]) for axis in ("latitude", "longitude")):
            raise BadParameter(f"The grid of {collection_id} changes within these times; ask for a shorter window.")
    values = np.concatenate([one[variable].values for one in found])
    if values.size > MOST_VALUES:
        raise TooLarge(f"These are {values.size:,} values; {MOST_VALUES:,} are given at once. Ask for less time.")
    rising = np.argsort(first["latitude"].values)
    return Grids(
        collection_id, variable, str(first[variable].attrs.get("units", "")),
        f"{collection_id}@{iso(max(one.recorded_from for one in records))}",
        np.concatenate([one["time"].values for one in found]), first["latitude"].values[rising],
        first["longitude"].values, values[:, rising], any(one.simulated for one in records),
        tuple(sorted({one.owner for one in records})),
    )  # fmt: skip
