"""Databases that can hold a catalogue, SQLite and PostgreSQL: how each is connected to, and what its failures mean."""

from __future__ import annotations

import os
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from soap.core.errors import ArchiveError, BadParameter

BUSY_S = 120
"""How long a statement waits for what another process has locked."""

CACHE_KIB = 16_384
"""Pages that a connection to a file keeps [KiB]: upper parts of the indexes, which every search goes through."""

MAPPED_BYTES = 1 << 40
"""Of a file that is read as memory, without copies: all, as far as SQLite maps it (2 GiB). What a connection keeps it
forgets whenever another has written, and the server notes each second what was asked."""

OLDEST_POSTGRESQL = 15

_FORM = "`SOAP_CATALOGUE` is written postgresql+psycopg://USER@HOST/DATABASE; left empty, SQLite is used"
_SESSION = {
    "lock_timeout": BUSY_S * 1000,
    "statement_timeout": 600_000,
    "idle_in_transaction_session_timeout": 600_000,  # who stops in the middle holds up all others no longer
    "jit": "off",  # to compile a statement takes longer than to answer it
    "idle_session_timeout": 0,  # a lock is held by a session that may have nothing to say for long
    "tcp_keepalives_idle": 60,  # the server finds out that a client's machine is gone
    "tcp_keepalives_interval": 10,
    "tcp_keepalives_count": 6,
}
_CONNECTION = {
    "application_name": "soap",
    "client_encoding": "utf8",
    "connect_timeout": 10,
    "keepalives_idle": 60,  # and the client that the server is
    "keepalives_interval": 10,
    "keepalives_count": 6,
    "tcp_user_timeout": 60_000,
}
_POOL = {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 15, "pool_timeout": 30}
_AGAIN = "Do it again: each transaction is in the catalogue whole or not at all, and nothing is lost."
_RUNS = "Check that the server runs and that `SOAP_CATALOGUE` names it."


class _Step(NamedTuple):
    """What to do when the database says these words; by which command, for who has a command line."""

    words: str
    step: str
    command: str = ""


_DAMAGED = _Step(
    "malformed",
    "It is damaged: put a backup in its place, or build another archive from the originals.",
    command="`soap ingest ARCHIVE/originals --archive NEW` builds it.",
)
_NEXT_STEPS = (
    _DAMAGED,
    _DAMAGED._replace(words="not a database"),
    _Step("password", "Check the user and password, in `SOAP_CATALOGUE`, PGPASSWORD or ~/.pgpass."),
    _Step("pg_hba", "The server's pg_hba.conf lets you in from elsewhere, or as somebody else; ask who runs it."),
    _Step(
        "does not exist",
        "Ask who runs the server to make it.",
        command="`createuser USER` and `createdb --owner USER DATABASE` do.",
    ),
    _Step("too many clients", "Other programs have taken all connections: try later, or raise max_connections."),
    _Step("lock timeout", "Another process has been writing for too long: try again, or see what it is waiting for."),
    _Step("statement timeout", "Ask for less at a time, or find out what keeps the server busy."),
    _Step("permission denied", "Ask who runs the server for rights in this database, or use one that is yours."),
    _Step("read-only", "It can only be asked: write to the primary server, not to a copy."),
    _Step("No space left", "Make room on the server's disk. " + _AGAIN),
    _Step("terminating connection", _AGAIN),
    _Step("closed the connection", _AGAIN),
    _Step("connection is closed", _AGAIN),
    _Step("connection is lost", _AGAIN),
    _Step("shutting down", "Start the server. " + _AGAIN),
    _Step("starting up", "Wait until the server has started. " + _AGAIN),
    _Step("Is the server running", _RUNS),
    _Step("connection failed", _RUNS),
    _Step("connection timeout", _RUNS),
    _Step("cannot contain NUL", "Give it without the character NUL."),
    _Step("value too long", "Give it a shorter name."),
    _Step("", "Check that the place exists, has room, and that you may write there."),
)


def connect(url: str | URL) -> Engine:
    """An engine for the catalogue at a URL; `ArchiveError` where that is no URL of a catalogue."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise ArchiveError(f"The catalogue's URL cannot be read. {_FORM}.") from error
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    elif parsed.drivername != "sqlite" or not parsed.database:
        raise ArchiveError(f"A catalogue cannot be held by {parsed.drivername!r}. {_FORM}.")
    try:
        engine = _sqlite(parsed) if parsed.drivername == "sqlite" else _postgresql(parsed)
    except (ImportError, NoSuchModuleError) as error:
        raise ArchiveError(
            "The catalogue is in PostgreSQL, and psycopg, which speaks to it, is not installed."
            " Install it: `pip install 'soap[cluster]'`."
        ) from error
    _forget_in_children(engine)
    return engine


def place(engine: Engine) -> str:
    """Where the catalogue is, in words without any secret."""
    url = engine.url
    if url.drivername == "sqlite":
        return str(sqlite_file(engine))
    query = {name: value for name, value in url.query.items() if name in ("host", "port")}
    host, port = url.host or query.get("host"), url.port or query.get("port")
    at = f" at {host}{f':{port}' if port else ''}" if host else ""
    return f"in the PostgreSQL database {url.database or 'of your name'}{at}"


@contextmanager
def failing_clearly(engine: Engine) -> Iterator[None]:
    """Turns what a database says into the archive's own words: an `ArchiveError` with the fact and the next step.

    `BadParameter` for a value that it cannot hold, as it was given: the database itself is well.
    """
    try:
        yield
    except (DataError, sqlite3.DataError) as error:
        fact = _without_secrets(engine.url, _primary(error))
        found = _next_step(fact)
        raise BadParameter(f"The archive's catalogue holds no such value ({fact}). {found.step}") from error
    except (DBAPIError, sqlite3.Error) as error:
        fact = _without_secrets(engine.url, _primary(error))
        found = _next_step(fact)
        raise ArchiveError(
            f"The archive's catalogue {place(engine)} cannot be used ({fact}). {found.step}",
            command=found.command,
        ) from error
    except PoolTimeout as error:
        raise ArchiveError(
            f"The archive's catalogue {place(engine)} cannot be used (all connections of this program are busy)."
            " Do less at once."
        ) from error


def begin_file(connection: Connection, *, writes: bool) -> None:
    """Begin a transaction in SQLite, which does not of itself; one that `writes` waits here for the one before.

    An event of the engine could do it as well, but asking who listens makes every statement slower.
    """
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def sqlite_url(path: Path, *, read_only: bool) -> URL:
    """URL of a SQLite catalogue; `read_only` for one in a folder that may not be written.

    It is no text, of which a file's name could change the meaning: `a?b` and `100%25` are names, too.
    """
    if not read_only:
        return URL.create("sqlite", database=str(path))
    return URL.create("sqlite", database=read_only_uri(path), query={"uri": "true"})


def read_only_uri(path: Path) -> str:
    """What SQLite opens to read a catalogue alone.

    A journal beside it tells that somebody else writes, and it is used; without one the file is taken as it is.
    """
    journal = path.with_name(f"{path.name}-wal").exists()
    return f"file:{quote(os.fsencode(path))}?mode=ro{'' if journal else '&immutable=1'}"


def sqlite_file(engine: Engine) -> Path:
    """The file of a SQLite catalogue."""
    database = engine.url.database or ""
    if "uri" in engine.url.query:
        database = os.fsdecode(unquote_to_bytes(database.removeprefix("file:").partition("?")[0]))
    return Path(database).absolute()


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, pool_use_lifo=True)  # the connection that was used last has most in its cache
    if "uri" not in url.query:
        event.listen(engine, "connect", _sqlite_settings)
    return engine


def _sqlite_settings(connection, _record) -> None:
    connection.isolation_level = None  # transactions are ours to begin, see `begin_file`
    settings = (f"busy_timeout={BUSY_S * 1000}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
    for pragma in (*settings, f"cache_size=-{CACHE_KIB}", f"mmap_size={MAPPED_BYTES}"):
        connection.execute(f"PRAGMA {pragma}")


def _postgresql(url: URL) -> Engine:
    """What the URL itself says about a connection holds; the rest is bounded here."""
    ours = {name: value for name, value in _CONNECTION.items() if name not in url.query}
    session = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    theirs = url.query.get("options", "")
    ours["options"] = f"{session} {theirs if isinstance(theirs, str) else ' '.join(theirs)}".strip()
    engine = create_engine(url, connect_args=ours, **_POOL)
    event.listen(engine, "first_connect", _check_server)
    return engine


def _check_server(connection, _record) -> None:
    version = connection.info.server_version // 10_000
    if version < OLDEST_POSTGRESQL:
        raise ArchiveError(f"The catalogue's server is PostgreSQL {version}; it must be {OLDEST_POSTGRESQL} or newer.")
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise ArchiveError(
            f"The catalogue's database is encoded as {encoding}; it must be UTF8.",
            command="`createdb --encoding UTF8 --template template0 soap` makes one that is.",
        )


def _forget_in_children(engine: Engine) -> None:
    """A connection belongs to the process that made it: a fork must not speak on it, nor close it."""
    reference = weakref.ref(engine)

    def forget() -> None:
        if (inherited := reference()) is not None:
            inherited.dispose(close=False)

    os.register_at_fork(after_in_child=forget)


def _primary(raised: BaseException) -> str:
    """The first sentence of what a driver says: PostgreSQL's details quote rows, which may be somebody else's."""
    error = raised.orig if isinstance(raised, DBAPIError) else raised
    diagnosis = getattr(error, "diag", None)
    return " ".join((getattr(diagnosis, "message_primary", None) or str(error)).split()).rstrip(".")


def _without_secrets(url: URL, said: str) -> str:
    asked = url.query.get("password", "")
    for secret in {str(url.password or ""), *([asked] if isinstance(asked, str) else asked)} - {""}:
        said = said.replace(secret, "***")
    return said


def _next_step(said: str) -> _Step:
    return next(one for one in _NEXT_STEPS if one.words in said)
