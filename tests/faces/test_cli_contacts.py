"""`soap admin contact`: set, shown to each as they may see it, removed, and noted."""

from __future__ import annotations

import json

import pytest

from soap.testing.tiny import tiny

KAK = "iaga_code:KAK"


@pytest.fixture
def held(soap, tmp_path):
    contacts = {"KAK": [{"organisation": "Observatory", "name": "A. Head", "email": "head@example.org"}]}
    path = tmp_path / "list"
    path.write_bytes(tiny(stations=[{"code": "KAK", "latitude": 36.2, "longitude": 140.2}], contacts=contacts))
    assert soap("ingest", path, "--provider", "CHN")[0] == 0
    for user, member, role in (("li", "CHN", "member_admin"), ("ali", "PAK", "member_admin")):
        assert soap("admin", "account", "add", user, "--member", member, "--role", role)[0] == 0
    assert soap("admin", "terms", "set", "--station", KAK, "--access", "open")[0] == 0


def shown(soap, *who):
    code, out, err = soap(*who, "admin", "contact", "show", KAK, "--json")
    assert code == 0, err
    return json.loads(out)


def test_a_data_officer_sets_and_removes(held, soap):
    assert [one["name"] for one in shown(soap, "--as", "ali")] == ["A. Head"]
    assert [(one["organisation"], one["name"], one["email"]) for one in shown(soap, "--as", "guest")] == [
        ("Observatory", "", "")
    ]
    setting = ("admin", "contact", "set", KAK, "--organisation", "Institute", "--email", "data@example.org")
    assert soap("--as", "li", *setting)[0] == 0
    assert soap("--as", "li", *setting[:5], "Archive", "--add")[0] == 0
    assert [(one["provider"], one["listed"], one["organisation"]) for one in shown(soap)] == [
        ("CHN", False, "Institute"), ("CHN", False, "Archive"),
    ]  # fmt: skip
    assert "data@example.org" in soap("admin", "contact", "show", KAK)[1]
    assert soap("--as", "li", "admin", "contact", "remove", KAK)[0] == 0
    assert [one["listed"] for one in shown(soap)] == [True]
    noted = [json.loads(line) for line in soap("admin", "audit", "--format", "jsonl")[1].splitlines()]
    acts = [(one["user"], one["owners"]) for one in noted if one["action"].startswith("soap admin contact")]
    assert acts == [("li", ["CHN"])] * 3


def test_who_may_not_and_what_is_none(held, soap):
    setting = ("admin", "contact", "set")
    code, _, err = soap("--as", "ali", *setting, KAK, "--organisation", "Institute")
    assert (code, "may not set the contacts of iaga_code:KAK: it belongs to CHN" in err) == (4, True)
    assert soap(*setting, "KAK", "--organisation", "Institute")[0] == 2
    assert soap(*setting, "iaga_code:NIL", "--organisation", "Institute")[0] != 0
    assert soap(*setting, KAK, "--organisation", "Institute", "--email", "nobody")[0] == 2
    code, out, err = soap("admin", "contact", "show", "iaga_code:NIL", "--json")
    assert (code, json.loads(out), err) == (0, [], "note: nobody is named here for iaga_code:NIL.\n")
