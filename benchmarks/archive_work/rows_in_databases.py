"""Peers: minute values as rows of PostgreSQL (Debian's server, started here) and of SQLite."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from archive_work.made_up import COMPONENTS, Size, minute_values, start_of

_COLUMNS = ", ".join(COMPONENTS)
_QUESTION = (
    f"SELECT time, {_COLUMNS} FROM minute WHERE station = {{0}} AND time >= {{0}} AND time < {{0}} ORDER BY time"
)

Ask = Callable[[int, np.datetime64, np.datetime64], dict[str, np.ndarray]]
"""A station's number, from and until: columns, `time` among them."""


def _station_rows(number: int, size: Size) -> tuple[np.ndarray, np.ndarray]:
    """Seconds since 1970 (n,) and values (n, components) of a station's months."""
    parts = [minute_values(number, start_of(month), start_of(month + 1)) for month in range(1, size.months + 1)]
    time = np.concatenate([time for time, _ in parts]).astype("datetime64[s]").astype(np.int64)
    return time, np.concatenate([np.stack(list(columns.values()), axis=1) for _, columns in parts])


def _seconds(instant: np.datetime64) -> int:
    return int(instant.astype("datetime64[s]").astype(np.int64))


def _as_columns(rows: list[tuple]) -> dict[str, np.ndarray]:
    table = np.array(rows, dtype=float)
    time = table[:, 0].astype(np.int64).astype("datetime64[s]").astype("datetime64[ns]")
    return {"time": time} | {name: table[:, at] for at, name in enumerate(COMPONENTS, 1)}


@contextmanager
def sqlite_rows(folder: Path, size: Size) -> Iterator[Ask]:
    """Rows of SQLite, clustered by station and time."""
    connection = sqlite3.connect(folder / "minute.sqlite", isolation_level=None)
    columns = ", ".join(f"{name} REAL" for name in COMPONENTS)
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-262144")
    connection.execute(
        f"CREATE TABLE minute (station INT, time INT, {columns}, PRIMARY KEY (station, time)) WITHOUT ROWID"
    )
    marks = ", ".join("?" * (2 + len(COMPONENTS)))
    for number in range(size.stations):
        time, values = _station_rows(number, size)
        rows = ((number, at, *row) for at, row in zip(time.tolist(), values.tolist(), strict=True))
        connection.execute("BEGIN")
        connection.executemany(f"INSERT INTO minute VALUES ({marks})", rows)
        connection.execute("COMMIT")

    def ask(number: int, start: np.datetime64, stop: np.datetime64) -> dict[str, np.ndarray]:
        values = (number, _seconds(start), _seconds(stop))
        return _as_columns(connection.execute(_QUESTION.format("?"), values).fetchall())

    yield ask
    connection.close()


@contextmanager
def postgresql_rows(size: Size) -> Iterator[Ask | None]:
    """Rows of PostgreSQL with a B-tree on station and time; None where no server is installed."""
    with _server() as address:
        if address is None:
            yield None
            return
        import psycopg

        with psycopg.connect(address, autocommit=True) as connection:
            columns = ", ".join(f"{name} double precision" for name in COMPONENTS)
            connection.execute(f"CREATE UNLOGGED TABLE minute (station int, time bigint, {columns})")
            for number in range(size.stations):
                with connection.cursor().copy("COPY minute FROM STDIN") as copy:
                    copy.write(_as_text(number, *_station_rows(number, size)))
            connection.execute("ALTER TABLE minute ADD PRIMARY KEY (station, time)")
            connection.execute("VACUUM ANALYZE minute")

            def ask(number: int, start: np.datetime64, stop: np.datetime64) -> dict[str, np.ndarray]:
                values = (number, _seconds(start), _seconds(stop))
                cursor = connection.cursor(binary=True)
                return _as_columns(cursor.execute(_QUESTION.format("%s"), values).fetchall())

            yield ask


def _as_text(number: int, time: np.ndarray, values: np.ndarray) -> bytes:
    """Rows as COPY reads them; a missing value is NaN."""
    import pyarrow as pa
    import pyarrow.csv

    columns = {"station": np.full(len(time), number), "time": time}
    columns |= {name: values[:, at] for at, name in enumerate(COMPONENTS)}
    sink = pa.BufferOutputStream()
    options = pyarrow.csv.WriteOptions(include_header=False, delimiter="\t", quoting_style="none")
    pyarrow.csv.write_csv(pa.table(columns), sink, options)
    return sink.getvalue().to_pybytes().replace(b"nan", b"NaN")


@contextmanager
def _server() -> Iterator[str | None]:
    """Address of a server of our own on a socket of our own."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not programs:
        yield None
        return
    tools, folder = programs[-1].parent, Path(tempfile.mkdtemp(prefix="soap-bench-"))
    run = _as_another_user(folder)
    try:
        run(tools / "initdb", "-D", folder / "data", "-A", "trust", "-U", "soap", "-N", "-E", "UTF8", "--locale=C")
        settings = f"-c listen_addresses='' -c unix_socket_directories={folder} -c shared_buffers=1GB"
        run(tools / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", settings, "start")
        try:
            yield f"host={folder} user=soap dbname=postgres"
        finally:
            run(tools / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_another_user(folder: Path) -> Callable[..., None]:
    """Runs the server's tools; they refuse to run as root, so that root runs them as `postgres`."""
    user: dict = {}
    if os.getuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def run(*command: str | Path) -> None:
        subprocess.run(
            [str(word) for word in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            cwd=folder, **user,
        )  # fmt: skip

    return run
