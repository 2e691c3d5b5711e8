"""Tokens by REST: made and revoked in person, bounded by what their account may; one that ended is worth nothing."""

from __future__ import annotations

import json
import time

import pytest
from sqlalchemy import select

from soap.archive.schema import token
from soap.services import accounts, holders, passwords, tokens
from soap.testing.web import OWNER, signed, token_of

PASSWORD = "correct horse battery"


@pytest.fixture
def page(archive, client):
    """Headers of a page that a data officer has signed in on."""
    accounts.add_account(OWNER, archive, "li.wei", ["user"], "CHN")
    passwords.set_password(OWNER, archive, "li.wei", PASSWORD)
    answer = client.post("/api/v1/session", json={"user": "li.wei", "password": PASSWORD})
    return {"X-CSRF-Token": answer.json()["csrf"]}


def test_a_token_is_made_used_listed_and_revoked(archive, client, page):
    wanted = {"name": "notebook", "scopes": ["read", "work"], "days": 30}
    answer = client.post("/api/v1/tokens", json=wanted, headers=page)
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    made = answer.json()
    bearer = {"Authorization": f"Bearer {made['token']}"}
    with archive.catalogue.reading() as connection:
        kept = str(connection.execute(select(token)).one())
    assert made["token"] not in kept
    assert client.get("/api/v1/usage", headers=bearer).status_code == 200
    listed = client.get("/api/v1/tokens").text
    assert made["token"] not in listed
    assert json.loads(listed)[0]["scopes"] == ["read", "work"]
    assert client.delete(f"/api/v1/tokens/{made['number']}", headers=page).json()["revoked"]
    client.cookies.clear()
    assert client.get("/api/v1/usage", headers=bearer).status_code == 401
    assert client.get("/api/v1/members", headers=bearer).status_code == 401  # nor is it the public


def test_its_scopes_are_those_of_the_account(client, page):
    for scopes in (["manage"], ["read", "hand_in"], ["king"], []):
        wanted = {"name": "notebook", "scopes": scopes, "days": 30}
        assert client.post("/api/v1/tokens", json=wanted, headers=page).status_code == 400
    assert client.get("/api/v1/tokens").json() == []


@pytest.mark.parametrize("days", ["30", True, 0, 10_000, None])
def test_its_days_are_a_number_of_days(client, page, days):
    wanted = {"name": "notebook", "scopes": ["read"], "days": days}
    assert client.post("/api/v1/tokens", json=wanted, headers=page).status_code == 400


def test_a_token_makes_none_and_ends_none(archive, client):
    admin = signed(archive, "root", "", ("project_admin",))
    assert client.get("/api/v1/tokens", headers=admin).status_code == 403
    assert client.delete("/api/v1/tokens/1", headers=admin).status_code == 403
    wanted = {"name": "notebook", "scopes": ["read"], "days": 30}
    assert client.post("/api/v1/tokens", json=wanted, headers=admin).status_code == 403


def test_others_tokens_are_not_there(archive, client, page):
    signed(archive, "wang", "CHN")
    (other,) = tokens.tokens(OWNER, archive, "wang")
    assert client.delete(f"/api/v1/tokens/{other.number}", headers=page).status_code == 404
    assert client.get("/api/v1/tokens").json() == []


def test_an_expired_token_is_none_also_while_it_is_kept(archive, client, monkeypatch):
    bearer = signed(archive, "li.wei", "CHN")
    assert client.get("/api/v1/usage", headers=bearer).status_code == 200
    real = time.time_ns
    monkeypatch.setattr("soap.services.tokens.time.time_ns", lambda: real() + 86_400 * 10**9)
    assert client.get("/api/v1/usage", headers=bearer).status_code == 401
    holders.forget()
    assert client.get("/api/v1/usage", headers=bearer).status_code == 401


def test_what_another_process_revokes_ends_within_seconds(archive, client, monkeypatch):
    bearer = signed(archive, "li.wei", "CHN")
    assert client.get("/api/v1/usage", headers=bearer).status_code == 200
    with archive.catalogue.noting() as connection:  # this process is not told
        connection.execute(token.update().values(revoked=1))
    assert client.get("/api/v1/usage", headers=bearer).status_code == 200
    real = time.monotonic
    monkeypatch.setattr("soap.services.holders.time.monotonic", lambda: real() + holders.KEPT_S)
    assert client.get("/api/v1/usage", headers=bearer).status_code == 401


def test_a_role_that_was_taken_away_is_gone_at_once(archive, client):
    admin = signed(archive, "root", "CHN", ("project_admin", "user"))
    assert client.get("/api/v1/accounts", headers=admin).status_code == 200
    accounts.change_account(OWNER, archive, "root", ["user"])
    assert client.get("/api/v1/accounts", headers=admin).status_code == 403


def test_guesses_are_bounded(archive, client):
    bearer = signed(archive, "li.wei", "CHN")
    assert client.get("/api/v1/usage", headers=bearer).status_code == 200
    guess = {"Authorization": "Bearer soap_guess"}
    answers = [client.get("/api/v1/members", headers=guess) for _ in range(70)]
    statuses = [one.status_code for one in answers]
    assert statuses[:60] == [401] * 60
    assert 429 in statuses  # the minute slides on, and lets one more in now and then
    answer = answers[statuses.index(429)]
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert client.get("/api/v1/usage", headers=bearer).status_code == 200  # who is known goes on


def test_a_guest_asks_the_catalogue_for_nothing_and_a_known_token_too(archive, client, monkeypatch):
    bearer = token_of(archive, accounts.add_account(OWNER, archive, "li.wei", ["user"], "CHN").user)
    assert client.get("/api/v1/session", headers=bearer).json()["user"] == "li.wei"
    here = client.app.state.served.archive.catalogue
    asked = []
    monkeypatch.setattr(type(here), "reading", lambda self: asked.append(self))
    assert client.get("/api/v1/session").json()["user"] == "guest"
    assert client.get("/api/v1/session", headers=bearer).json()["user"] == "li.wei"
    assert asked == []
