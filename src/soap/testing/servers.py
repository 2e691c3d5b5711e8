"""Servers for tests, each a process of its own that ends with them: PostgreSQL, and a store that speaks S3.

They listen on this machine alone, at ports that are free or at none. Nothing is left behind, even by tests that are
killed, and nobody's own server is touched. Where a program is not installed the test is skipped with the reason.
"""

from __future__ import annotations

import http.client
import importlib.util
import itertools
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from soap.testing.keeper import Keeper, kept

_DEBIAN = Path("/usr/lib/postgresql")
_OLDEST = 15
_START_S = 60
_SAID = re.compile(r"http://127\.0\.0\.1:[0-9]+")
_serial = itertools.count(1)

_FOR_TESTS = ("fsync=off", "full_page_writes=off", "autovacuum=off", "max_connections=60", "shared_buffers=32MB")
"""Settings of PostgreSQL: nothing outlives the tests, and hundreds of databases would be swept all the time."""

S3_KEY, S3_SECRET = "soap-tests", "a secret of the tests"


@dataclass
class PostgreSQL:
    """A running server; it listens at a socket in its own folder, and wants a password."""

    programs: Path
    folder: Path
    account: dict[str, Any]
    keeper: Keeper
    password: str = "not to be shown"
    _server: subprocess.Popen | None = field(default=None, repr=False)

    def url(self, database: str = "postgres", password: str | None = None) -> str:
        """The URL of a database, as SOAP_CATALOGUE takes it."""
        secret = (self.password if password is None else password).replace(" ", "%20")
        return f"postgresql+psycopg://soap:{secret}@/{database}?host={self.folder}"

    @property
    def surroundings(self) -> dict[str, str]:
        """The environment variables that name the server and let one in."""
        return {"PGHOST": str(self.folder), "PGUSER": "soap", "PGPASSWORD": self.password}

    def new_database(self, name: str = "", like: str = "template1") -> str:
        """The URL of a database in which nothing is, or what is in the one named `like`."""
        name = name or f"soap_{os.getpid()}_{next(_serial)}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY FILE_COPY")
        return self.url(name)

    def ask(self, statement: str) -> list[tuple]:
        """Rows that a statement of the server's owner gives."""
        import psycopg

        with psycopg.connect(self.url().replace("+psycopg", ""), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def end_sessions(self) -> int:
        """Kill the back ends of all others, as an administrator does; number of those killed."""
        others = "datname <> 'postgres' AND backend_type = 'client backend'"
        return len(self.ask(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        command: list[str | Path] = [
            self.programs / "postgres",
            "-D",
            self.folder / "data",
            "-k",
            self.folder,
            "-c",
            "listen_addresses=",
        ]
        for setting in _FOR_TESTS:
            command += ["-c", setting]
        with (self.folder / "log").open("ab") as log:
            self._server = self.keeper.start(command, stdout=log, stderr=log, cwd=self.folder, **self.account)
        _wait(self._answers, self._server, self.folder / "log")

    def stop(self) -> None:
        """Stop the server at once, whatever its clients do."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(timeout=_START_S)
            self._server = None

    def _answers(self) -> bool:
        import psycopg

        try:
            self.ask("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server with a data directory of its own; the test is skipped where none is installed.

    Its texts are sorted as a dictionary does, not by their bytes, so that code which relies on the latter shows.
    """
    programs = _postgresql_programs()
    if programs is None or importlib.util.find_spec("psycopg") is None:
        pytest.skip(f"PostgreSQL {_OLDEST} or newer and psycopg are not here (Debian: apt install postgresql)")
    with _folder("pg") as (folder, keeper):
        server = PostgreSQL(programs, folder, _unprivileged(folder), keeper)
        _make_data(server)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _make_data(server: PostgreSQL) -> None:
    """The folder of data of a new server."""
    secret = server.folder / "password"
    secret.write_text(server.password)
    secret.chmod(0o644)  # its folder is closed to others
    command: list[str | Path] = [server.programs / "initdb", "-D", server.folder / "data", "-U", "soap"]
    command += ["--pwfile", secret, "--no-sync", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
    command += ["--locale-provider=icu", "--icu-locale=en"]
    made = subprocess.run(command, capture_output=True, text=True, check=False, cwd=server.folder, **server.account)
    assert made.returncode == 0, made.stderr


@dataclass(frozen=True)
class S3:
    """A running server that speaks S3; `surroundings` are the variables by which a client finds it."""

    endpoint: str
    program: str

    @property
    def surroundings(self) -> dict[str, str]:
        """The environment variables that name the server and let one in."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": S3_KEY,
            "AWS_SECRET_ACCESS_KEY": S3_SECRET,
            "AWS_REGION": "us-east-1",
        }

    def new_bucket(self, name: str = "") -> str:
        """The URL of a bucket in which nothing is, as SOAP_OBJECTS takes it."""
        name = name or f"soap-{os.getpid()}-{next(_serial)}"
        assert _request(self.endpoint, "PUT", f"/{name}") == 200
        return f"s3://{name}/archive"


@contextmanager
def s3() -> Iterator[S3]:
    """A server that speaks S3 (moto's), its objects in memory; the test is skipped where none is installed."""
    if importlib.util.find_spec("moto") is None or importlib.util.find_spec("flask") is None:
        pytest.skip("no server that speaks S3 is here (pip install 'moto[s3]' flask flask-cors)")
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with _folder("s3") as (folder, keeper):
        log = folder / "log"
        with log.open("wb") as stream:
            server = keeper.start(command, stdout=stream, stderr=stream, cwd=folder)
        try:
            _wait(lambda: _SAID.search(log.read_text(errors="replace")), server, log)
            found = _SAID.search(log.read_text(errors="replace"))
            assert found is not None
            _wait(lambda: _request(found[0], "GET", "/") is not None, server, log)
            yield S3(found[0], "moto")
        finally:
            _end(server)


@dataclass(frozen=True)
class Dask:
    """A running scheduler and the program that keeps its workers; `log` is what they say."""

    url: str
    log: Path
    scheduler: subprocess.Popen
    worker: subprocess.Popen


@contextmanager
def dask(workers: int = 1, surroundings: Mapping[str, str] | None = None, protocol: str = "tcp") -> Iterator[Dask]:
    """A Dask scheduler and workers of one thread each; the test is skipped where Dask is not installed.

    `surroundings` are environment variables that they have beside those of this process: for the `protocol` tls, those
    that name the certificates.
    """
    if importlib.util.find_spec("distributed") is None:
        pytest.skip("Dask is not here (pip install 'soap[cluster]')")
    with _folder("dask") as (folder, keeper), ExitStack() as running:
        address, log = folder / "scheduler.json", folder / "log"
        told = [
            "--host",
            "127.0.0.1",
            "--dashboard-address",
            "127.0.0.1:0",
            "--scheduler-file",
            str(address),
            "--no-dashboard",
        ]
        stream = running.enter_context(log.open("wb"))
        environment = os.environ | {"DASK_TEMPORARY_DIRECTORY": str(folder)} | dict(surroundings or {})
        started = []
        work = ["dask_worker", "--nthreads", "1", "--nworkers", str(workers)]
        for role in (["dask_scheduler", "--port", "0", "--protocol", protocol], work):
            command = [sys.executable, "-m", f"distributed.cli.{role[0]}", *role[1:], *told]
            started.append(keeper.start(command, stdout=stream, stderr=stream, cwd=folder, env=environment))
            running.callback(_end, started[-1])
            _wait(lambda: address.exists() and address.stat().st_size > 0, started[-1], log)
        _wait(lambda: log.read_bytes().count(b"Registered to") >= workers, started[-1], log)
        yield Dask(json.loads(address.read_text())["address"], log, *started)


@contextmanager
def _folder(what: str) -> Iterator[tuple[Path, Keeper]]:
    """A folder for servers, removed after them, and who keeps them."""
    folder = Path(tempfile.mkdtemp(prefix=f"soap-{what}-"))
    with kept(folder) as keeper:
        try:
            yield folder, keeper
        finally:
            shutil.rmtree(folder)


def _end(server: subprocess.Popen) -> None:
    """End a server and the processes that it has started."""
    server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _postgresql_programs() -> Path | None:
    """The folder of the newest server that is installed and new enough."""
    found = [path for path in _DEBIAN.glob("*/bin") if path.parent.name.isdigit() and (path / "initdb").exists()]
    newest = max(found, key=lambda path: int(path.parent.name), default=None)
    if newest is not None and int(newest.parent.name) >= _OLDEST:
        return newest
    initdb = shutil.which("initdb")
    if initdb is None:
        return None
    said = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=True).stdout
    return Path(initdb).resolve().parent if int(said.split()[-1].split(".")[0]) >= _OLDEST else None


def _unprivileged(folder: Path) -> dict[str, Any]:
    """How to run as somebody else when this is root, as whom PostgreSQL refuses to run; the folder becomes theirs."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _request(endpoint: str, method: str, path: str) -> int | None:
    """The status that a server answers with; None while there is no answer."""
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"), timeout=5)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def _wait(answers, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + _START_S
    while not answers():
        if server.poll() is not None or time.monotonic() > until:
            pytest.fail(f"a server did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.05)
