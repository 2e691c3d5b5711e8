"""Terms as they reach people: on the command line, in lists, exports, reports of ingests, and kept studies."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest
import xarray as xr

from soap.testing.tiny import tiny

KAK = "geomagnetism.kak.pt1h"


@pytest.fixture
def soap(soap):
    """Runs a command line; gives the exit code and what it printed, JSON read."""

    def run(*arguments):
        code, out, err = soap(*arguments)
        return code, json.loads(out) if "--json" in arguments else out + err

    return run


@pytest.fixture
def shared(soap, tmp_path):
    """An archive in which CHN's officer has handed in a file; gives the file."""
    file = tmp_path / "kak.tiny"
    file.write_bytes(tiny(code="kak", start="2016-04-01T00:00", values=[1, 2, 3]))
    other = tmp_path / "first.tiny"
    other.write_bytes(tiny(code="abg", start="2016-04-01T00:00", values=[1]))
    assert soap("ingest", other)[0] == 0
    for user, member, role in (("li", "CHN", "member_admin"), ("ali", "PAK", "member_admin"), ("can", "TUR", "user")):
        assert soap("admin", "account", "add", user, "--member", member, "--role", role)[0] == 0
    assert soap("--as", "li", "ingest", file)[0] == 0
    return file


def collections(soap, user):
    return [one["collection_id"] for one in soap("find", "--as", user, "--json")[1]["collections"]]


def test_what_a_member_hands_in_is_theirs_until_they_share_it(soap, shared):
    assert [collections(soap, user) for user in ("li", "ali", "guest")] == [[KAK], [], []]
    soap("admin", "terms", "set", "--as", "li", "--collection", KAK, "--access", "members")
    assert [collections(soap, user) for user in ("li", "ali", "can", "guest")] == [[KAK], [KAK], [KAK], []]
    soap("admin", "terms", "set", "--as", "li", "--collection", KAK, "--embargo", "2096-01-01")
    assert [collections(soap, user) for user in ("li", "ali")] == [[KAK], []]
    code, said = soap("admin", "terms", "set", "--as", "li", "--collection", KAK, "--embargo", "2001-01-01")
    assert code == 0
    assert "note: The embargo of collection:geomagnetism.kak.pt1h:CHN until 2001-01-01T00:00:00Z is over" in said
    assert collections(soap, "ali") == [KAK]


def test_as_obeys_everywhere(soap, shared, tmp_path):
    absent = f"soap: There is no collection {KAK!r} here. `soap find` lists those there are.\n"
    window = ("--start", "2016-04-01", "--stop", "2016-04-02")
    assert soap("get", KAK, *window, "-o", tmp_path / "x.csv", "--as", "ali") == (3, absent)
    assert not (tmp_path / "x.csv").exists()
    for command in (
        ("ingest", shared, "--as", "guest"),
        ("verify", "--as", "li"),
        ("admin", "account", "list", "--as", "li"),
        ("admin", "account", "add", "x", "--member", "CHN", "--as", "li"),
        ("admin", "member", "add", "NPL", "Nepal", "--as", "can"),
        ("ingest", shared, "--as", "can"),
    ):
        assert soap(*command)[0] == 4, command
    code, said = soap("find", "--as", "nobody")
    assert code == 3
    assert "no account 'nobody'" in said
    assert soap("--as", "guest", "find", "--json")[1]["collections"] == []


def test_a_hidden_file_is_reported_as_new(soap, shared, tmp_path):
    """The same bytes from another member: the answer is that of an archive which never had them."""
    hidden = soap("ingest", shared, "--as", "ali", "--json")
    elsewhere = ("--archive", tmp_path / "elsewhere")
    assert soap("ingest", tmp_path / "first.tiny", *elsewhere)[0] == 0
    soap("admin", "account", "add", "ali", "--member", "PAK", "--role", "member_admin", *elsewhere)
    assert soap("ingest", shared, "--as", "ali", "--json", *elsewhere) == hidden
    assert hidden[1]["new"] == 1
    assert soap("ingest", shared, "--as", "ali", "--json")[1]["duplicates"] == 1


def test_an_open_file_is_reported_as_held(soap, shared):
    soap("admin", "terms", "set", "--as", "li", "--collection", KAK, "--access", "open")
    assert soap("ingest", shared, "--as", "ali", "--json")[1]["duplicates"] == 1


def test_exports_say_whose_they_are(soap, shared, tmp_path):
    rights = ("--licence", "CC-BY-4.0", "--citation", "CHN, 2026: KAK")
    soap("admin", "terms", "set", "--as", "li", "--collection", KAK, "--access", "open", *rights)
    said = {"provider": "CHN", "licence": "CC-BY-4.0", "citation": "CHN, 2026: KAK"}
    for kind in ("csv", "parquet", "netcdf"):
        out = ("--format", kind, "-o", tmp_path / f"x.{kind}", "--as", "guest")
        assert soap("get", KAK, "--start", "2016-04-01", "--stop", "2016-04-02", *out)[0] == 0
    with xr.open_dataset(tmp_path / "x.netcdf", engine="h5netcdf") as dataset:
        assert said.items() <= dataset.attrs.items()
    metadata = pq.read_schema(tmp_path / "x.parquet").metadata or pq.read_metadata(tmp_path / "x.parquet").metadata
    assert {name: metadata[name.encode()].decode() for name in said} == said
    beside = json.loads((tmp_path / "x.csv-metadata.json").read_text())
    assert (beside["url"], beside["dc:license"], beside["dc:publisher"]) == ("x.csv", "CC-BY-4.0", "CHN")
    listed = soap("find", "--as", "guest")[1]
    assert "CC-BY-4.0" in listed
    assert "CHN, 2026: KAK" in listed


def test_wrong_commands_say_what_is_right(soap, shared):
    def said(*arguments):
        code, text = soap("admin", *arguments)
        assert code in (2, 3)
        return text

    assert "there are BGD, CHN" in said("terms", "set", "--collection", KAK, "--named", "XYZ")
    assert "Say on what" in said("terms", "set", "--access", "open")
    assert "Say what to set" in said("terms", "set", "--collection", KAK)
    assert "Name one thing" in said("terms", "show", "--collection", KAK, "--granule", "x")
    assert "not a time in UTC" in said("terms", "set", "--collection", KAK, "--embargo", "soon")
    assert "--reset goes with" in said("terms", "set", "--collection", KAK, "--reset")
    assert "no role" in said("account", "add", "x", "--role", "king", "--member", "CHN")


def test_terms_are_shown_and_remembered(soap, shared):
    soap("admin", "terms", "set", "--as", "li", "--collection", KAK, "--named", "PAK,IRN", "--embargo", "2096-01-01")
    granule = f"{KAK}:kak:2016:CHN"
    soap("admin", "terms", "set", "--as", "li", "--granule", granule, "--access", "open", "--embargo", "none")
    (shown,) = soap("admin", "terms", "show", "--granule", granule, "--as", "guest", "--json")[1]
    assert (shown["owner"], shown["access"], shown["embargo_until"]) == ("CHN", "open", None)
    soap("admin", "terms", "set", "--as", "li", "--granule", granule, "--reset")
    made = soap("admin", "terms", "history", "--as", "li", "--json")[1]
    assert [(one["access"], one["made_by"]) for one in made] == [("named", "li"), ("open", "li"), ("named", "li")]
    assert made[0]["named"] == ["IRN", "PAK"]
    assert made[0]["embargo_until"] == "2096-01-01T00:00:00Z"
    assert soap("admin", "terms", "history", "--as", "ali", "--json")[1] == []
    assert "IRN" in soap("admin", "member", "list")[1]
