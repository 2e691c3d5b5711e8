"""Half-orbits: those parts of thirty days by night that lie round an epicentre, all variables; beside peers."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from archive_work.made_up import (
    EPICENTRE,
    ME,
    PER_DAY,
    PLASMA,
    TRACKS,
    Size,
    arrival,
    days_of_tracks,
    half_orbit,
    track,
)
from archive_work.timing import bytes_below, in_ms, in_own_process, seconds
from soap.archive import Archive, publish, query
from soap.core.place import Box
from soap.core.settings import Settings
from soap.core.time import Window

_BATCH = 16
_REACH_DEG = 10.0
_NIGHT = 22.0, 6.0
BOX = Box(EPICENTRE[1] - _REACH_DEG, EPICENTRE[0] - _REACH_DEG, EPICENTRE[1] + _REACH_DEG, EPICENTRE[0] + _REACH_DEG)
NAMES = ("time", "latitude", "longitude", *PLASMA)

Ask = Callable[[Window], dict[str, np.ndarray]]


def measure(work: Path, size: Size) -> dict[str, Any]:
    """Figures of writing and reading, ours and the peers', all of the same values."""
    figures, peak = in_own_process(write, work, size)
    figures["write"]["peak_mb"] = peak
    (read, columns), peak = in_own_process(read_ours, work, size)
    figures["box by night"] = {"samples": len(columns["time"]), "soap": read, "peak_mb": peak} | _peers(
        work, size, columns
    )
    return figures


def write(work: Path, size: Size) -> dict[str, Any]:
    """Publish all half-orbits; the question of six days is asked when a tenth is held and when all are."""
    archive = Archive.open(Settings(archive=work / "tracks"))
    took, held, growth = 0.0, 0, {}
    for first in range(0, size.half_orbits, _BATCH):
        batch = range(first, min(first + _BATCH, size.half_orbits))
        arrivals = [arrival(f"half-orbit {number}", track(number, size.samples)) for number in batch]
        began = time.perf_counter()
        publish.publish(archive, ME, arrivals)
        took += time.perf_counter() - began
        held += len(batch)
        if not growth and held >= size.half_orbits // 10:
            growth["six days, a tenth held"] = in_ms(seconds(lambda: _ours(archive, days_of_tracks(0, 6))))
    growth["six days, all held"] = in_ms(seconds(lambda: _ours(archive, days_of_tracks(0, 6))))
    values = size.half_orbits * size.samples * len(PLASMA)
    return {
        "values": values,
        "write": {"million_values_per_s": values / took / 1e6},
        "bytes on disk": bytes_below(work / "tracks" / "objects"),
        "growth": growth,
    }


def _ours(archive: Archive, window: Window):
    return query.passes(archive, ME, TRACKS, BOX, window, local_time=_NIGHT)


def read_ours(work: Path, size: Size) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """The question through the service, and what it found as columns."""
    archive = Archive.open(Settings(archive=work / "tracks"))
    window = days_of_tracks(10, 30) if size.half_orbits >= 40 * PER_DAY else days_of_tracks(0, 30)
    took = in_ms(seconds(lambda: _ours(archive, window), runs=15))
    found = _ours(archive, window).tracks
    return took, {name: np.concatenate([one[name].values for one in found]) for name in NAMES}


def _peers(work: Path, size: Size, ours: dict[str, np.ndarray]) -> dict[str, Any]:
    window = days_of_tracks(10, 30) if size.half_orbits >= 40 * PER_DAY else days_of_tracks(0, 30)
    makers = {
        "Parquet per half-orbit, index": _parquet,
        "DuckDB, glob": _duckdb,
        "HDF5 per half-orbit, index": _hdf5,
        "Zarr, index": _zarr,
    }
    figures: dict[str, Any] = {}
    for label, make in makers.items():
        ask = make(work, size)
        theirs = ask(window)
        for name in NAMES:
            np.testing.assert_array_equal(theirs[name], ours[name].astype(theirs[name].dtype), err_msg=label)
        figures[label] = in_ms(seconds(lambda ask=ask: ask(window)))
    return figures


class _Index:
    """What a careful user keeps beside the files: of each half-orbit times, box, and which side of the Earth."""

    def __init__(self, size: Size):
        rows = []
        for number in range(size.half_orbits):
            time_, place, _ = half_orbit(number, 2)
            east = place["longitude"][0] + (place["longitude"][-1] - place["longitude"][0] + 180) % 360 - 180
            ends = sorted((float(place["longitude"][0]), float(east)))
            rows.append((time_[0], time_[-1] + 2 * (time_[-1] - time_[0]), ends[0] - 10, ends[1] + 10, number % 2 == 0))
        self.first, self.last, self.west, self.east, self.night = (
            np.array(column) for column in zip(*rows, strict=True)
        )

    def candidates(self, window: Window) -> list[int]:
        """Half-orbits by night that may reach into the box."""
        centre = (self.west + self.east) / 2
        apart = np.abs((centre - EPICENTRE[1] + 180) % 360 - 180)
        near = apart <= (self.east - self.west) / 2 + _REACH_DEG
        return np.flatnonzero(near & self.night & (self.first < window.stop) & (self.last >= window.start)).tolist()


def inside(time_: np.ndarray, latitude: np.ndarray, longitude: np.ndarray, window: Window) -> np.ndarray:
    """True where a sample answers the question, in plain arithmetic."""
    hours = (time_.astype("datetime64[ns]").astype(np.int64) % (86_400 * 10**9)) / 3.6e12
    local = (hours + longitude.astype(float) / 15.0) % 24.0
    return (
        (np.abs(latitude.astype(float) - EPICENTRE[0]) <= _REACH_DEG)
        & (np.abs(longitude.astype(float) - EPICENTRE[1]) <= _REACH_DEG)
        & (time_ >= window.start) & (time_ < window.stop)
        & ((local >= _NIGHT[0]) | (local < _NIGHT[1]))
    )  # fmt: skip


def _joined(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([part[name] for part in parts]) for name in NAMES}


def _parquet(work: Path, size: Size) -> Ask:
    """A file a half-orbit by pyarrow with zstd; place and time are read first, the rest where some sample fits."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder, index = work / "half-orbits", _Index(size)
    folder.mkdir()
    for number in range(size.half_orbits):
        time_, place, values = half_orbit(number, size.samples)
        table = pa.table({"time": time_, **place, **values})
        encodings = dict.fromkeys((*place, *values), "BYTE_STREAM_SPLIT")
        pq.write_table(
            table, folder / f"{number:06d}.parquet", compression="zstd", use_dictionary=False, column_encoding=encodings
        )

    def ask(window: Window) -> dict[str, np.ndarray]:
        parts = []
        for number in index.candidates(window):
            with pq.ParquetFile(folder / f"{number:06d}.parquet") as file:
                known = file.read(columns=list(NAMES[:3]), use_threads=True)
                chosen = inside(*(known[name].to_numpy() for name in NAMES[:3]), window)
                if chosen.any():
                    table = file.read(columns=list(PLASMA), use_threads=True)
                    columns = {name: (known if name in NAMES[:3] else table)[name].to_numpy()[chosen] for name in NAMES}
                    parts.append(columns)
        return _joined(parts)

    return ask


def _duckdb(work: Path, size: Size) -> Ask:
    """The same files without an index, by one statement."""
    import duckdb

    connection = duckdb.connect()
    (latitude, longitude), (dusk, dawn) = EPICENTRE, _NIGHT
    local = "((epoch_ns(time) % 86400000000000) / 3.6e12 + longitude::DOUBLE / 15.0 + 24.0) % 24.0"

    def ask(window: Window) -> dict[str, np.ndarray]:
        return connection.execute(
            f"SELECT {', '.join(NAMES)} FROM '{work}/half-orbits/*.parquet'"
            f" WHERE latitude BETWEEN {latitude - _REACH_DEG} AND {latitude + _REACH_DEG}"
            f" AND longitude BETWEEN {longitude - _REACH_DEG} AND {longitude + _REACH_DEG}"
            f" AND time >= '{window.start}' AND time < '{window.stop}'"
            f" AND ({local} >= {dusk} OR {local} < {dawn}) ORDER BY time"
        ).fetchnumpy()

    return ask


def _hdf5(work: Path, size: Size) -> Ask:
    """A file a half-orbit, shuffled and deflated as agencies' files are, and the index."""
    import h5py

    folder, index = work / "hdf5", _Index(size)
    folder.mkdir()
    for number in range(size.half_orbits):
        time_, place, values = half_orbit(number, size.samples)
        with h5py.File(folder / f"{number:06d}.h5", "w") as file:
            for name, column in {"time": time_.astype(np.int64), **place, **values}.items():
                file.create_dataset(
                    name, data=column, chunks=True, compression="gzip", compression_opts=1, shuffle=True
                )

    def ask(window: Window) -> dict[str, np.ndarray]:
        parts = []
        for number in index.candidates(window):
            with h5py.File(folder / f"{number:06d}.h5") as file:
                time_ = file["time"][:].view("datetime64[ns]")
                chosen = np.flatnonzero(inside(time_, file["latitude"][:], file["longitude"][:], window))
                if len(chosen):
                    rows = slice(chosen[0], chosen[-1] + 1)
                    part = {name: file[name][rows][chosen - chosen[0]] for name in NAMES[1:]}
                    parts.append({"time": time_[chosen], **part})
        return _joined(parts)

    return ask


def _zarr(work: Path, size: Size) -> Ask:
    """Zarr v3: an array of place and one of values over all half-orbits, a chunk a quarter of one."""
    import zarr

    index, names = _Index(size), list(NAMES[1:])
    group = zarr.open_group(work / "half-orbits.zarr", mode="w")
    quarter = max(size.samples // 4, 1)
    shape = (size.half_orbits, len(names), size.samples)
    stamps = group.create_array("time", shape=shape[::2], chunks=(1, size.samples), dtype="int64")
    values = group.create_array("values", shape=shape, chunks=(1, len(names), quarter), dtype="float32")
    for number in range(size.half_orbits):
        time_, place, columns = half_orbit(number, size.samples)
        stamps[number] = time_.astype(np.int64)
        values[number] = np.stack([{**place, **columns}[name] for name in names])

    def ask(window: Window) -> dict[str, np.ndarray]:
        parts = []
        for number in index.candidates(window):
            time_ = stamps[number].view("datetime64[ns]")
            place = values[number, :2]
            chosen = np.flatnonzero(inside(time_, place[0], place[1], window))
            if len(chosen):
                rows = slice(chosen[0], chosen[-1] + 1)
                found = values[number, :, rows][:, chosen - chosen[0]]
                parts.append({"time": time_[chosen], **dict(zip(names, found, strict=True))})
        return _joined(parts)

    return ask
