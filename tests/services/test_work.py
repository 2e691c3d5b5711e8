"""Heavy work: the same results in the same order whoever does it, errors in bounded time, nobody left behind."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from functools import partial
from operator import call, truediv
from pathlib import Path

import numpy as np
import pytest

from soap.archive import Archive
from soap.core.errors import BadFile, BadParameter, WorkFailed
from soap.core.settings import Settings
from soap.services.composition import Composition
from soap.services.work import HERE, workers
from soap.services.work.workers import IN_FLIGHT
from soap.systems.seismo_ionospheric import composition
from soap.testing.tiny import COMPOSITION

DRAWS = [partial(np.random.Generator.standard_normal, np.random.default_rng(seed), 1000) for seed in range(20)]
"""Each with its own seed."""


@pytest.fixture(scope="module")
def dask():
    """URL of a Dask scheduler with two worker processes."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1") as cluster:
        yield cluster.scheduler_address


@pytest.fixture(params=["local:2", "dask"])
def scheduler(request):
    return request.getfixturevalue("dask") if request.param == "dask" else request.param


def test_the_same_numbers_in_the_same_order_whoever_draws_them(scheduler):
    expected = [np.random.default_rng(seed).standard_normal(1000) for seed in range(20)]
    with workers(scheduler, trial_s=0) as crew:
        np.testing.assert_array_equal(crew.all(DRAWS), expected)


def test_tasks_are_done_by_others_and_few_are_taken_ahead(scheduler):
    taken = []

    def tasks():
        for number in range(50):
            taken.append(number)
            yield os.getpid

    with workers(scheduler, trial_s=0) as crew:
        for number, process in enumerate(crew.each(call, tasks(), 50)):
            assert process != os.getpid()
            assert len(taken) - number <= IN_FLIGHT * crew.number
    assert len(taken) == 50


def test_an_error_comes_when_its_turn_comes_and_as_it_was(scheduler):
    wrong = partial(call, partial(truediv, 1, 0))
    with workers(scheduler, trial_s=0) as crew, pytest.raises(ZeroDivisionError):
        crew.all([os.getpid, wrong, os.getpid])


def test_a_killed_worker_is_said(scheduler):
    with workers(scheduler, trial_s=0) as crew, pytest.raises(WorkFailed, match="memory"):
        crew.all([partial(os._exit, 9)])


def test_little_work_starts_nobody():
    with workers("local:2") as crew:
        assert set(crew.all([os.getpid] * 100)) == {os.getpid()}


def test_much_work_is_shared_once_that_is_clear():
    with workers("local:2", trial_s=0.05) as crew:
        done = crew.all([partial(time.sleep, 0.06), *[partial(os.path.join, "a")] * 3])
        assert done == [None, "a", "a", "a"]
        assert crew._executor is None  # the rest was expected to take less than starting others
        crew.all([partial(time.sleep, 0.01)] * 5 + [os.getpid] * 2000)
        assert crew._executor is not None


def test_one_local_process_is_this_one():
    with workers("local:1", trial_s=0) as crew:
        assert crew.all([os.getpid]) == [os.getpid()]
    assert HERE.all([os.getpid]) == [os.getpid()]


def test_workers_leave_when_the_block_is_left_in_an_error():
    began = time.monotonic()
    crew = workers("local:2", trial_s=0)
    worker = next(crew.__enter__().each(call, [os.getpid, *[partial(time.sleep, 60)] * 3], 4))
    assert not crew.__exit__(BadParameter, BadParameter("enough"), None)  # the error goes on
    assert time.monotonic() - began < 30
    assert gone(worker)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_workers_never_outlive_who_started_them(how, tmp_path):
    """The script is not guarded by `__name__`: a worker does not run it again."""
    script = tmp_path / "long.py"
    script.write_text(
        "import os, signal, time\nfrom functools import partial\nfrom operator import call\n"
        "from soap.services.work import workers\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background job is deaf to it
        "with workers('local:2', trial_s=0) as crew:\n"
        "    for found in crew.each(call, [os.getpid, os.getpid, *[partial(time.sleep, 60)] * 4], 6):\n"
        "        print(found, flush=True)\n"
    )
    running = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    started = {int(running.stdout.readline()) for _ in range(2)}
    os.killpg(running.pid, how) if how == signal.SIGINT else running.send_signal(how)
    _, said = running.communicate(timeout=30)
    assert running.returncode != 0
    assert said.count("Traceback") <= 1  # none from a worker
    assert all(gone(process) for process in started)


def gone(process: int) -> bool:
    """True once the process is no more, within ten seconds."""
    for _ in range(100):
        stat = Path(f"/proc/{process}/stat")
        if not stat.exists() or stat.read_text().split(") ")[1][0] == "Z":
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("url", ["local:0", "local:x", "host:8786", "bogus://host:1", "tcp://"])
def test_what_is_no_scheduler_is_refused(url):
    with pytest.raises(BadParameter, match="SOAP_SCHEDULER"), workers(url):
        pass


def test_nobody_at_the_address_is_said_in_bounded_time(monkeypatch):
    monkeypatch.setattr("soap.services.work.cluster.ANSWER_S", 1)
    began = time.monotonic()
    with pytest.raises(WorkFailed, match="No Dask scheduler answers"), workers("tcp://127.0.0.1:9"):
        pass
    assert time.monotonic() - began < 10


def test_other_versions_at_the_workers_are_said(dask, monkeypatch):
    here = {"numpy": "0.1", "python": "2.7"}
    monkeypatch.setattr("soap.services.work.cluster.versions", _Versions(here))
    with pytest.raises(WorkFailed, match=r"for 0\.1"), workers(dask):
        pass


class _Versions:
    """Other versions here than those that a worker finds: it is sent the true function."""

    def __init__(self, here):
        self.here = here

    def __call__(self):
        return self.here

    def __reduce__(self):
        from soap.services.work.installed import versions

        return partial, (versions,)


def test_dask_that_is_not_installed_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadParameter, match=r"pip install 'soap\[cluster\]'"), workers("tcp://127.0.0.1:9"):
        pass


def test_what_goes_to_workers_can_be_sent(tmp_path):
    whole = composition()
    assert pickle.loads(pickle.dumps(whole)) is whole
    assert pickle.loads(pickle.dumps(COMPOSITION)) is COMPOSITION
    other = Composition("other", readers=COMPOSITION.readers, reference="soap.systems.seismo_ionospheric:composition")
    assert not other.portable
    with pytest.raises(TypeError, match="leads to"):
        pickle.dumps(other)
    archive = Archive.open(Settings(archive=tmp_path / "archive"))
    once, twice = (pickle.loads(pickle.dumps(archive)) for _ in range(2))
    assert once is twice
    assert once.folder == archive.folder
    error = pickle.loads(pickle.dumps(BadFile("It is cut", file="a.txt", next_step="Fetch it again.")))
    assert str(error) == "a.txt: It is cut. Fetch it again."
