"""`soap simulate` from the outside: what it says, what it leaves, how it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from soap.systems.seismo_ionospheric import composition


@pytest.fixture(name="system")
def the_whole_system():
    return composition()


ONE_DAY = ("--start", "2016-04-12", "--stop", "2016-04-13", "--stations", "XB1", "--near-km", "0")


def test_simulates_and_ingests_without_quarantine(soap, tmp_path):
    code, out, _ = soap("simulate", "-o", tmp_path / "net", *ONE_DAY, "--inject-sigma", "2", "--json")
    said = json.loads(out)
    assert code == 0
    assert said["simulated"] is True
    assert said["injected_events"] == ["us20005hqz"]
    assert Path(said["truth"]).is_file()
    code, out, _ = soap("ingest", said["observations"], "--json")
    report = json.loads(out)
    assert code == 0
    assert (report["files"], report["quarantined"]) == (said["files"], [])
    found = {one["collection_id"]: one["simulated"] for one in json.loads(soap("find", "--json")[1])["collections"]}
    assert found["geomagnetism.xb1.pt1m"] is True
    assert found["seismology.comcat.events"] is False
    assert found["space_weather.celestrak.pt3h"] is False


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--stations", "KAK"), "XB1"),
        (("--start", "2015-01-01"), "2016-03-01"),
        (("--start", "yesterday"), "UTC"),
        (("--inject-sigma", "99"), "99"),
        (("--seed", "-4"), "4294967295"),
    ],
)
def test_bad_choices_leave_with_2_and_say_what_would_do(soap, tmp_path, options, words):
    code, _, err = soap("simulate", "-o", tmp_path / "net", *options)
    assert code == 2
    assert words in err
    assert not (tmp_path / "net").exists()
