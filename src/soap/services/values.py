"""Values of a collection as files on their way out: streamed where the format allows, else of bounded size."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import xarray as xr

import soap
from soap.archive import GranuleRecord, Selection, query
from soap.core.errors import BadParameter, NotFound, TooLarge
from soap.core.time import iso
from soap.services.composition import Composition
from soap.services.datasets import decimals_of
from soap.services.get import TABLES, Wanted, check_fits, formats, wanted, written
from soap.services.parquet_stream import parquet_pieces
from soap.services.rights import rights_of
from soap.services.row_formats import csv_rows, json_rows, text_parts
from soap.services.row_times import decimals_of_times
from soap.services.tables import column_title, table_columns

__all__ = [
    "MOST_BYTES",
    "MOST_VALUES",
    "STREAMED",
    "Values",
    "Wanted",
    "granules_of",
    "names_of_formats",
    "values",
    "wanted",
]

STREAMED = ("csv", "json", "parquet")
"""Formats of which any amount is given."""

MOST_VALUES = 5_000_000
"""Values (times by variables) that a file of any other format may hold when it is made while somebody waits."""

MOST_BYTES = 64 << 20
"""Bytes of the archive's objects that it may be made of."""

_ENDINGS = {"netcdf": "nc", "parquet": "parquet", "csv": "csv", "json": "json"}
_MEDIA = {
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "netcdf": "application/netcdf",
}


@dataclass(frozen=True)
class Values:
    """Values as a file: what it is called, whose they are, what to cite, and its bytes, piece by piece."""

    name: str
    media: str
    tag: str
    """Of these bytes: the same for the same question to the same versions of what the viewer sees."""
    version: str
    rights: Mapping[str, str]
    owners: tuple[str, ...]
    asked: Wanted
    format_name: str
    composition: Composition

    def pieces(self) -> Iterator[bytes]:
        """The file. `NotFound` when nothing is there, `TooLarge` before anything is read."""
        asked, form = self.asked, self.format_name
        if asked.points is not None and form == "json":
            dataset = _decimated(asked)
            described = {str(name): one.attrs for name, one in dataset.variables.items()}
            yield from _json(
                [table_columns(dataset)], described, self._told(), decimals_of_times(dataset["time"].values)
            )
        elif form in STREAMED and asked.points is None:
            yield from _streamed(asked, form, self._told())
        else:
            yield written(self.composition, asked, form)[0]

    def _told(self) -> dict[str, str]:
        span = {"start": iso(self.asked.window.start), "stop": iso(self.asked.window.stop)}
        return {"collection_id": self.asked.held.collection_id, "version": self.version, **span, **self.asked.told()}


def names_of_formats(composition: Composition) -> tuple[str, ...]:
    """Every format in which values are given."""
    return ("json", *TABLES, *sorted(formats(composition)))


def values(composition: Composition, asked: Wanted, shapes: tuple[str, ...], format_name: str) -> Values:
    """What is wanted as a file of that format, no byte of which is made yet.

    `BadParameter` when the collection is of none of the `shapes` or the format does not fit it, `NotFound` when nothing
    of it lies in the window, `TooLarge` for what is given as a job only.
    """
    held = asked.held
    if held.shape not in shapes:
        raise BadParameter(f"{held.collection_id} is of shape {held.shape}, not {' or '.join(shapes)}.")
    if format_name not in names_of_formats(composition):
        known = ", ".join(names_of_formats(composition))
        raise BadParameter(f"{format_name!r} is no format to write; there are {known}.")
    if format_name != "json":
        check_fits(composition, format_name, held, asked.points)
    elif asked.points is not None and held.shape not in ("series", "track"):
        raise BadParameter("Series and tracks are decimated.")
    found = granules_of(asked)
    if format_name not in STREAMED and asked.points is None:
        _check_size(asked, found)
    ending = _ENDINGS.get(format_name, "txt")
    span = "_".join(iso(edge)[:19].replace(":", "") for edge in (asked.window.start, asked.window.stop))
    return Values(
        name=f"{held.collection_id}_{span}.{ending}",
        media=_MEDIA.get(format_name, "text/plain; charset=utf-8"),
        tag=_tag(asked, found, format_name),
        version=asked.version,
        rights=rights_of(held),
        owners=tuple(sorted({record.owner for record in found})),
        asked=asked,
        format_name=format_name,
        composition=composition,
    )


def granules_of(asked: Wanted) -> tuple[GranuleRecord, ...]:
    """The granules that hold it; `NotFound` where there are none, saying what there is."""
    selection = Selection(
        asked.held.collection_id, window=asked.window, as_of=asked.as_of, provider=asked.provider,
        station=asked.station,
    )  # fmt: skip
    found = query.granules(asked.archive, asked.viewer, selection)
    if not found:
        held = f"it holds {iso(asked.held.first)} to {iso(asked.held.last)}"
        window = f"{iso(asked.window.start)} to {iso(asked.window.stop)}"
        raise NotFound(f"{asked.held.collection_id} holds nothing from {window}; {held}.")
    return found


def _check_size(asked: Wanted, found: tuple[GranuleRecord, ...]) -> None:
    count = sum(record.count for record in found) * len(asked.variables or asked.held.variables)
    size = sum(record.bytes for record in found)
    if count > MOST_VALUES or size > MOST_BYTES:
        raise TooLarge(
            f"This may hold {count:,} values of {size / 2**20:.0f} MiB; while you wait, {MOST_VALUES:,} of"
            f" {MOST_BYTES >> 20} MiB are given in this format. Ask for a shorter window, for fewer variables, for"
            f" format {' or '.join(STREAMED)}, or let a job make it: POST /api/v1/jobs with kind export."
        )


def _tag(asked: Wanted, found: tuple[GranuleRecord, ...], format_name: str) -> str:
    """A hash of all that the bytes depend on."""
    digest = hashlib.sha256(soap.__version__.encode())
    span = (iso(asked.window.start), iso(asked.window.stop))
    which = (format_name, asked.held.collection_id, asked.variables, asked.provider, asked.station, asked.points)
    of = (*which, *span, asked.version, sorted(rights_of(asked.held).items()))
    digest.update(repr(of).encode())
    for record in found:
        digest.update(f"{record.granule_id}@{record.version}:{record.sha256}:{record.latitude}\n".encode())
    return digest.hexdigest()[:32]


def _decimated(asked: Wanted) -> xr.Dataset:
    points = asked.points or 0
    return query.decimated(
        asked.archive, asked.viewer, asked.held.collection_id, asked.window, points, asked.variables,
        as_of=asked.as_of, provider=asked.provider, station=asked.station,
    )  # fmt: skip


def _streamed(asked: Wanted, format_name: str, told: Mapping[str, str]) -> Iterator[bytes]:
    stream = query.unread(
        asked.archive, asked.viewer, asked.held.collection_id, asked.window, asked.variables, station=asked.station,
        provider=asked.provider, as_of=asked.as_of,
    ).read()  # fmt: skip
    batches: Iterator[dict[str, np.ndarray]] = iter(stream)
    if asked.held.simulated:
        batches = (batch | {"simulated": np.ones(len(batch["time"]), np.int8)} for batch in stream)
    decimals = decimals_of(asked.held)
    try:
        if format_name == "parquet":
            attrs = {name: str(value) for name, value in stream.attrs.items()}
            yield from parquet_pieces(batches, stream.variables, attrs | dict(told))
        elif format_name == "json":
            yield from _json(batches, stream.variables, told, decimals)
        else:
            yield from _csv(batches, stream.variables, decimals)
    finally:
        stream.close()


def _csv(
    batches: Iterator[dict[str, np.ndarray]], described: Mapping[str, Mapping[str, Any]], decimals: int
) -> Iterator[bytes]:
    """With a heading of names and units; a missing value is an empty field, as `tables.csv_bytes` writes it."""
    for number, part in enumerate(text_parts(batches)):
        titles = [column_title(name, str(described.get(name, {}).get("units", ""))) for name in part]
        heading = (",".join(f'"{title}"' for title in titles) + "\n").encode() if number == 0 else b""
        yield heading + csv_rows(part, decimals, absent="")


def _json(
    batches: Iterable[Mapping[str, np.ndarray]],
    described: Mapping[str, Mapping[str, Any]],
    told: Mapping[str, str],
    decimals: int,
) -> Iterator[bytes]:
    """`columns` with their names and units, and `rows`, a missing value null, after what is `told` of all."""
    between = b""
    for number, part in enumerate(text_parts(batches)):
        if number == 0:
            columns = [{"name": name, **_plain(described.get(name, {}))} for name in part]
            yield orjson.dumps({**told, "columns": columns})[:-1] + b',"rows":[\n'
        if rows := json_rows(part, decimals):
            yield between + rows
            between = b",\n"
    yield b"\n]}\n"


def _plain(attrs: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(attrs[key]) for key in ("units", "long_name", "symbol") if attrs.get(key)}
