"""The catalogue: migrations make exactly the declared tables, and another format is refused with a clear message."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import soap.archive.migrations as migrations
from soap.archive import Archive
from soap.archive.schema import FORMAT, REVISION, metadata
from soap.core.errors import ArchiveError, NotFound
from soap.core.settings import Settings


def test_migrations_from_nothing_make_the_declared_tables(archive):
    with archive.catalogue.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        declared = {(name, index.name) for name, table in metadata.tables.items() for index in table.indexes}
        there = [(name, index) for name in metadata.tables for index in inspect(connection).get_indexes(name)]
        # PostgreSQL names the indexes behind unique constraints too
        assert {(name, index["name"]) for name, index in there if not index.get("duplicates_constraint")} == declared


def test_the_newest_revision_is_the_one_the_program_expects():
    config = Config()
    config.set_main_option("script_location", str(migrations.__path__[0]))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


@pytest.mark.parametrize("backend", ["sqlite+files"])
def test_sqlite_is_durable_and_strict(archive):
    with archive.catalogue.reading() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


@pytest.mark.parametrize(("number", "words"), [(FORMAT + 1, "newer SOAP: upgrade"), (0, "Nothing was changed")])
def test_another_format_is_refused(archive, settings, number, words):
    with archive.catalogue.publishing() as connection:
        connection.execute(text("UPDATE archive_fact SET value = :n WHERE name = 'format'"), {"n": number})
    with pytest.raises(ArchiveError, match=f"is of format {number}; .* reads and writes format {FORMAT}.*{words}"):
        Archive.open(settings)


def test_a_newer_catalogue_is_refused(archive, settings):
    with archive.catalogue.publishing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE archive_fact SET value = 99 WHERE name = 'format'"))
    with pytest.raises(ArchiveError, match="upgrade"):
        Archive.open(settings)


def test_what_is_no_catalogue_is_said(tmp_path):
    (tmp_path / "catalogue.sqlite").write_bytes(b"this is a letter, not a catalogue\n" * 100)
    with pytest.raises(ArchiveError, match="cannot be used"):
        Archive.open(Settings(archive=tmp_path))


def test_a_place_where_no_folder_can_be_is_said(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ArchiveError, match="cannot be made"):
        Archive.open(Settings(archive=tmp_path / "file" / "archive"))


def test_an_absent_archive_is_made_only_when_asked(tmp_path):
    with pytest.raises(NotFound, match="soap ingest"):
        Archive.open(Settings(archive=tmp_path / "none"), create=False)
    assert not (tmp_path / "none").exists()


def test_several_processes_may_make_the_same_archive(tmp_path):
    program = "from soap.archive import Archive; from soap.core.settings import Settings; Archive.open(Settings())"
    surroundings = {**os.environ, "SOAP_ARCHIVE": str(tmp_path / "archive")}
    makers = [subprocess.Popen([sys.executable, "-c", program], env=surroundings) for _ in range(3)]
    assert [maker.wait(timeout=60) for maker in makers] == [0, 0, 0]
    Archive.open(Settings(archive=tmp_path / "archive"), create=False)
