"""Tables of what was derived: one file for all of it, or a folder with files of each station and day.

Of each kind of result there is a table: `day.parquet` has `day-vtec.parquet` beside it. How everything was made is in
the file's metadata, for CSV in `…-metadata.json` beside it.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import xarray as xr

from soap.core.errors import ArchiveError, BadParameter
from soap.formats.derivation import Derived
from soap.observations.quality import SUFFIX, Quality
from soap.services.rights import csv_metadata_path
from soap.services.tables import WRITERS, csv_bytes, table_columns, units_of, write_whole, written_whole

ENDINGS = {".parquet": "parquet", ".nc": "netcdf", ".csv": "csv"}
"""File name endings, and the formats that they mean."""


def check_place(out: Path, format_name: str = "parquet", *, several: bool) -> None:
    """`BadParameter` unless `out` names a file of a known kind, or a folder, for files of the format.

    netCDF holds one station and day.
    """
    if format_name not in ENDINGS.values():
        raise BadParameter(f"{format_name!r} is no format of tables; there are {', '.join(ENDINGS.values())}.")
    if is_folder(out):
        if out.exists() and not out.is_dir():
            raise BadParameter(f"{out} is a file; name a folder, or a file that ends in {', '.join(ENDINGS)}.")
        return
    if out.is_dir():
        raise BadParameter(f"{out} is a folder whose name ends like a file's; name another.")
    if not out.resolve().parent.is_dir():
        raise BadParameter(f"There is no folder {out.parent} to write {out.name} in.")
    if several and out.suffix.lower() == ".nc":
        raise BadParameter(
            f"{out} would hold several stations or days, and netCDF holds one. Name a folder, or end in .parquet, .csv."
        )


def is_folder(out: Path) -> bool:
    """True where the name has no ending of a table."""
    return out.suffix.lower() not in ENDINGS


class Tables:
    """Tables that grow by a station and day at a time, in one file a kind of result, or in a folder of files.

    For a `with` block: files are put in their places when it ends, and not at all when it fails; those of a folder as
    they come.
    """

    def __init__(self, out: Path, format_name: str = "parquet"):
        self._out, self._ending = out, next(end for end, name in ENDINGS.items() if name == format_name)
        self._open: dict[str, _Table] = {}
        self._stack = ExitStack()
        self.paths: list[Path] = []

    def __enter__(self) -> Tables:
        if is_folder(self._out):
            try:
                self._out.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ArchiveError(
                    f"{self._out} cannot be made ({error.strerror}). Choose another place with -o."
                ) from error
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.__exit__(kind, error, trace)

    def add(self, made: Derived) -> None:
        """What was made of one station and day; the first kind of result has the name that was asked for."""
        for kind, dataset in made.observations.items():
            if is_folder(self._out):
                time = dataset["time"].values  # a GNSS day begins some seconds before midnight
                day = str(time[len(time) // 2].astype("datetime64[D]"))
                path = self._out / f"{dataset.attrs['platform']}-{day}-{kind}{self._ending}"
                with _Table(path) as table:
                    table.add(dataset)
                self.paths.append(path)
                continue
            if kind not in self._open:
                path = self._beside(kind) if self._open else self._out
                self._open[kind] = self._stack.enter_context(_Table(path))
                self.paths.append(path)
            self._open[kind].add(dataset)

    def _beside(self, kind: str) -> Path:
        return self._out.with_name(f"{self._out.stem}-{kind}{self._out.suffix}")


class _Table:
    """One file; each row begins with the code of its station."""

    def __init__(self, path: Path):
        self._path, self._format = path, ENDINGS[path.suffix.lower()]
        self._told: list[dict[str, Any]] = []
        self._writer: Any = None
        self._stack = ExitStack()

    def __enter__(self) -> _Table:
        self._file = self._stack.enter_context(written_whole(self._path))
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None and self._writer is not None:
            self._writer.add_key_value_metadata({b"soap": json.dumps(self._told, default=str).encode()})
            self._writer.close()
        self._stack.__exit__(kind, error, trace)
        if kind is None and self._format == "csv":
            told = {"@context": "http://www.w3.org/ns/csvw", "url": self._path.name, "soap": self._told}
            write_whole(csv_metadata_path(self._path), json.dumps(told, indent=2, default=str).encode() + b"\n")

    def add(self, dataset: xr.Dataset) -> None:
        """Rows of one station and day."""
        station = str(dataset.attrs["platform"]).upper()
        self._told.append(dict(dataset.attrs))
        if self._format == "netcdf":
            self._file.write(WRITERS["netcdf"](dataset.assign_coords(station=station)))
            return
        columns = _with_one_quality(table_columns(dataset))
        columns = {"station": np.full(len(columns["time"]), station), **columns}
        if self._format == "csv":
            content = csv_bytes(columns, units_of(dataset))
            self._file.write(content if len(self._told) == 1 else content.partition(b"\n")[2])
            return
        self._add_rows(columns, units_of(dataset))

    def _add_rows(self, columns: dict[str, Any], units: dict[str, str]) -> None:
        """A row group; columns that the first had and this lacks are null, others are left out."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        arrays = {name: pa.array(values, from_pandas=True) for name, values in columns.items()}
        arrays["time"] = arrays["time"].cast(pa.timestamp("ns", tz="UTC"))
        if self._writer is None:
            told = {name: {b"units": units[name].encode()} for name in units if name in arrays}
            schema = pa.schema([pa.field(name, one.type, metadata=told.get(name)) for name, one in arrays.items()])
            floats = [name for name, one in arrays.items() if pa.types.is_floating(one.type)]
            encodings = dict.fromkeys(floats, "BYTE_STREAM_SPLIT") | {"time": "DELTA_BINARY_PACKED"}
            options = {"column_encoding": encodings, "use_dictionary": [n for n in arrays if n not in encodings]}
            self._writer = pq.ParquetWriter(self._file, schema, compression="zstd", **options)
        schema, count = self._writer.schema, len(columns["time"])
        rows = [arrays[one.name] if one.name in arrays else pa.nulls(count, one.type) for one in schema]
        self._writer.write_table(pa.Table.from_arrays(rows, schema=schema))


def _with_one_quality(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The columns with the flags of all values of a row together in one, `quality`; what is missing is plain."""
    flags = [values for name, values in columns.items() if name.endswith(SUFFIX)]
    plain = {name: values for name, values in columns.items() if not name.endswith(SUFFIX)}
    return plain | {"quality": np.bitwise_or.reduce(flags) & ~np.uint8(Quality.MISSING)}
