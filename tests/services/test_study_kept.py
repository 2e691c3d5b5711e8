"""Studies kept in an archive: the same files come back, to who may see all that they were made of."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from soap.archive import Archive, Selection, query
from soap.archive.station_sources import station_sources
from soap.archive.terms import Subject, set_terms
from soap.core.errors import BadFile, NotFound, Refused, SoapError
from soap.core.settings import Settings
from soap.core.who import MEMBER_ADMIN, USER, Viewer, folder_owner
from soap.services import ingest
from soap.services.study import kept
from soap.testing.tiny import COMPOSITION, tiny

ME = folder_owner("tester")
OFFICER = Viewer("li", "CHN", frozenset({MEMBER_ADMIN}))
GUEST = Viewer("guest")


@pytest.fixture
def archive(tmp_path):
    """CHN's series, private."""
    opened = Archive.open(Settings())
    file = tmp_path / "kak.tiny"
    file.write_bytes(tiny(code="kak", start="2016-04-01T00:00", values=[1, 2, 3]))
    ingest.ingest(OFFICER, opened, COMPOSITION, [file])
    return opened


@pytest.fixture
def study(archive, tmp_path):
    """A folder as a study leaves it."""
    folder = tmp_path / "study"
    folder.mkdir()
    (held,) = query.granules(archive, ME, Selection())
    inputs = [{"granule_id": held.granule_id, "version": held.version, "sha256": held.sha256}]
    origin = {"study": {"title": "Kakioka"}, "inputs": inputs, "methods": [], "software": {}}
    (folder / "provenance.json").write_text(json.dumps(origin))
    (folder / "result.json").write_text(json.dumps({"p_value": 0.5, "ä": 1}))
    (folder / "report.html").write_text("<p>ä</p>")
    return folder


def test_what_is_kept_comes_back(archive, study, tmp_path):
    name = kept.keep(OFFICER, archive, study)
    assert kept.keep(OFFICER, archive, study) == name
    assert [(one.product_id, one.title) for one in kept.kept(OFFICER, archive)] == [(name, "Kakioka")]
    paths = kept.fetch(OFFICER, archive, name, tmp_path / "back")
    assert {path.name: path.read_bytes() for path in paths} == {
        path.name: path.read_bytes() for path in study.iterdir()
    }
    assert len(paths) == 3


def test_who_may_not_see_the_inputs_is_told_of_no_study(archive, study, tmp_path):
    name = kept.keep(OFFICER, archive, study)
    assert kept.kept(GUEST, archive) == ()
    with pytest.raises(NotFound):
        kept.fetch(GUEST, archive, name, tmp_path / "back")
    with pytest.raises(NotFound):
        kept.keep(Viewer("ali", "PAK", frozenset({USER})), archive, study)
    with pytest.raises(Refused):
        kept.keep(GUEST, archive, study)
    assert kept.release(OFFICER, archive, name) is True
    assert len(kept.fetch(GUEST, archive, name, tmp_path / "back")) == 3
    assert kept.release(OFFICER, archive, name, withdraw=True) is False
    assert kept.kept(GUEST, archive) == ()


def test_who_may_not_see_the_station_list_is_told_of_no_study(archive, study, tmp_path):
    """The series is open; the list that placed it is CHN's alone."""
    file = tmp_path / "stations.tiny"
    file.write_bytes(tiny(stations=[{"code": "KAK", "latitude": 36.2, "longitude": 140.2}]))
    ingest.ingest(OFFICER, archive, COMPOSITION, [file])
    held = query.granules(archive, OFFICER, Selection())
    set_terms(archive, OFFICER, Subject("collection", held[0].collection_id), {"access": "open"})
    origin = json.loads((study / "provenance.json").read_text())
    placed = station_sources(archive, OFFICER, held, np.datetime64("2200-01-01"))
    assert len(placed) == 1
    (study / "provenance.json").write_text(json.dumps(origin | {"stations": [asdict(one) for one in placed]}))
    name = kept.keep(OFFICER, archive, study)
    assert kept.kept(GUEST, archive) == ()
    with pytest.raises(NotFound, match="no product"):
        kept.fetch(GUEST, archive, name, tmp_path / "back")
    set_terms(archive, OFFICER, Subject("station", f"{placed[0].code_scheme}:KAK"), {"access": "open"})
    assert [one.product_id for one in kept.kept(GUEST, archive)] == [name]


def test_a_folder_without_a_study_is_not_kept(archive, study):
    (study / "provenance.json").write_text("{}")
    with pytest.raises(BadFile):
        kept.keep(OFFICER, archive, study)


ENTRY = {"granule_id": "a:b:2016", "version": 1, "sha256": "0"}
PLACED = {"code_scheme": "iaga_code", "code": "KAK", "provider": "", "original": "0"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"inputs": [1]}, "inputs are not what"),
        ({"inputs": [{}]}, "inputs are not what"),
        ({"inputs": [ENTRY | {"version": "1"}]}, "inputs are not what"),
        ({"inputs": [ENTRY | {"version": 10**40}]}, "no version"),
        ({"inputs": [ENTRY | {"version": -1}]}, "no version"),
        ({"inputs": [ENTRY | {"granule_id": "a@1@"}]}, "no version"),
        ({"inputs": []}, "is made of something"),
        ({"stations": 5}, "stations are not what"),
        ({"stations": [PLACED]}, "stations are not what"),
        ({"stations": [PLACED | {"latitude": "x", "longitude": 1, "height_m": None}]}, "stations are not what"),
        ({"methods": [{"name": 1}]}, "methods are not what"),
        ({"archive": []}, "archive are not what"),
        ({"study": {"title": "two\nlines"}}, "one line"),
    ],
)
def test_a_provenance_that_no_study_wrote_is_refused_in_words(archive, study, change, words):
    path = study / "provenance.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(SoapError, match=words):
        kept.keep(OFFICER, archive, study)
    assert kept.kept(ME, archive) == ()


def test_on_the_command_line(archive, study, tmp_path, soap):
    name = kept.keep(OFFICER, archive, study)

    assert name not in soap("study", "list", "--as", "guest")[1]
    assert soap("study", "release", name, "--owner", "CHN")[:2] == (0, f"{name}: everybody sees it.\n")
    assert name in soap("study", "list", "--as", "guest")[1]
    assert soap("study", "fetch", name, "-o", tmp_path / "back", "--as", "guest")[0] == 0
    assert (tmp_path / "back" / "result.json").read_bytes() == (study / "result.json").read_bytes()
    assert soap("study", "release", name, "--owner", "CHN", "--withdraw")[0] == 0
    assert json.loads(soap("study", "list", "--as", "guest", "--json")[1]) == []
