"""Killed at any moment, an ingest loses nothing, doubles nothing, and shows nothing by halves."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from soap.testing import servers
from tests.crash.mixed_files import write_files

HERE = Path(__file__).parent


def run(program, *arguments, seconds=3600):
    """The JSON object that a program of this folder prints."""
    command = [sys.executable, str(HERE / program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False, cwd=HERE)
    assert done.returncode == 0, done.stderr[-5000:]
    found = json.loads(done.stdout)
    figures = {name: len(one) if isinstance(one, list) else one for name, one in dict(found).items()}
    print(program, figures)  # pytest -rA shows them
    return found


@pytest.fixture
def files(tmp_path):
    """500 files, half of them from a member."""
    return write_files(tmp_path / "files", 500, 2016)


@pytest.fixture
def server(request):
    """The URL of a database on a server, or nothing for SQLite."""
    with ExitStack() as running:
        yield running.enter_context(servers.postgresql()).url() if request.param == "postgresql" else ""


def kills(files, tmp_path, seed, number, server=""):
    (tmp_path / "work").mkdir()
    result = run("kill_points.py", *files, tmp_path / "work", seed, number, *([server] if server else []))
    assert result["faults"] == []
    assert result["kills"] >= number
    assert result["passed"] > 20  # so many publications there are to be interrupted


def test_twenty_kills(tmp_path):
    kills(write_files(tmp_path / "files", 80, 2017), tmp_path, seed=2016, number=20)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("server", ["sqlite", "postgresql"], indirect=True)
def test_three_hundred_kills_in_four_parts(files, tmp_path, seed, server):
    kills(files, tmp_path, seed, number=75, server=server)


def two_processes(folders, tmp_path, server):
    result = run("at_once.py", *folders, tmp_path, *([server] if server else []))
    assert result["both"]["state"] == result["alone"]["state"]
    assert result["both"]["new"] == result["alone"]["new"]
    assert result["both"]["losses"] == result["alone"]["losses"] == []


def test_two_processes_at_once_end_as_one(tmp_path):
    two_processes(write_files(tmp_path / "files", 60, 69), tmp_path, server="")


@pytest.mark.slow
@pytest.mark.parametrize("server", ["sqlite", "postgresql"], indirect=True)
def test_two_processes_at_once_end_as_one_with_many_files(files, tmp_path, server):
    two_processes(files, tmp_path, server)
