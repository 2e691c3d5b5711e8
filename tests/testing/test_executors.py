"""Whoever is not told who works gives work to those that the tests name, for as long as they do."""

from __future__ import annotations

import inspect
from operator import call

import pytest

from soap.archive import Archive
from soap.core.settings import Settings
from soap.core.who import folder_owner
from soap.services import study
from soap.services.ingest import ingest
from soap.services.work import HERE, Workers
from soap.testing.executors import unless_told
from soap.testing.tiny import COMPOSITION, tiny

ME = folder_owner("tester")


class Counting:
    """An executor that does each task at once, and counts them."""

    number = 2

    def __init__(self):
        self.done = 0

    def submit(self, function, /, *arguments):
        self.done += 1
        return lambda: function(*arguments)

    def result(self, future):
        return call(future)

    def close(self, *, now):
        """Nobody is left."""


@pytest.fixture
def counting():
    return Counting()


@pytest.fixture
def crew(counting):
    return Workers(lambda: counting, counting.number, trial_s=0)


def test_services_that_are_told_nothing_give_their_tasks_to_the_crew(tmp_path, crew, counting):
    def take(name, **words):
        file = tmp_path / name
        file.write_bytes(tiny(code=name, start="2016-04-01", values=[1]))
        assert ingest(ME, archive, COMPOSITION, [file], **words).new == 1

    archive = Archive.open(Settings(archive=tmp_path / "archive"))
    with unless_told(crew):
        take("kak")
        assert counting.done == 1
        take("mmb", workers=HERE)
        assert counting.done == 1
    take("kny")
    assert counting.done == 1


def test_no_service_is_left_out(crew):
    services = (ingest, study.run, study.rerun, study.case)

    def default(service):
        return inspect.signature(service).parameters["workers"].default

    with unless_told(crew):
        assert [default(one) for one in services] == [crew] * 4
    assert [default(one) for one in services] == [HERE] * 4
