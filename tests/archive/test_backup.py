"""A backup is the same archive elsewhere: every row and every byte, whatever is interrupted, damaged or going on."""

from __future__ import annotations

import os
import stat
import threading

import numpy as np
import pytest
from sqlalchemy import Column, Integer, String, Table, insert, select, update

from soap.archive import Archive, Selection, audit, backup, publish, query
from soap.archive.backup import restore
from soap.archive.catalogue import recording_time
from soap.archive.named_keys import keys_there, named_keys
from soap.archive.objects import sha256
from soap.archive.schema import archive_fact, metadata, quarantine
from soap.archive.verify import verify
from soap.core.errors import ArchiveError, BadParameter, NotFound, Refused
from soap.core.settings import Settings
from soap.core.who import Viewer
from soap.testing import servers

HOURS = np.arange("2016-04-01", "2016-04-02", dtype="datetime64[h]")
back_up = backup.backup
pytestmark = pytest.mark.parametrize(
    "backend", ["sqlite+files", pytest.param("postgresql+files", marks=pytest.mark.slow)]
)


@pytest.fixture
def held(archive, me, make, put):
    put(make.series(HOURS, np.arange(24.0)))
    put(make.series(HOURS, np.arange(24.0) + 1))
    put(make.track([10.0, 11.0], [20.0, 21.0]))
    put(make.field(["2016-04-13"], [10.0, 20.0], [30.0, 40.0]))
    publish.quarantine_files(archive, me, [publish.Unreadable("x.mat", b"what is this", "no format read here")])
    fill(archive)
    return archive


def fill(archive):
    """A row in each table that has none, whoever fills it, made from the declared types; the product's bytes too."""
    archive.objects.put("products/p1.json", b"{}")
    given = {"object_key": "products/p1.json", "object_sha256": sha256(b"{}")}
    with archive.catalogue.publishing() as connection:
        recording_time(connection)
        for table in metadata.sorted_tables:
            if connection.execute(select(table).limit(1)).first() is None:
                row = {column.name: value_for(connection, column) for column in table.columns if column.name != "id"}
                connection.execute(insert(table).values(row | {k: v for k, v in given.items() if k in row}))


def value_for(connection, column):
    if column.foreign_keys:
        (key,) = column.foreign_keys
        return connection.execute(select(key.column).limit(1)).scalar_one()
    return getattr(column.type, "impl", column.type).python_type(2)


def rows(archive):
    """All rows of all tables, by name, sorted."""
    with archive.catalogue.reading() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
        }


def content(archive):
    """Every key that a row names, with the bytes there."""
    return {one.key: archive.objects.get(one.key) for one in named_keys(archive.catalogue.reading)}


def opened(folder):
    return Archive.open(Settings(archive=folder, catalogue="", objects=""))


def test_a_backup_is_the_archive_row_for_row_and_byte_for_byte(held, me, tmp_path):
    report = back_up(held, me, tmp_path / "copy")
    copy = opened(tmp_path / "copy")
    assert (report.objects, report.held, report.clean, report.catalogue) == (10, 0, True, True)
    assert rows(copy) == rows(held)
    assert all(rows(copy).values())
    assert content(copy) == content(held)
    assert report.bytes == sum(map(len, content(held).values()))
    assert verify(copy, me).clean
    assert query.granules(copy, me, Selection()) == query.granules(held, me, Selection())


def test_only_its_owner_may_enter_a_backup(held, me, tmp_path):
    mask = os.umask(0)
    try:
        back_up(held, me, tmp_path / "copy")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o700


def test_a_second_backup_copies_what_is_new_and_a_third_nothing(held, me, make, put, tmp_path):
    back_up(held, me, tmp_path / "copy")
    put(make.series(HOURS, np.arange(24.0) + 2))
    second = back_up(held, me, tmp_path / "copy")
    assert (second.objects, second.held, second.catalogue) == (2, 10, True)  # an original and an object
    third = back_up(held, me, tmp_path / "copy")
    assert (third.objects, third.bytes, third.held, third.catalogue) == (0, 0, 12, False)
    assert rows(opened(tmp_path / "copy")) == rows(held)


def test_a_backup_brings_the_audit_log_also_where_nothing_else_is_new(held, me, tmp_path):
    backup.backup(held, me, tmp_path / "backup")
    with held.catalogue.noting() as connection:
        audit.add(connection, [audit.Entry(1, "li.wei", "CHN", "x", "y", (), 200, 0)])
    assert backup.backup(held, me, tmp_path / "backup").catalogue
    assert not backup.backup(held, me, tmp_path / "backup").catalogue
    copy = Archive.open(Settings(archive=tmp_path / "backup", catalogue="", objects=""))
    assert [one.user for one in audit.entries(copy, me, audit.Wanted(action="x"))] == ["li.wei"]


def test_verify_mends_a_damaged_backup(held, me, tmp_path):
    back_up(held, me, tmp_path / "copy")
    key = sorted(content(held))[0]
    (tmp_path / "copy" / key).write_bytes(b"damaged")
    assert back_up(held, me, tmp_path / "copy").mended == 0
    report = back_up(held, me, tmp_path / "copy", check=True)
    assert (report.mended, report.held, report.objects) == (1, 9, 0)
    assert content(opened(tmp_path / "copy")) == content(held)


def test_what_the_archive_lost_is_told_and_the_rest_is_copied(held, me, tmp_path):
    first, second, *_ = sorted(content(held))
    held.objects.delete(first)
    held.objects.put(second, b"damaged")
    report = back_up(held, me, tmp_path / "copy")
    assert [key for key, _ in report.losses] == [first, second]
    assert report.losses[0][1] == "missing"
    assert report.losses[1][1].startswith("damaged")
    assert report.objects == 8
    assert {loss.key for loss in verify(opened(tmp_path / "copy"), me).losses} == {first, second}


def test_a_backup_keeps_what_the_archive_lost_later(held, me, tmp_path):
    back_up(held, me, tmp_path / "copy")
    key = sorted(content(held))[0]
    held.objects.delete(key)
    assert back_up(held, me, tmp_path / "copy").clean
    assert back_up(held, me, tmp_path / "copy", check=True).clean
    assert verify(opened(tmp_path / "copy"), me).clean


def test_restore_gives_the_archive_back(held, me, tmp_path):
    back_up(held, me, tmp_path / "copy")
    before = (tmp_path / "copy" / "catalogue.sqlite").read_bytes()
    again = opened(tmp_path / "again")
    copied, found = restore(again, me, tmp_path / "copy")
    assert (copied.objects, copied.clean, found.clean) == (10, True, True)
    assert rows(again) == rows(held)
    assert content(again) == content(held)
    assert (tmp_path / "copy" / "catalogue.sqlite").read_bytes() == before


def test_what_is_published_after_a_restore_counts_on(held, me, make, tmp_path):
    back_up(held, me, tmp_path / "copy")
    again = opened(tmp_path / "again")
    restore(again, me, tmp_path / "copy")
    publish.publish(again, me, [make.arrival(observations=[make.series(HOURS, np.arange(24.0) + 5, code="new")])])
    publish.publish(again, me, [make.arrival(observations=[make.series(HOURS, np.arange(24.0) + 9)])])
    versions = {one.granule_id: one.version for one in query.granules(again, me, Selection())}
    assert (versions["geomagnetism.kak.pt1h:kak:2016"], versions["geomagnetism.new.pt1h:new:2016"]) == (3, 1)
    assert verify(again, me).clean


def test_restore_is_refused_into_an_archive_that_holds_something(held, me, make, tmp_path):
    back_up(held, me, tmp_path / "copy")
    other = opened(tmp_path / "other")
    publish.publish(other, me, [make.arrival(observations=[make.series(HOURS, np.arange(24.0))])])
    before = rows(other)
    with pytest.raises(ArchiveError, match="holds something"):
        restore(other, me, tmp_path / "copy")
    assert rows(other) == before


def test_an_interrupted_restore_is_resumed_and_mends_what_it_left(held, me, tmp_path):
    back_up(held, me, tmp_path / "copy")
    again = opened(tmp_path / "again")
    first, second, *_ = sorted(content(held))
    again.objects.put(first, held.objects.get(first))
    again.objects.put(second, b"damaged")
    copied, found = restore(again, me, tmp_path / "copy")
    assert (copied.objects, copied.held, copied.mended, found.clean) == (8, 1, 1, True)


def test_a_restore_removes_what_a_killed_one_left(held, me, tmp_path, monkeypatch):
    back_up(held, me, tmp_path / "kept")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "soap-restore-killed"
    left.mkdir()
    (left / "catalogue.sqlite").write_bytes((tmp_path / "kept" / "catalogue.sqlite").read_bytes())
    os.utime(left, (0, 0))
    restore(Archive.open(Settings(archive=tmp_path / "other")), me, tmp_path / "kept")
    assert list(tmp_path.glob("soap-restore-*")) == []


def test_a_backup_of_another_archive_is_not_overwritten(held, me, make, tmp_path):
    other = opened(tmp_path / "other")
    publish.publish(other, me, [make.arrival(observations=[make.series(HOURS, np.arange(24.0))])])
    with pytest.raises(ArchiveError, match="another archive"):
        back_up(held, me, tmp_path / "other")


def test_a_later_backup_is_not_overwritten_by_an_earlier_state(held, me, make, put, tmp_path):
    back_up(held, me, tmp_path / "early")
    put(make.series(HOURS, np.arange(24.0) + 7))
    back_up(held, me, tmp_path / "late")
    again = opened(tmp_path / "again")
    restore(again, me, tmp_path / "early")
    with pytest.raises(ArchiveError, match="holds what this archive has not"):
        back_up(again, me, tmp_path / "late")
    publish.publish(again, me, [make.arrival(observations=[make.series(HOURS, np.arange(24.0) + 8)])])
    with pytest.raises(ArchiveError, match="holds what this archive has not"):
        back_up(again, me, tmp_path / "late")  # later by the clock, and yet not the same history


@pytest.mark.parametrize("inside", ["", "backup"])
def test_a_backup_in_the_archive_itself_is_refused(held, me, inside):
    with pytest.raises(BadParameter, match="in the archive itself"):
        back_up(held, me, held.folder / inside)


@pytest.mark.parametrize("part", ["objects", "originals", "catalogue.sqlite"])
def test_a_backup_that_is_linked_to_the_archive_is_refused(held, me, tmp_path, part):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / part).symlink_to(held.folder / part)
    with pytest.raises(BadParameter, match="in the archive itself"):
        back_up(held, me, tmp_path / "copy")
    assert [one.name for one in (tmp_path / "copy").iterdir()] == [part]


def test_a_backup_beside_and_above_the_archive(held, me, tmp_path):
    assert back_up(held, me, held.folder.parent).clean
    assert content(opened(held.folder.parent)) == content(held)


def test_an_archive_that_can_only_be_asked_is_backed_up(held, me, tmp_path, monkeypatch):
    monkeypatch.setattr("soap.archive.archive._read_only", lambda folder: folder == held.folder)
    asked = Archive.open(held.settings)
    assert asked.read_only
    assert back_up(asked, me, tmp_path / "copy").clean
    assert rows(opened(tmp_path / "copy")) == rows(held)


def test_a_store_that_falls_silent_ends_a_backup_and_a_check(held, me, tmp_path, monkeypatch):
    """What nobody could ask for is not lost: nothing is recorded as such, and the next run copies it."""
    get, asked = type(held.objects).get, []

    def silent(self, key):
        asked.append(key)
        if len(asked) > 4:
            raise ArchiveError("It cannot be read (connection refused).") from RuntimeError("connection refused")
        return get(self, key)

    with monkeypatch.context() as patch:
        patch.setattr(type(held.objects), "get", silent)
        patch.setattr(type(held.objects), "parts", silent)
        with pytest.raises(ArchiveError, match="connection refused"):
            back_up(held, me, tmp_path / "copy")
        with pytest.raises(ArchiveError, match="connection refused"):
            verify(held, me)
    assert not any(rows(opened(tmp_path / "copy"))["version"])
    assert back_up(held, me, tmp_path / "copy").clean
    assert content(opened(tmp_path / "copy")) == content(held)


def test_a_backup_is_restored_once(held, me, tmp_path):
    back_up(held, me, tmp_path / "copy")
    again = opened(tmp_path / "again")
    restore(again, me, tmp_path / "copy")
    with pytest.raises(ArchiveError, match="holds something"):
        restore(again, me, tmp_path / "copy")
    assert rows(again) == rows(held)


def test_a_backup_by_a_newer_program_is_named_and_left_alone(held, me, tmp_path):
    back_up(held, me, tmp_path / "copy")
    copy = opened(tmp_path / "copy")
    with copy.catalogue.publishing() as connection:
        connection.execute(update(archive_fact).where(archive_fact.c.name == "format").values(value=99))
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    copy.catalogue.engine.dispose()
    again = opened(tmp_path / "again")
    with pytest.raises(ArchiveError, match=r"/copy/catalogue\.sqlite is of format 99.*upgrade this one"):
        restore(again, me, tmp_path / "copy")
    with pytest.raises(ArchiveError, match="format 99"):
        back_up(held, me, tmp_path / "copy")
    assert rows(again)["version"] == []


def test_what_cannot_be_swept_is_said(held, me, tmp_path):
    (tmp_path / "copy" / "aside" / "folder").mkdir(parents=True)
    with pytest.raises(ArchiveError, match="folder cannot be removed"):
        back_up(held, me, tmp_path / "copy")


def test_no_backup_to_restore_is_said(archive, me, tmp_path):
    with pytest.raises(NotFound, match="no backup"):
        restore(archive, me, tmp_path / "nowhere")


def test_a_damaged_backup_catalogue_is_said(held, archive, me, tmp_path):
    back_up(held, me, tmp_path / "copy")
    (tmp_path / "copy" / "catalogue.sqlite").write_bytes(b"rubbish" * 1000)
    with pytest.raises(ArchiveError, match="cannot be read"):
        restore(opened(tmp_path / "again"), me, tmp_path / "copy")


def test_only_who_runs_the_archive_backs_it_up(held, me, tmp_path):
    somebody = Viewer("officer", "CHN", frozenset({"member_admin"}))
    with pytest.raises(Refused):
        back_up(held, somebody, tmp_path / "copy")
    back_up(held, me, tmp_path / "copy")
    with pytest.raises(Refused):
        restore(opened(tmp_path / "again"), somebody, tmp_path / "copy")


def test_one_backup_at_a_time(held, me, tmp_path):
    copy = opened(tmp_path / "copy")
    with copy.alone(), pytest.raises(ArchiveError, match="Another process writes"):
        back_up(held, me, tmp_path / "copy")


def test_a_file_in_quarantine_that_is_read_meanwhile_is_in_the_backup(held, me, tmp_path):
    """Its row was there when the copy began; its bytes have moved to the originals since."""
    with held.catalogue.reading() as connection:
        checksum = connection.execute(select(quarantine.c.sha256).where(quarantine.c.name == "x.mat")).scalar_one()
    held.objects.put(publish.original_key(checksum), b"what is this")
    held.objects.delete(publish.quarantine_key(checksum))
    assert back_up(held, me, tmp_path / "copy").clean
    assert (tmp_path / "copy" / publish.quarantine_key(checksum)).read_bytes() == b"what is this"


def test_backups_made_while_others_publish_are_each_one_moment(archive, me, make, tmp_path):
    """Ten publications, each of two granules together: no backup has one without the other."""

    def go_on():
        for number in range(10):
            both = [make.series(HOURS, np.arange(24.0) + number, code=code) for code in ("aaa", "bbb")]
            publish.publish(archive, me, [make.arrival(observations=both)])

    writer = threading.Thread(target=go_on)
    writer.start()
    seen = set()
    while writer.is_alive():
        assert back_up(archive, me, tmp_path / "copy").clean
        copy = opened(tmp_path / "copy")
        seen.add(tuple(one.version for one in query.granules(copy, me, Selection())))
        assert verify(copy, me).clean
        copy.catalogue.engine.dispose()
    writer.join()
    back_up(archive, me, tmp_path / "copy")
    assert all(len(set(versions)) <= 1 for versions in seen)
    assert rows(opened(tmp_path / "copy")) == rows(archive)


def test_a_table_added_to_the_schema_is_in_the_backup(held, me, tmp_path):
    """Copied are the declared tables, not a list of them: nothing to forget."""
    later = Table("later", metadata, Column("id", Integer, primary_key=True), Column("what", String(9)))
    try:
        for one in (held, opened(tmp_path / "copy")):
            later.create(one.catalogue.engine)
        with held.catalogue.publishing() as connection:
            connection.execute(insert(later).values(what="kept"))
            connection.execute(update(archive_fact).where(archive_fact.c.name == "clock").values(value=2**52))
        back_up(held, me, tmp_path / "copy")
        assert rows(opened(tmp_path / "copy"))["later"] == ["(1, 'kept')"]
    finally:
        metadata.remove(later)


def test_a_full_disk_leaves_the_older_backup(held, me, make, put, tmp_path, monkeypatch):
    back_up(held, me, tmp_path / "copy")
    before = rows(opened(tmp_path / "copy"))
    put(make.series(HOURS, np.arange(24.0) + 3))

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(ArchiveError, match="No space left"):
            back_up(held, me, tmp_path / "copy")
    copy = opened(tmp_path / "copy")
    assert rows(copy) == before
    assert verify(copy, me).clean
    back_up(held, me, tmp_path / "copy")
    assert rows(opened(tmp_path / "copy")) == rows(held)
    assert not set(keys_there(copy.objects)) - set(content(held))


@pytest.mark.slow
def test_from_a_laptop_by_a_backup_to_servers_and_back(held, me, make, tmp_path, monkeypatch):
    """SQLite and files, a backup, PostgreSQL and S3, a backup of that: the same rows and bytes everywhere."""
    with servers.postgresql() as database, servers.s3() as store:
        for name, value in store.surroundings.items():
            monkeypatch.setenv(name, value)
        settings = Settings(archive=tmp_path / "served", catalogue=database.new_database(), objects=store.new_bucket())
        served = Archive.open(settings)
        back_up(held, me, tmp_path / "copy")
        copied, found = restore(served, me, tmp_path / "copy")
        assert (copied.clean, found.clean) == (True, True)
        assert rows(served) == rows(held)
        assert content(served) == content(held)
        publish.publish(served, me, [make.arrival(observations=[make.series(HOURS, np.arange(24.0) + 9, code="new")])])
        assert back_up(served, me, tmp_path / "copy").objects == 2
        assert rows(opened(tmp_path / "copy")) == rows(served)
        assert content(opened(tmp_path / "copy")) == content(served)
        served.catalogue.engine.dispose()
