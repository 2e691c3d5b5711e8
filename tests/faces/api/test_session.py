"""Signing in with a browser, what keeps others from doing so, and how a session ends."""

from __future__ import annotations

import pickle
import re

import pytest
from starlette.testclient import TestClient

from soap.archive import sessions
from soap.core.settings import Settings
from soap.faces.api.app import build
from soap.services import accounts, holders, passwords
from soap.testing.tiny import COMPOSITION
from soap.testing.web import OWNER, application, token_of

PASSWORD = "correct horse battery"
CLAIM = {"user": "li.wei", "password": PASSWORD}


@pytest.fixture
def person(archive):
    accounts.add_account(OWNER, archive, "li.wei", ["user"], "CHN")
    passwords.set_password(OWNER, archive, "li.wei", PASSWORD)


def signed_in(client) -> dict[str, str]:
    """Headers of a page of ours."""
    answer = client.post("/api/v1/session", json=CLAIM)
    assert answer.status_code == 200, answer.text
    return {"X-CSRF-Token": answer.json()["csrf"]}


def test_a_guest_is_told_so(client):
    answer = client.get("/api/v1/session")
    assert answer.json() == {"user": "guest", "member": "", "roles": ["guest"], "csrf": None,
                             "institution": None}  # fmt: skip


def test_a_person_signs_in_and_out(client, person):
    page = signed_in(client)
    assert client.get("/api/v1/session").json() == {
        "user": "li.wei", "member": "CHN", "roles": ["user"], "csrf": page["X-CSRF-Token"],
        "institution": None,
    }  # fmt: skip
    kept = client.cookies["soap_session"]
    assert client.delete("/api/v1/session", headers=page).status_code == 204
    assert "soap_session" not in client.cookies
    client.cookies.set("soap_session", kept)  # a copy of the cookie is worth nothing now
    assert client.get("/api/v1/session").json()["user"] == "guest"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(archive, client, person):
    said = client.post("/api/v1/session", json=CLAIM).headers["set-cookie"]
    assert re.fullmatch(r"soap_session=[\w-]{43}; HttpOnly; Path=/; SameSite=strict", said)
    with TestClient(client.app, base_url="https://testserver") as secure:
        said = secure.post("/api/v1/session", json=CLAIM).headers["set-cookie"]
        assert re.fullmatch(r"__Host-soap_session=[\w-]{43}; HttpOnly; Path=/; SameSite=strict; Secure", said)


def test_a_wrong_password_and_an_unknown_user_are_refused_alike(client, person):
    for claim in (
        {"user": "li.wei", "password": "wrong horse battery"},
        {"user": "nobody", "password": PASSWORD},
        {"user": "li.wei", "password": PASSWORD + "\0"},
    ):
        answer = client.post("/api/v1/session", json=claim)
        assert answer.status_code == 401
        assert answer.json()["detail"] == "The user or the password is wrong."
        assert "set-cookie" not in answer.headers


def test_a_change_by_a_session_needs_its_csrf_token(client, person):
    page = signed_in(client)
    change = {"old": PASSWORD, "new": "another horse battery"}
    assert client.post("/api/v1/password", json=change).status_code == 403
    forged = {"X-CSRF-Token": sessions.csrf_of("of another session")}
    assert client.post("/api/v1/password", json=change, headers=forged).status_code == 403
    assert client.post("/api/v1/password", json=change, headers=page).status_code == 204


def test_another_site_signs_nobody_in(client, person):
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://testserver:81"},
        {"Origin": "https://testserver"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://["},
    ):
        answer = client.post("/api/v1/session", json=CLAIM, headers=headers)
        assert answer.status_code == 403, headers
        assert "set-cookie" not in answer.headers
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}):
        client.cookies.clear()
        assert client.post("/api/v1/session", json=CLAIM, headers=headers).status_code == 200


def test_a_form_of_another_site_signs_nobody_in(client, person):
    content = b'{"user": "li.wei", "password": "correct horse battery"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None):
        headers = {} if kind is None else {"Content-Type": kind}
        answer = client.post("/api/v1/session", content=content, headers=headers)
        assert answer.status_code == 400, kind
        assert PASSWORD not in answer.text


def test_a_planted_cookie_is_not_the_session(client, person):
    client.cookies.set("soap_session", "planted")
    signed_in(client)
    assert client.get("/api/v1/session").json()["user"] == "li.wei"
    values = {one.value for one in client.cookies.jar if one.name == "soap_session"}
    assert len(values - {"planted"}) == 1
    with TestClient(client.app) as other:
        other.cookies.set("soap_session", "planted")
        assert other.get("/api/v1/session").json()["user"] == "guest"


def test_signing_in_again_ends_the_session_before(client, person):
    page = signed_in(client)
    before = client.cookies["soap_session"]
    assert client.post("/api/v1/session", json=CLAIM, headers=page).status_code == 200
    assert client.cookies["soap_session"] != before
    client.cookies.set("soap_session", before)
    client.cookies.clear()
    client.cookies.set("soap_session", before)
    assert client.get("/api/v1/session").json()["user"] == "guest"


def test_another_password_ends_the_other_sessions(archive, client, person):
    with application(archive, COMPOSITION) as other:
        page = signed_in(client)
        signed_in(other)
        change = {"old": "wrong horse battery", "new": "another horse battery"}
        assert client.post("/api/v1/password", json=change, headers=page).status_code == 401
        change["old"] = PASSWORD
        assert client.post("/api/v1/password", json=change, headers=page).status_code == 204
        assert client.get("/api/v1/session").json()["user"] == "li.wei"
        assert other.get("/api/v1/session").json()["user"] == "guest"
        assert other.post("/api/v1/session", json=CLAIM).status_code == 401


def test_who_runs_the_archive_gives_others_a_password_in_person(archive, client, person):
    accounts.add_account(OWNER, archive, "chief", ["project_admin"])
    passwords.set_password(OWNER, archive, "chief", PASSWORD)
    given, place = {"password": "a given horse battery"}, "/api/v1/accounts/li.wei/password"
    assert client.put(place, json=given, headers=token_of(archive, "chief")).status_code == 403  # a token may be stolen
    page = signed_in(client)  # as li.wei
    assert client.put("/api/v1/accounts/chief/password", json=given, headers=page).status_code == 403
    assert client.put(place, json=given, headers=page).status_code == 403  # one's own needs the present one
    page = {
        "X-CSRF-Token": client.post("/api/v1/session", json={**CLAIM, "user": "chief"}, headers=page).json()["csrf"]
    }
    assert client.put(place, json={"password": "short"}, headers=page).status_code == 400
    assert client.put("/api/v1/accounts/nobody.else/password", json=given, headers=page).status_code == 404
    assert client.put(place, json=given, headers=page).status_code == 204
    assert client.post("/api/v1/session", json=CLAIM, headers=page).status_code == 401
    assert client.post("/api/v1/session", json={"user": "li.wei", **given}, headers=page).status_code == 200


def test_a_token_is_no_person(archive, client, person):
    change = {"old": PASSWORD, "new": "another horse battery"}
    answer = client.post("/api/v1/password", json=change, headers=token_of(archive, "li.wei"))
    assert answer.status_code == 403


def test_a_session_ends_when_it_is_idle_and_in_any_case(archive, person):
    settings = archive.settings.model_copy(update={"session_idle_minutes": 30, "session_hours": 2})
    now = 1_800_000_000_000_000
    secret = sessions.begin(archive, "li.wei", now, settings.session_hours)
    minute = 60_000_000

    def held(at):
        return sessions.holder(archive, secret, at, settings.session_idle_minutes)

    assert held(now + 29 * minute).viewer.member == "CHN"
    assert held(now + 30 * minute) is None
    for minutes in range(20, 120, 20):  # used all the time
        with archive.catalogue.noting() as connection:
            sessions.seen(connection, {sessions.digest(secret): now + minutes * minute})
    assert held(now + 119 * minute) is not None
    assert held(now + 120 * minute) is None


def test_a_removed_account_is_signed_out(archive, client, person):
    signed_in(client)
    accounts.remove_account(OWNER, archive, "li.wei")
    assert client.get("/api/v1/session").json()["user"] == "guest"
    accounts.add_account(OWNER, archive, "li.wei", ["project_admin"])  # another person of that name
    holders.forget()
    assert client.get("/api/v1/session").json()["user"] == "guest"
    assert client.post("/api/v1/session", json=CLAIM).status_code == 401


def test_wrong_passwords_are_tried_ten_times(client, person):
    wrong = CLAIM | {"password": "wrong horse battery"}
    for _ in range(10):
        assert client.post("/api/v1/session", json=wrong).status_code == 401
    answer = client.post("/api/v1/session", json=CLAIM)  # now the right one is not tried either
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 900


def test_a_right_password_takes_the_wrong_ones_back(client, person):
    wrong = CLAIM | {"password": "wrong horse battery"}
    for _ in range(2):
        for _ in range(9):
            assert client.post("/api/v1/session", json=wrong).status_code == 401
        client.cookies.clear()
        assert client.post("/api/v1/session", json=CLAIM).status_code == 200
        client.cookies.clear()


def test_proxies_are_believed_where_they_are_trusted(archive, person):
    settings = archive.settings.model_copy(update={"trusted_proxies": "10.0.0.0/8"})
    wrong = CLAIM | {"password": "wrong horse battery"}

    def tries(client, address):
        return client.post("/api/v1/session", json=wrong, headers={"X-Forwarded-For": address}).status_code

    with TestClient(build(lambda: COMPOSITION, settings), client=("10.1.2.3", 5000)) as client:
        for _ in range(10):
            assert tries(client, "1.1.1.1, 192.0.2.7, 10.9.9.9") == 401
        assert tries(client, "2.2.2.2, 192.0.2.7") == 429  # what the asker wrote before is not believed
        assert tries(client, "192.0.2.8") == 401
    with TestClient(build(lambda: COMPOSITION, settings), client=("192.0.2.9", 5000)) as client:
        for last in range(10):
            assert tries(client, f"198.51.100.{last}") == 401
        assert tries(client, "198.51.100.77") == 429


def test_secrets_are_not_shown():
    settings = Settings(oidc_secret="hush-hush", catalogue="postgresql+psycopg://u:hush-hush@h/d")
    assert "hush-hush" not in repr(settings)
    assert "hush-hush" not in str(settings)


def test_the_secret_that_an_issuer_gave_is_sent_to_no_worker(archive):
    archive.settings.oidc_secret = "hush-hush"
    assert b"hush-hush" not in pickle.dumps(archive)
