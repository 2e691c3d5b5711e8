"""Disturbed between any two steps of a publication: nothing lost, nothing twice, nothing seen by halves.

Steps and disturbances are those of `steps.py`; the kinds of publication those of `step_points.py`.
"""

from __future__ import annotations

import re
from contextlib import ExitStack

import pytest

from soap.testing import servers
from tests.crash.test_kills import run

KINDS = ("ingest", "days", "product", "terms", "backup", "restore")


@pytest.fixture
def server(request):
    with ExitStack() as running:
        yield running.enter_context(servers.postgresql()).url() if request.param == "postgresql" else ""


def disturb(tmp_path, kind, action, part=0, parts=1, server=""):
    result = run("step_points.py", tmp_path / "work", kind, action, part, parts, *([server] if server else []))
    assert result["faults"] == []
    assert result["trials"] == len(range(1 + part, len(result["steps"]) + 1, parts))
    return result


def test_a_publication_has_the_steps_that_are_documented(tmp_path):
    found = disturb(tmp_path, "ingest", "kill", part=8, parts=30)["steps"]
    aside = ["open aside", "fsync file", "rename", "fsync folder"]
    for at, name in enumerate(found):  # several files are written at once, so that their steps alternate
        if name in aside[1:3]:
            assert found[:at].count(aside[aside.index(name) - 1]) > found[:at].count(name)
    assert found.count("open aside") == found.count("fsync file") == found.count("rename") > 0
    assert "fsync folder" in found[len(found) - found[::-1].index("rename") :]
    first, last = found.index("INSERT INTO version"), found.index("unlink 2e")
    assert found.index("commit", first) < last
    assert not set(aside) & set(found[first : found.index("commit", first)])


def test_a_day_that_is_added_has_the_same_steps(tmp_path):
    found = disturb(tmp_path, "days", "power cut", part=4, parts=12)["steps"]
    writes = [name for name in found if name in ("open aside", "fsync file", "rename", "fsync folder")]
    versions = [at for at, name in enumerate(found) if name == "INSERT INTO version"]
    assert len(versions) == found.count("after commit") == 2
    assert "rename" in found[: versions[0]]
    assert len(writes) >= 4 * 4  # two originals and two objects


@pytest.mark.slow
@pytest.mark.parametrize("action", ["kill", "power cut"])
@pytest.mark.parametrize("kind", KINDS)
def test_killed_between_any_two_steps(tmp_path, kind, action):
    disturb(tmp_path, kind, action)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["ingest", "days", "product", "terms", "restore"])
@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_killed_between_any_two_steps_with_a_server(tmp_path, kind, server):
    disturb(tmp_path, kind, "kill", server=server)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("action", "words"),
    [("full", "No space left|full"), ("read-only", "ead-only|readonly"), ("damaged", "I/O error|Input/output error")],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_fails_from_some_step_on_is_told_and_loses_nothing(tmp_path, kind, action, words):
    for said in disturb(tmp_path, kind, action, part=1, parts=3)["errors"]:
        assert not said or re.search(words, said), said
