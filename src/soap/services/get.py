"""Get: a collection's values as a file that other programs read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from soap.archive import Archive, CollectionRecord, query
from soap.archive.encoding import parquet_bytes, smallest_exact
from soap.core.errors import ArchiveError, BadParameter, NotFound
from soap.core.time import Window
from soap.core.who import Viewer
from soap.formats import Reading
from soap.observations import Earthquake
from soap.services.composition import Composition

TABLES = ("csv", "parquet", "netcdf")
"""Formats that any collection can be had in (earthquakes: not as netCDF), beside those that a reader also writes."""


@dataclass(frozen=True)
class Export:
    """What was written."""

    path: str
    format: str
    collection_id: str
    count: int
    """Number of times or earthquakes."""
    bytes: int
    simulated: bool


def formats(composition: Composition) -> Mapping[str, Callable[[Reading], bytes]]:
    """Formats of the domains that can be written, by reader's name and, where one reader has it, its last word.

    So `magnetometer_iaga2002` is also `iaga2002`, and `tec_ionex` is `ionex`.
    """
    writers = {reader.name: reader.write for reader in composition.readers if reader.write is not None}
    words = [name.rsplit("_", 1)[-1] for name in writers]
    short = {name.rsplit("_", 1)[-1]: write for name, write in writers.items()}
    return writers | {word: short[word] for word in words if words.count(word) == 1}


def get(
    viewer: Viewer,
    archive: Archive,
    composition: Composition,
    collection_id: str,
    window: Window,
    variables: tuple[str, ...] = (),
    *,
    format_name: str,
    out: str | Path,
) -> Export:
    """Write what the collection holds in the window to the file `out`, which is there whole or not at all.

    A file that is there is replaced; a folder, device or part of the archive is refused (`BadParameter`).
    Raises `NotFound` when the viewer knows no such collection or it holds nothing there, `BadParameter` for an
    unknown variable or a format that does not fit the collection.
    """
    path = _place(Path(out), archive)
    writers = formats(composition)
    if format_name not in TABLES and format_name not in writers:
        raise BadParameter(
            f"{format_name!r} is no format to write; there are {', '.join([*TABLES, *sorted(writers)])}."
        )
    held = next((one for one in query.collections(archive, viewer) if one.collection_id == collection_id), None)
    if held is None:
        raise NotFound(f"There is no collection {collection_id!r} here. `soap find` lists those there are.")
    _check_fits(composition, format_name, held)
    if held.shape == "events":
        content, count = _events(viewer, archive, held, window, format_name, writers)
    else:
        dataset = query.whole(archive, viewer, collection_id, window, variables or None)
        count = dataset.sizes["time"]
        if format_name in TABLES:
            content = _TABLE[format_name](dataset)
        else:
            content = writers[format_name](Reading(observations=(dataset,), simulated=held.simulated))
    _write_whole(path, content)
    return Export(str(out), format_name, collection_id, count, len(content), held.simulated)


def _events(
    viewer: Viewer, archive: Archive, held: CollectionRecord, window: Window, format_name: str, writers: Mapping
) -> tuple[bytes, int]:
    found = query.events(archive, viewer, collection_id=held.collection_id, window=window)
    if not found:
        raise NotFound(f"{held.collection_id} holds no earthquake in this window.")
    if format_name in writers:
        reading = Reading(events=found, events_collection_id=held.collection_id, simulated=held.simulated)
        return writers[format_name](reading), len(found)
    if format_name == "netcdf":
        raise BadParameter("Earthquakes are no grid; have them as csv, parquet or quakeml.")
    columns, units = _event_columns(found, held.simulated)
    if format_name == "csv":
        return _csv_bytes(columns, units), len(found)
    return parquet_bytes(columns, {name: {"units": unit} for name, unit in units.items()}, {}), len(found)


def _event_columns(found: tuple[Earthquake, ...], simulated: bool) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    units = {"latitude": "degree", "longitude": "degree", "depth_km": "km", "magnitude": "1"}
    columns = {"time": np.array([one.time for one in found], dtype="datetime64[ns]")}
    columns |= {name: np.array([getattr(one, name) for one in found], dtype=float) for name in units}
    words = ("event_id", "magnitude_type", "place", "status")
    columns |= {name: np.array([getattr(one, name) for one in found], dtype=object) for name in words}
    if simulated:
        columns["simulated"] = np.ones(len(found), dtype=np.int8)
    return columns, units


def _columns(dataset: xr.Dataset) -> dict[str, np.ndarray]:
    """A dataset as a long table: one row a time, for fields one a time and grid point."""
    dims = next(variable.dims for name, variable in dataset.data_vars.items() if not str(name).endswith("_quality"))
    shape = tuple(dataset.sizes[dim] for dim in dims)
    columns = {}
    for name in ["time", *(str(one) for one in dataset.coords if one != "time"), *map(str, dataset.data_vars)]:
        variable = dataset[name]
        spread = [dataset.sizes[dim] if dim in variable.dims else 1 for dim in dims]
        columns[name] = np.broadcast_to(variable.values.reshape(spread), shape).ravel()
    if dataset.attrs.get("simulated"):
        columns["simulated"] = np.ones(len(columns["time"]), dtype=np.int8)
    return columns


def _units(dataset: xr.Dataset) -> dict[str, str]:
    return {str(name): one.attrs["units"] for name, one in dataset.variables.items() if one.attrs.get("units")}


def _csv_bytes(columns: Mapping[str, np.ndarray], units: Mapping[str, str]) -> bytes:
    """CSV with times in ISO 8601 and units in the header, `b_north [nT]`; a missing value is an empty field."""
    import pyarrow as pa
    import pyarrow.csv

    arrays, names = [], []
    for name, values in columns.items():
        if values.dtype.kind == "M":
            whole = values.astype("datetime64[s]")
            text = np.datetime_as_string(whole if (whole == values).all() else values)
            arrays.append(pa.array(np.char.add(text, "Z")))
        else:
            arrays.append(pa.array(values, from_pandas=True))  # from_pandas: NaN is missing
        unit_text = units.get(name, "")
        names.append(
            f"{name} [{unit_text}]" if unit_text not in ("", "1") and not name.endswith(f"_{unit_text}") else name
        )
    sink = pa.BufferOutputStream()
    options = pyarrow.csv.WriteOptions(quoting_style="needed")
    pyarrow.csv.write_csv(pa.Table.from_arrays(arrays, names=names), sink, options)
    return sink.getvalue().to_pybytes()


def _csv(dataset: xr.Dataset) -> bytes:
    return _csv_bytes(_columns(dataset), _units(dataset))


def _parquet(dataset: xr.Dataset) -> bytes:
    described = {str(name): one.attrs for name, one in dataset.variables.items()}
    metadata = {str(name).encode(): str(value).encode() for name, value in dataset.attrs.items()}
    columns = {name: smallest_exact(values) for name, values in _columns(dataset).items()}
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


_TABLE: Mapping[str, Callable[[xr.Dataset], bytes]] = {"csv": _csv, "parquet": _parquet, "netcdf": _netcdf}


def _check_fits(composition: Composition, format_name: str, held: CollectionRecord) -> None:
    """`BadParameter` when the format is of another shape than the collection."""
    if format_name in TABLES:
        return
    fits = [one for one in composition.readers if one.write is not None and format_name in _words(one.name)]
    if all(one.shape != held.shape for one in fits):
        raise BadParameter(
            f"{held.collection_id} is of shape {held.shape}; {format_name} is written of {fits[0].shape}."
            f" Have it as {', '.join(TABLES)}."
        )


def _words(name: str) -> tuple[str, str]:
    return name, name.rsplit("_", 1)[-1]


def _place(out: Path, archive: Archive) -> Path:
    """Where to write, links followed; `BadParameter` where no file may be put."""
    path = out.resolve()
    if path.is_dir():
        raise BadParameter(f"{out} is a folder; name a file in it with -o.")
    if path.exists() and not path.is_file():
        raise BadParameter(f"{out} is no ordinary file; name another with -o.")
    if path.is_relative_to(archive.folder.resolve()):
        raise BadParameter(f"{out} lies in the archive's own folder; name a file elsewhere with -o.")
    return path


def _write_whole(path: Path, content: bytes) -> None:
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as aside:
            aside.write(content)
        Path(aside.name).chmod(0o666 & ~_umask())
        Path(aside.name).replace(path)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written ({error.strerror}). Choose another place with -o.") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
