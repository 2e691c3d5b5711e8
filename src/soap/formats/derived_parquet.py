"""What SOAP computed and publishes: one dataset of rays or a series as a Parquet file that tells how it was made.

`soap compute` writes it and brings it into the archive like any file, so that a product has an original, a checksum
and a lineage as everything else. One row a time (of rays: a time and satellite); columns as in the archive's objects;
attributes of dataset and variables as JSON under the key `soap_derived`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from soap.core.errors import BadFile, BadObservation
from soap.core.time import NS
from soap.formats.decimal_columns import column, encoding_of, numbers
from soap.formats.reader import Reader, Reading, scan_by_reading
from soap.formats.source import Source
from soap.observations import check
from soap.observations.check import DIMENSIONS
from soap.observations.quality import SUFFIX, Quality

if TYPE_CHECKING:
    import xarray as xr

_KEY = b"soap_derived"
_SHAPES = ("series", "rays")
_MISSING = np.uint8(Quality.MISSING)


def write(dataset: xr.Dataset) -> bytes:
    """The file of a checked series or rays; the same dataset always gives the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [str(name) for name in dataset.data_vars if not str(name).endswith(SUFFIX)]
    there = np.logical_or.reduce([dataset[name + SUFFIX].values.T != _MISSING for name in names])
    place = np.nonzero(there)[::-1]
    arrays: dict[str, Any] = {"time": pa.array(dataset["time"].values[place[0]]).cast(pa.timestamp("ns", tz="UTC"))}
    encodings, few = {"time": "DELTA_BINARY_PACKED"}, []
    if "sv" in dataset.dims:
        arrays["sv"] = pa.array(dataset["sv"].values[place[1]].tolist()).dictionary_encode()
        few.append("sv")
    for name in names:
        arrays[name] = column(dataset[name].values[place])
        encodings[name] = encoding_of(arrays[name])
        arrays[name + SUFFIX] = pa.array(dataset[name + SUFFIX].values[place])
        few.append(name + SUFFIX)
    told = {
        "attributes": dict(dataset.attrs),
        "variables": {str(name): dict(one.attrs) for name, one in dataset.variables.items()},
    }
    table = pa.table(arrays).replace_schema_metadata({_KEY: json.dumps(told, sort_keys=True, default=_plain).encode()})
    sink = io.BytesIO()
    options: dict[str, Any] = {"use_dictionary": few, "column_encoding": encodings}
    pq.write_table(table, sink, compression="zstd", store_decimal_as_integer=True, **options)
    return sink.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no attribute that is written: {value!r}.")


def sniff(head: bytes, name: str) -> bool:
    """True of any Parquet file; `confirm` looks at what it tells."""
    return head.startswith(b"PAR1")


def confirm(source: Source) -> bool:
    """True when the file's metadata are those of a product."""
    return _KEY in (_file(source).metadata.metadata or {})


def _file(source: Source):
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(pa.BufferReader(source.data))
    except (OSError, ValueError) as error:
        raise BadFile(
            f"The Parquet container is damaged ({error})", file=source.name, next_step="Fetch it again."
        ) from error


def read(source: Source) -> Reading:
    """The dataset of the file, checked; `BadFile` when it does not keep its shape."""
    file = _file(source)
    try:
        told = json.loads((file.metadata.metadata or {})[_KEY])
        dataset = check(_dataset(file.read(use_threads=False), told))
    except (KeyError, TypeError, ValueError, OSError, BadObservation) as error:
        raise BadFile(
            f"Its table is not what its metadata tell ({error})", file=source.name, next_step="Compute it again."
        ) from error
    return Reading((dataset,))


def _dataset(table, told: Mapping[str, Any]) -> xr.Dataset:
    import xarray as xr

    attrs, described = told["attributes"], told["variables"]
    shape = attrs["shape"]
    if shape not in _SHAPES:
        raise BadObservation(f"The shape {shape!r} is none of {', '.join(_SHAPES)}.")
    time, at = np.unique(table["time"].to_numpy().astype(NS, copy=False), return_inverse=True)
    coords: dict[str, np.ndarray] = {"time": time}
    place: tuple[np.ndarray, ...] = (at,)
    if shape == "rays":
        coords["sv"], of = np.unique(np.array(table["sv"].to_pylist(), dtype=str), return_inverse=True)
        place = (at, of)
    size = tuple(len(one) for one in coords.values())
    variables = {}
    for name in [name for name in table.column_names if name not in coords]:
        flags = name.endswith(SUFFIX)
        plane = np.full(size, _MISSING) if flags else np.full(size, np.nan)
        plane[place] = table[name].to_numpy() if flags else numbers(table[name].combine_chunks())
        variables[name] = (DIMENSIONS[shape], plane, described.get(name, {}))
    return xr.Dataset(variables, {name: (name, one, described.get(name, {})) for name, one in coords.items()}, attrs)


READER = Reader(
    name="derived_parquet",
    title="Products that SOAP computed (Parquet)",
    shape="rays",
    level="L2",
    status="beta",
    spec="Apache Parquet 2; attributes as JSON under `soap_derived`",
    sniff=sniff,
    read=read,
    scan=scan_by_reading(read),
    confirm=confirm,
    limits="Series and rays only.",
)
