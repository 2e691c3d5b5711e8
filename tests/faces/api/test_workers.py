"""Several processes on a catalogue in PostgreSQL: one server, also while one of them dies."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from soap.archive import Archive
from soap.core.settings import Settings
from soap.core.who import Viewer
from soap.services import passwords, tokens
from soap.testing.web import OWNER, serving, signed

pytestmark = pytest.mark.slow

PASSWORD = "a long word that nobody guesses"


def children(process) -> set[int]:
    """Processes that the server has started, but for Python's own helper."""
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    lines = {int(one): Path(f"/proc/{one}/cmdline").read_bytes() for one in found}
    return {one for one, line in lines.items() if b"resource_tracker" not in line}


def statuses(url, headers, times=40):
    """What each of some connections is answered; the kernel gives them to both processes."""
    return [httpx2.get(f"{url}/api/v1/subscriptions", headers=headers, timeout=10).status_code for _ in range(times)]


def users(url, cookies, times=20):
    """Whom the processes take the browser's user for."""
    return {httpx2.get(f"{url}/api/v1/session", cookies=cookies, timeout=10).json()["user"] for _ in range(times)}


def test_two_processes_are_one_server(tmp_path, postgresql_server):
    catalogue = postgresql_server.new_database()
    archive = Archive.open(Settings(archive=tmp_path / "archive", catalogue=catalogue, objects=""))
    held = signed(archive, "u@bgd", "BGD")
    passwords.set_password(OWNER, archive, "u@bgd", PASSWORD)
    environment = os.environ | {"SOAP_CATALOGUE": catalogue, "SOAP_JOB_WORKERS": "1"}
    with serving(tmp_path / "archive", "--workers", "2", environment=environment) as (url, process):
        log = tmp_path / f"serve-{urlsplit(url).port}.log"
        first = children(process)
        assert len(first) == 2
        assert set(statuses(url, held)) == {200}
        killed = min(first)
        os.kill(killed, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while (killed in (now := children(process)) or len(now) < 2) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(now) == 2
        assert killed not in now
        for _ in range(100):  # until the new one serves, the other does
            assert httpx2.get(f"{url}/api/v1/members", timeout=20).status_code == 200
        with httpx2.Client(base_url=url) as browser:
            assert browser.post("/api/v1/session", json={"user": "u@bgd", "password": PASSWORD}).status_code == 200
            cookies, csrf = dict(browser.cookies), browser.get("/api/v1/session").json()["csrf"]
        assert users(url, cookies) == {"u@bgd"}  # made by one process, and known to the other at once
        (token,) = tokens.tokens(OWNER, archive, "u@bgd")
        tokens.revoke(Viewer("u@bgd"), archive, token.number)
        ended = httpx2.delete(f"{url}/api/v1/session", cookies=cookies, headers={"X-CSRF-Token": csrf})
        assert ended.status_code == 204
        time.sleep(5.5)
        assert set(statuses(url, held)) == {401}
        assert users(url, cookies) == {"guest"}
        began = time.monotonic()
        process.terminate()
        process.wait(25)
        assert "Traceback" not in re.sub(r"(?s)Child process.*?\n", "", log.read_text())
    assert time.monotonic() - began < 25
