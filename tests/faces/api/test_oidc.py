"""Signing in by an issuer: who is who, and that an issuer or a browser that cheats signs nobody in."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from starlette.testclient import TestClient

from soap.faces.api.app import build
from soap.services import accounts
from soap.testing.oidc_provider import CLIENT, SECRET, issuing, new_key
from soap.testing.tiny import COMPOSITION
from soap.testing.web import OWNER

USER = "li.wei@example.org"


@pytest.fixture
def issuer():
    with issuing() as issuer:
        yield issuer


@pytest.fixture
def configured(archive, issuer):
    accounts.add_account(OWNER, archive, USER, ["user"], "CHN")
    changes = {"oidc_issuer": issuer.url, "oidc_client": CLIENT, "oidc_secret": SECRET}
    return archive.settings.model_copy(update=changes | {"public_url": "http://testserver"})


def server(settings):
    return TestClient(build(lambda: COMPOSITION, settings), follow_redirects=False)


@pytest.fixture
def browser(configured):
    with server(configured) as browser:
        yield browser


def sent_back(browser) -> str:
    """Where the issuer sends a browser that has begun to sign in."""
    begun = browser.get("/api/v1/oidc/login")
    assert begun.status_code == 303, begun.text
    return httpx2.get(begun.headers["location"]).headers["location"].removeprefix("http://testserver")


def signed_in_as(browser) -> str:
    return browser.get("/api/v1/session").json()["user"]


def test_a_person_of_the_issuer_is_an_account(browser):
    begun = browser.get("/api/v1/oidc/login")
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/api/v1/oidc/callback"]
    assert "samesite=lax" in begun.headers["set-cookie"].lower()
    answer = browser.get(sent_back(browser))
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert signed_in_as(browser) == USER


def test_the_institution_is_told_by_its_name_alone(configured, browser, issuer):
    """Its host's name where it is given none; never the client, nor its secret."""
    told = browser.get("/api/v1/session")
    assert told.json()["institution"] == "127.0.0.1"
    assert not any(secret in told.text for secret in (SECRET, issuer.url, f'"{CLIENT}"'))
    with server(configured.model_copy(update={"oidc_name": "Example University"})) as named:
        assert named.get("/api/v1/session").json()["institution"] == "Example University"
    with server(configured.model_copy(update={"public_url": ""})) as half:
        assert half.get("/api/v1/session").json()["institution"] is None


OWN = "/around?event=us20005hqz&x=%22"


@pytest.mark.parametrize(
    ("to", "home"),
    [
        (OWN, OWN),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("https://evil.example", "/"),
        ('/x"><script>', "/x&quot;&gt;&lt;script&gt;"),
        ("/" + "x" * 1990, "/" + "x" * 1990),
    ],
)
def test_who_signed_in_comes_back_to_a_page_of_this_server(browser, to, home):
    begun = browser.get("/api/v1/oidc/login", params={"to": to})
    back = httpx2.get(begun.headers["location"]).headers["location"].removeprefix("http://testserver")
    assert f'content="0; url={home.replace("&x", "&amp;x")}"' in browser.get(back).text


@pytest.mark.parametrize("forged", ["Ly9ldmls", "not base64!", "", "_w"])  # //evil, nonsense, nothing, no UTF-8
def test_a_forged_way_back_leads_home(browser, forged):
    back = sent_back(browser)
    secret = browser.cookies["soap_oidc"].partition(".")[0]
    browser.cookies.set("soap_oidc", f"{secret}.{forged}", domain="testserver.local", path="/api/v1/oidc")
    assert 'content="0; url=/"' in browser.get(back).text


def test_a_refusal_is_a_page_for_a_browser(configured, browser, issuer):
    issuer.claims = {"sub": "person-2", "email": "<zhang@example.org"}
    answer = browser.get(sent_back(browser), headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "You are not signed in" in answer.text
    assert "&lt;zhang@example.org" in answer.text
    issuer.says = {"issuer": "https://issuer.example"}
    with server(configured) as other:
        answer = other.get("/api/v1/oidc/login", headers={"Accept": "text/html"})
    assert answer.status_code == 503
    assert "You are not signed in" in answer.text


FOR_OTHERS = (
    {"nonce": "another"},
    {"nonce": None},
    {"aud": "another"},
    {"aud": [CLIENT, "another"]},  # and no azp
    {"iss": "https://issuer.example"},
    {"exp": int(time.time()) - 3600},
    {"exp": None},
    {"iat": None},
    {"sub": None},
    {"email_verified": False},
    {"email_verified": None},
    {"email": None},
    {"email": "guest"},
    {"nbf": int(time.time()) + 3600},
)


def test_a_token_for_others_signs_nobody_in(browser, issuer):
    for issuer.claims in FOR_OTHERS:
        answer = browser.get(sent_back(browser))
        assert answer.status_code == 401, issuer.claims
        assert signed_in_as(browser) == "guest"
    issuer.claims = {"azp": CLIENT, "aud": [CLIENT, "another"]}
    assert browser.get(sent_back(browser)).status_code == 200


def test_a_token_that_anybody_can_make_signs_nobody_in(browser, issuer):
    for issuer.algorithm in ("none", "HS256"):
        assert browser.get(sent_back(browser)).status_code == 401
    issuer.algorithm = "RS256"
    issuer.key = new_key("second")
    assert browser.get(sent_back(browser)).status_code == 401


def test_a_new_key_is_found(browser, issuer, monkeypatch):
    monkeypatch.setattr("soap.services.oidc._AGAIN_S", 0)
    assert browser.get(sent_back(browser)).status_code == 200
    issuer.key = issuer.published = new_key("second")
    issuer.kid = "second"
    assert browser.get(sent_back(browser)).status_code == 200


def test_an_answer_is_taken_once(browser):
    back = sent_back(browser)
    kept = browser.cookies["soap_oidc"]
    assert browser.get(back).status_code == 200
    browser.cookies.set("soap_oidc", kept)
    assert browser.get(back).status_code == 401


def test_an_answer_is_of_the_browser_that_asked(configured, browser):
    back = sent_back(browser)
    with server(configured) as victim:
        assert victim.get(back).status_code == 401
        sent_back(victim)  # begun to sign in by itself
        assert victim.get(back).status_code == 401
        assert signed_in_as(victim) == "guest"


def test_an_answer_that_comes_too_late_is_none(browser, monkeypatch):
    back = sent_back(browser)
    real = time.time_ns
    monkeypatch.setattr("soap.services.oidc.time.time_ns", lambda: real() + 601 * 10**9)
    assert browser.get(back).status_code == 401


def test_an_answer_of_another_issuer_or_an_error_signs_nobody_in(browser):
    for change in ("&iss=https://issuer.example", "&error=access_denied"):
        assert browser.get(sent_back(browser) + change).status_code == 401


def test_a_code_of_somebody_else_is_bound_to_their_verifier(configured, browser):
    with server(configured) as attacker:
        stolen = parse_qs(urlsplit(sent_back(browser)).query)["code"][0]
        own = parse_qs(urlsplit(sent_back(attacker)).query)["state"][0]
        assert attacker.get(f"/api/v1/oidc/callback?code={stolen}&state={own}").status_code == 401


def test_who_has_no_account_gets_none(archive, browser, issuer):
    issuer.claims = {"sub": "person-2", "email": "zhang@example.org"}
    assert browser.get(sent_back(browser)).status_code == 404
    assert [one.user for one in accounts.accounts(OWNER, archive)] == [USER]


def test_an_account_is_one_persons(browser, issuer):
    assert browser.get(sent_back(browser)).status_code == 200
    issuer.claims = {"sub": "person-2"}  # the issuer gave the address to somebody else
    assert browser.get(sent_back(browser)).status_code == 403
    issuer.claims = {"email": "li.wei.new@example.org"}  # the same person
    assert browser.get(sent_back(browser)).status_code == 200
    assert signed_in_as(browser) == USER


def test_accounts_are_made_as_the_settings_say(archive, configured, issuer):
    settings = configured.model_copy(
        update={"oidc_member_claim": "groups", "oidc_members": {"buet": "BGD user", "all": "BGD project_admin"}}
    )
    with server(settings) as browser:
        issuer.claims = {"sub": "3", "email": "rahman@example.org", "groups": ["staff", "buet"]}
        assert browser.get(sent_back(browser)).status_code == 200
        assert browser.get("/api/v1/session").json()["member"] == "BGD"
        issuer.claims = {"sub": "4", "email": "karim@example.org", "groups": ["staff"]}
        assert browser.get(sent_back(browser)).status_code == 404
        issuer.claims = {"sub": "5", "email": "ali@example.org", "groups": "all"}
        assert browser.get(sent_back(browser)).status_code == 403
    assert {one.user for one in accounts.accounts(OWNER, archive)} == {USER, "rahman@example.org"}


def test_an_issuer_that_is_another_or_is_not_safe_is_not_asked(browser, issuer):
    for issuer.says in (
        {"issuer": "https://issuer.example"},
        {"token_endpoint": "http://issuer.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
    ):
        assert browser.get("/api/v1/oidc/login").status_code == 503, issuer.says


def test_without_an_issuer_there_is_no_such_way_in(client):
    assert client.get("/api/v1/oidc/login").status_code == 404
    assert client.get("/api/v1/oidc/callback?code=x&state=y").status_code == 404
