"""A server for tests: the application in this process, or `soap serve` in one of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2
import xarray as xr
from starlette.testclient import TestClient

from soap.archive import Archive
from soap.core.who import folder_owner, scopes_of
from soap.faces.api.app import build
from soap.services import accounts, tokens
from soap.services.composition import Composition

OWNER = folder_owner("keeper")
_MAIN = "from soap.systems.seismo_ionospheric import main; main()"


@contextmanager
def application(archive: Archive, composition: Composition) -> Iterator[TestClient]:
    """The application on an archive, in this process; errors that are no answer are raised."""
    xr.Dataset(coords={"time": [0]})  # of what it imports, the test's thread and the server's would find half a module
    with TestClient(build(lambda: composition, archive.settings), base_url="http://testserver") as client:
        yield client


def signed(archive: Archive, user: str, member: str = "", roles: tuple[str, ...] = ("user",)) -> dict[str, str]:
    """Headers of a new account's token with every scope that its roles can use."""
    accounts.add_account(OWNER, archive, user, roles, member)
    return token_of(archive, user)


def token_of(archive: Archive, user: str, scopes: tuple[str, ...] | None = None) -> dict[str, str]:
    """Headers of a new token of an account, with every scope that its roles can use where none are given."""
    viewer = accounts.acting_as(OWNER, archive, user)
    secret, _ = tokens.make(viewer, archive, user, "test", scopes_of(viewer.roles) if scopes is None else scopes, 1)
    return {"Authorization": f"Bearer {secret}"}


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def serving(
    folder: Path, *options: str, environment: Mapping[str, str] | None = None, port: int | None = None
) -> Iterator[tuple[str, subprocess.Popen]]:
    """`soap serve` on an archive's folder in a process of its own: its URL, and the process, which may be killed."""
    port = free_port() if port is None else port
    command = [sys.executable, "-c", _MAIN, "serve", "--archive", str(folder)]
    with (folder.parent / f"serve-{port}.log").open("ab") as log:
        process = subprocess.Popen([*command, "--port", str(port), *options], stdout=log, stderr=log,
                                   env=None if environment is None else dict(environment))  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process, Path(log.name))
        yield url, process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx2.get(f"{url}/api/v1/members", timeout=5).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise RuntimeError(f"The server did not start: {log.read_text()[-2000:]}")
