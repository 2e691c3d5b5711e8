"""Values as the server sends them, as checked xarray datasets: Parquet of one collection, a bundle of several."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from soap.client.transport import Broken
from soap.core.time import NS
from soap.observations import check
from soap.observations.check import COORDINATES, DIMENSIONS
from soap.observations.quality import SUFFIX, attributes

if TYPE_CHECKING:
    import xarray as xr

_WHOLE = ("simulated",)
_NUMBERS = ("latitude", "longitude", "height_m")
_UNITS = {"latitude": "degree", "longitude": "degree", "height_km": "km"}


def from_parquet(content: bytes) -> xr.Dataset:
    """The series or track in a Parquet file, its shape checked; `Broken` where the file is not whole.

    Units and meanings are in the variables' attributes, provenance (`version`, `licence`, `citation` …) in those of the
    dataset, flags beside each variable.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq
    import xarray as xr

    try:
        table = pq.read_table(pa.BufferReader(content), use_threads=False)
    except (OSError, pa.ArrowInvalid) as error:
        raise Broken(f"the Parquet file is not whole: {error}") from error
    attrs = _attrs(table.schema.metadata or {})
    along = [name for name in COORDINATES[attrs["shape"]] if name != "time"]
    along += [name for name in table.column_names if _is_text(table.schema.field(name).type)]
    coords: dict[str, Any] = {"time": _times(table["time"])}
    data: dict[str, Any] = {}
    for name in table.column_names:
        if name in ("time", *_WHOLE):
            continue
        field = table.schema.field(name)
        told = {key.decode(): text.decode() for key, text in (field.metadata or {}).items()}
        values = table[name].to_numpy()
        if name in along:
            coords[name] = ("time", values, {"units": _UNITS[name]} if name in _UNITS else {})
        elif name.endswith(SUFFIX):
            data[name] = ("time", values, attributes(name.removesuffix(SUFFIX)))
        else:
            data[name] = ("time", values.astype(np.float64), told)
    return check(xr.Dataset(data, coords, attrs))


def of_one_dimension(shape: str) -> bool:
    """True for shapes whose rows are times."""
    return DIMENSIONS.get(shape) == ("time",)


def bundle(content: bytes) -> dict[str, xr.Dataset]:
    """The datasets of a bundle of netCDF files, by collection; `Broken` where it is not whole.

    Its table of contents says which files there are and how many times each has.
    """
    import xarray as xr

    found: dict[str, xr.Dataset] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as files:
            damaged = files.testzip()
            if damaged is not None:
                raise Broken(f"{damaged} is damaged")
            for row in csv.DictReader(io.TextIOWrapper(files.open("contents.csv"), "utf-8")):
                if not row["file"].endswith(".nc"):
                    continue
                with xr.open_dataset(io.BytesIO(files.read(row["file"])), engine="h5netcdf") as opened:
                    dataset = opened.load()
                if dataset.sizes["time"] != int(row["count"]):
                    raise Broken(f"{row['file']} has {dataset.sizes['time']} times, not {row['count']}")
                dataset.attrs |= {name: row[name] for name in ("version", "licence", "citation") if row[name]}
                also = row["collection"] in found
                found[f"{row['collection']}.simulated" if also else row["collection"]] = dataset
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise Broken(f"the bundle is not whole: {error}") from error
    return found


def _attrs(told: Mapping[bytes, bytes]) -> dict[str, Any]:
    attrs: dict[str, Any] = {
        key.decode(): text.decode() for key, text in told.items() if not key.startswith((b"ARROW:", b"pandas"))
    }
    for name in _WHOLE:
        if name in attrs:
            attrs[name] = int(attrs[name] in ("1", "True"))
    return attrs | {name: float(attrs[name]) for name in _NUMBERS if name in attrs}


def _times(column: Any) -> np.ndarray:
    return column.to_numpy().astype(NS)


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
