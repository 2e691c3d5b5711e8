"""Faults that kill nobody: each is told in the archive's words, loses nothing, and the next ingest does the rest."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

from soap.archive import Archive, Selection, publish, query
from soap.archive.objects import FolderObjects
from soap.archive.verify import verify
from soap.core.errors import ArchiveError, Lost
from soap.core.settings import Settings
from soap.core.who import folder_owner
from soap.services.ingest import ingest
from soap.testing import servers
from soap.testing.tiny import COMPOSITION, tiny

ME = folder_owner("tester")
SOAP = "from soap.systems.seismo_ionospheric import main; main()"


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(6):
        content = tiny(code=f"x{number}", start="2016-01-01", values=list(range(2000)), step=60)
        (folder / f"{number}.tiny").write_bytes(content)
    return folder


@pytest.fixture
def archive(tmp_path):
    return Archive.open(Settings(archive=tmp_path / "archive", catalogue="", objects=""))


def ends_well(archive, files):
    """After the fault has gone: nothing lost, the rest is taken, and nothing twice."""
    assert verify(archive, ME, repair=True).clean
    ingest(ME, archive, COMPOSITION, [files])
    assert ingest(ME, archive, COMPOSITION, [files]).new == 0
    found = verify(archive, ME)
    assert (found.clean, found.orphans, found.originals) == (True, (), 6)
    assert len(query.granules(archive, ME, Selection())) == 6


def test_a_real_limit_of_size_as_a_full_disk(archive, files):
    """The kernel refuses to let files grow: objects are written in part, and the catalogue cannot be."""
    program = f"""
import resource, signal
from soap.archive import Archive
from soap.core.settings import Settings
from soap.core.who import folder_owner
from soap.services.ingest import ingest
from soap.testing.tiny import COMPOSITION
archive = Archive.open(Settings(archive={str(archive.folder)!r}))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for limit in (2_000, 60_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        ingest(folder_owner("tester"), archive, COMPOSITION, [{str(files)!r}])
    except Exception as error:
        print(type(error).__name__, error)
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    objects, catalogue = run.stdout.splitlines()
    assert re.match(r"ArchiveError: .*aside.*|ArchiveError .*cannot be written \(File too large\)", objects)
    assert re.match(r"ArchiveError .*catalogue.* cannot be used \(.*(full|I/O)", catalogue)
    assert run.stderr == ""
    ends_well(archive, files)


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system is mounted by root alone")
@pytest.mark.slow
def test_a_real_disk_that_is_full(files, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(disk)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.xfail(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        with pytest.raises(ArchiveError, match=r"full|No space left"):
            ingest(ME, Archive.open(Settings(archive=disk / "archive", catalogue="", objects="")), COMPOSITION, [files])
        subprocess.run(["mount", "-o", "remount,size=40m", str(disk)], check=True)
        again = Archive.open(Settings(archive=disk / "archive", catalogue="", objects=""))
        ends_well(again, files)
        again.catalogue.engine.dispose()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_cannot_be_read_is_told_and_reported_as_a_loss(archive, files, monkeypatch):
    ingest(ME, archive, COMPOSITION, [files])
    held = query.granules(archive, ME, Selection())[0]
    parts = FolderObjects.parts

    def damaged(self, key):
        if key == held.object_key:
            with self._reading(key):
                raise OSError(5, "Input/output error")
        return parts(self, key)

    with monkeypatch.context() as patch:
        patch.setattr(FolderObjects, "parts", damaged)
        (loss,) = verify(archive, ME).losses
    assert "Input/output error" in loss.what
    assert loss.granules == (f"{held.granule_id}@1",)
    ends_well(archive, files)


def test_a_clock_that_goes_backwards(archive, files, monkeypatch):
    """Times of recording go on: versions stay in order, and each earlier state can still be asked for."""
    now, told, path = time.time_ns(), [], files / "0.tiny"
    for hours in (0, 48, 100):
        path.write_bytes(tiny(code="x0", start="2016-01-01", values=[hours], step=60))
        monkeypatch.setattr(time, "time_ns", lambda hours=hours: now - hours * 3_600 * 10**9)
        assert ingest(ME, archive, COMPOSITION, [path]).new == 1
        with archive.catalogue.reading() as connection:
            told.append(max(connection.exec_driver_sql("SELECT recorded_from FROM version").scalars()))
    assert told == sorted(set(told))
    assert [one.version for one in query.granules(archive, ME, Selection())] == [3]
    monkeypatch.undo()
    assert verify(archive, ME).clean


def test_a_catalogue_that_somebody_holds(archive, files, monkeypatch):
    monkeypatch.setattr("soap.archive.database.BUSY_S", 0.2)
    busy = Archive.open(Settings(archive=archive.folder, catalogue="", objects=""))
    with closing(sqlite3.connect(archive.folder / "catalogue.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveError, match="locked"):
            ingest(ME, busy, COMPOSITION, [files])
        assert query.granules(busy, ME, Selection()) == ()
        other.rollback()
    ends_well(busy, files)


def test_a_catalogue_of_rubbish_is_left_alone(archive, files):
    ingest(ME, archive, COMPOSITION, [files])
    archive.catalogue.engine.dispose()
    for journal in archive.folder.glob("catalogue.sqlite-*"):
        journal.unlink()
    place = archive.folder / "catalogue.sqlite"
    kept = place.read_bytes()
    place.write_bytes(b"rubbish" * 5000)
    with pytest.raises(ArchiveError, match=r"not a database.*put a backup in its place"):
        Archive.open(Settings(archive=archive.folder, catalogue="", objects=""))
    assert place.read_bytes() == b"rubbish" * 5000
    place.write_bytes(kept)
    ends_well(Archive.open(Settings(archive=archive.folder, catalogue="", objects="")), files)


def test_objects_that_vanished_are_each_told_by_granule(archive, files):
    ingest(ME, archive, COMPOSITION, [files])
    shutil.rmtree(archive.folder / "objects")
    found = verify(archive, ME)
    assert {name for loss in found.losses for name in loss.granules} == {
        f"{one.granule_id}@1" for one in query.granules(archive, ME, Selection())
    }
    with pytest.raises(Lost, match="soap verify"):
        archive.objects.get(found.losses[0].key)
    from soap.services.admin import verify as mend

    assert len(mend(ME, archive, COMPOSITION, repair=True).rebuilt) == 6
    ends_well(archive, files)


def test_a_server_whose_sessions_are_killed_loses_nothing(files, tmp_path):
    """All of a server's sessions ended again and again while files are published."""
    with servers.postgresql() as server:
        settings = Settings(archive=tmp_path / "archive", catalogue=server.new_database(), objects="")
        archive = Archive.open(settings)
        stop = threading.Event()

        def kill() -> None:
            while not stop.wait(0.05):
                server.end_sessions()

        killer = threading.Thread(target=kill)
        killer.start()
        told = []
        try:
            for _ in range(5):
                try:
                    ingest(ME, archive, COMPOSITION, [files])
                except ArchiveError as error:
                    told.append(str(error))
        finally:
            stop.set()
            killer.join()
        assert all("cannot be used" in one or "lock was lost" in one for one in told), told
        ends_well(archive, files)
        archive.catalogue.engine.dispose()


def test_readers_see_a_batch_whole_or_not_at_all(archive):
    """Six series are published together, twenty times; whoever looks meanwhile sees all six of one time."""
    done = threading.Event()
    seen: set[tuple[int, ...]] = set()

    def look() -> None:
        here = Archive.open(Settings(archive=archive.folder, catalogue="", objects=""))
        while not done.is_set():
            seen.add(tuple(one.version for one in query.granules(here, ME, Selection())))
        here.catalogue.engine.dispose()

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(20):
        batch = []
        for code in range(6):
            content = tiny(code=f"x{code}", start="2016-01-01", values=[number, code])
            batch.append(arrival_of(content))
        publish.publish(archive, ME, batch)
    done.set()
    reader.join()
    assert seen <= {(), *((number,) * 6 for number in range(1, 21))}
    assert len(seen) > 2


def arrival_of(content):
    from soap.archive.draft import Arrival
    from soap.archive.objects import sha256
    from soap.formats import Source
    from soap.testing.tiny import read

    return Arrival("x.tiny", content, sha256(content), "tiny_json", read(Source.from_bytes("x.tiny", content)))
