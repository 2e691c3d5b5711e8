"""Rays as a Parquet table: one row a time and satellite that was observed, satellites one after another.

What a receiver writes has three decimals, and is kept as whole thousandths (`soap.formats.decimal_columns`): no larger
than a packed Hatanaka file. A missing value is null. Any reader of Parquet sees `time`, `sv` and a column a variable.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from soap.archive.block import ABSENT, Block, observed
from soap.core.time import NS
from soap.formats.decimal_columns import column, encoding_of, numbers
from soap.observations import quality

_MISSING = np.uint8(quality.Quality.MISSING)

Fields = Mapping[str, Mapping[str, Any]]


def to_table(block: Block, manifest: bytes, key: bytes, suffix: str) -> bytes:
    """The bytes of the block's object; columns of finality, where it is not one for all, end in `suffix`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    of, at = np.nonzero(observed(block).T)
    arrays: dict[str, Any] = {"time": pa.array(block.time[at]).cast(pa.timestamp("ns", tz="UTC"))}
    arrays["sv"] = pa.DictionaryArray.from_arrays(pa.array(of.astype(np.int32)), pa.array(block.axes["sv"].tolist()))
    encodings, few = {"time": "DELTA_BINARY_PACKED"}, ["sv"]
    for name, values in block.values.items():
        arrays[name] = column(values[at, of])
        encodings[name] = encoding_of(arrays[name])
    others = {name + quality.SUFFIX: flags[at, of] for name, flags in block.flags.items()}
    others |= {name + suffix: ranks[at, of] for name, ranks in block.finality.items() if even(ranks) is None}
    for name, marks in others.items():
        arrays[name] = pa.array(marks)
        few.append(name)
    schema = pa.schema([pa.field(name, array.type, metadata=_told(block, name)) for name, array in arrays.items()])
    sink = pa.BufferOutputStream()
    options: dict[str, Any] = {"use_dictionary": few, "column_encoding": encodings, "store_decimal_as_integer": True}
    with pq.ParquetWriter(sink, schema, compression="zstd", compression_level=3, **options) as writer:
        writer.write_batch(pa.RecordBatch.from_arrays(list(arrays.values()), schema=schema), row_group_size=len(at))
        writer.add_key_value_metadata({key: manifest})
    return sink.getvalue().to_pybytes()


def _told(block: Block, name: str) -> dict[str, str] | None:
    attrs = block.described.get(name, {})
    return {key: str(attrs[key]) for key in ("units", "long_name", "symbol") if key in attrs} or None


def even(ranks: np.ndarray) -> int | None:
    """The one finality of all values that there are; None where there are several, -1 where there are no values."""
    there = ranks[ranks != ABSENT]
    if not len(there):
        return int(ABSENT)
    return int(there[0]) if (there == there[0]).all() else None


def from_table(file, manifest: Mapping[str, Any], names: Sequence[str], suffix: str) -> Block:
    """The block of these variables in an open `ParquetFile`."""
    present, only_missing = set(file.schema_arrow.names), set(manifest["only_missing"])
    marks = [name + quality.SUFFIX for name in names if name not in only_missing]
    marks += [name + suffix for name in names if name + suffix in present]
    table = file.read(["time", "sv", *names, *marks], use_threads=False)
    time, at = np.unique(table["time"].to_numpy().astype(NS, copy=False), return_inverse=True)
    labels = table["sv"].combine_chunks()
    sv, of = labels.dictionary.to_numpy(zero_copy_only=False).astype(str), labels.indices.to_numpy()
    place = at * len(sv) + of

    def grid(values: np.ndarray, nothing: Any) -> np.ndarray:
        out = np.full(len(time) * len(sv), nothing, dtype=values.dtype)
        out[place] = values
        return out.reshape(len(time), len(sv))

    values = {name: grid(numbers(table[name].combine_chunks()), np.nan) for name in names}
    flags = {
        name: np.isnan(values[name]).view(np.uint8)
        if name in only_missing
        else grid(table[name + quality.SUFFIX].to_numpy(), _MISSING)
        for name in names
    }
    finality = {
        name: grid(table[name + suffix].to_numpy(), ABSENT)
        if name + suffix in present
        else np.where(np.isnan(values[name]), ABSENT, np.int8(manifest["finality"][name]))
        for name in names
    }
    attrs, described = manifest["attributes"], manifest["described"]
    return Block(time, values, flags, finality, axes={"sv": sv}, attrs=attrs, described=described)


def manifest_of(block: Block, plain: Callable[[Any], Any]) -> bytes:
    """What the columns do not tell, as JSON."""
    alike = {name: rank for name, ranks in block.finality.items() if (rank := even(ranks)) is not None}
    only_missing = [
        name
        for name, flags in block.flags.items()
        if np.array_equal(flags, np.isnan(block.values[name]).view(np.uint8))
    ]
    content = {
        "attributes": dict(block.attrs),
        "described": {name: dict(attrs) for name, attrs in block.described.items()},
        "finality": alike,
        "along": [],
        "order": list(block.values),
        "only_missing": only_missing,
    }
    return json.dumps(content, default=plain, sort_keys=True).encode()
