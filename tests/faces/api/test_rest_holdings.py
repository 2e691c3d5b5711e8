"""Collections, stations, health and statistics as JSON: what two members handed in, and who may know it."""

import pytest

from soap.services import terms
from soap.services.ingest import ingest
from soap.services.terms import Subject
from soap.testing.tiny import COMPOSITION, tiny
from soap.testing.web import OWNER, application, signed

LIST = {"stations": [{"code": "KAK", "latitude": 36.232, "longitude": 140.186, "name": "Kakioka"},
                     {"code": "X1", "latitude": 10.0, "longitude": -60.0}]}  # fmt: skip


@pytest.fixture
def client(archive, tmp_path):
    """China's KAK is open, Pakistan's X1 its own; both are placed by an open list."""
    for name, provider, content in (
        ("kak", "CHN", tiny(code="kak", start="2016-01-01", values=[1.0] * 47 + [None], maturity="definitive")),
        ("x1", "PAK", tiny(code="x1", start="2016-01-01", values=[2.0] * 24)),
        ("list", "", tiny(**LIST)),
    ):
        path = tmp_path / f"{name}.tiny"
        path.write_bytes(content)
        assert ingest(OWNER, archive, COMPOSITION, [path], provider=provider).new == 1
    for subject in (Subject("collection", "geomagnetism.kak.pt1h"), Subject("station", "iaga_code:KAK")):
        terms.set_terms(
            OWNER, archive, subject, {"access": "open", "licence": "CC-BY-4.0", "citation": "Kakioka (2016)"}
        )
    with application(archive, COMPOSITION) as client:
        yield client


@pytest.fixture
def pakistan(archive, client):
    return signed(archive, "p@pak", "PAK")


def test_a_collection_tells_what_it_is_and_how_to_cite_it(client):
    (kak,) = client.get("/api/v1/collections").json()
    assert kak["collection_id"] == "geomagnetism.kak.pt1h"
    assert (kak["start"], kak["last"]) == ("2016-01-01T00:00:00Z", "2016-01-02T23:00:00Z")
    assert (kak["count"], kak["variables"], kak["providers"]) == (48, ["b_north"], ["CHN"])
    assert (kak["licence"], kak["citation"], kak["embargo_until"]) == ("CC-BY-4.0", "Kakioka (2016)", None)
    cited = kak["version"].partition("@")[2]
    assert client.get("/api/v1/collections", params={"as_of": cited}).json() == [kak]
    assert client.get("/api/v1/collections/geomagnetism.kak.pt1h").json() == [kak]


def test_what_is_not_for_the_public_is_told_to_its_member(client, pakistan):
    hidden = client.get("/api/v1/collections/geomagnetism.x1.pt1h")
    absent = client.get("/api/v1/collections/geomagnetism.x2.pt1h")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json()["detail"].replace("x1", "x2") == absent.json()["detail"]
    (seen,) = client.get("/api/v1/collections/geomagnetism.x1.pt1h", headers=pakistan).json()
    assert (seen["owner"], seen["count"]) == ("PAK", 24)


def test_stations_and_their_health(client, pakistan):
    (kak,) = client.get("/api/v1/stations").json()
    assert (kak["code"], kak["latitude"], kak["longitude"], kak["height_m"]) == ("KAK", 36.232, 140.186, None)
    assert client.get("/api/v1/stations/iaga_code/kak").json() == kak | {"contacts": [], "may_set_contacts": []}
    assert client.get("/api/v1/stations/iaga_code/X1").status_code == 404
    (health,) = client.get("/api/v1/health").json()
    assert health["completeness"] == pytest.approx(47 / 48)
    assert health["last_seen"] == "2016-01-02T22:00:00Z"
    codes = [one["platform"] for one in client.get("/api/v1/health", headers=pakistan).json()]
    assert sorted(codes) == ["kak", "x1"]


def test_statistics_are_of_what_the_caller_sees(client, pakistan):
    def counts(headers):
        rows = client.get("/api/v1/statistics", headers=headers).json()
        return {one["member"]: (one["collections"], one["count"]) for one in rows if one["count"]}

    assert counts({}) == {"CHN": (1, 48)}
    assert counts(pakistan) == {"CHN": (1, 48), "PAK": (1, 24)}


@pytest.mark.parametrize(
    "path", ["/collections?as_of=soon", "/health?start=x", "/health?start=2016-02-01&stop=2016-01-01"]
)
def test_what_cannot_be_is_said(client, path):
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_health_day_by_day(client, pakistan):
    (kak,) = client.get("/api/v1/health/days?start=2016-01-01&stop=2016-02-01").json()
    assert (kak["code_scheme"], kak["code"], kak["days"]) == ("iaga_code", "KAK", ["2016-01-01", "2016-01-02"])
    assert (kak["expected"], kak["present"], kak["flagged"]) == ([24, 24], [24, 23], [0, 0])
    assert client.get("/api/v1/health/days?start=2016-01-02&stop=2016-01-03").json()[0]["days"] == ["2016-01-02"]
    both = client.get("/api/v1/health/days?start=2016-01-01&stop=2016-02-01", headers=pakistan).json()
    assert [one["platform"] for one in both] == ["kak", "x1"]
    assert client.get("/api/v1/health/days?start=2010-01-01&stop=2016-02-01").status_code == 400


def test_what_a_station_observes_and_what_variables_mean(client):
    (hour,) = client.get("/api/v1/stations/iaga_code/kak/series").json()
    assert (hour["collection_id"], hour["licence"], hour["owner"]) == ("geomagnetism.kak.pt1h", "CC-BY-4.0", "CHN")
    assert hour["told"]["maturity"] == "definitive"
    assert client.get("/api/v1/stations/iaga_code/X1/series").status_code == 404
    (north,) = client.get("/api/v1/variables").json()
    assert (north["name"], north["symbol"], north["units"]) == ("b_north", "X", "nT")


def test_a_spectrogram(client):
    told = client.get("/api/v1/spectrogram?station=KAK&variable=b_north&start=2016-01-01&stop=2016-01-03&columns=6")
    found = told.json()
    assert (found["units"], found["step_s"], len(found["time_edges"])) == ("(nT)2/Hz", 3600, 7)
    assert (len(found["power"]), len(found["power"][0])) == (6, len(found["frequency_edges_hz"]) - 1)
    assert (found["licence"], found["version"].partition("@")[0]) == ("CC-BY-4.0", "geomagnetism.kak.pt1h")
    for asked, status in (("variable=b_north&station=X1", 404), ("variable=b_down&station=KAK", 400),
                          ("variable=b_north&station=KAK&segment_s=7", 400)):  # fmt: skip
        answer = client.get(f"/api/v1/spectrogram?{asked}&start=2016-01-01&stop=2016-01-03")
        assert answer.status_code == status, answer.text
