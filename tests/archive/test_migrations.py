"""An archive made by every released format opens, with all it held, and its numbers are those it had."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Boolean, MetaData, create_engine, text

from soap.archive import Archive, Selection, query
from soap.archive.migrations import migrate
from soap.archive.products import products
from soap.archive.schema import FORMAT, metadata
from soap.archive.verify import verify
from soap.core.errors import ArchiveError
from soap.core.settings import Settings
from soap.core.time import Window
from soap.core.who import Viewer
from soap.services.ingest import ingest
from soap.testing import servers
from soap.testing.tiny import COMPOSITION, tiny

RELEASED = sorted(Path(__file__).with_name("released").glob("*.tar.gz"))
WITH_PRODUCTS = [path for path in RELEASED if path.name >= "0002"]
"""Those whose schema knows products and terms."""


def revision(path):
    return path.name.split(".")[0]


@pytest.fixture(params=RELEASED, ids=revision)
def folder(request, tmp_path):
    """An archive as a release left it, not opened yet."""
    with tarfile.open(request.param) as pack:
        pack.extractall(tmp_path / "archive", filter="data")
    return tmp_path / "archive"


def opened(folder):
    return Archive.open(Settings(archive=folder, catalogue="", objects=""))


@pytest.fixture
def released(folder):
    return opened(folder)


def test_a_released_archive_opens_with_all_it_held(released, me):
    assert verify(released, me).clean
    held = {one.granule_id: one.version for one in query.granules(released, me, Selection())}
    assert held == {
        "geomagnetism.kak.pt1h:kak:2016": 2,
        "geomagnetism.x1.pt1h:x1:2015": 1,
        "geomagnetism.x1.pt1h:x1:2016": 1,
        "ionosphere.codg.gim:codg:2016-04-13": 1,
        "seismology.tiny.events:tiny:2016": 2,
        "seismology.tiny.events:tiny:2017": 1,
        "topside.cses_01.lap_1.l2:cses_01:031190": 1,
    }
    year = query.series(
        released, me, "geomagnetism.kak.pt1h", Window(np.datetime64("2016-01-01"), np.datetime64("2017-01-01"))
    )
    assert year["b_north"].values[:3].tolist() == [1.0, 2.0, 3.0]  # the definitive file
    assert year["b_north"].values[300:303].tolist() == [300.0, 301.0, 302.0]  # the provisional one
    assert [one.code for one in query.stations(released, me)] == ["KAK"]


@pytest.mark.parametrize("folder", WITH_PRODUCTS, ids=revision, indirect=True)
def test_products_terms_and_bases_outlive_a_migration(folder, me):
    before = {table: rows(folder, table) for table in ("product_input", "terms", "terms_change", "station_day")}
    released = opened(folder)
    assert {table: rows(folder, table) for table in before} == before
    (kept,) = products(released, me)
    assert kept.inputs == ("geomagnetism.kak.pt1h:kak:2016@2", "geomagnetism.x1.pt1h:x1:2015@1",
                           "geomagnetism.x1.pt1h:x1:2016@1")  # fmt: skip
    stranger = Viewer("stranger")
    assert {one.granule_id for one in query.granules(released, stranger, Selection())} == {
        "geomagnetism.x1.pt1h:x1:2015",
        "geomagnetism.x1.pt1h:x1:2016",
    }
    with closing(sqlite3.connect(folder / "catalogue.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM version WHERE base != number").fetchone() == (0,)


def rows(place, table):
    with closing(sqlite3.connect(place / "catalogue.sqlite")) as connection:
        return connection.execute(f"SELECT * FROM {table}").fetchall()


def fact(place, name="format"):
    return dict(rows(place, "archive_fact")).get(name)


def test_what_comes_in_afterwards_merges_with_what_was_held(released, me, tmp_path):
    path = tmp_path / "more.tiny"
    path.write_bytes(tiny(code="kak", start="2016-12-30", values=[7, 8, 9], maturity="definitive"))
    assert ingest(me, released, COMPOSITION, [path]).new == 1
    versions = {one.granule_id: one.version for one in query.granules(released, me, Selection())}
    assert versions["geomagnetism.kak.pt1h:kak:2016"] == 3
    year = query.series(
        released, me, "geomagnetism.kak.pt1h", Window(np.datetime64("2016-01-01"), np.datetime64("2017-01-01"))
    )
    assert year["b_north"].values[:3].tolist() == [1.0, 2.0, 3.0]
    assert year["b_north"].values[-3:].tolist() == [7.0, 8.0, 9.0]
    found = verify(released, me)
    assert (found.clean, found.orphans) == (True, ())


def test_a_migration_that_is_killed_leaves_the_archive_as_it_was(folder):
    """Killed at its last statement but one, with all tables changed and nothing committed."""
    before = {table: rows(folder, table) for table in ("version", "granule", "collection", "archive_fact")}
    program = f"""
import os, signal
from sqlalchemy import Engine, event
from soap.archive import Archive
from soap.core.settings import Settings

@event.listens_for(Engine, "before_cursor_execute")
def kill(connection, cursor, statement, *_):
    if statement.startswith("UPDATE archive_fact"):
        os.kill(os.getpid(), signal.SIGKILL)

Archive.open(Settings(archive={str(folder)!r}))
"""
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == -9
    assert {table: rows(folder, table) for table in before} == before
    opened(folder)
    assert fact(folder) == FORMAT


def test_two_processes_that_open_it_at_once_migrate_it_once(folder, me):
    program = f"""
from soap.archive import Archive
from soap.core.settings import Settings
Archive.open(Settings(archive={str(folder)!r}))
"""
    both = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(2)]
    assert [one.wait(timeout=60) for one in both] == [0, 0]
    assert fact(folder) == FORMAT
    assert verify(opened(folder), me).clean


def test_one_that_may_not_be_written_says_so_and_is_left_alone(folder, monkeypatch):
    before = (folder / "catalogue.sqlite").read_bytes()
    monkeypatch.setattr("soap.archive.archive._read_only", lambda folder: True)
    with pytest.raises(ArchiveError, match=r"read.?only|may not be written"):
        opened(folder)
    assert (folder / "catalogue.sqlite").read_bytes() == before


@pytest.mark.parametrize("change", ["UPDATE archive_fact SET value = 99 WHERE name = 'format'", "revision"])
def test_a_newer_archive_is_refused_and_left_alone(tmp_path, change):
    opened(tmp_path / "archive").catalogue.engine.dispose()
    with closing(sqlite3.connect(tmp_path / "archive" / "catalogue.sqlite")) as connection:
        if change == "revision":
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.execute("UPDATE archive_fact SET value = 99 WHERE name = 'format'")
        else:
            connection.execute(change)
        connection.commit()
    before = {table: rows(tmp_path / "archive", table) for table in ("archive_fact", "alembic_version", "terms")}
    with pytest.raises(ArchiveError, match=r"format 99.*newer SOAP: upgrade"):
        opened(tmp_path / "archive")
    assert {table: rows(tmp_path / "archive", table) for table in before} == before


def test_an_earlier_catalogue_on_a_server_is_migrated_too(folder, me):
    """Its rows, put into PostgreSQL as its own revision made them."""
    with servers.postgresql() as server:
        url = server.new_database()
        engine = create_engine(url)
        with engine.begin() as connection:
            migrate(connection, revision_of(folder))
            tables = MetaData()
            tables.reflect(connection)
            for table in reversed(tables.sorted_tables):  # what a revision puts in itself is among the rows
                if table.name != "alembic_version":
                    connection.execute(table.delete())
            for table in tables.sorted_tables:
                if table.name == "alembic_version":
                    continue
                names = [row[1] for row in rows_of_columns(folder, table.name)]
                some = [dict(zip(names, row, strict=True)) for row in rows(folder, table.name)]
                for one in some:
                    flags = {name for name in one if isinstance(table.columns[name].type, Boolean)}
                    one.update({name: bool(one[name]) for name in flags})
                if some:
                    connection.execute(table.insert(), some)
            for table in tables.sorted_tables:
                if "id" in table.columns:
                    highest = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"
                    connection.execute(text(highest))
        engine.dispose()
        served = Archive.open(Settings(archive=folder, catalogue=url, objects=""))
        assert verify(served, me).clean
        kept = opened(folder)
        assert query.granules(served, me, Selection()) == query.granules(kept, me, Selection())
        assert repr(query.stations(served, me)) == repr(query.stations(kept, me))
        with served.catalogue.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
        served.catalogue.engine.dispose()


def revision_of(place):
    ((revision,),) = rows(place, "alembic_version")
    return revision


def rows_of_columns(place, table):
    with closing(sqlite3.connect(place / "catalogue.sqlite")) as connection:
        return connection.execute(f"PRAGMA table_info({table})").fetchall()


def test_every_format_before_this_one_has_a_released_archive():
    """`docs/how-to/back-up-and-restore.md` says how one is made."""
    assert len(RELEASED) >= FORMAT - 1


def test_a_migrated_archive_has_the_declared_tables(released):
    with released.catalogue.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
