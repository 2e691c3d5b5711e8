"""A server that is killed: what it had answered to a change is in the audit log."""

from __future__ import annotations

import httpx2
import pytest

from soap.archive import Archive
from soap.core.settings import Settings
from soap.services.audit import entries
from soap.testing.web import OWNER, serving, signed

pytestmark = pytest.mark.slow


def test_what_was_answered_is_noted_though_the_server_is_killed(tmp_path):
    archive = Archive.open(Settings(archive=tmp_path / "archive", catalogue="", objects=""))
    admin = signed(archive, "root", "", ("project_admin",))
    with serving(tmp_path / "archive") as (url, process):
        for number in range(20):
            new = {"user": f"user{number}", "member": "CHN"}
            assert httpx2.post(f"{url}/api/v1/accounts", json=new, headers=admin).status_code == 201
        process.kill()
        process.wait()
    said = [one.subject.split()[1] for one in entries(OWNER, archive) if one.outcome == 201]
    assert said == [f"user=user{number}" for number in range(20)]


def test_a_server_that_is_stopped_writes_what_waits(tmp_path):
    archive = Archive.open(Settings(archive=tmp_path / "archive", catalogue="", objects=""))
    with serving(tmp_path / "archive") as (url, process):
        for _ in range(5):
            assert httpx2.get(f"{url}/api/v1/accounts").status_code == 401
        process.terminate()
        assert process.wait(timeout=20) is not None
    assert [(one.user, one.outcome, one.address) for one in entries(OWNER, archive)] == [
        ("guest", 401, "127.0.0.1")
    ] * 5
