"""Dask as it is run: what its logs tell, and what becomes of work whose scheduler or workers die."""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from operator import add

import pytest

from soap.archive import Archive, Selection, query
from soap.archive.catalogue import Catalogue
from soap.archive.database import connect
from soap.archive.objects import FolderObjects
from soap.core.errors import WorkFailed
from soap.core.settings import Settings
from soap.services.file_reading import Unread
from soap.services.ingest import ingest
from soap.services.work import HERE, workers
from soap.testing import servers
from soap.testing.tiny import COMPOSITION, tiny

FILES = 200
SECRETS = ("under-the-mat", "in-the-query")


@pytest.fixture
def cluster():
    """A scheduler and its worker, which the test may kill."""
    with servers.dask() as server:
        yield server


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "handed in"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number:03}").write_bytes(tiny(code="kak", start=f"2016-01-01T{number % 24:02}", values=[number]))
    return folder


@pytest.fixture
def secretive(tmp_path):
    """An archive, not connected, whose catalogue's URL holds passwords wherever it can."""
    url = f"postgresql+psycopg://soap:{SECRETS[0]}@db.example/soap?password={SECRETS[1]}"
    catalogue = Catalogue(connect(url))
    yield Archive(tmp_path, catalogue, FolderObjects(tmp_path), Settings(archive=tmp_path, catalogue=url))
    catalogue.engine.dispose()


def test_what_is_sent_to_workers_shows_no_password_and_nothing_of_a_file(secretive):
    """Dask has written what a failed task was given into its log, in some releases."""
    for shown in (secretive, secretive.settings, secretive.catalogue, partial(print, secretive)):
        for text in (repr(shown), str(shown), f"{shown}"):
            assert not any(secret in text for secret in SECRETS)
    assert "db.example" in repr(secretive)
    assert "a value" not in repr(Unread(COMPOSITION, "a.tiny", b"a value"))


@pytest.mark.slow
def test_the_logs_of_dask_hold_no_password_and_nothing_of_a_file(cluster, secretive):
    settings = secretive.settings
    sent = (settings, Unread(COMPOSITION, "a.tiny", b"values of a member"))
    with workers(cluster.url) as crew, pytest.raises(TypeError, match="unsupported"):
        crew.all([partial(add, *sent)])
    for _ in range(100):
        said = cluster.log.read_text(errors="replace")
        if "unsupported operand" in said:
            break
        time.sleep(0.1)
    assert "unsupported operand" in said
    assert "values of a member" not in said
    assert not any(secret in said for secret in SECRETS)


def set_clock(ahead):
    """Sets the clock by which a process of Dask sends; made here, it goes there as code."""

    def setting():
        import time

        import distributed.batched

        distributed.batched.time = lambda: time.time() + ahead

    return setting


@pytest.fixture
def of_dask(cluster):
    """Runs a function in the scheduler's process, or in the workers'."""
    from distributed import Client

    with Client(cluster.url, set_as_default=False) as client:
        yield {"scheduler": client.run_on_scheduler, "workers": client.run}


@pytest.mark.slow
@pytest.mark.parametrize("where", ["here", "scheduler", "workers"])
def test_a_clock_that_steps_back_holds_nothing_up(cluster, of_dask, where, monkeypatch):
    """What is sent next after the step would wait until the clock is where it was: here for an hour."""
    import distributed.batched

    monkeypatch.setattr(distributed.batched, "time", time.time)  # put back after the test
    monkeypatch.setattr("soap.services.work.cluster._OTHERS_S", 4)
    run = of_dask.get(where, lambda function: function())
    with workers(cluster.url) as crew:
        assert crew.all([partial(add, 1, 1)]) == [2]
        run(set_clock(3600.0))
        assert crew.all([partial(add, 1, 2)]) == [3]  # noted as sent in an hour
        run(set_clock(0.0))
        begun = time.monotonic()
        assert crew.all([partial(add, 1, 3)]) == [4]
        assert time.monotonic() - begun < 30


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["sqlite+files"])
@pytest.mark.parametrize(("who", "words"), [("scheduler", "went away"), ("worker", "have gone")])
def test_death_in_the_midst_of_work_is_said_in_time_and_nothing_is_lost(
    settings, cluster, folder, me, monkeypatch, who, words
):
    monkeypatch.setattr("soap.services.work.cluster.ALONE_S", 1)
    archive, ended = Archive.open(settings), []

    def progress(number, *_):
        if number == 100:
            os.killpg(getattr(cluster, who).pid, signal.SIGKILL)
            ended.append(time.monotonic())

    with pytest.raises(WorkFailed, match=words), workers(cluster.url) as crew:
        ingest(me, archive, COMPOSITION, [folder], progress, workers=crew)
    assert time.monotonic() - ended[0] < 60
    (before,) = query.granules(archive, me, Selection())
    assert len(before.originals) == 64  # the batch that was whole
    report = ingest(me, archive, COMPOSITION, [folder], workers=HERE)
    assert (report.new, report.duplicates) == (FILES - 64, 64)
    (after,) = query.granules(archive, me, Selection())
    assert len(after.originals) == FILES
