"""Earthquakes and what is around them over REST; places, sizes and counts are worked out by hand or by pandas."""

import io
import zipfile

import numpy as np
import pandas
import pytest
from obspy import read_events

from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.core.place import distance_km
from soap.services.composition import Composition
from soap.services.ingest import ingest
from soap.testing import tiny
from soap.testing.web import OWNER, application, signed

QUAKES = [
    {"event_id": f"q{number}", "time": f"2016-01-{number + 1:02d}T00:00:00.5", "latitude": -20.0 + number,
     "longitude": longitude, "depth_km": 10.0 * number, "magnitude": 5.0 + number % 4, "magnitude_type": "mww"}
    for number, longitude in enumerate((178.0, 179.5, -179.5, -178.0, 177.0, 30.0))
]  # fmt: skip
EVENTS = "seismology.tiny.events"


@pytest.fixture
def client(archive, tmp_path):
    from soap.systems.seismo_ionospheric import composition

    quakeml = [one for one in composition().readers if one.write is not None and one.shape == "events"]
    with_writer = Composition(name="tiny", names=tiny.NAMES, readers=(tiny.READER, *quakeml))
    hours = {"values": [float(one) for one in range(20 * 24)], "latitude": -18.0, "longitude": 179.0}
    for name, provider, content in (
        ("quakes", "", tiny.tiny(events=QUAKES)),
        ("suv", "CHN", tiny.tiny(code="suv", start="2016-01-01", **hours)),
        ("hid", "PAK", tiny.tiny(code="hid", start="2016-01-01", **hours)),
    ):
        path = tmp_path / f"{name}.tiny"
        path.write_bytes(content)
        assert ingest(OWNER, archive, with_writer, [path], provider=provider).new == 1
    for subject in (Subject("collection", EVENTS), Subject("collection", "geomagnetism.suv.pt1h")):
        set_terms(archive, OWNER, subject, Terms("", "open", licence="CC-BY-4.0"))
    with application(archive, with_writer) as client:
        yield client


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["event_id"] for one in answer.json()["earthquakes"]]


CONDITIONS = {
    "all, latest first": ({}, "q5 q4 q3 q2 q1 q0"),
    "in a window": ({"start": "2016-01-02", "stop": "2016-01-04T00:00:00.5"}, "q2 q1"),
    "by size": ({"min_magnitude": 6, "max_magnitude": 7}, "q5 q2 q1"),
    "by depth": ({"min_depth_km": 20, "max_depth_km": 30}, "q3 q2"),
    "in a box across 180 degrees": ({"box": "179,-90,-179,90"}, "q2 q1"),
    "in a circle across 180 degrees": ({"near": "-18.5,180", "radius_km": 200}, "q2 q1"),
    "greatest first": ({"order": "magnitude"}, "q3 q2 q1 q5 q0 q4"),
    "of no such catalogue": ({"collection": "seismology.other.events"}, ""),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_earthquakes_by_condition(client, name):
    asked, wanted = CONDITIONS[name]
    assert ids(client.get("/api/v1/events", params=asked)) == wanted.split()


@pytest.mark.parametrize("order", ["time", "time-asc", "magnitude", "magnitude-asc"])
def test_pages_are_the_whole(client, order):
    whole, found, after = ids(client.get("/api/v1/events", params={"order": order})), [], None
    for _ in range(3):
        asked = {"order": order, "limit": 2} | ({} if after is None else {"after": after})
        page = client.get("/api/v1/events", params=asked)
        found += ids(page)
        after = page.json()["next"]
        assert page.json()["matched"] == 6
    assert (found, after) == (whole, None)


def test_geojson_goes_across_180_degrees_the_short_way(client):
    found = client.get("/api/v1/events", params={"format": "geojson", "stop": "2016-01-06"}).json()
    assert found["type"] == "FeatureCollection"
    assert found["bbox"] == [177.0, -20.0, -178.0, -16.0]  # west > east: RFC 7946, 5.2
    assert all(-180 <= one["geometry"]["coordinates"][0] <= 180 for one in found["features"])
    assert found["features"][-2]["geometry"] == {"type": "Point", "coordinates": [179.5, -19.0, -10_000.0]}


def test_other_formats(client):
    table = pandas.read_csv(io.StringIO(client.get("/api/v1/events", params={"format": "csv"}).text))
    assert table["magnitude"].tolist() == [one["magnitude"] for one in reversed(QUAKES)]
    answer = client.get("/api/v1/events", params={"format": "quakeml", "limit": 2})
    times = [str(one.preferred_origin().time) for one in read_events(io.BytesIO(answer.content))]
    assert times == ["2016-01-06T00:00:00.500000Z", "2016-01-05T00:00:00.500000Z"]
    onward = answer.links["next"]["url"]
    assert len(read_events(io.BytesIO(client.get(onward).content))) == 2


def test_one_earthquake(client):
    found = client.get("/api/v1/events/q1").json()
    assert (found["magnitude"], found["catalogues"]) == (6.0, [EVENTS])
    assert client.get("/api/v1/events/q9").status_code == 404


def test_what_is_around_an_earthquake_is_counted_and_told_with_its_terms(client):
    found = client.get("/api/v1/around", params={"event": "q1"}).json()
    assert found["radius_km"] == pytest.approx(10 ** (0.43 * 6.0))
    (series,) = [one for one in found["counts"] if one["shape"] == "series"]
    assert (series["collection_id"], series["count"], series["exact"]) == ("geomagnetism.suv.pt1h", 16 * 24 + 1, True)
    assert (series["licence"], series["version"].split("@")[0]) == ("CC-BY-4.0", "geomagnetism.suv.pt1h")
    near = [one["event_id"] for one in QUAKES
            if distance_km(-19.0, 179.5, one["latitude"], one["longitude"]) <= found["radius_km"]]  # fmt: skip
    assert sorted(one["event_id"] for one in found["earthquakes"]) == near
    wider = client.get("/api/v1/around", params={"event": "q1", "radius_km": 20000}).json()
    assert len(wider["earthquakes"]) == 6


def test_what_is_around_comes_in_one_file(client):
    answer = client.get("/api/v1/around/values", params={"event": "q1"})
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        assert bundle.testzip() is None
        assert set(bundle.namelist()) == {"contents.csv", "earthquakes.csv", "geomagnetism.suv.pt1h.csv"}
        hours = pandas.read_csv(bundle.open("geomagnetism.suv.pt1h.csv"))
    assert hours["b_north [nT]"].tolist() == list(np.arange(20.0 * 24)[: 16 * 24 + 1])


def test_its_member_has_more_around_it(archive, client):
    pakistan = signed(archive, "p@pak", "PAK")
    found = client.get("/api/v1/around", params={"event": "q1"}, headers=pakistan).json()
    assert {one["collection_id"] for one in found["counts"]} >= {"geomagnetism.hid.pt1h", "geomagnetism.suv.pt1h"}


def test_too_much_at_once_is_refused_with_what_to_narrow(client, monkeypatch):
    monkeypatch.setattr("soap.services.around_bundle.MOST_BYTES", 100)
    answer = client.get("/api/v1/around/values", params={"event": "q1"})
    assert answer.status_code == 413
    assert "Narrow the window, the radius or the variables" in answer.json()["detail"]


@pytest.mark.parametrize("path", [
    "/events?box=1,2,3", "/events?near=1,2", "/events?after=x", "/events?start=2017-01-01&stop=2016-01-01",
    "/events?near=91,0&radius_km=1", "/events?order=size", "/around?near=0,0&radius_km=10", "/around",
    "/events?box=nan,0,0,0",
    "/events?near=1,2&radius_km=5&box=1,2,3,4", "/events?min_magnitude=7&max_magnitude=6",
])  # fmt: skip
def test_what_cannot_be_is_said(client, path):
    answer = client.get(f"/api/v1{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json"), answer.text
