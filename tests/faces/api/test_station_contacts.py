"""Whom to ask about a station over HTTP: as anybody, as a member's people, as its data officer; and as StationXML."""

import io
import json

import pytest
from obspy import read_inventory
from obspy.io.stationxml.core import validate_stationxml

from soap.services import terms
from soap.services.ingest import ingest
from soap.services.terms import Subject
from soap.testing.tiny import COMPOSITION, tiny
from soap.testing.web import OWNER, application, signed

KAK = "/api/v1/stations/iaga_code/KAK"
LISTED = {"organisation": "Kakioka <Observatory>", "role": "head", "name": "A. Head", "email": "head@example.org",
          "web": "https://example.org/kak?a=1&b=2"}  # fmt: skip
SET = {"organisation": "Data centre", "role": "", "name": "B. Officer", "email": "b.officer+kak@example.org", "web": ""}


@pytest.fixture
def client(archive, tmp_path):
    """The archive lists KAK and whom to ask; China observes there; both are open."""
    for name, provider, content in (
        ("kak", "CHN", tiny(code="kak", start="2016-01-01", values=[1.0] * 24)),
        (
            "list",
            "",
            tiny(stations=[{"code": "KAK", "latitude": 36.2, "longitude": 140.2}], contacts={"KAK": [LISTED]}),
        ),
    ):
        path = tmp_path / f"{name}.tiny"
        path.write_bytes(content)
        assert ingest(OWNER, archive, COMPOSITION, [path], provider=provider).new == 1
    for subject in (Subject("collection", "geomagnetism.kak.pt1h"), Subject("station", "iaga_code:KAK")):
        terms.set_terms(OWNER, archive, subject, {"access": "open"})
    with application(archive, COMPOSITION) as client:
        yield client


@pytest.fixture
def officer(archive, client):
    return signed(archive, "o@chn", "CHN", ("member_admin",))


def contacts(client, headers=None):
    answer = client.get(KAK, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["contacts"]


def without_person(one):
    return one | {"name": "", "email": ""}


def test_the_public_is_told_of_no_person(client, archive):
    listed = {"provider": "", "listed": True}
    assert contacts(client) == [without_person(LISTED) | listed]
    assert contacts(client, signed(archive, "u@tur", "TUR")) == [LISTED | listed]
    assert "head@example.org" not in client.get("/fdsnws/station/1/query?level=channel").text


def test_a_data_officer_sets_and_takes_back(client, archive, officer):
    assert client.get(KAK, headers=officer).json()["may_set_contacts"] == ["CHN"]
    assert client.get(KAK).json()["may_set_contacts"] == []
    answer = client.put(f"{KAK}/contacts", json={"contacts": [SET]}, headers=officer)
    assert (answer.status_code, answer.json()) == (200, [SET | {"provider": "CHN", "listed": False}])
    assert [one["organisation"] for one in contacts(client)] == ["Kakioka <Observatory>", "Data centre"]
    told = [json.loads(line) for line in client.get("/api/v1/audit", headers=officer).text.splitlines()]
    (entry,) = [one for one in told if one["action"].startswith("PUT")]
    assert (entry["user"], entry["owners"], entry["outcome"]) == ("o@chn", ["CHN"], 200)
    assert "contacts=1" in entry["subject"]
    assert "Officer" not in str(entry)
    assert client.delete(f"{KAK}/contacts", headers=officer).status_code == 204
    assert client.delete(f"{KAK}/contacts", headers=officer).status_code == 404
    assert len(contacts(client)) == 1


def test_others_do_not(client, archive, officer):
    other = signed(archive, "o@pak", "PAK", ("member_admin",))
    told = {"contacts": [SET]}
    assert client.put(f"{KAK}/contacts", json=told, headers=other).status_code == 403
    assert client.put(f"{KAK}/contacts?provider=", json=told, headers=officer).status_code == 403
    terms.set_terms(OWNER, archive, Subject("collection", "geomagnetism.kak.pt1h"), {"access": "private"})
    hidden = client.put(f"{KAK}/contacts?provider=CHN", json=told, headers=other)
    absent = client.put(f"{KAK}/contacts?provider=IRN", json=told, headers=other)
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json()["detail"] == absent.json()["detail"].replace("IRN", "CHN")
    assert client.put(f"{KAK.replace('KAK', 'NIL')}/contacts", json=told, headers=officer).status_code == 404


@pytest.mark.parametrize(
    "contact",
    [{"organisation": "x", "email": "me"}, {"organisation": "x", "web": "javascript:alert(1)"}, {"organisation": ""},
     {"name": "x"}, {"organisation": "x" * 201}, {"organisation": "x", "telephone": 1, "name": 2}],
)  # fmt: skip
def test_what_is_no_contact_is_refused(client, officer, contact):
    answer = client.put(f"{KAK}/contacts", json={"contacts": [contact]}, headers=officer)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_stationxml_has_operators(client, archive, officer):
    client.put(f"{KAK}/contacts", json={"contacts": [SET]}, headers=officer)
    answer = client.get("/fdsnws/station/1/query?level=channel", headers=officer)
    assert validate_stationxml(io.BytesIO(answer.content)) == (True, ())
    one, two = read_inventory(io.BytesIO(answer.content))[0][0].operators
    assert (one.agency, one.website) == (LISTED["organisation"], LISTED["web"])
    assert (one.contacts[0].names, one.contacts[0].emails) == ([LISTED["name"]], [LISTED["email"]])
    assert (two.agency, two.contacts[0].names, two.contacts[0].emails) == ("Data centre", ["B. Officer"], [])
    public = client.get("/fdsnws/station/1/query").content
    assert validate_stationxml(io.BytesIO(public)) == (True, ())
    assert [len(each.contacts) for each in read_inventory(io.BytesIO(public))[0][0].operators] == [0, 0]
