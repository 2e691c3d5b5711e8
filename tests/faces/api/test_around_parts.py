"""What the page around an earthquake asks: activity, anomalies, what is overhead, control windows, by rights."""

from __future__ import annotations

import pytest

from soap.archive import Archive
from soap.archive.terms import Subject, set_terms
from soap.core.settings import Settings
from soap.science import anomaly
from soap.services import find
from soap.services.composition import Composition
from soap.testing.web import OWNER, application, signed
from tests.services import zone

SYSTEM = Composition(name="zone", names=zone.NAMES, methods=anomaly.METHODS)
APRIL = {"start": "2016-04-05", "stop": "2016-04-15"}
HIDDEN = "geomagnetism.west.pt1h"
METHOD = {"variable": "b_horizontal", "method": "anomaly_sigma_kon_2011"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """CHN's zone: one of its stations private to it, all else open."""
    opened = Archive.open(Settings(archive=tmp_path_factory.mktemp("zone"), catalogue="", objects="", scheduler=""))
    zone.put(opened, OWNER, "CHN")
    for one in find.collections(OWNER, opened):
        access = "private" if one.collection_id == HIDDEN else "open"
        set_terms(opened, OWNER, Subject("collection", one.collection_id, "CHN"), {"access": access})
    return opened


@pytest.fixture(scope="module")
def client(archive):
    with application(archive, SYSTEM) as client:
        yield client


@pytest.fixture(scope="module")
def li(archive):
    return signed(archive, "li", "CHN")


def test_activity_tells_the_days_that_studies_leave_out(client):
    told = client.get("/api/v1/activity", params=APRIL | {"longitude": 95}).json()
    assert [day["start"] for day in told["days"] if day["vetoed"]] == ["2016-04-09T17:40:00Z"]
    assert (told["max_kp"], told["min_rc"], told["rc"]) == (4.0, None, None)
    assert max(told["kp"]["values"]) == 6.0
    unknown = client.get("/api/v1/activity", params={"start": "2016-03-20", "stop": "2016-03-21"}).json()
    assert unknown["kp"]["values"][1] is None
    assert unknown["days"][0]["max_kp"] is None


def test_marks_come_with_the_rate_on_noise(client, li):
    asked = APRIL | METHOD | {"collection": "geomagnetism.near.pt1h", "parameters": '{"window_days": 20}'}
    told = client.get("/api/v1/anomalies", params=asked).json()
    assert told["null_rate"]["value"] == pytest.approx(0.067, abs=0.01)  # 2 P(t19 > 2/√(1 + 1/20))
    assert told["n_marked"] == sum(one not in (None, 0) for one in told["outside"])
    assert len(told["time"]) == len(told["values"]) == 240
    assert told["n_judged"] == 235  # five hours are a gap
    assert told["parameters"] == {"window_days": 20, "factor": 2.0}
    for parameters in ("[]", "{", '{"window_days": 1}'):
        assert client.get("/api/v1/anomalies", params=asked | {"parameters": parameters}).status_code == 400
    hidden = asked | {"collection": HIDDEN}
    assert client.get("/api/v1/anomalies", params=hidden).status_code == 404
    assert client.get("/api/v1/anomalies", params=hidden, headers=li).status_code == 200


def test_what_is_overhead_is_small_enough_to_draw(client):
    track, maps = client.get("/api/v1/around/overhead", params={"event": "us1"}).json()
    assert [(one["half_orbit_id"], one["night"]) for one in track["passes"]] == [("031192", False), ("031191", True)]
    assert (maps["units"], len(maps["time"]), len(maps["values"]["vtec"])) == ({"vtec": "TECU"}, 540, 540)


def test_counts_say_where_and_of_what(client, li):
    def near(headers):
        told = client.get("/api/v1/around", params={"event": "us1"}, headers=headers).json()
        return {one["collection_id"]: one for one in told["counts"] if one["shape"] == "series"}

    assert set(near(li)) == {"geomagnetism.near.pt1h", HIDDEN}
    one = near({})["geomagnetism.near.pt1h"]
    assert (one["platform"], one["cadence"], one["variables"]) == ("near", "PT1H", ["b_horizontal"])
    assert one["distance_km"] == pytest.approx(15.1, abs=0.2)  # 0.1 degree each way at 23 N
    assert set(near({})) == {"geomagnetism.near.pt1h"}


def test_control_windows_are_those_of_what_one_sees(client, li):
    for headers, expected in (({}, {"NEAR", "overhead"}), (li, {"NEAR", "WEST", "overhead"})):
        told = client.get("/api/v1/events/us1/control-windows", headers=headers).json()
        assert {one["name"] for one in told["places"]} == expected
        assert told["tested"]["start"].startswith("2016-04-07T17:40")
        assert (HIDDEN in told["declaration"]["stations"]["collections"]) is ("WEST" in expected)
    assert client.get("/api/v1/events/nowhere/control-windows").status_code == 404
