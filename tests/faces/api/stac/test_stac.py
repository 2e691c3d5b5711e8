"""STAC API: documents that the field's checkers take, searches that plain files answer, nothing hidden told.

`pystac`'s bundled schemas and `stac-pydantic` judge every document. Extensions' schemas would have to be fetched: they
are read by `pystac`'s extension classes, and no test may reach the network.
"""

from __future__ import annotations

import socket

import numpy as np
import orjson
import pystac
import pystac.validation
import pytest
import stac_pydantic.api as checked
from geojson_pydantic import Feature
from pystac.validation.stac_validator import JsonSchemaSTACValidator

from soap.archive.policy import Terms
from soap.archive.terms import Subject
from soap.core.place import Box
from soap.faces.api.stac.geometry import path
from soap.testing import policy_worlds as made
from soap.testing.policy_worlds import File, Setting
from soap.testing.web import signed

OPEN = Terms("", "open", licence="CC-BY-4.0", citation="The observers, 2020")
SHOWN = (File("", "kak", count=6), File("", "stations"), File("", "abg", start=2), File("", "031190"),
         File("", "map", count=8), File("", "quakes", names=("ev1", "ev2")), File("", "kp"))  # fmt: skip
NAMES = (*made.COLLECTIONS, made.KP)


@pytest.fixture
def client(archive, client):
    settings = [Setting(Subject("collection", name, ""), OPEN) for name in NAMES]
    made.build(archive, (*SHOWN, *settings, Setting(Subject("station", "iaga_code:KAK", ""), OPEN)))
    return client


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(self, address, *_):
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"A test reaches for {address}.")
        return connect(self, address)

    connect = socket.socket.connect
    monkeypatch.setattr(socket.socket, "connect", refuse)


def judge(told, kind):
    """What `pystac` says by its bundled schemas."""
    JsonSchemaSTACValidator().validate_core(told, kind, told["stac_version"])


def href(told, rel):
    return next(one["href"] for one in told["links"] if one["rel"] == rel)


def ids(answer):
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["features"]]


def test_every_document_is_what_the_checkers_expect(client):
    landing = client.get("/stac").json()
    checked.LandingPage(**landing)
    judge(landing, pystac.STACObjectType.CATALOG)
    for link in landing["links"]:
        if link.get("method", "GET") == "GET":
            assert client.get(link["href"]).status_code == 200
    checked.Conformance(**client.get("/stac/conformance").json())
    listed = client.get("/stac/collections").json()
    checked.Collections(**listed)
    assert [one["id"] for one in listed["collections"]] == sorted(NAMES)
    for collection in listed["collections"]:
        judge(collection, pystac.STACObjectType.COLLECTION)
        read = pystac.Collection.from_dict({**collection, "links": []})
        assert read.license == "CC-BY-4.0"
        assert pystac.extensions.scientific.ScientificExtension.ext(read).citation == OPEN.citation
        assert client.get(href(collection, "self")).json() == collection
        items = client.get(href(collection, "items"))
        assert items.headers["content-type"] == "application/geo+json"
        checked.ItemCollection(**items.json())
        for item in items.json()["features"]:
            checked.Item(**item)
            Feature(**item)
            judge(item, pystac.STACObjectType.ITEM)
            told = pystac.Item.from_dict({**item, "links": []})
            assert pystac.extensions.version.VersionExtension.ext(told).version == "1"
            assert client.get(href(item, "self")).json() == item
            for asset in told.assets.values():
                assert client.get(asset.href).status_code == 200


def test_extents_and_geometries_are_where_the_values_lie(client):
    boxes = {one["id"]: one["extent"] for one in client.get("/stac/collections").json()["collections"]}
    assert boxes[made.SERIES["kak"]]["spatial"]["bbox"] == [[140.2, 36.2, 140.2, 36.2]]
    assert boxes[made.FIELD]["spatial"]["bbox"] == [[70.0, 10.0, 80.0, 20.0]]
    assert boxes[made.KP]["spatial"]["bbox"] == [[-180.0, -90.0, 180.0, 90.0]]
    assert boxes[made.SERIES["kak"]]["temporal"]["interval"] == [["2016-12-31T20:00:00Z", "2017-01-01T01:00:00Z"]]
    items = {one["id"]: one for one in client.get("/stac/search?limit=100").json()["features"]}
    assert items["geomagnetism.abg.pt1h:abg:2016"]["geometry"] == {"type": "Point", "coordinates": [72.9, 18.6]}
    track = items["topside.cses_01.lap_1.l2:cses_01:031190"]
    assert track["geometry"] == {"type": "LineString", "coordinates": [[100.0, 0.0], [100.0, 2.0], [100.0, 4.0]]}
    kp = items["space_weather.kp.pt3h:kp:2016"]
    assert kp["geometry"] is None
    assert "bbox" not in kp


def test_a_line_is_cut_at_180_degrees():
    told, bbox = path([(170.0, 0.0), (-170.0, 10.0), (-160.0, 20.0)], Box(170, 0, -160, 20))
    assert told == {"type": "MultiLineString", "coordinates": [
        [[170.0, 0.0], [180.0, 5.0]], [[-180.0, 5.0], [-170.0, 10.0], [-160.0, 20.0]]]}  # fmt: skip
    assert bbox == [170, 0, -160, 20]
    back, _ = path([(-179.0, 4.0), (179.0, 0.0)], Box(179, 0, -179, 4))
    assert back["coordinates"] == [[[-179.0, 4.0], [-180.0, 2.0]], [[180.0, 2.0], [179.0, 0.0]]]


KAK = ["geomagnetism.kak.pt1h:kak:2017", "geomagnetism.kak.pt1h:kak:2016"]
ABG = ["geomagnetism.abg.pt1h:abg:2017", "geomagnetism.abg.pt1h:abg:2016"]
MAPS = ["ionosphere.codg.gim:codg:2017-01-01", "ionosphere.codg.gim:codg:2016-12-31"]
TRACK = ["topside.cses_01.lap_1.l2:cses_01:031190"]
QUAKES = ["seismology.made.events:made:2017", "seismology.made.events:made:2016"]
SEARCHES = (
    ({"bbox": "72,18,73,19"}, [*ABG, *MAPS]),
    ({"bbox": "72,18,-500,73,19,8000"}, [*ABG, *MAPS]),
    ({"bbox": "139,-90,-170,90"}, KAK),
    ({"bbox": "170,-10,139,10", "collections": made.TRACK}, TRACK),
    ({"datetime": "2016-12-31T21:00:00Z/2016-12-31T21:00:01Z"}, [MAPS[1], KAK[1], *TRACK]),
    ({"datetime": "2017-01-01T05:30:00+05:30", "collections": made.SERIES["kak"]}, KAK[:1]),
    ({"datetime": "../2016-06-01T00:00:00Z"}, QUAKES[1:]),
    ({"datetime": "2017-01-02T00:00:00Z/.."}, QUAKES[:1]),
    ({"ids": f"{KAK[0]},{TRACK[0]},nothing"}, [KAK[0], *TRACK]),
    ({"intersects": '{"type":"Polygon","coordinates":[[[99,-1],[101,-1],[101,1],[99,-1]]]}'}, TRACK),
    ({"intersects": '{"type":"Point","coordinates":[70,30]}'}, QUAKES),
    ({"filter": "platform = 'kak'"}, KAK),
    ({"filter": "platform IN ('kak','abg') AND NOT soap:count > 2"}, [KAK[0], *ABG]),
    ({"filter": "s_intersects(geometry, BBOX(99,-1,101,5))"}, TRACK),
    ({"filter": "s_intersects(geometry, POINT(72.9 18.6)) AND soap:shape = 'series'"}, ABG),
    ({"filter": "t_intersects(datetime, INTERVAL('2017-01-01T00:00:00Z','..')) AND platform LIKE 'KA%'"}, KAK[:1]),
    ({"filter": "a_contains(soap:variables, ('electron_density'))"}, TRACK),
    ({"filter": "datetime < TIMESTAMP('2016-07-01T00:00:00Z')"}, QUAKES[1:]),
    ({"filter": '{"op":"=","args":[{"property":"soap:simulated"},true]}', "filter-lang": "cql2-json"}, []),
    ({"filter": "platform = 'kak'' OR 1=1 --'"}, []),
    ({"collections": made.SERIES["kak"], "sortby": "datetime"}, KAK[::-1]),
    ({"collections": made.SERIES["kak"], "sortby": "id"}, KAK[::-1]),
    ({"collections": "nothing"}, []),
)  # fmt: skip


def test_searches_find_what_plain_files_hold(client):
    for asked, expected in SEARCHES:
        found = client.get("/stac/search", params={"limit": 50, **asked})
        known = sorted(expected) if "sortby" not in asked else expected
        assert (ids(found) if "sortby" in asked else sorted(ids(found))) == known, asked
        assert found.json()["numberMatched"] == len(expected)
        body = body_of(asked)
        posted = client.post("/stac/search", json=body)
        assert sorted(ids(posted)) == sorted(expected), body


def body_of(asked):
    """The same as a body."""
    body = {"limit": 50, **asked}
    if "bbox" in body:
        body["bbox"] = [float(one) for one in body["bbox"].split(",")]
    for name in ("ids", "collections"):
        if name in body:
            body[name] = body[name].split(",")
    if "intersects" in body:
        body["intersects"] = orjson.loads(body["intersects"])
    if "filter" in body and "filter-lang" in body:
        body["filter"] = orjson.loads(body["filter"])
    elif "filter" in body:
        body["filter-lang"] = "cql2-text"
    if "sortby" in body:
        body["sortby"] = [{"field": body["sortby"], "direction": "asc"}]
    return body


DEEP = "NOT (" * 40 + "platform = 'kak'" + ")" * 40
REFUSED = (
    {"bbox": "1,2,3"}, {"bbox": "nan,0,1,1"}, {"bbox": "0,50,1,40"}, {"bbox": "0,0,400,1"}, {"bbox": "a,b,c,d"},
    {"datetime": "yesterday"}, {"datetime": "2017-01-01T00:00:00Z/2016-01-01T00:00:00Z"}, {"datetime": "../.."},
    {"datetime": "1/2/3"}, {"limit": "0"}, {"limit": "x"}, {"token": "x"}, {"sortby": "platform"},
    {"intersects": "{"}, {"intersects": '{"type":"Point","coordinates":[1,200]}'},
    {"filter": "platform ="}, {"filter": "object_key = 'x'"}, {"filter": "1 = 1"}, {"filter": "platform + 1 = 2"},
    {"filter": "casei(platform) = 'kak'"}, {"filter": DEEP}, {"filter": "x" * 5000}, {"filter": "platform = 3"},
    {"filter": "s_within(geometry, POINT(1 1))"}, {"filter": "NOT s_intersects(geometry, POINT(1 1))"},
    {"filter": "platform = 'kak'; DROP TABLE version"}, {"filter": "t_meets(datetime, DATE('2016-01-01'))"},
    {"filter": "platform = 'kak'", "filter-lang": "sql"}, {"filter": "platform = 'kak'", "filter-crs": "EPSG:3857"},
    {"filter": '{"op":"and","args":"x"}', "filter-lang": "cql2-json"}, {"filter": "[1]", "filter-lang": "cql2-json"},
    {"bbox": "0,0,1,1", "intersects": '{"type":"Point","coordinates":[1,2]}'}, {"fields": "a," * 200},
)  # fmt: skip


def test_what_cannot_be_answered_is_refused_in_words(client):
    for asked in REFUSED:
        answer = client.get("/stac/search", params=asked)
        assert answer.status_code == 400, (asked, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.json()["detail"]) > 10
    deep = {"op": "not", "args": []}
    for _ in range(60):
        deep = {"op": "not", "args": [deep]}
    wide = {"op": "or", "args": [{"op": "=", "args": [{"property": "platform"}, "x"]}] * 5000}
    wrong = {"bbox": [1], "limit": "1", "ids": "a", "fields": [1], "sortby": "x", "datetime": 3, "token": 5}
    bodies = [{"filter": deep}, {"filter": wide}, {"filter": 3}, {"intersects": []}, {"ids": [1]}]
    for body in [*bodies, *({name: value} for name, value in wrong.items())]:
        assert client.post("/stac/search", json=body).status_code == 400, str(body)[:100]
    assert client.post("/stac/search", content=b"[1]").status_code == 400


def test_fields_choose_what_is_told(client):
    (item,) = client.get("/stac/search", params={"ids": KAK[0], "fields": "properties.platform,-assets"}).json()[
        "features"
    ]
    assert item["properties"] == {"datetime": None, "platform": "kak"}
    assert item["assets"] == {}
    checked.Item(**{**item, "properties": {**item["properties"], "datetime": "2017-01-01T00:00:00Z"}})


def test_pages_follow_each_other_by_links(client):
    for begin in ({}, {"sortby": "datetime"}, {"sortby": "id"}):
        found, url = [], str(client.get("/stac/search", params={"limit": 2, **begin}).url)
        while url:
            answer = client.get(url).json()
            found += [one["id"] for one in answer["features"]]
            url = next((one["href"] for one in answer["links"] if one["rel"] == "next"), None)
        assert sorted(found) == sorted([*KAK, *ABG, *MAPS, *TRACK, *QUAKES, "space_weather.kp.pt3h:kp:2016"])
    found, link = [], {"href": "/stac/search", "body": {"limit": 3, "collections": [made.FIELD, made.EVENTS]}}
    while link:
        answer = client.post(link["href"], json=link["body"]).json()
        found += [one["id"] for one in answer["features"]]
        link = next((one for one in answer["links"] if one["rel"] == "next"), None)
    assert sorted(found) == sorted([*MAPS, *QUAKES])
    first = client.get("/stac/collections?limit=4").json()
    (onwards,) = [one["href"] for one in first["links"] if one["rel"] == "next"]
    rest = client.get(onwards).json()
    assert [one["id"] for one in (*first["collections"], *rest["collections"])] == sorted(NAMES)


HIDDEN = (File("PAK", "kak", start=4, count=8), File("PAK", "031191"), File("PAK", "quakes", names=("ev3",)))


@pytest.mark.parametrize("terms", [Terms("PAK", "private"), Terms("PAK", "open", embargo_until=made.FUTURE)])
def test_what_is_hidden_is_nowhere(archive, client, terms):
    asked = [{"limit": 50, **one} for one, _ in SEARCHES]
    before = [client.get("/stac/search", params=one).content for one in asked]
    listed = client.get("/stac/collections").json()
    settings = [Setting(Subject("collection", name, "PAK"), terms) for name in made.COLLECTIONS]
    made.build(archive, (None,) * 50 + HIDDEN + tuple(settings))
    assert [client.get("/stac/search", params=one).content for one in asked] == before
    assert client.get("/stac/collections").json() == listed
    hidden, absent = f"{made.TRACK}:cses_01:031191:PAK", f"{made.TRACK}:cses_01:031199:PAK"
    for url in (f"/stac/collections/{made.TRACK}/items/{{}}", "/api/v1/granules/{}", "/api/v1/granules/{}/file"):
        one, other = (client.get(url.format(name)) for name in (hidden, absent))
        assert (one.status_code, other.status_code) == (404, 404)
        assert one.text.replace(hidden, absent) == other.text
    member = signed(archive, "p@pak", "PAK")
    theirs = client.get("/stac/search", params={"ids": hidden}, headers=member).json()["features"]
    assert [one["id"] for one in theirs] == [hidden]
    original = theirs[0]["assets"]["original"]["href"]
    assert client.get(original, headers=member).status_code == 200
    assert client.get(original).status_code == 404
    assert client.get(original).json()["detail"].startswith("There is no original file")


def test_a_file_is_for_those_who_see_all_that_was_made_of_it(archive, client):
    (year,) = client.get("/stac/search", params={"ids": KAK[1]}).json()["features"]
    original = year["assets"]["original"]["href"]
    assert client.get(original).status_code == 200
    made.build(archive, (None,) * 60 + (Setting(Subject("granule", KAK[0]), Terms("", "private")),))
    assert client.get(original).status_code == 404  # the other year that it holds is hidden
    (year,) = client.get("/stac/search", params={"ids": KAK[1]}).json()["features"]
    assert list(year["assets"]) == ["values", "netcdf"]


def test_original_files_come_whole_or_in_part(archive, client):
    (granule,) = client.get("/api/v1/granules", params={"station": "cses_01"}).json()["granules"]
    (checksum,) = granule["originals"]
    content = made.arrival(3, SHOWN[3]).content
    url = f"/api/v1/originals/{checksum}"
    whole = client.get(url)
    assert whole.content == content
    assert (whole.headers["etag"], whole.headers["content-length"]) == (f'"{checksum}"', str(len(content)))
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert whole.headers["content-disposition"].startswith('attachment; filename="3.txt"')
    part = client.get(url, headers={"Range": "bytes=5-8"})
    assert (part.status_code, part.content) == (206, content[5:9])
    assert client.get(url, headers={"Range": "bytes=9999-"}).status_code == 416
    assert client.get(url, headers={"If-None-Match": f'"{checksum}"'}).status_code == 304
    assert client.get(f"/api/v1/originals/{'0' * 64}").status_code == 404
    assert client.get("/api/v1/originals/..%2F..%2Fcatalogue.sqlite").status_code in (400, 404)


def test_granules_are_had_as_files(client):
    import io

    import pyarrow.parquet as pq

    url = f"/api/v1/granules/{KAK[1]}/file"
    table = pq.read_table(io.BytesIO(client.get(url).content))
    assert table["b_north"].to_pylist() == [made.value(0, at) for at in range(4)]
    assert str(table["time"][0].as_py())[:19] == "2016-12-31 20:00:00"
    rows = client.get(url, params={"format": "csv"}).text.splitlines()
    assert len(rows) == 5
    assert client.get(url, params={"format": "exe"}).status_code == 400
    assert client.get(url, params={"format": "../x"}).status_code == 400
    again = client.get(url)
    assert client.get(url, headers={"If-None-Match": again.headers["etag"]}).status_code == 304


def test_granules_are_found_in_pages(client):
    found, token = [], None
    while True:
        told = client.get(
            "/api/v1/granules", params={"limit": 3, "order": "time", **({"token": token} if token else {})}
        )
        found += told.json()["granules"]
        token = told.json()["next"]
        if token is None:
            break
    assert len({one["granule_id"] for one in found}) == len(found) == 10
    begins = [np.datetime64(one["start"].removesuffix("Z")) for one in found]
    assert begins == sorted(begins)
    near = client.get("/api/v1/granules", params={"near": "18.6,72.9", "radius_km": 5, "variable": "b_north"}).json()
    assert {one["granule_id"] for one in near["granules"]} == set(ABG)
    one = client.get(f"/api/v1/granules/{ABG[0]}").json()
    assert (one["point"]["latitude"], one["platform"], one["count"]) == (18.6, "abg", 1)
