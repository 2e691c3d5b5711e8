"""Trials in child processes: a fork costs no start-up, so that there may be hundreds."""

import functools
import gc
import json
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine.default import DefaultDialect

from soap.archive import Archive, database
from soap.archive.catalogue import Catalogue
from soap.archive.verify import verify
from soap.core.settings import Settings
from soap.core.who import MEMBER_ADMIN, Viewer, folder_owner
from soap.services import file_reading, ingest
from soap.testing.tiny import COMPOSITION

ME = folder_owner("tester")
OFFICER = Viewer("officer", "CHN", frozenset({MEMBER_ADMIN}))


class Places:
    """Where the archives of the trials are: below a folder, their catalogues on a server where one is given.

    `server` is the URL of a database on a PostgreSQL server in which others may be made.
    """

    def __init__(self, work: Path, server: str = ""):
        self.work, self.server = work, server
        self.named = f"soap_{os.getpid()}"  # the same in all children

    def settings(self, name: str) -> Settings:
        """Of the archive of a trial; it is made as a copy of the template where there is one."""
        return Settings(archive=self.work / name / "archive", catalogue=self._database(name), objects="")

    def _database(self, name: str) -> str:
        if not self.server:
            return ""
        url = make_url(self.server)
        return url.set(database=f"{self.named}_{name}".lower()).render_as_string(hide_password=False)

    def make(self, name: str, like: str = "") -> Settings:
        """An absent archive, or one that is a copy of another that nobody has open."""
        settings = self.settings(name)
        if like:
            copy_folder(self.work / like, self.work / name)
        if self.server:
            made = make_url(settings.catalogue).database
            after = f" TEMPLATE {make_url(self.settings(like).catalogue).database}" if like else " TEMPLATE template0"
            self._on_server(f"CREATE DATABASE {made}{after}")
        return settings

    def drop(self, name: str) -> None:
        """Forget a trial's database."""
        if self.server:
            self._on_server(f"DROP DATABASE {make_url(self.settings(name).catalogue).database} WITH (FORCE)")

    def _on_server(self, statement: str) -> None:
        engine = create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


def copy_folder(source: Path, target: Path) -> None:
    """Copy files; objects never change, so that they are linked."""
    for parent, _, names in os.walk(source):
        there = target / Path(parent).relative_to(source)
        there.mkdir(parents=True, exist_ok=True)
        for name in names:
            here = Path(parent) / name
            if name.startswith(("catalogue", "lock")):
                (there / name).write_bytes(here.read_bytes())
            else:
                (there / name).hardlink_to(here)


def start(work: Callable[[], Any]) -> int:
    """A child that does some work and ends with 0, or with 1 after an error."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
    return child


def done(work: Callable[[], Any]) -> int:
    """How a child ended that did some work: negative for a signal."""
    return ended(start(work))


def ended(child: int) -> int:
    """How a child ended, once it has: negative for a signal."""
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def answer(work: Callable[[], dict], paper: Path) -> dict:
    """What a child found."""
    code = done(lambda: paper.write_text(json.dumps(work())))
    return json.loads(paper.read_text()) if code == 0 else {"failed": code}


def spare_time() -> None:
    """What SIGKILL leaves is not lost by the disk, so that nothing waits for it. Statements are turned into SQL once
    for all archives and children; and the collector leaves alone what is in memory by now, so that children share it.
    """
    os.fsync = lambda handle: None
    configure = database._sqlite_settings

    def unsynchronised(connection, record):
        configure(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    database._sqlite_settings = unsynchronised
    database.create_engine = functools.partial(create_engine, execution_options={"compiled_cache": {}})
    DefaultDialect.__eq__ = lambda one, other: type(one) is type(other)
    DefaultDialect.__hash__ = lambda one: hash(type(one))
    gc.freeze()


def read_once() -> None:
    """Remember what files hold, for reading them is no step of a publication."""
    read = functools.cache(lambda name, content: reading(COMPOSITION, name, content))
    reading, file_reading.read_bytes = file_reading.read_bytes, lambda composition, name, content: read(name, content)


def publish_every(files: int) -> None:
    """Publish so many files at a time."""
    ingest.BATCH_FILES = file_reading.BATCH_FILES = files


def take(settings: Settings, folders: list[Path]) -> list[dict]:
    """Ingest what is ours, and what a member hands in."""
    archive = Archive.open(settings)
    return [
        ingest.ingest(viewer, archive, COMPOSITION, [folder]).as_json()
        for viewer, folder in zip((ME, OFFICER), folders, strict=True)
    ]


def watch_publishing(look: Callable[[], Any]) -> None:
    """Look after each transaction of this process that changes a catalogue."""
    publishing = Catalogue.publishing

    @contextmanager
    def watched(self):
        with publishing(self) as connection:
            yield connection
        look()

    Catalogue.publishing = watched


def check(settings: Settings) -> dict:
    """What a repair and a verification after it find; all of it must be empty."""
    archive = Archive.open(settings)
    losses = verify(archive, ME, repair=True).losses
    after = verify(archive, ME)
    return {"losses": [loss.key for loss in (*losses, *after.losses)], "orphans": list(after.orphans)}
