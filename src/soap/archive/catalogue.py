"""The catalogue's engine: connections, transactions, migrations, and the check of the archive's format number."""

from __future__ import annotations

import secrets
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, BigInteger, Connection, Engine, bindparam, case, func, inspect, select, text, update
from sqlalchemy.engine import RootTransaction
from sqlalchemy.exc import DBAPIError

from soap.archive.database import begin_file, connect, failing_clearly, place, read_only_uri, sqlite_file, sqlite_url
from soap.archive.migrations import migrate
from soap.archive.prepared import Prepared
from soap.archive.schema import FORMAT, REVISION, archive_fact
from soap.core.errors import ArchiveError

__all__ = ["Catalogue", "read_only_uri", "recording_time", "sqlite_url"]

_MAKING = 0x536F61704D616B65
"""Key of PostgreSQL's advisory lock under which a catalogue is made or migrated, whichever it is."""

_LOCK_MS = 3_600_000
"""How long to wait for who checks, repairs or publishes."""

_holding: ContextVar[tuple[Engine | None, Connection | None]] = ContextVar("_holding", default=(None, None))
"""The session in which this thread holds an archive's lock."""


_NEXT, _NOW = archive_fact.c.value + 1, bindparam("now", type_=BigInteger)
_TICK = (
    update(archive_fact)
    .where(archive_fact.c.name == "clock")
    .values(value=case((_NEXT > _NOW, _NEXT), else_=_NOW))
    .returning(archive_fact.c.value)
)
_TICK_ANYWAY, _TICK_AFTER = Prepared(_TICK), Prepared(_TICK.where(archive_fact.c.value == bindparam("last")))


@dataclass(frozen=True, repr=False)
class Catalogue:
    """The catalogue behind a SQLAlchemy URL; `reading()` and `publishing()` are its two kinds of transaction."""

    engine: Engine

    @classmethod
    def open(cls, url: str | URL, before_making: Callable[[], None] = lambda: None) -> Catalogue:
        """Open, and where needed make or migrate; `ArchiveError` when it is of another format or cannot be used.

        `before_making` is called where there is none yet; what it raises leaves it so.
        """
        catalogue = cls(connect(url))
        weakref.finalize(catalogue, catalogue.engine.dispose)
        try:
            catalogue._prepare(before_making)
        except BaseException:
            catalogue.engine.dispose()
            raise
        return catalogue

    @property
    def remote(self) -> bool:
        """True when a server holds the catalogue, false when a file does."""
        return self.engine.dialect.name != "sqlite"

    @property
    def file(self) -> Path:
        """The file that holds it, where a file does."""
        return sqlite_file(self.engine)

    @property
    def place(self) -> str:
        """Where the catalogue is, in words without any secret."""
        return place(self.engine)

    def __repr__(self) -> str:
        return f"Catalogue({self.place})"  # an engine's own tells a password that is in the URL's query

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one consistent state and changes nothing; `ArchiveError` when the database fails."""
        with failing_clearly(self.engine), self.engine.connect() as connection:
            if self.remote:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            else:
                begin_file(connection, writes=False)
            yield connection
            connection.rollback()

    @contextmanager
    def publishing(self) -> Iterator[Connection]:
        """The one kind of transaction that changes the catalogue: all of it becomes visible, or nothing.

        One goes on at a time, and each sees from its beginning all that those before it have changed. Inside `locked`
        it runs in the session that holds the lock, and ends with it. `ArchiveError` when the database fails.
        """
        with failing_clearly(self.engine), self._session() as connection, self._writing(connection):
            if self.remote:  # SQLite's BEGIN IMMEDIATE does the same
                clock = select(archive_fact.c.value).where(archive_fact.c.name == "clock")
                connection.execute(clock.with_for_update())
            yield connection

    @contextmanager
    def noting(self) -> Iterator[Connection]:
        """A transaction on what goes on around the archive: sessions, the audit log, how much was asked for.

        Nothing in it tells what the archive holds, so that it takes no time of recording, and on a server no turn
        with those who publish. `ArchiveError` when the database fails.
        """
        with failing_clearly(self.engine), self.engine.connect() as connection, self._writing(connection):
            yield connection

    @contextmanager
    def locked(self, *, shared: bool, wait: bool = True) -> Iterator[bool]:
        """Hold a server's lock on this archive, with others (`shared`) or alone; without `wait`, False when it is held.

        The server keeps it for a session, and lets it go when the session ends: a killed process holds none.
        """
        with failing_clearly(self.engine), self.engine.connect() as connection:
            suffix = "_shared" if shared else ""
            key = _fact(connection, "identity")
            got = connection.scalar(select(getattr(func, f"pg_try_advisory_lock{suffix}")(key)))
            if not got and wait:
                limits = {"lock_timeout": str(_LOCK_MS), "statement_timeout": "0"}
                connection.execute(select(*(func.set_config(name, value, True) for name, value in limits.items())))
                connection.execute(select(getattr(func, f"pg_advisory_lock{suffix}")(key)))
            connection.commit()
            if not (got or wait):
                yield False
                return
            token = _holding.set((self.engine, connection))
            try:
                yield True
            finally:
                _holding.reset(token)
                _unlock(connection)

    def writable(self) -> bool:
        """False when the server lets this user only ask; a file tells by its folder."""
        if not self.remote:
            return True
        with self.reading() as connection:
            return bool(
                connection.scalar(select(func.has_table_privilege("version", "INSERT") & ~func.pg_is_in_recovery()))
            )

    def _writing(self, connection: Connection) -> RootTransaction:
        """A transaction that changes something."""
        transaction = connection.begin()
        if not self.remote:
            begin_file(connection, writes=True)
        return transaction

    @contextmanager
    def _session(self) -> Iterator[Connection]:
        """The session to publish in: that of the lock, where this thread holds one."""
        engine, connection = _holding.get()
        if engine is not self.engine or connection is None:
            with self.engine.connect() as own:
                yield own
            return
        if connection.invalidated:
            raise ArchiveError("The archive's lock was lost. Nothing was published; do it again.")
        yield connection

    def _prepare(self, before_making: Callable[[], None]) -> None:
        with self.reading() as connection:
            if _revision(connection) == REVISION:
                _check_format(connection)
                return
        with self._migrating() as connection:
            found = _revision(connection)
            if found is None:
                before_making()
            if found != REVISION:  # another process may have been faster
                if found is not None:
                    _check_format(connection, older=True)
                migrate(connection)
                if _fact(connection, "format") is None:
                    facts = {"format": FORMAT, "clock": 0, "identity": secrets.randbits(62)}
                    rows = [{"name": name, "value": value} for name, value in facts.items()]
                    connection.execute(archive_fact.insert(), rows)
            _check_format(connection)

    @contextmanager
    def _migrating(self) -> Iterator[Connection]:
        """A transaction that changes the tables, one at a time. SQLite may rebuild tables that others refer to."""
        with (
            failing_clearly(self.engine),
            self.engine.connect() as connection,
            _without_references(connection),
            self._writing(connection),
        ):
            if self.remote:
                connection.execute(select(func.pg_advisory_xact_lock(_MAKING)))
            yield connection
            if not self.remote:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise ArchiveError(f"The catalogue cannot be migrated: {len(broken)} rows refer to nothing.")


def _unlock(connection: Connection) -> None:
    if connection.invalidated:
        return  # its session ended, and the lock with it
    try:
        connection.rollback()
        connection.execute(select(func.pg_advisory_unlock_all()))
        connection.commit()
    except DBAPIError:
        connection.invalidate()  # closes the session, and so ends the lock, however broken it is


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
    return _TICK_ANYWAY.run(connection, {"now": time.time_ns() // 1000}).scalar_one()


def next_recording_time(connection: Connection, last: int) -> int | None:
    """`recording_time` where nothing was recorded since `last`; else None, and none is given."""
    return _TICK_AFTER.run(connection, {"now": time.time_ns() // 1000, "last": last}).scalar()


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
            f"The archive {place(connection.engine)} is of format {found};"
            f" this program reads and writes format {FORMAT}. "
            + ("It was made by a newer SOAP: upgrade this one." if newer else "Nothing was changed in it.")
        )
