"""A year of minute values: written, kept on disk, and thirty days of one station read; beside peers."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from archive_work.made_up import COMPONENTS, ME, Size, arrival, collection, minute_series, minute_values, start_of
from archive_work.rows_in_databases import Ask, postgresql_rows, sqlite_rows
from archive_work.table_formats import run_peer
from archive_work.timing import RUNS, bytes_below, in_ms, in_own_process, seconds
from soap.archive import Archive, publish, query
from soap.core.settings import Settings
from soap.core.time import Window

_BATCH = 64
"""Files that an ingest publishes together."""


def measure(work: Path, size: Size, python: str | None) -> dict[str, Any]:
    """Figures of writing and reading, ours and the peers', all of the same values."""
    figures, peak = in_own_process(write, work, size)
    figures["write"]["peak_mb"] = peak
    read, peak = in_own_process(read_ours, work, size)
    figures["read 30 days of a station"] = read | {"peak_mb": peak}
    figures["read 30 days of a station"] |= _peers(work, size, python)
    return figures


def write(work: Path, size: Size) -> dict[str, Any]:
    """Publish everything in batches as an ingest does; only `publish` is timed, not the making up."""
    archive = Archive.open(Settings(archive=work / "archive"))
    few = max(size.stations // 10, 1)
    took, first_days = [], {}
    months = list(_months(size))
    for first in range(0, len(months), _BATCH):
        arrivals = [
            arrival(f"{station}-{month}", minute_series(station, start_of(month), start_of(month + 1)))
            for station, month in months[first : first + _BATCH]
        ]
        began = time.perf_counter()
        publish.publish(archive, ME, arrivals)
        took.append(time.perf_counter() - began)
        if first + _BATCH >= few * size.months and not first_days:
            first_days = in_ms(seconds(lambda: _series(archive, 0, days_from(size, 30))))
    plain_s, plain_bytes = _plain_files(work / "files", size)
    per_batch = min(_BATCH, len(months)) * size.values / len(months)
    return {
        "values": size.values,
        "write": {
            "million_values_per_s": size.values / sum(took) / 1e6,
            "million_values_per_s, first batch": per_batch / took[0] / 1e6,
            "million_values_per_s, median batch": per_batch / statistics.median(took) / 1e6,
            "Parquet month files, million_values_per_s": size.values / plain_s / 1e6,
        },
        "bytes on disk": {
            "soap, objects": bytes_below(work / "archive" / "objects"),
            "soap, all": bytes_below(work / "archive"),
            "Parquet month files, values alone": plain_bytes,
        },
        "read, a tenth of the stations held": first_days,
    }


def _months(size: Size) -> Iterator[tuple[int, int]]:
    return ((station, month) for station in range(size.stations) for month in range(1, size.months + 1))


def _plain_files(folder: Path, size: Size) -> tuple[float, int]:
    """The peer of writing: a file a station and month, by pyarrow with zstd, neither fsynced nor in a catalogue."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    took = 0.0
    for station, month in _months(size):
        time_, columns = minute_values(station, start_of(month), start_of(month + 1))
        path = folder / collection(station) / f"{month:02d}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        number = pa.array(np.full(len(time_), station, dtype=np.int16))
        began = time.perf_counter()
        pq.write_table(pa.table({"time": time_, "station": number, **columns}), path, compression="zstd")
        took += time.perf_counter() - began
    return took, bytes_below(folder)


def days_from(size: Size, days: int) -> Window:
    """A window of the minute values over a month's end, near their middle."""
    start = start_of(max(size.months // 2, 1)) + np.timedelta64(10, "D")
    start = min(start, size.stop - np.timedelta64(days, "D"))
    return Window(start, start + np.timedelta64(days, "D"))


def _series(archive: Archive, station: int, window: Window):
    return query.series(archive, ME, collection(station), window)


def read_ours(work: Path, size: Size) -> dict[str, Any]:
    """Thirty days of a station through the service; then of half of the variables, and ten times as long."""
    archive = Archive.open(Settings(archive=work / "archive"))
    station, window = size.stations // 2, days_from(size, 30)
    found = _series(archive, station, window)
    columns = {"time": found["time"].values} | {name: found[name].values for name in COMPONENTS}
    np.savez(work / "ours.npz", **columns)
    long = days_from(size, min(300, (size.months - 1) * 30))
    return {
        "soap": in_ms(seconds(lambda: _series(archive, station, window), runs=25)),
        "soap, one component": in_ms(
            seconds(lambda: query.series(archive, ME, collection(station), window, ("b_north",)), runs=25)
        ),
        f"soap, {int((long.stop - long.start) / np.timedelta64(1, 'D'))} days": in_ms(
            seconds(lambda: _series(archive, station, long))
        ),
    }


def _peers(work: Path, size: Size, python: str | None) -> dict[str, Any]:
    with np.load(work / "ours.npz") as kept:
        ours = dict(kept)
    station, window = size.stations // 2, days_from(size, 30)
    figures: dict[str, Any] = {}
    for label, ask in (("pyarrow, known paths", _pyarrow(work, size)), ("DuckDB, glob", _duckdb(work))):
        figures[label] = _timed(label, ask, station, window, ours)
    with sqlite_rows(work, size) as ask:
        figures["SQLite rows"] = _timed("SQLite rows", ask, station, window, ours)
    figures["bytes of SQLite rows"] = (work / "minute.sqlite").stat().st_size
    (work / "minute.sqlite").unlink()
    with postgresql_rows(size) as rows:
        if rows is not None:
            figures["PostgreSQL rows"] = _timed("PostgreSQL rows", rows, station, window, ours)
    if python is not None:
        figures |= _tables(work, size, python, station, window, ours)
    return figures


def _timed(label: str, ask: Ask, station: int, window: Window, ours: dict[str, np.ndarray]) -> dict[str, float]:
    must_equal(label, ask(station, window.start, window.stop), ours)
    return in_ms(seconds(lambda: ask(station, window.start, window.stop)))


def must_equal(label: str, theirs: dict[str, np.ndarray], ours: dict[str, np.ndarray]) -> None:
    """`AssertionError` unless a peer found the same values at the same times."""
    for name, values in ours.items():
        np.testing.assert_array_equal(theirs[name], values, err_msg=f"{label}: {name}")


def _pyarrow(work: Path, size: Size) -> Ask:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    def ask(station: int, start: np.datetime64, stop: np.datetime64) -> dict[str, np.ndarray]:
        months = [
            month for month in range(1, size.months + 1) if start_of(month) < stop and start_of(month + 1) > start
        ]
        paths = [work / "files" / collection(station) / f"{month:02d}.parquet" for month in months]
        table = pa.concat_tables(pq.read_table(path, columns=["time", *COMPONENTS]) for path in paths)
        inside = pc.and_(pc.greater_equal(table["time"], pa.scalar(start)), pc.less(table["time"], pa.scalar(stop)))
        table = table.filter(inside)
        return {name: table[name].to_numpy() for name in table.column_names}

    return ask


def _duckdb(work: Path) -> Ask:
    import duckdb

    connection = duckdb.connect()
    columns = ", ".join(COMPONENTS)

    def ask(station: int, start: np.datetime64, stop: np.datetime64) -> dict[str, np.ndarray]:
        found = connection.execute(
            f"SELECT time, {columns} FROM '{work}/files/*/*.parquet'"
            f" WHERE station = {station} AND time >= '{start}' AND time < '{stop}' ORDER BY time"
        ).fetchnumpy()
        return {name: np.ma.filled(values, np.nan) if name != "time" else values for name, values in found.items()}

    return ask


def _tables(
    work: Path, size: Size, python: str, station: int, window: Window, ours: dict[str, np.ndarray]
) -> dict[str, Any]:
    write_days_and_years(work / "tables", size)
    question = {
        "station": collection(station),
        "start": int(window.start.astype("datetime64[us]").astype(np.int64)),
        "stop": int(window.stop.astype("datetime64[us]").astype(np.int64)),
        "start_text": f"{window.start.astype('datetime64[us]')}+00:00",
        "stop_text": f"{window.stop.astype('datetime64[us]')}+00:00",
        "components": list(COMPONENTS),
    }
    figures: dict[str, Any] = {}
    for kind in ("deltalake", "pyiceberg"):
        answer = run_peer(python, kind, work / "tables", RUNS, question)
        if answer is not None:
            took, columns = answer
            must_equal(kind, columns, ours)
            figures[kind] = in_ms(took["read_s"])
            figures[f"{kind}, append of a station-day"] = in_ms(took["append_s"])
    return figures


def write_days_and_years(folder: Path, size: Size) -> None:
    """What the table formats are given: a file a station and year, and thirty station-days to append."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for kind in ("years", "days"):
        (folder / kind).mkdir(parents=True)

    def keep(path: Path, station: int, start: np.datetime64, stop: np.datetime64) -> None:
        time_, columns = minute_values(station, start, stop)
        table = pa.table(
            {
                "time": pa.array(time_.astype("datetime64[us]"), pa.timestamp("us", "UTC")),
                "station": pa.array([collection(station)] * len(time_)),
                "month": pa.array(np.datetime_as_string(time_.astype("datetime64[M]"))),
                **columns,
            }
        )
        pq.write_table(table, path)

    for station, month in _months(size):
        keep(folder / "years" / f"{station:02d}-{month:02d}.parquet", station, start_of(month), start_of(month + 1))
    for day in range(30):
        start = size.stop + np.timedelta64(day, "D")
        keep(folder / "days" / f"{day:02d}.parquet", 0, start, start + np.timedelta64(1, "D"))
