"""The audit log by what requests write into it: who read or changed what, completely, and nothing that is a secret."""

from __future__ import annotations

import csv
import io
import json
import logging
import time
from collections.abc import Iterator
from typing import Annotated

import pytest
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from starlette.testclient import TestClient

from soap.archive import audit
from soap.core.errors import ArchiveError, NotFound
from soap.faces.api.app import build
from soap.faces.api.face import Face
from soap.faces.api.rules import Anybody, HandsIn
from soap.services import accounts, passwords, recorder
from soap.services.audit import as_csv, as_json_lines, entries
from soap.testing.tiny import COMPOSITION
from soap.testing.web import OWNER, application, signed

PASSWORD = "correct horse battery"
router = APIRouter()


@router.get("/values/{name}")
def values(asking: Anybody, name: str, q: Annotated[str, Query()] = "", token: str = "", size: int = 1000) -> object:
    asking.tells_of(["CHN", ""])

    def parts() -> Iterator[bytes]:
        yield b"x" * size
        if name == "broken":
            raise RuntimeError("the store went away")
        yield b"x" * size

    return StreamingResponse(parts())


@router.get("/feed/{secret}")
def feed(asking: Anybody, secret: str) -> str:
    asking.tells_of(["CHN"])
    return "news"


@router.get("/plain")
def plain(asking: Anybody) -> str:
    return "nobody's values"


@router.get("/nothing")
def nothing(asking: Anybody) -> str:
    raise NotFound("There is nothing.")


@router.post("/in")
def hand_in(asking: HandsIn) -> str:
    asking.tells_of([asking.viewer.member])
    return "done"


def of(archive) -> TestClient:
    app = build(lambda: COMPOSITION, archive.settings, [Face("/x", (router,))])
    return TestClient(app, raise_server_exceptions=False)


def log(archive, **wanted) -> list[audit.Entry]:
    return list(entries(OWNER, archive, **wanted))


def test_a_reading_is_noted_with_all_that_was_sent(archive):
    with of(archive) as client:
        before = time.time_ns() // 1000
        answer = client.get("/x/values/kak?q=b_north", headers=signed(archive, "li.wei", "CHN"))
        assert len(answer.content) == 2000
        client.get("/x/plain")
        client.get("/x/nothing")
    (entry,) = log(archive)
    assert before <= entry.time <= time.time_ns() // 1000
    assert (entry.user, entry.member, entry.action) == ("li.wei", "CHN", "GET /x/values/{name}")
    assert (entry.subject, entry.owners, entry.outcome) == ("/x/values/kak?q=b_north", ("", "CHN"), 200)
    assert (entry.bytes, entry.address, entry.request) == (2000, "testclient", answer.headers["x-request-id"])


def test_an_answer_that_breaks_off_is_noted_with_what_was_sent(archive):
    with of(archive) as client:
        client.get("/x/values/broken")
    (entry,) = log(archive)
    assert (entry.user, entry.outcome, entry.bytes) == ("guest", 200, 1000)


def test_a_change_is_in_the_log_before_it_is_answered(archive):
    station = signed(archive, "s@bgd", "BGD", ("station",))
    with of(archive) as client:
        for count in range(1, 4):
            assert client.post("/x/in", headers=station).json() == "done"
            assert len(log(archive)) == count  # the server goes on, and has had no time to write by itself
    assert {(one.user, one.owners, one.outcome, one.bytes) for one in log(archive)} == {("s@bgd", ("BGD",), 200, 6)}


def test_refusals_are_noted(archive):
    user = signed(archive, "u@bgd", "BGD")
    with of(archive) as client:
        client.post("/x/in")
        client.post("/x/in", headers=user)
        client.get("/x/plain", headers={"Authorization": "Bearer soap_none"})
    assert [(one.user, one.outcome) for one in log(archive)] == [("guest", 401), ("u@bgd", 403), ("guest", 401)]


def test_a_flood_of_refusals_is_one_entry_and_a_count(archive):
    strict = archive.settings.model_copy(update={"requests_per_minute": 2})
    app = build(lambda: COMPOSITION, strict, [Face("/x", (router,))])
    with TestClient(app) as client:
        refused = [client.get("/x/plain").status_code for _ in range(50)].count(429)
    assert refused >= 45  # the window slides on, and lets one more in now and then
    assert [(one.subject, one.outcome) for one in log(archive)] == [
        ("/x/plain", 429),
        (f"{refused - 1} like this since the entry before: /x/plain", 429),
    ]


def test_nobody_writes_lines_of_their_own(archive):
    evil = "a\n2026-01-01T00:00:00Z,root,,\r\u202e\x1b[2J\0\ud800,\"'"
    with of(archive) as client:
        client.get("/x/values/kak", params={"q": evil.encode("utf-8", "surrogatepass")})
        client.get("/x/values/a%0Ab%1b%00")
        client.get("/x/values/" + "x" * 5000)
    found = log(archive)
    assert len(found) == 3
    for entry in found:
        assert entry.subject.isprintable()
        assert len(entry.subject) <= 1000
    rows = list(csv.reader(io.StringIO(b"".join(as_csv(found)).decode())))
    assert len(rows) == 4
    assert all(len(row) == 10 for row in rows)
    assert len(b"".join(as_json_lines(found)).splitlines()) == 3


def test_no_secret_is_in_the_log(archive, caplog):
    caplog.set_level(logging.DEBUG)
    accounts.add_account(OWNER, archive, "li.wei", ["user"], "CHN")
    passwords.set_password(OWNER, archive, "li.wei", PASSWORD)
    secrets = [PASSWORD, "wrong horse battery"]
    with application(archive, COMPOSITION) as client:
        client.post("/api/v1/session", json={"user": "li.wei", "password": "wrong horse battery"})
        claim = {"user": "li.wei", "password": PASSWORD}
        page = {"X-CSRF-Token": client.post("/api/v1/session", json=claim).json()["csrf"]}
        wanted = {"name": "x", "scopes": ["read"], "days": 1}
        made = client.post("/api/v1/tokens", json=wanted, headers=page).json()["token"]
        secrets += [page["X-CSRF-Token"], client.cookies["soap_session"], made]
        client.get("/api/v1/audit?user=" + made, headers={"Authorization": f"Bearer {made}"})
        client.get("/api/v1/oidc/callback?code=hush-code&state=hush-state")
        secrets += ["hush-code", "hush-state"]
        client.post("/api/v1/password", json={"old": PASSWORD, "new": "another horse battery"}, headers=page)
        client.delete("/api/v1/session", headers=page)
    with of(archive) as client:
        client.get(f"/x/values/{made}?token=hush-token&q={made}")
        client.get("/x/feed/hush-feed")
        secrets += ["hush-token", "hush-feed"]
    logged = [one.getMessage() for one in caplog.records if one.name != "httpx2"]  # which is the client's
    said = "\n".join([*(str(entry) for entry in log(archive)), *logged])
    assert [entry.outcome for entry in log(archive)] == [401, 200, 201, 403, 404, 204, 204, 200, 200]
    for secret in secrets:
        assert secret not in said


def test_while_the_catalogue_fails_nothing_is_lost(archive, monkeypatch, caplog):
    station = signed(archive, "s@bgd", "BGD", ("station",))
    real = recorder.audit.add
    monkeypatch.setattr(recorder, "_AGAIN_S", 0.01)

    def fails(*_):
        raise ArchiveError("No space left.")

    with of(archive) as client:
        monkeypatch.setattr(recorder.audit, "add", fails)
        answer = client.post("/x/in", headers=station)
        assert answer.status_code == 503
        assert "audit log" in answer.json()["detail"]
        assert client.get("/x/values/kak").status_code == 200
        assert log(archive) == []
        monkeypatch.setattr(recorder.audit, "add", real)
    assert sorted((one.user, one.outcome) for one in log(archive)) == [("guest", 200), ("s@bgd", 200)]
    assert "No space left" in caplog.text


def test_what_cannot_be_written_at_all_is_told_elsewhere(archive, monkeypatch, caplog):
    def fails(*_):
        raise ArchiveError("No space left.")

    with of(archive) as client:
        monkeypatch.setattr(recorder.audit, "add", fails)
        client.get("/x/values/kak")
    told = [json.loads(one.message) for one in caplog.records if one.message.startswith("{")]
    assert [one["subject"] for one in told] == ["/x/values/kak"]


def test_an_archive_that_may_only_be_asked_has_its_log_elsewhere(archive, monkeypatch, caplog):
    monkeypatch.setattr(type(archive), "read_only", True)
    with of(archive) as client:
        assert client.get("/x/values/kak").status_code == 200
    told = [json.loads(one.message) for one in caplog.records if one.name == "soap.audit"]
    assert [(one["subject"], one["owners"]) for one in told] == [("/x/values/kak", ["", "CHN"])]
    assert log(archive) == []


def test_requests_wait_while_too_much_waits_to_be_written(archive, monkeypatch):
    monkeypatch.setattr(recorder, "MOST", 0)
    monkeypatch.setattr("soap.faces.api.recorded.PATIENCE_S", 0.1)
    with of(archive) as client:
        answer = client.get("/x/values/kak")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert "x" * 100 not in answer.text


@pytest.fixture
def two_members(archive):
    """Readings by people of two members."""
    with of(archive) as client:
        client.get("/x/values/own?q=own", headers=signed(archive, "li.wei", "CHN"))
        client.get("/x/values/theirs?q=hidden", headers=signed(archive, "khan", "PAK"))
        client.get("/x/plain", headers={"Authorization": "Bearer soap_none"})


def test_a_data_officer_reads_what_concerns_the_member(archive, two_members):
    officer = signed(archive, "chn.officer", "CHN", ("member_admin",))
    other = signed(archive, "irn.officer", "IRN", ("member_admin",))
    admin = signed(archive, "root", "", ("project_admin",))
    with application(archive, COMPOSITION) as client:
        answer = client.get("/api/v1/audit", headers=officer)
        assert answer.headers["content-type"] == "application/jsonl"
        own, theirs = (json.loads(line) for line in answer.text.splitlines())
        assert (own["user"], own["subject"], own["owners"]) == ("li.wei", "/x/values/own?q=own", ["", "CHN"])
        assert (theirs["user"], theirs["subject"]) == ("khan", "/x/values/theirs")
        assert (theirs["owners"], theirs["bytes"]) == (["CHN"], None)  # what else they read is not told
        assert client.get("/api/v1/audit", headers=other).text == ""
        assert client.get("/api/v1/audit", headers=signed(archive, "wang", "CHN")).status_code == 403
        assert client.get("/api/v1/audit").status_code == 401
        every = client.get("/api/v1/audit?format=csv", headers=admin)
        rows = list(csv.DictReader(io.StringIO(every.text)))
        assert [row["user"] for row in rows][:3] == ["li.wei", "khan", "guest"]
        narrow = client.get("/api/v1/audit?user=khan&start=2020-01-01&stop=2100-01-01", headers=admin)
        assert len(narrow.text.splitlines()) == 1
        assert client.get("/api/v1/audit?stop=2020-01-01", headers=admin).text == ""


def test_entries_are_read_page_by_page_and_forgotten_in_time(archive):
    every = [audit.Entry(time, "li.wei", "CHN", "x", "y", ("CHN",), 200, 1) for time in range(2500)]
    with archive.catalogue.noting() as connection:
        audit.add(connection, every)
    assert list(audit.entries(archive, OWNER, audit.Wanted())) == every
    assert audit.remove_before(archive, 2400) == 2400
    assert len(log(archive)) == 100


def test_old_entries_go_where_the_settings_say_so(archive):
    now = time.time_ns() // 1000
    with archive.catalogue.noting() as connection:
        audit.add(
            connection, [audit.Entry(now - days * 86_400_000_000, "x", "", "x", "", (), 200, 0) for days in (9, 11)]
        )
    kept = archive.settings.model_copy(update={"audit_days": 10})
    with TestClient(build(lambda: COMPOSITION, kept, [Face("/x", (router,))])) as client:
        client.get("/x/values/kak")
    assert len(log(archive)) == 2
