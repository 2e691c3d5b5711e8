"""Rows of an object's values in turn: a few thousand at a time, so that memory does not grow with the object."""

from __future__ import annotations

import json
from collections.abc import Container, Hashable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, cast

import numpy as np

from soap.archive.block import Block, observed
from soap.archive.encoding import FINALITY, Footer, decode, even_times, footer, reading_object
from soap.archive.objects import Objects
from soap.core.time import NS, Window
from soap.observations import quality
from soap.observations.check import DIMENSIONS
from soap.observations.quality import SUFFIX

Rows = dict[str, np.ndarray]
"""Columns of equal length, `time` first; not to be written to."""

Described = tuple[Rows, Mapping[str, Mapping[str, Any]]]
"""Rows, and what is told of their columns by name."""

_MANIFEST = b"soap"


def described_object(objects: Objects, key: str) -> tuple[Mapping[str, Any], Mapping[str, Mapping[str, Any]]]:
    """Attributes of an object's observation, and of its variables and coordinates by name; no value is read.

    What lies under a key never changes: it is read once. `ArchiveError` when it is damaged, `Lost` when it is missing.
    """
    return _described(cast(Hashable, objects), key)


@lru_cache(maxsize=1024)
def _described(objects: Hashable, key: str) -> tuple[Mapping[str, Any], Mapping[str, Mapping[str, Any]]]:
    import pyarrow.parquet as pq

    store = cast(Objects, objects)
    if key.endswith(".zarr.zip"):
        block = decode(store.get(key), key, ())
        return block.attrs, block.described
    with store.opened(key) as source, reading_object(key):
        manifest = json.loads(pq.ParquetFile(source, pre_buffer=False).metadata.metadata[_MANIFEST])
    return manifest["attributes"], manifest["described"]


def table_rows(
    content: bytes, key: str, variables: tuple[str, ...] | None, flagged: Container[str], window: Window, most: int
) -> Iterator[Described]:
    """Rows in the window of a series' or a track's object, with what is told of its columns.

    With each variable that is `flagged` its flags, `…_quality`, and what goes along with time. Each batch is of `most`
    rows or fewer. `ArchiveError` naming the `key` when the bytes are damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with reading_object(key):
        file = pq.ParquetFile(pa.BufferReader(content))
        told = footer(file, variables)
    even = told.manifest.get("even_time")
    stamps = even_times(*even) if even else None
    unwanted = {name + SUFFIX for name in told.names if name not in flagged}
    wanted = [name for name in told.columns if not name.endswith(FINALITY) and name not in unwanted]
    for table in _tables(file, key, wanted, stamps, most):
        first, last = np.searchsorted(table["time"], [window.start, window.stop]).tolist()
        if first < last:
            yield _shown(table, told, flagged, slice(first, last)), told.manifest["described"]
        if last < len(table["time"]):
            return


def _tables(file, key: str, wanted: list[str], stamps: np.ndarray | None, most: int) -> Iterator[Rows]:
    """The columns that are wanted and `time`, from the first row on."""
    if not wanted and stamps is not None:
        yield {"time": stamps}
        return
    columns, begin = wanted if stamps is not None else ["time", *wanted], 0
    with reading_object(key):
        for batch in file.iter_batches(batch_size=most, columns=columns, use_threads=False):
            arrays = {name: _numpy(column) for name, column in zip(batch.schema.names, batch.columns, strict=True)}
            if stamps is not None:
                arrays["time"] = stamps[begin : begin + batch.num_rows]
            begin += batch.num_rows
            yield arrays


def _numpy(column) -> np.ndarray:
    values = column.to_numpy(zero_copy_only=False)
    if values.dtype.kind == "M":
        return values.astype(NS, copy=False)
    return values.astype(np.float64, copy=False) if values.dtype.kind == "f" else values


def _shown(table: Rows, told: Footer, flagged: Container[str], part: slice) -> Rows:
    out = {"time": table["time"][part]}
    out |= {name: table[name][part] for name in told.manifest["along"]}
    if told.manifest["attributes"]["shape"] == "track":
        out["half_orbit_id"] = _label(told.manifest["attributes"], len(out["time"]))
    for name in told.names:
        out[name] = table[name][part]
        if name in flagged:
            out[name + SUFFIX] = _missing(out[name]) if name in told.only_missing else table[name + SUFFIX][part]
    return out


def _missing(values: np.ndarray) -> np.ndarray:
    return np.isnan(values).view(np.uint8)  # a true is 1, and MISSING is 1


def with_half_orbit(block: Block) -> Block:
    """A track's block with the number of its half-orbit along time."""
    return replace(block, along={**block.along, "half_orbit_id": _label(block.attrs, len(block.time))})


def _label(attrs: Mapping[str, Any], count: int) -> np.ndarray:
    return np.full(count, str(attrs.get("half_orbit_id", "")), dtype=object)


def block_rows(block: Block, most: int) -> Iterator[Rows]:
    """Rows of a block, `most` or fewer at a time, fields by whole maps.

    One a time, of fields and profiles one a time and grid point, of rays one a ray observed.
    """
    block = with_half_orbit(block) if block.attrs["shape"] == "track" else block
    axes = {name: block.axes[name] for name in DIMENSIONS[block.attrs["shape"]][1:]}  # in the order of the values
    cells, begin = int(np.prod([len(values) for values in axes.values()])), 0
    while begin < len(block.time):
        part = block[begin : begin + max(most // cells, 1)]
        begin += len(part.time)
        yield _long(replace(part, axes=axes), cells)


def _long(block: Block, cells: int) -> Rows:
    count, grid = len(block.time), tuple(len(values) for values in block.axes.values())
    out = {"time": np.repeat(block.time, cells)}
    out |= {name: np.repeat(values, cells) for name, values in block.along.items()}
    for place, (name, values) in enumerate(block.axes.items()):
        spread = [len(values) if number == place else 1 for number in range(len(grid))]
        out[name] = np.broadcast_to(values.reshape(1, *spread), (count, *grid)).ravel()
    for name, values in block.values.items():
        out[name], out[name + SUFFIX] = values.ravel(), block.flags[name].ravel()
    if block.attrs["shape"] == "rays" and block.values:
        there = observed(block).ravel()
        out = {name: values[there] for name, values in out.items()}
    return out


def absent(count: int) -> tuple[np.ndarray, np.ndarray]:
    """So many missing values, and their flags."""
    return np.full(count, np.nan), np.full(count, np.uint8(quality.Quality.MISSING))
