"""Kept studies over HTTP: files as written, a report that may do nothing, releases; hidden inputs hide all of it."""

import csv
import io
import json
import sys

import pytest

from soap.archive import Selection, query
from soap.archive.terms import Subject, set_terms
from soap.core.who import MEMBER_ADMIN, Viewer
from soap.services import ingest
from soap.services.study import kept
from soap.testing.tiny import COMPOSITION, tiny
from soap.testing.web import OWNER, signed

OFFICER = Viewer("wang", "CHN", frozenset({MEMBER_ADMIN}))
RESULT = {
    "kind": "blocks", "p_value": 0.25, "study": {"title": "<script>", "seed": 9},
    "curve": [{"lag": -1, "mean": 1.5}, {"lag": 0, "mean": None}], "found": True, "name": "ä",
}  # fmt: skip
WAYS = ("", "/result", "/provenance", "/report", "/numbers")


@pytest.fixture
def settings(settings):
    settings.job_workers = 0
    return settings


@pytest.fixture
def folder(archive, tmp_path):
    """A study as it is left by a run, of a series of CHN's that is private to it."""
    (tmp_path / "kak.tiny").write_bytes(tiny(code="kak", start="2016-04-01T00:00", values=[1, 2, 3]))
    ingest.ingest(OFFICER, archive, COMPOSITION, [tmp_path / "kak.tiny"])
    (held,) = query.granules(archive, OWNER, Selection())
    inputs = [{"granule_id": held.granule_id, "version": held.version, "sha256": held.sha256}]
    origin = {"study": {"title": "Kakioka"}, "inputs": inputs, "methods": [], "software": {}}
    (tmp_path / "result.json").write_text(json.dumps(RESULT))
    (tmp_path / "provenance.json").write_text(json.dumps(origin))
    (tmp_path / "report.html").write_text("<script>alert(1)</script>")
    return tmp_path


@pytest.fixture
def study(archive, folder):
    return kept.keep(OFFICER, archive, folder)


@pytest.fixture
def li(archive):
    return signed(archive, "li", "CHN")


def test_a_study_is_listed_and_its_files_come_as_they_were_written(client, study, folder, li):
    (told,) = client.get("/api/v1/studies", headers=li).json()
    assert (told["study_id"], told["title"], told["released"]) == (study, "Kakioka", False)
    assert told == client.get(f"/api/v1/studies/{study}", headers=li).json()
    for name in ("result", "provenance"):
        answer = client.get(f"/api/v1/studies/{study}/{name}", headers=li)
        assert answer.headers["content-type"] == "application/json"
        assert answer.content == (folder / f"{name}.json").read_bytes()


def test_numbers_are_a_table_of_places(client, study, li):
    answer = client.get(f"/api/v1/studies/{study}/numbers", headers=li)
    assert answer.headers["content-type"].startswith("text/csv")
    assert list(csv.reader(io.StringIO(answer.text))) == [
        ["place", "value"], ["curve[0].lag", "-1"], ["curve[0].mean", "1.5"], ["curve[1].lag", "0"],
        ["curve[1].mean", ""], ["p_value", "0.25"],
    ]  # fmt: skip


def test_a_report_that_cannot_be_made_is_told_in_words_and_the_kept_page_is_never_served(client, study, li):
    answer = client.get(f"/api/v1/studies/{study}/report", headers=li)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert "script" not in answer.text


def test_numbers_that_are_nested_without_end_are_told_in_words(archive, client, folder, li):
    (folder / "result.json").write_text('{"a": ' * 950 + "1" + "}" * 950)
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(usual + 1000)  # who kept it could read it
    try:
        deep = kept.keep(OFFICER, archive, folder)
    finally:
        sys.setrecursionlimit(usual)
    for way in ("report", "numbers"):
        answer = client.get(f"/api/v1/studies/{deep}/{way}", headers=li)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_what_hides_an_input_hides_the_study(archive, client, study, li):
    others = (signed(archive, "ali", "PAK"), {})
    absent = "study-0000000000000000"
    for headers in others:
        assert client.get("/api/v1/studies", headers=headers).json() == []
        for way in WAYS:
            there = client.get(f"/api/v1/studies/{study}{way}", headers=headers)
            not_there = client.get(f"/api/v1/studies/{absent}{way}", headers=headers)
            assert there.status_code == 404
            assert there.text.replace(study, absent) == not_there.text
    set_terms(archive, OWNER, Subject("collection", "geomagnetism.kak.pt1h"), {"owner": "PAK"})
    assert client.get(f"/api/v1/studies/{study}/result", headers=li).status_code == 404
    assert client.get(f"/api/v1/studies/{study}/result", headers=others[0]).status_code == 200


def test_a_release_is_the_owners_to_give_and_to_take_back(archive, client, study, li):
    wang = signed(archive, "wang", "CHN", (MEMBER_ADMIN,))
    place = f"/api/v1/studies/{study}/release"
    assert client.post(place, headers=li).status_code == 403
    assert client.post(place, headers=signed(archive, "khan", "PAK", (MEMBER_ADMIN,))).status_code == 404
    assert client.post(place, headers=wang).json() == {"study_id": study, "released": True}
    assert client.get(f"/api/v1/studies/{study}/numbers").status_code == 200
    assert client.delete(place, headers=wang).json() == {"study_id": study, "released": False}
    assert client.get(f"/api/v1/studies/{study}/numbers").status_code == 404
    keeper = signed(archive, "root", roles=("project_admin",))
    assert client.post(f"{place}?owner=PAK", headers=keeper).status_code == 400


def test_methods_say_what_they_take_and_how_often_they_fire_on_noise(client):
    assert client.get("/api/v1/methods").json() == []  # the tiny system has none
