"""Ends servers, and removes their folder, when the process that started them has gone, however it went.

A process that is killed cleans nothing up. So each set of servers has a keeper: a process that holds one end of a pipe
and waits for the other to be let go of. What ends in good order tells it so, and it just leaves.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_DONE = b"done\n"
_KEEP = """
import os, shutil, signal, sys, time
groups = []
for line in sys.stdin:
    if line == "done\\n":
        sys.exit()
    groups.append(int(line))
def gone(group, how):
    try:
        os.killpg(group, how)
    except (ProcessLookupError, PermissionError):
        return True
    return False
for how in (signal.SIGINT, signal.SIGKILL):
    groups = [one for one in groups if not gone(one, how)]
    until = time.monotonic() + 2
    while groups and time.monotonic() < until:
        time.sleep(0.05)
        groups = [one for one in groups if not gone(one, 0)]
shutil.rmtree(sys.argv[1], ignore_errors=True)
"""


class Keeper:
    """Starts servers and knows them; made by `kept`."""

    def __init__(self, folder: Path):
        command = [sys.executable, "-I", "-S", "-c", _KEEP, str(folder)]
        nowhere = subprocess.DEVNULL
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere, start_new_session=True
        )

    def start(self, command: list[Any], **how: Any) -> subprocess.Popen:
        """Start a server, in a group of processes of its own."""
        server = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL, **how)
        self._tell(b"%d\n" % server.pid)
        return server

    def leave(self) -> None:
        """Forget the servers, which have ended, and their folder, which has been removed."""
        self._tell(_DONE)
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()


@contextmanager
def kept(folder: Path) -> Iterator[Keeper]:
    """A keeper of servers whose files are in the folder; in the block they are started, and ended."""
    keeper = Keeper(folder)
    try:
        yield keeper
    finally:
        keeper.leave()
