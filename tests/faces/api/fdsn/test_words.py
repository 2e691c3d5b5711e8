"""What the FDSN specification says of errors, no data and parameters' names."""

import pytest

from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.services.ingest import ingest
from soap.testing import tiny
from soap.testing.web import OWNER, application

EVENT, STATION = "/fdsnws/event/1/query", "/fdsnws/station/1/query"
QUAKE = {"event_id": "q1", "time": "2016-01-02", "latitude": 1.0, "longitude": 2.0, "depth_km": float("nan"),
         "magnitude": 5.5, "place": "here | there"}  # fmt: skip


@pytest.fixture
def client(archive, tmp_path):
    path = tmp_path / "quakes.tiny"
    path.write_bytes(tiny.tiny(events=[QUAKE]))
    ingest(OWNER, archive, tiny.COMPOSITION, [path])
    set_terms(archive, OWNER, Subject("collection", "seismology.tiny.events"), Terms("", "open"))
    with application(archive, tiny.COMPOSITION) as client:
        yield client


def test_an_error_is_text_of_the_form_that_the_specification_gives(client):
    answer = client.get(EVENT, params={"minmagnitude": "big"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/plain; charset=utf-8")
    first, detail, usage, request, submitted, version = answer.text.strip().split("\n\n")
    assert first == "Error 400: Bad Request"
    assert "minmagnitude='big'" in detail
    assert usage == "Usage details are available from /fdsnws/event/1/application.wadl"
    assert request == f"Request:\nhttp://testserver{EVENT}?minmagnitude=big"
    assert submitted.startswith("Request Submitted:\n20")
    assert version == "Service version:\n1.2.0"


@pytest.mark.parametrize("path", [EVENT, STATION])
def test_no_data_is_204_or_404_as_asked(client, path):
    nothing = {"starttime": "1990-01-01", "endtime": "1990-01-02"}
    answer = client.get(path, params=nothing)
    assert (answer.status_code, answer.content) == (204, b"")
    answer = client.get(path, params={**nothing, "nodata": "404"})
    assert answer.status_code == 404
    assert answer.text.startswith("Error 404: Not Found\n\n")


def test_text_has_the_columns_of_the_specification(client):
    answer = client.get(EVENT, params={"format": "text"})
    head, row = answer.text.strip().split("\n")
    names = head.removeprefix("#").split("|")
    assert names == ["EventID", "Time", "Latitude", "Longitude", "Depth/km", "Author", "Catalog", "Contributor",
                     "ContributorID", "MagType", "Magnitude", "MagAuthor", "EventLocationName"]  # fmt: skip
    cells = dict(zip(names, row.split("|"), strict=True))
    assert (cells["EventID"], cells["Time"], cells["Magnitude"]) == ("q1", "2016-01-02T00:00:00", "5.5")
    assert (cells["Depth/km"], cells["EventLocationName"]) == ("", "here / there")


@pytest.mark.parametrize(("short", "long"), [
    ("start=2016-01-01", "starttime=2016-01-01"), ("end=2016-01-01", "endtime=2016-01-01"),
    ("minlat=1", "minlatitude=1"),
    ("maxlat=0", "maxlatitude=0"), ("minlon=3", "minlongitude=3"), ("maxlon=1", "maxlongitude=1"),
    ("lat=1&lon=2&maxradius=1", "latitude=1&longitude=2&maxradius=1"), ("minmag=6", "minmagnitude=6"),
    ("maxmag=5", "maxmagnitude=5"), ("magtype=mb", "magnitudetype=mb"),
])  # fmt: skip
def test_short_names_are_the_long_ones(client, short, long):
    both = [client.get(f"{EVENT}?format=text&{asked}") for asked in (short, long)]
    assert both[0].status_code == both[1].status_code
    assert both[0].content == both[1].content


@pytest.mark.parametrize(("asked", "told"), [
    ("nosuch=1", "no parameter 'nosuch'"), ("minmag=5&minmagnitude=5", "told twice"), ("limit=0", "limit='0'"),
    ("limit=20001", "from 1 to 20000"), ("offset=0", "offset='0'"), ("orderby=size", "orderby='size'"),
    ("format=csv", "format='csv'"), ("starttime=yesterday", "not a time"), ("starttime=", "say what is wanted"),
    ("minlat=1&maxradius=2", "not both"), ("minradius=3&maxradius=2", "minradius=3"), ("mindepth=nan", "mindepth"),
    ("includearrivals=true", "no arrivals"), ("nodata=200", "nodata"), ("minlatitude=5&maxlatitude=1", "minlatitude=5"),
    ("starttime=2016-01-02&endtime=2016-01-01", "nothing can lie between"), ("includeallorigins=si", "neither true"),
])  # fmt: skip
def test_what_cannot_be_is_said(client, asked, told):
    answer = client.get(f"{EVENT}?{asked}")
    assert answer.status_code == 400
    assert told in answer.text


@pytest.mark.parametrize("asked", ["level=response", "includeavailability=true", "level=instrument"])
def test_what_stations_do_not_tell_is_said(client, asked):
    assert client.get(f"{STATION}?{asked}").status_code == 400


def test_more_than_is_given_at_once_is_refused(client, monkeypatch):
    monkeypatch.setattr("soap.faces.api.fdsn.event.MOST", 0)
    answer = client.get(EVENT)
    assert (answer.status_code, "Narrow the time" in answer.text) == (413, True)


def test_the_ends_of_a_span_are_in_it(client):
    asked = {"format": "text", "starttime": "2016-01-02T00:00:00", "endtime": "2016-01-02T00:00:00"}
    assert client.get(EVENT, params=asked).status_code == 200
