"""The catalogue's engine: connections, transactions, migrations, and the check of the archive's format number."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from soap.archive.migrations import migrate
from soap.archive.schema import FORMAT, REVISION, archive_fact
from soap.core.errors import ArchiveError

_BUSY_MS = 120_000


@dataclass(frozen=True)
class Catalogue:
    """The catalogue behind a SQLAlchemy URL; `reading()` and `publishing()` are its two kinds of transaction."""

    engine: Engine

    @classmethod
    def open(cls, url: str) -> Catalogue:
        """Open, and where needed make or migrate; `ArchiveError` when it is of another format or cannot be used."""
        catalogue = cls(_engine(url))
        catalogue._prepare()
        return catalogue

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one consistent state and changes nothing; `ArchiveError` when the database fails."""
        with self._failing_clearly(), self.engine.connect() as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def publishing(self) -> Iterator[Connection]:
        """The one kind of transaction that changes the catalogue: all of it becomes visible, or nothing.

        `ArchiveError` when the database fails.
        """
        with (
            self._failing_clearly(),
            self.engine.connect().execution_options(soap_writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _failing_clearly(self) -> Iterator[None]:
        """Turns what a database says into the archive's own words."""
        try:
            yield
        except DBAPIError as error:
            raise ArchiveError(
                f"The archive's catalogue {self.engine.url} cannot be used ({error.orig})."
                f" {_next_step(str(error.orig))}"
            ) from error

    def _prepare(self) -> None:
        with self.reading() as connection:
            if _revision(connection) == REVISION:
                _check_format(connection)
                return
        with self._migrating() as connection:
            if _revision(connection) != REVISION:  # another process may have been faster
                if _revision(connection) is not None:
                    _check_format(connection, older=True)
                migrate(connection)
                if _fact(connection, "format") is None:
                    facts = {"format": FORMAT, "clock": 0, "identity": secrets.randbits(62)}
                    rows = [{"name": name, "value": value} for name, value in facts.items()]
                    connection.execute(archive_fact.insert(), rows)
            _check_format(connection)

    @contextmanager
    def _migrating(self) -> Iterator[Connection]:
        """A publishing transaction in which SQLite may rebuild tables that others refer to; checked at its end."""
        with (
            self._failing_clearly(),
            self.engine.connect().execution_options(soap_writes=True) as connection,
            _without_references(connection),
            connection.begin(),
        ):
            yield connection
            if connection.dialect.name == "sqlite":
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise ArchiveError(f"The catalogue cannot be migrated: {len(broken)} rows refer to nothing.")


@contextmanager
def _without_references(connection: Connection) -> Iterator[None]:
    """SQLite checks references as it drops a table to rebuild it, and can be told not to only between transactions."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def recording_time(connection: Connection) -> int:
    """The time of recording of this transaction [µs since 1970]: the clock's, but always later than any given before.

    Updating the one row also makes publishers wait for each other on every database.
    """
    clock = archive_fact.c.name == "clock"
    connection.execute(update(archive_fact).where(clock).values(value=archive_fact.c.value + 1))
    now = max(connection.execute(select(archive_fact.c.value).where(clock)).scalar_one(), time.time_ns() // 1000)
    connection.execute(update(archive_fact).where(clock).values(value=now))
    return now


def sqlite_url(path: Path, *, read_only: bool) -> str:
    """URL of a SQLite catalogue; `read_only` for one in a folder that may not be written.

    A journal beside it then tells that somebody else writes, and it is used; without one the file is taken as it is.
    """
    if not read_only:
        return f"sqlite:///{path}"
    journal = path.with_name(f"{path.name}-wal").exists()
    return f"sqlite:///file:{quote(str(path))}?mode=ro{'' if journal else '&immutable=1'}&uri=true"


def _next_step(said: str) -> str:
    if "malformed" in said or "not a database" in said:
        return (
            "It is damaged: put a backup in its place, or build another archive from the originals:"
            " `soap ingest ARCHIVE/originals --archive NEW`."
        )
    return "Check that the place exists, has room, and that you may write there."


def _engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        if "mode=ro" not in url:
            event.listen(engine, "connect", _sqlite_settings)
        event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_settings(connection, _record) -> None:
    connection.isolation_level = None  # transactions are ours to begin, see `_sqlite_begin`
    for pragma in (f"busy_timeout={_BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("soap_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _fact(connection: Connection, name: str) -> int | None:
    return connection.execute(select(archive_fact.c.value).where(archive_fact.c.name == name)).scalar()


def _check_format(connection: Connection, *, older: bool = False) -> None:
    """`ArchiveError` unless the archive is of this program's format, or, where `older` will do, of one before."""
    found = _fact(connection, "format")
    if not (found == FORMAT or (older and found is not None and 0 < found < FORMAT)):
        newer = found is not None and found > FORMAT
        raise ArchiveError(
            f"The archive {connection.engine.url} is of format {found}; this program reads and writes format {FORMAT}. "
            + ("It was made by a newer SOAP: upgrade this one." if newer else "Nothing was changed in it.")
        )
