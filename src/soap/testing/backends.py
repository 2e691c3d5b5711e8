"""A pytest plugin: the same tests on every kind of archive, embedded or on servers.

`pytest_plugins = ["soap.testing.backends"]` in a `conftest.py` gives the fixtures `backend`, `settings` (of an archive
that no other test has, on that back end), and the servers behind them, started once a session when first asked for. A
test that takes `settings`, itself or through a fixture, runs on the back ends that `vary_backends` gives it, or that
`--backends` names.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect

from soap.archive.catalogue import Catalogue
from soap.archive.migrations import migrate
from soap.core.settings import Settings
from soap.testing import servers

EMBEDDED = "sqlite+files"
BACKENDS = (EMBEDDED, "postgresql+files", "postgresql+s3", "sqlite+s3")
"""Where the catalogue is, and where the objects are."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option that chooses back ends."""
    parser.addoption("--backends", help=f"run on these alone, fast and slow: all, or of {', '.join(BACKENDS)}")


def vary_backends(metafunc: pytest.Metafunc, fast: tuple[str, ...] = (EMBEDDED,)) -> None:
    """Let a test run on each back end; on those that are not `fast` only where slow tests are run.

    A test that is slow itself runs on the embedded one.
    """
    if "backend" not in metafunc.fixturenames or has_own(metafunc, "backend"):
        return
    chosen = metafunc.config.getoption("--backends")
    if chosen:
        names = BACKENDS if chosen == "all" else tuple(chosen.split(","))
        if set(names) - set(BACKENDS):
            raise pytest.UsageError(f"--backends {chosen}: there are all, {', '.join(BACKENDS)}")
        metafunc.parametrize("backend", names)
    elif metafunc.definition.get_closest_marker("slow"):
        metafunc.parametrize("backend", [EMBEDDED])
    else:
        slow = [pytest.param(name, marks=pytest.mark.slow) for name in BACKENDS if name not in fast]
        metafunc.parametrize("backend", [*fast, *slow])


def has_own(metafunc: pytest.Metafunc, name: str) -> bool:
    """True when the test itself says what the argument `name` is."""
    marks = metafunc.definition.iter_markers("parametrize")
    return any(name in str(mark.args[0]).replace(" ", "").split(",") for mark in marks)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[servers.PostgreSQL]:
    """A PostgreSQL server for this session."""
    with servers.postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_catalogue(postgresql_server: servers.PostgreSQL) -> str:
    """The name of a database that is an empty catalogue, to be copied: that is faster than to make one."""
    url = postgresql_server.new_database()
    catalogue = Catalogue.open(url)
    catalogue.engine.dispose()
    return str(catalogue.engine.url.database)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[servers.S3]:
    """A server that speaks S3, for this session."""
    with servers.s3() as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def _tables_made_once() -> Iterator[None]:
    """The first embedded catalogue is made by its migrations, others by the statements that this one then consists of.

    A migration takes ten times as long, and two thousand tests have a catalogue of their own.
    """
    learned: list[str] = []

    def make(connection: Connection) -> None:
        if connection.dialect.name != "sqlite" or inspect(connection).get_table_names():
            migrate(connection)
            return
        raw: Any = connection.connection.dbapi_connection
        if learned:
            for statement in learned:
                raw.execute(statement)
            return
        migrate(connection)
        learned.extend(one for one in raw.iterdump() if one not in ("BEGIN TRANSACTION;", "COMMIT;"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("soap.archive.catalogue.migrate", make)
        yield


@pytest.fixture
def settings(backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Settings:
    """Settings of an archive in which nothing is, on the back end."""
    catalogue, objects = backend.split("+")
    found = Settings(archive=tmp_path / "archive", catalogue="", objects="")
    if catalogue == "postgresql":
        empty = request.getfixturevalue("postgresql_catalogue")
        found.catalogue = request.getfixturevalue("postgresql_server").new_database(like=empty)
    if objects == "s3":
        server = request.getfixturevalue("s3_server")
        for name, value in server.surroundings.items():
            monkeypatch.setenv(name, value)
        found.objects = server.new_bucket()
    return found
