"""Passwords, tokens and the audit log on the command line."""

from __future__ import annotations

import csv
import io
import json

import pytest

from soap.services import passwords, sign_in, tokens
from soap.services.admin import open_archive
from soap.testing.tiny import tiny

PASSWORD = "correct horse battery"


@pytest.fixture
def held(soap, tmp_path):
    """An archive with an account."""
    path = tmp_path / "a.tiny"
    path.write_bytes(tiny(code="kak", start="2016-01-01", values=[1.0]))
    assert soap("ingest", path)[0] == 0
    assert soap("admin", "account", "add", "li.wei", "--member", "CHN")[0] == 0

    def opened():
        from soap.core.settings import Settings

        return open_archive(Settings())

    return opened


def test_a_password_is_read_and_never_told(held, soap, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    code, out, err = soap("admin", "account", "password", "li.wei", "--stdin")
    assert code == 0
    assert passwords.verified(held(), "li.wei", PASSWORD)
    code, log, _ = soap("admin", "audit")
    for text in (out, err, log):
        assert PASSWORD not in text
    monkeypatch.setattr("sys.stdin", io.StringIO("password1234\n"))
    code, out, err = soap("admin", "account", "password", "li.wei", "--stdin")
    assert (code, "password1234" in out + err) == (2, False)
    assert soap("admin", "account", "password", "li.wei")[0] == 2  # nobody is there to be asked
    code, _, err = soap("admin", "account", "password", "li.wei", PASSWORD)
    assert code == 2  # an argument would be in the list of processes


def test_the_password_is_asked_for_twice(held, soap, monkeypatch):
    asked = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", lambda text, **options: asked.append((text, options)) or PASSWORD)
    assert soap("admin", "account", "password", "li.wei")[0] == 0
    assert asked == [("Password of li.wei", {"hide_input": True, "confirmation_prompt": True, "err": True})]


def test_a_new_password_ends_sessions(held, soap, monkeypatch):
    archive = held()
    cookie = sign_in.begin(archive, archive.settings, "li.wei")
    assert sign_in.holder(archive, archive.settings, cookie).viewer.member == "CHN"
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    assert soap("admin", "account", "password", "li.wei", "--stdin")[0] == 0
    assert sign_in.holder(archive, archive.settings, cookie) is None


def test_tokens(held, soap):
    code, out, err = soap("admin", "token", "make", "li.wei", "--scope", "read", "--scope", "work", "--days", 3)
    assert code == 0
    holder = tokens.holder(held(), out.strip())
    assert (holder.viewer.user, holder.scopes) == ("li.wei", {"read", "work"})
    assert out.strip() not in err
    assert out.strip() not in soap("admin", "token", "list")[1]
    (listed,) = json.loads(soap("admin", "token", "list", "li.wei", "--json")[1])
    assert (listed["number"], listed["scopes"], listed["revoked"]) == (1, ["read", "work"], False)
    assert soap("admin", "token", "make", "li.wei", "--scope", "manage")[0] == 2
    assert soap("admin", "token", "make", "nobody")[0] == 3
    assert soap("admin", "token", "revoke", 1)[0] == 0
    assert soap("admin", "token", "revoke", 1)[0] == 0
    assert soap("admin", "token", "revoke", 2)[0] == 3
    assert soap("admin", "token", "make", "li.wei", "--as", "guest")[0] == 4


def test_what_the_command_line_changes_is_in_the_log(held, soap):
    soap("admin", "account", "change", "li.wei", "--role", "member_admin")
    soap("admin", "account", "add", "wang", "--member", "CHN")
    soap("admin", "account", "add", "wang", "--member", "XXX")
    soap("admin", "account", "remove", "wang", "--as", "li.wei")
    soap("admin", "account", "remove", "wang")
    soap("admin", "member", "add", "NPL", "Nepal")
    soap("admin", "terms", "set", "--collection", "geomagnetism.kak.pt1h", "--access", "open", "--owner", "PAK")
    rows = list(csv.DictReader(io.StringIO(soap("admin", "audit")[1])))
    assert [(row["action"].removeprefix("soap admin "), row["outcome"]) for row in rows] == [
        ("account add", "200"),
        ("account change", "200"),
        ("account add", "200"),
        ("account remove", "403"),
        ("account remove", "200"),
        ("member add", "200"),
        ("terms set", "200"),
    ]
    assert rows[3]["user"] == "li.wei"
    assert (rows[6]["owners"], rows[6]["subject"]) == (
        "PAK", "collection=geomagnetism.kak.pt1h access=open owner=PAK",
    )  # fmt: skip
    only = soap("admin", "audit", "--as", "li.wei", "--format", "jsonl")[1].splitlines()
    assert [json.loads(line)["outcome"] for line in only] == [403]
    assert soap("admin", "audit", "--as", "guest")[0] == 4
    assert json.loads(soap("admin", "audit", "--json", "--user", "li.wei")[1])[0]["member"] == "CHN"
    assert soap("admin", "audit", "--format", "xml")[0] == 2


def test_the_first_start_says_how_to_begin(held, soap, monkeypatch):
    monkeypatch.setattr("soap.faces.api.server.run", lambda *_: None)
    assert "account add" not in soap("serve")[2]
    soap("admin", "account", "remove", "li.wei")
    assert "soap admin account add USER --role project_admin" in soap("serve")[2]
