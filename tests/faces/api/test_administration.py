"""Accounts, members, terms, quarantine and usage by REST, by who may."""

from __future__ import annotations

import pytest

from soap.archive import publish
from soap.core.who import Viewer
from soap.services import accounts, sign_in
from soap.services.audit import entries
from soap.services.ingest import ingest
from soap.testing.tiny import COMPOSITION, tiny
from soap.testing.web import OWNER, signed


@pytest.fixture
def admin(archive):
    return signed(archive, "root", "", ("project_admin",))


@pytest.fixture
def officer(archive, tmp_path):
    """Headers of China's data officer, who has handed in a year."""
    headers = signed(archive, "chn.officer", "CHN", ("member_admin",))
    path = tmp_path / "kak.tiny"
    path.write_bytes(tiny(code="kak", start="2016-01-01", values=[1.0, 2.0]))
    ingest(Viewer("chn.officer", "CHN", frozenset({"member_admin"})), archive, COMPOSITION, [path])
    return headers


def test_accounts_are_kept(archive, client, admin):
    wanted = {"user": "li.wei", "member": "CHN", "roles": ["user", "station"]}
    made = client.post("/api/v1/accounts", json=wanted, headers=admin)
    assert (made.status_code, made.json()["roles"]) == (201, ["station", "user"])
    assert client.post("/api/v1/accounts", json=wanted, headers=admin).status_code == 400
    changed = client.patch("/api/v1/accounts/li.wei", json={"member": "PAK"}, headers=admin)
    assert (changed.json()["member"], changed.json()["roles"]) == ("PAK", ["station", "user"])
    assert [one["user"] for one in client.get("/api/v1/accounts", headers=admin).json()] == ["li.wei", "root"]
    cookie = sign_in.begin(archive, archive.settings, "li.wei")
    assert client.delete("/api/v1/accounts/li.wei", headers=admin).status_code == 204
    assert sign_in.holder(archive, archive.settings, cookie) is None
    assert client.delete("/api/v1/accounts/li.wei", headers=admin).status_code == 404
    assert client.post("/api/v1/members", json={"code": "NPL", "name": "Nepal"}, headers=admin).status_code == 201
    assert {"code": "NPL", "name": "Nepal"} in client.get("/api/v1/members").json()
    said = [(one.action, one.subject) for one in entries(OWNER, archive, user="root") if one.outcome < 300]
    assert said == [
        ("POST /api/v1/accounts", "/api/v1/accounts user=li.wei member=CHN roles=user,station"),
        ("PATCH /api/v1/accounts/{user}", "/api/v1/accounts/li.wei member=PAK roles=-"),
        ("DELETE /api/v1/accounts/{user}", "/api/v1/accounts/li.wei"),
        ("POST /api/v1/members", "/api/v1/members code=NPL"),
    ]


def test_names_that_are_none_are_refused(client, admin):
    for wanted in ({"user": "a b"}, {"user": "x" * 81}, {"user": "li", "roles": ["owner"]}, {"user": "guest"},
                   {"user": "li", "member": "\0"}, {"user": "li\n"}):  # fmt: skip
        answer = client.post("/api/v1/accounts", json={"member": "CHN"} | wanted, headers=admin)
        assert answer.status_code == 400, wanted
    assert client.delete("/api/v1/accounts/%00", headers=admin).status_code == 400


def test_a_data_officer_sets_terms_of_their_members_own(archive, client, officer):
    where = "/api/v1/terms?collection=geomagnetism.kak.pt1h"
    (held,) = client.get(where, headers=officer).json()
    assert (held["owner"], held["access"], held["granules"]) == ("CHN", "private", 1)
    other = signed(archive, "pak.officer", "PAK", ("member_admin",))
    assert client.get(where, headers=other).status_code == 404  # as what is not there
    assert client.put(where, json={"access": "open"}, headers=other).status_code == 404
    assert client.put(where, json={"owner": "PAK"}, headers=officer).status_code == 403
    wanted = {"named": ["PAK"], "embargo_until": "2090-01-01", "licence": "CC-BY-4.0"}
    (set_,) = client.put(where, json=wanted, headers=officer).json()
    assert (set_["access"], set_["named"], set_["embargo_until"]) == ("named", ["PAK"], "2090-01-01T00:00:00Z")
    assert client.put(where, json={"embargo_until": "none"}, headers=officer).status_code == 200
    assert client.get(where, headers=other).json()[0]["licence"] == "CC-BY-4.0"
    assert client.put(where, json={"access": "open"}, headers=other).status_code == 403
    granule = "geomagnetism.kak.pt1h:kak:2016:CHN"
    own = client.put(f"/api/v1/terms?granule={granule}", json={"access": "private"}, headers=officer)
    assert own.json()[0]["access"] == "private"
    back = client.delete(f"/api/v1/terms?granule={granule}", headers=officer)
    assert back.json()["access"] == "named"
    assert len(client.get("/api/v1/terms/history", headers=officer).json()) == 4
    assert client.put(where, json={}, headers=officer).status_code == 400
    assert client.get("/api/v1/terms", headers=officer).status_code == 400
    changes = [one for one in entries(OWNER, archive) if one.action.startswith("PUT") and one.outcome == 200]
    assert {one.owners for one in changes} == {("CHN",)}


def test_quarantine_is_for_who_runs_the_archive(archive, client, admin, officer):
    publish.quarantine_files(archive, OWNER, [publish.Unreadable("x.mat", b"what is this", "no format read here")])
    (one,) = client.get("/api/v1/quarantine", headers=admin).json()
    assert (one["name"], one["reason"], one["kept"]) == ("x.mat", "no format read here", True)
    assert client.get("/api/v1/quarantine", headers=officer).status_code == 403


def test_usage_is_ones_own_and_a_data_officers_members(archive, client, officer):
    user = signed(archive, "li.wei", "CHN")
    client.get("/api/v1/members", headers=user)
    (own,) = client.get("/api/v1/usage", headers=user).json()
    assert (own["kind"], own["name"], own["bytes_per_day"]) == ("user", "li.wei", 200 << 30)
    assert own["days"][-1]["requests"] == 1  # the one before
    assert own["days"][-1]["bytes"] == len(client.get("/api/v1/members").content)
    mine, members = client.get("/api/v1/usage", headers=officer).json()
    assert (mine["name"], members["kind"], members["name"]) == ("chn.officer", "member", "CHN")
    assert members["days"][-1]["requests"] == 2


def test_the_document_shows_no_secret(client):
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    for name in ("SignIn", "PasswordChange"):
        for field in schemas[name]["properties"].values():
            if field.get("format") == "password" or field.get("writeOnly"):
                assert not field.keys() & {"example", "examples", "default"}
    assert schemas["SignIn"]["properties"]["password"]["writeOnly"]
    assert "examples" not in schemas["MadeToken"]["properties"]["token"]


def test_an_account_that_is_made_has_no_way_in(archive, client):
    accounts.add_account(OWNER, archive, "li.wei", ["project_admin"])
    for password in ("li.wei", "password", "soap", "correct horse battery"):
        assert client.post("/api/v1/session", json={"user": "li.wei", "password": password}).status_code == 401
    assert client.post("/api/v1/session", json={"user": "li.wei", "password": ""}).status_code == 400
