"""The runner sees to the processes of jobs: what it does when one ends, is cancelled, takes too long or was lost."""

import multiprocessing
import time

import pytest
from sqlalchemy import update

from soap.archive import job_leases
from soap.archive.jobs import RUNNING
from soap.archive.schema import job as table
from soap.core.errors import ArchiveError
from soap.core.who import USER, Viewer
from soap.services import accounts, ingest, jobs
from soap.services.jobs import runner as module
from soap.services.jobs.runner import Runner
from soap.testing.tiny import COMPOSITION, tiny

LI = Viewer("li", "CHN", frozenset({USER}))
KAK = "geomagnetism.kak.pt1h"


class Process:
    """A process that is none: it runs until it is told to end."""

    def __init__(self):
        self.exitcode, self.killed = None, False

    def is_alive(self):
        return self.exitcode is None

    def kill(self):
        self.exitcode, self.killed = -9, True

    def join(self):
        assert self.exitcode is not None

    def close(self):
        pass


@pytest.fixture
def held(archive, me, tmp_path):
    accounts.add_account(me, archive, "li", ("user",), "CHN")
    (tmp_path / "kak.tiny").write_bytes(tiny(code="kak", start="2016-04-01T00:00", values=[1, 2, 3]))
    ingest.ingest(me, archive, COMPOSITION, [tmp_path / "kak.tiny"], provider="CHN")
    return archive


def ask(archive, stop="2017"):
    item = {"collection_id": KAK, "start": "2016", "stop": stop}
    return jobs.ask(LI, archive, COMPOSITION, "export", {"items": [item], "format": "parquet"})


@pytest.fixture
def runner(held, monkeypatch):
    """A runner whose jobs' processes are `runner.processes`, and the far ends of their pipes `runner.pipes`."""
    made = Runner(held, COMPOSITION)
    made.processes, made.pipes = [], []

    def begin(taken, until):
        near, far = multiprocessing.Pipe()
        made.processes.append(Process())
        made.pipes.append(far)
        return module._Running(taken, made.processes[-1], near, time.monotonic(), 0.0)

    monkeypatch.setattr(made, "_begin", begin)
    yield made
    for far in made.pipes:
        far.close()


def now(archive, asked):
    return jobs.job(LI, archive, asked.job_id)


def test_a_runner_takes_as_many_jobs_as_it_may(held, runner):
    held.settings.job_workers = 2
    for year in (2017, 2018, 2019):
        ask(held, str(year))
    runner.look()
    assert len(runner.processes) == 2
    assert sorted(one.state for one in jobs.jobs(LI, held)) == ["running", "running", "waiting"]


def test_progress_is_told_to_the_catalogue_and_the_lease_to_the_process(held, runner):
    asked = ask(held)
    runner.look()
    runner.pipes[0].send((0.25, "first"))
    runner.pipes[0].send((0.5, "second"))
    began = time.monotonic()
    runner.look()
    assert (now(held, asked).done, now(held, asked).message) == (0.5, "second")
    answer, until = runner.pipes[0].recv()
    assert answer == job_leases.GO_ON
    assert began < until < time.monotonic() + held.settings.job_lease_s


def test_a_process_that_ends_without_an_end_is_begun_again_and_then_told(held, runner):
    asked = ask(held)
    held.settings.job_attempts = 2
    runner.look()
    runner.processes[0].exitcode = -9
    runner.look()  # handed back, and taken again
    assert (now(held, asked).state, now(held, asked).attempts) == ("running", 2)
    runner.processes[1].exitcode = 1
    runner.look()
    failed = now(held, asked)
    assert (failed.state, failed.message) == (
        "failed", "It was begun 2 times; the last time: its process ended with the code 1.",
    )  # fmt: skip


def test_a_job_that_takes_too_long_is_ended(held, runner):
    asked = ask(held)
    runner.look()
    held.settings.job_time_s = 1e-6
    runner.look()
    assert runner.processes[0].killed
    assert now(held, asked).message.startswith("It took longer than 0 s")


def test_a_cancelled_job_is_told_then_killed(held, runner, monkeypatch):
    asked = ask(held)
    runner.look()
    jobs.cancel(LI, held, asked.job_id)
    runner.look()
    assert runner.pipes[0].recv()[0] == job_leases.STOP
    runner.look()
    assert not runner.processes[0].killed
    monkeypatch.setattr(module, "GRACE_S", 0.0)
    runner.look()
    assert runner.processes[0].killed
    assert now(held, asked).state == "cancelled"


def test_a_lost_job_is_ended_here(held, runner):
    asked = ask(held)
    runner.look()
    with held.catalogue.publishing() as connection:
        connection.execute(update(table).where(table.c.state == RUNNING).values(worker="another"))
    runner.look()
    assert runner.processes[0].killed
    assert now(held, asked).state == "running"


def test_a_runner_that_is_stopped_hands_back_what_runs(held, runner):
    asked = ask(held)
    runner.start()
    deadline = time.monotonic() + 20
    while not runner.processes and time.monotonic() < deadline:
        time.sleep(0.01)
    runner.stop()
    assert runner.processes[0].killed
    assert (now(held, asked).state, now(held, asked).attempts) == ("waiting", 0)


def test_a_runner_outlives_a_catalogue_that_is_away(held, runner, monkeypatch):
    monkeypatch.setattr(module, "LOOK_S", 0.01)
    looked = []

    def away():
        looked.append(1)
        raise ArchiveError("The server does not answer.")

    monkeypatch.setattr(runner, "look", away)
    runner.start()
    deadline = time.monotonic() + 20
    while len(looked) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    runner.stop()
    assert len(looked) >= 3


class Left(Exception):
    """The process has left."""


@pytest.fixture
def leash(monkeypatch):
    def leave(code):
        raise Left

    monkeypatch.setattr(module.os, "_exit", leave)
    near, far = multiprocessing.Pipe()
    yield near, lambda seconds: module._Leash(far, time.monotonic() + seconds)
    near.close()
    far.close()


def test_a_process_leaves_when_its_lease_has_run_out(leash):
    near, of = leash
    near.send((job_leases.GO_ON, time.monotonic() + 0.2))
    began = time.monotonic()
    with pytest.raises(Left):
        of(30.0).listen()
    assert 0.1 < time.monotonic() - began < 10


def test_a_process_leaves_with_its_runner(leash):
    near, of = leash
    near.close()
    with pytest.raises(Left):
        of(30.0).listen()


def test_a_process_whose_job_is_cancelled_stops_where_it_tells_its_progress(leash):
    near, of = leash
    one = of(30.0)
    one.told(0.0, "a")
    near.send((job_leases.STOP, time.monotonic() + 0.1))
    with pytest.raises(Left):
        one.listen()
    with pytest.raises(module.Stopped):
        one.told(0.5, "b")
    assert near.recv() == (0.0, "a")


@pytest.mark.slow
def test_a_job_is_carried_out_by_a_process_of_its_own(held):
    asked = ask(held)
    made = Runner(held, COMPOSITION)
    made.start()
    deadline = time.monotonic() + 60
    while now(held, asked).active and time.monotonic() < deadline:
        time.sleep(0.1)
    made.stop()
    assert (now(held, asked).state, now(held, asked).attempts) == ("done", 1)
