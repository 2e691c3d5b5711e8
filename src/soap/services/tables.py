"""Tables: datasets and earthquakes as CSV, Parquet and netCDF, and files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import xarray as xr

from soap.archive.encoding import parquet_bytes, smallest_exact
from soap.core.errors import ArchiveError
from soap.observations import Earthquake, Quality
from soap.observations.quality import SUFFIX


def event_columns(found: Sequence[Earthquake], simulated: bool) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Earthquakes as columns, and the columns' units."""
    units = {"latitude": "degree", "longitude": "degree", "depth_km": "km", "magnitude": "1"}
    columns = {"time": np.array([one.time for one in found], dtype="datetime64[ns]")}
    columns |= {name: np.array([getattr(one, name) for one in found], dtype=float) for name in units}
    words = ("event_id", "magnitude_type", "place", "status")
    columns |= {name: np.array([getattr(one, name) for one in found], dtype=object) for name in words}
    if simulated:
        columns["simulated"] = np.ones(len(found), dtype=np.int8)
    return columns, units


def table_columns(dataset: xr.Dataset) -> dict[str, np.ndarray]:
    """A dataset as a long table: one row a time, for fields one a time and grid point.

    Of rays a row a time and satellite that was observed.
    """
    dims = next(variable.dims for name, variable in dataset.data_vars.items() if not str(name).endswith("_quality"))
    shape = tuple(dataset.sizes[dim] for dim in dims)
    columns = {}
    for name in ["time", *(str(one) for one in dataset.coords if one != "time"), *map(str, dataset.data_vars)]:
        variable = dataset[name]
        spread = [dataset.sizes[dim] if dim in variable.dims else 1 for dim in dims]
        columns[name] = np.broadcast_to(variable.values.reshape(spread), shape).ravel()
    if dataset.attrs.get("shape") == "rays":
        there = np.logical_or.reduce([flags != Quality.MISSING for name, flags in columns.items()
                                      if name.endswith(SUFFIX)])  # fmt: skip
        columns = {name: values[there] for name, values in columns.items()}
    if dataset.attrs.get("simulated"):
        columns["simulated"] = np.ones(len(columns["time"]), dtype=np.int8)
    return columns


def units_of(dataset: xr.Dataset) -> dict[str, str]:
    """Units of a dataset's variables and coordinates, as far as they have some."""
    return {str(name): one.attrs["units"] for name, one in dataset.variables.items() if one.attrs.get("units")}


def column_title(name: str, unit: str) -> str:
    """A column's heading, with its unit unless there is none or the name tells it: `b_north [nT]`, `height_km`."""
    return f"{name} [{unit}]" if unit not in ("", "1") and not name.endswith(f"_{unit}") else name


def csv_bytes(columns: Mapping[str, np.ndarray], units: Mapping[str, str]) -> bytes:
    """CSV with times in ISO 8601 and units in the header, `b_north [nT]`; a missing value is an empty field."""
    import pyarrow as pa
    import pyarrow.csv

    arrays, names = [], []
    for name, values in columns.items():
        if values.dtype.kind == "M":
            whole, missing = values.astype("datetime64[s]"), np.isnat(values)
            text = np.datetime_as_string(whole if ((whole == values) | missing).all() else values)
            arrays.append(pa.array(np.char.add(text, "Z"), mask=missing))
        else:
            arrays.append(pa.array(values, from_pandas=True))  # from_pandas: NaN is missing
        names.append(column_title(name, units.get(name, "")))
    sink = pa.BufferOutputStream()
    options = pyarrow.csv.WriteOptions(quoting_style="needed")
    pyarrow.csv.write_csv(pa.Table.from_arrays(arrays, names=names), sink, options)
    return sink.getvalue().to_pybytes()


def _csv(dataset: xr.Dataset) -> bytes:
    return csv_bytes(table_columns(dataset), units_of(dataset))


def _parquet(dataset: xr.Dataset) -> bytes:
    described = {str(name): one.attrs for name, one in dataset.variables.items()}
    metadata = {str(name).encode(): str(value).encode() for name, value in dataset.attrs.items()}
    columns = {name: smallest_exact(values) for name, values in table_columns(dataset).items()}
    return parquet_bytes(columns, described, metadata)


def _netcdf(dataset: xr.Dataset) -> bytes:
    plain = dataset.copy()
    plain.attrs = {name: _netcdf_attribute(value) for name, value in dataset.attrs.items() if value is not None}
    plain.attrs["Conventions"] = "CF-1.11"
    return _netcdf_bytes(plain)


def _netcdf_bytes(dataset: xr.Dataset) -> bytes:
    """A dataset as netCDF-4, compressed, time as whole nanoseconds since 1970, float32 where nothing is lost."""
    encoding: dict[Any, dict[str, Any]] = {}
    for name, variable in dataset.variables.items():
        if variable.dtype.kind == "M":
            encoding[name] = {
                "units": "nanoseconds since 1970-01-01",
                "dtype": "int64",
                "calendar": "proleptic_gregorian",
            }
        elif variable.dtype.kind == "f":
            encoding[name] = {"dtype": smallest_exact(variable.values).dtype, "_FillValue": np.nan}
        else:
            encoding[name] = {}
        if variable.ndim and variable.dtype.kind in "fiuM":
            encoding[name] |= {"zlib": True, "complevel": 4, "shuffle": True, "chunksizes": variable.shape}
    return bytes(dataset.to_netcdf(engine="h5netcdf", encoding=encoding))


def _netcdf_attribute(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return value if isinstance(value, str | int | float | list | np.ndarray | np.generic) else str(value)


WRITERS: Mapping[str, Callable[[xr.Dataset], bytes]] = {"csv": _csv, "parquet": _parquet, "netcdf": _netcdf}


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in its place, whole or not at all; `ArchiveError` when that cannot be done."""
    with written_whole(path) as file:
        file.write(content)


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to, which is put in its place when the block ends, and not at all when it fails.

    `ArchiveError` when it cannot be written.
    """
    aside: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            aside = Path(file.name)
            yield file
        aside.chmod(0o666 & ~_umask())
        aside.replace(path)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written ({error.strerror}). Choose another place with -o.") from error
    finally:
        if aside is not None:
            aside.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
