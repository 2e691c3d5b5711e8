"""A block as an object's bytes and back: Parquet for series, tracks and rays, zipped Zarr for profiles and fields.

Both are plain: a reader that knows nothing of SOAP sees columns or variables with units. The round trip gives the
same values, bit by bit; float32 is written only where every value survives it.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import numpy as np

from soap.archive.block import Block, to_dataset
from soap.archive.objects import damaged
from soap.archive.rays_object import from_table, manifest_of, to_table
from soap.core.time import NS
from soap.observations import quality

FINALITY = "_finality"
"""Suffix of the column that tells the finality of a variable's values, present where it is not one for all."""

_KEY = b"soap"
_HEAD, _SAMPLE, _RECUR = 64, 1024, 16
_TRACK_ROWS = 4096
"""Samples of a track in one row group: a pass is short, and what lies outside it need not be read."""

_PLACE = ("latitude", "longitude")
_NO_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip knows: equal content gives equal bytes


def suffix_of(shape: str) -> str:
    """File name ending of a shape's objects."""
    return "zarr.zip" if shape in ("profile", "field") else "parquet"


def encode(block: Block, meanwhile: Callable[[], None] | None = None) -> bytes:
    """The bytes of the block's object; the same block always gives the same bytes.

    `meanwhile` is called once, as late as there is still work that leaves the interpreter to other threads.
    """
    described = {name: dict(sorted(block.described[name].items())) for name in sorted(block.described)}
    block = replace(block, attrs=dict(sorted(block.attrs.items())), described=described)
    if block.attrs["shape"] in ("series", "track"):
        return _to_parquet(block, meanwhile)
    if meanwhile is not None:
        meanwhile()
    if block.attrs["shape"] == "rays":
        return to_table(block, manifest_of(block, _plain), _KEY, FINALITY)
    return _to_zarr(block)


Span = Callable[[np.ndarray, Mapping[str, np.ndarray]], slice]
"""Which rows are wanted, told from the times and the places along them."""


def decode(
    content: bytes,
    key: str,
    variables: tuple[str, ...] | None = None,
    span: Span | None = None,
) -> Block:
    """The block in an object's bytes, only `variables` and the rows of `span` where given.

    `ArchiveError` naming the `key` when it is damaged.
    """
    with reading_object(key):
        if key.endswith(".zarr.zip"):
            block = _from_zarr(content, variables)
            block = block if span is None else block[span(block.time, block.along)]
        else:
            block = _from_parquet(content, variables, span)
    return block if variables is None else block.select(variables)


@contextmanager
def reading_object(key: str) -> Iterator[None]:
    """Raises `ArchiveError` naming the `key` for what a library says of damaged bytes."""
    try:
        yield
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise damaged(f"object {key}", error) from error


def described(block: Block) -> str:
    """All that is told of a block's values but their maturity: equal where told in the same words."""
    return _but_maturity(_told(block))


def described_in(content: bytes, key: str) -> str:
    """`described` of the block in a Parquet object's bytes, no value of which is read; `ArchiveError` as `decode`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with reading_object(key):
        return _but_maturity(json.loads(pq.read_metadata(pa.BufferReader(content)).metadata[_KEY]))


def smallest_exact(values: np.ndarray) -> np.ndarray:
    """The values as float32 when that loses nothing, else as they are."""
    if values.dtype != np.float64 or not _exact_in_float32(values.ravel()[:_HEAD]):
        return values
    return values.astype(np.float32) if _exact_in_float32(values) else values


def _exact_in_float32(values: np.ndarray) -> bool:
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(((values.astype(np.float32) == values) | (values != values)).all())


def _repeats(values: np.ndarray) -> bool:
    """True for a column of few different values, as an instrument of coarse resolution gives: a dictionary pays.

    Judged on a sample evenly spread over the column: whether it has as many as one of values that each recur 16 times.
    """
    sample, few = values[:: max(len(values) // _SAMPLE, 1)], len(values) / _RECUR
    most = few * -math.expm1(-len(sample) / max(few, 1.0))
    return _distinct(sample[::4]) <= most and _distinct(sample) <= most  # a part of it often tells enough


def _distinct(values: np.ndarray) -> int:
    """Number of different values that have a lesser one."""
    ordered = np.sort(values)
    return int(np.count_nonzero(ordered[1:] > ordered[:-1]))


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no attribute that the archive keeps: {value!r}.")


def _even(block: Block) -> dict[str, int]:
    """Finality of the variables that have one for all their values."""
    return {name: int(ranks[0]) for name, ranks in block.finality.items() if (ranks == ranks[0]).all()}


def _manifest(block: Block, even: Mapping[str, int]) -> str:
    """What the columns do not tell, and what saves reading some: even steps of time, flags that only say missing."""
    only_missing = [name for name, flags in block.flags.items() if np.array_equal(flags, _missing(block.values[name]))]
    content = _told(block) | {"finality": even, "even_time": _even_time(block.time), "only_missing": only_missing}
    return json.dumps(content, default=_plain, sort_keys=True)


def _told(block: Block) -> dict[str, Any]:
    """What a manifest says of a block that its values do not."""
    return {
        "attributes": dict(block.attrs),
        "described": {k: dict(v) for k, v in block.described.items()},
        "along": list(block.along),
        "order": list(block.values),
    }


def _but_maturity(manifest: Mapping[str, Any]) -> str:
    """Of a manifest what `_told` gives, without the maturity, which the version tells of all its values; as JSON."""
    attributes = {name: value for name, value in manifest["attributes"].items() if name != "maturity"}
    told = {name: manifest[name] for name in ("described", "along", "order")} | {"attributes": attributes}
    return json.dumps(told, default=_plain, sort_keys=True)


def _even_time(time: np.ndarray) -> list[int] | None:
    """First time [ns], step [ns] and number of times that follow each other evenly; None of others."""
    stamps = time.astype(np.int64)
    steps = np.diff(stamps)
    if not len(steps) or (steps != steps[0]).any():
        return None
    return [int(stamps[0]), int(steps[0]), len(stamps)]


def _missing(values: np.ndarray) -> np.ndarray:
    """Flags of values with nothing against them but that some are missing."""
    return np.isnan(values).view(np.uint8)  # a true is 1, and MISSING is 1


def _uneven(block: Block, even: Mapping[str, int]) -> dict[str, np.ndarray]:
    return {name + FINALITY: ranks for name, ranks in block.finality.items() if name not in even}


def parquet_bytes(
    columns: Mapping[str, np.ndarray],
    described: Mapping[str, Mapping[str, Any]],
    metadata: Mapping[bytes, bytes],
    rows_together: int | None = None,
    meanwhile: Callable[[], None] | None = None,
) -> bytes:
    """Columns (`time` first) as Parquet, units and meanings in the fields' metadata.

    All in one row group, or in groups of `rows_together`; `meanwhile` is called as `encode` does.

    zstd; floats with a dictionary where few values recur, else BYTE_STREAM_SPLIT; DELTA_BINARY_PACKED for time: half
    the size and time of the defaults on one-minute series. Pages are cut by their bytes alone: of 20,000 rows each, as
    is usual, they are a tenth larger and take twice as long to unpack, and nothing reads less than a group's column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields, arrays = [], []
    for name, values in columns.items():
        if values.dtype.kind == "M":
            array = pa.array(values.astype(NS, copy=False), pa.timestamp("ns", tz="UTC"))
        else:
            array = pa.array(values)
        told = {
            key: str(text) for key, text in described.get(name, {}).items() if key in ("units", "long_name", "symbol")
        }
        # Where values may be absent, each has a level beside it, which is read first.
        absent = values.dtype.kind not in "fiub" and (array.null_count > 0 or pa.types.is_null(array.type))
        fields.append(pa.field(name, array.type, nullable=absent, metadata=told or None))
        arrays.append(array)
    floats = {name: values for name, values in columns.items() if values.dtype.kind == "f"}
    recurring = [name for name, values in floats.items() if _repeats(values)]
    encodings = {name: "BYTE_STREAM_SPLIT" for name in floats if name not in recurring}
    encodings |= {name: "DELTA_BINARY_PACKED" for name, values in columns.items() if values.dtype.kind == "M"}
    schema, sink = pa.schema(fields), pa.BufferOutputStream()
    options: dict[str, Any] = {"use_dictionary": recurring or False, "column_encoding": encodings}
    options["max_rows_per_page"] = max(len(arrays[0]), 1)
    with pq.ParquetWriter(sink, schema, compression="zstd", compression_level=3, **options) as writer:
        rows = pa.RecordBatch.from_arrays(arrays, schema=schema)
        if meanwhile is not None:
            meanwhile()
        writer.write_batch(rows, row_group_size=rows_together or max(len(rows), 1))
        writer.add_key_value_metadata(dict(metadata))  # in the schema it would be written twice
    return sink.getvalue().to_pybytes()


def _to_parquet(block: Block, meanwhile: Callable[[], None] | None) -> bytes:
    even, columns = _even(block), {"time": block.time}
    columns |= {name: smallest_exact(values) for name, values in block.along.items()}
    columns |= {name: smallest_exact(values) for name, values in block.values.items()}
    columns |= {name + quality.SUFFIX: flags for name, flags in block.flags.items()}
    columns |= _uneven(block, even)
    together = _TRACK_ROWS if block.along else None
    return parquet_bytes(columns, block.described, {_KEY: _manifest(block, even).encode()}, together, meanwhile)


@dataclass(frozen=True)
class Footer:
    """What a Parquet object of values tells before its columns are read, as far as some variables are asked for."""

    manifest: Mapping[str, Any]
    names: tuple[str, ...]
    """Of the variables."""
    only_missing: frozenset[str]
    """Variables whose flags the values tell."""
    columns: tuple[str, ...]
    """What has to be read of the variables and of what goes along with time."""


def footer(file, variables: tuple[str, ...] | None) -> Footer:
    """Of an open `ParquetFile`, for these variables, or with None for all."""
    manifest, present = json.loads(file.metadata.metadata[_KEY]), file.schema.names
    names = [name[: -len(quality.SUFFIX)] for name in present if name.endswith(quality.SUFFIX)]
    names = [name for name in names if variables is None or name in variables]
    only_missing = frozenset(manifest.get("only_missing", ()))
    columns = [*manifest["along"], *names]
    columns += [name + quality.SUFFIX for name in names if name not in only_missing]
    columns += [name + FINALITY for name in names if name + FINALITY in present]
    return Footer(manifest, tuple(names), only_missing, tuple(columns))


def _from_parquet(content: bytes, variables: tuple[str, ...] | None, span: Span | None) -> Block:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(pa.BufferReader(content))
    told = footer(file, variables)
    if told.manifest["attributes"]["shape"] == "rays":
        block = from_table(file, told.manifest, told.names, FINALITY)
        return block if span is None else block[span(block.time, block.along)]
    even = told.manifest.get("even_time")
    time = even_times(*even) if even else _columns(file, ["time"], slice(None))["time"]
    return block_of(told, _rows(file, time, told, span))


def even_times(first: int, step: int, count: int) -> np.ndarray:
    """Times from `first` on, `step` apart [ns]."""
    return np.arange(first, first + step * count, step).view(NS)


def _rows(file, time: np.ndarray, told: Footer, span: Span | None) -> dict[str, np.ndarray]:
    """Columns, with `time`, in the rows of `span`; what is not place is read where the place has told it is wanted."""
    if span is None:
        return {"time": time, **_columns(file, told.columns, slice(None))}
    place = [name for name in told.manifest["along"] if name in _PLACE]
    arrays = {"time": time, **_columns(file, place, slice(None))}
    rows = span(time, {name: arrays[name] for name in place})
    rest = [name for name in told.columns if name not in place]
    return {name: values[rows] for name, values in arrays.items()} | _columns(file, rest, rows)


def _columns(file, names: Sequence[str], rows: slice) -> dict[str, np.ndarray]:
    """Rows of a Parquet file's columns; nothing is read where there are none."""
    if not names:
        return {}
    begin, end, _ = rows.indices(file.metadata.num_rows)
    if end <= begin:
        empty = file.schema_arrow.empty_table().select(names)
        return {name: as_numpy(column) for name, column in zip(names, empty.columns, strict=True)}
    edges = np.cumsum([0, *(file.metadata.row_group(group).num_rows for group in range(file.num_row_groups))])
    groups = np.flatnonzero((edges[:-1] < end) & (edges[1:] > begin)).tolist()
    table = file.read_row_groups(groups, names, use_threads=False)
    begin, end = begin - int(edges[groups[0]]), end - int(edges[groups[0]])
    return {name: as_numpy(table[name].slice(begin, end - begin)) for name in names}


def as_numpy(column) -> np.ndarray:
    """A column as the archive gives it: times as datetime64[ns], floats as float64."""
    values = column.to_numpy()
    if values.dtype.kind == "M":
        return values.astype(NS, copy=False)
    return values.astype(np.float64, copy=False) if values.dtype.kind == "f" else values


def block_of(told: Footer, arrays: Mapping[str, np.ndarray]) -> Block:
    """The block of an object's columns, all of the same rows."""
    flags = {
        name: _missing(arrays[name]) if name in told.only_missing else arrays[name + quality.SUFFIX]
        for name in told.names
    }
    return _block(told.manifest, arrays, told.names, flags, {})


def _block(
    manifest: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray],
    names: Sequence[str],
    flags: Mapping[str, np.ndarray],
    axes: Mapping[str, np.ndarray],
) -> Block:
    time = arrays["time"]
    finality = {
        name: arrays[name + FINALITY]
        if name + FINALITY in arrays
        else np.full(len(time), manifest["finality"][name], np.int8)
        for name in names
    }
    return Block(
        time=time,
        values={name: arrays[name] for name in names},
        flags=flags,
        finality=finality,
        along={name: arrays[name] for name in manifest["along"]},
        axes=axes,
        attrs=manifest["attributes"],
        described=manifest["described"],
    )


def _to_zarr(block: Block) -> bytes:
    """Zarr v3 in one uncompressed zip: one object is one file, written at once, and every chunk is found by offset."""
    import zarr

    even, values = _even(block), {name: smallest_exact(array) for name, array in block.values.items()}
    dataset = to_dataset(replace(block, values=values))
    dataset = dataset.assign({name: ("time", ranks) for name, ranks in _uneven(block, even).items()})
    dataset.attrs[_KEY.decode()] = _manifest(block, even)
    encoding: dict[Any, dict[str, Any]] = {name: {"chunks": one.shape} for name, one in dataset.variables.items()}
    encoding["time"] |= {"units": "nanoseconds since 1970-01-01", "dtype": "int64", "calendar": "proleptic_gregorian"}
    entries: dict[str, Any] = {}
    dataset.to_zarr(zarr.storage.MemoryStore(entries), mode="w", encoding=encoding, consolidated=False, zarr_format=3)
    sink = io.BytesIO()
    with ZipFile(sink, "w", ZIP_STORED) as pack:
        for name in sorted(entries):
            pack.writestr(ZipInfo(name, date_time=_NO_DATE), entries[name].to_bytes())
    return sink.getvalue()


def _from_zarr(content: bytes, variables: tuple[str, ...] | None) -> Block:
    import zarr
    from zarr.buffer import cpu

    with ZipFile(io.BytesIO(content)) as pack:
        entries: dict[str, Any] = {name: cpu.Buffer.from_bytes(pack.read(name)) for name in pack.namelist()}
    group = zarr.open_group(zarr.storage.MemoryStore(entries), mode="r")
    manifest = json.loads(str(group.attrs[_KEY.decode()]))
    present = dict(group.arrays())
    names = [name[: -len(quality.SUFFIX)] for name in present if name.endswith(quality.SUFFIX)]
    names = [name for name in names if variables is None or name in variables]
    parts = [part for name in names for part in (name, name + quality.SUFFIX, name + FINALITY) if part in present]
    suffixes = ("", quality.SUFFIX, FINALITY)
    own = {name + suffix for name in present if name + quality.SUFFIX in present for suffix in suffixes}
    axes = [name for name in present if name not in own]
    arrays = {name: _exact(np.asarray(present[name][...])) for name in (*axes, *parts)}
    arrays["time"] = arrays["time"].astype("int64").view(NS)
    fixed = {name: arrays[name] for name in axes if name != "time" and name not in manifest["along"]}
    ordered = sorted(names, key=list(manifest["order"]).index)
    return _block(manifest, arrays, ordered, {name: arrays[name + quality.SUFFIX] for name in ordered}, fixed)


def _exact(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float64) if values.dtype.kind == "f" else values
