"""Servers of the tests: nobody else reaches them, and nothing of them is left, even by tests that are killed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from soap.testing import servers

KINDS = ["postgresql", "s3", pytest.param("dask", marks=pytest.mark.slow)]
PROGRAM = """
import sys
from soap.testing import servers
with getattr(servers, sys.argv[1])():
    print("started", flush=True)
    sys.stdin.readline()
"""


def family(process: int) -> set[int]:
    """A process and those that it has started, and so on."""
    found = {process}
    for stat in Path("/proc").glob("[0-9]*/task/*/children"):
        if int(stat.parts[2]) == process:
            for child in stat.read_text().split():
                found |= family(int(child))
    return found


def running(processes: set[int]) -> set[int]:
    """Those that are no mere entries of the table of processes."""
    found = set()
    for one in processes:
        try:
            state = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if state not in "ZX":
            found.add(one)
    return found


def listening(processes: set[int]) -> set[str]:
    """The addresses, hexadecimal as the kernel writes them, at which some processes listen over the network."""
    inodes = set()
    for one in processes:
        for descriptor in Path(f"/proc/{one}/fd").glob("*"):
            try:
                found = re.fullmatch(r"socket:\[([0-9]+)\]", str(descriptor.readlink()))
            except OSError:
                continue
            if found:
                inodes.add(found[1])
    addresses = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == "0A" and rest[5] in inodes:
                addresses.add(local.split(":")[0])
    return addresses


@pytest.fixture(params=KINDS)
def started(request, monkeypatch):
    """A program that has a server, the processes that it has started, and the folder below which their files are."""
    if request.param == "postgresql" and servers._postgresql_programs() is None:
        pytest.skip("PostgreSQL is not here (Debian: apt install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="soap-"))  # not below that of pytest, which PostgreSQL's user cannot reach
    folder.chmod(0o755)
    monkeypatch.setenv("TMPDIR", str(folder))
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, request.param], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with program:
        assert program.stdout.readline() == "started\n"
        yield program, family(program.pid) - {program.pid}, folder
        program.kill()
    shutil.rmtree(folder, ignore_errors=True)  # of which the servers are removing theirs at the same time


def test_nobody_elsewhere_reaches_a_server(started):
    program, processes, folder = started
    assert len(processes) >= 2
    assert listening(processes) <= {"0100007F"}  # 127.0.0.1; PostgreSQL listens at a socket alone
    (own,) = folder.iterdir()
    assert own.stat().st_mode & 0o077 == 0
    program.stdin.close()


@pytest.mark.parametrize("how", ["ended", "killed"])
def test_nothing_is_left(started, how):
    program, processes, folder = started
    if how == "ended":
        program.stdin.close()
        assert program.wait(timeout=60) == 0
    else:
        program.kill()
    until = time.monotonic() + 30
    while (running(processes) or list(folder.iterdir())) and time.monotonic() < until:
        time.sleep(0.1)
    assert running(processes) == set()
    assert list(folder.iterdir()) == []
