"""What another node is told over HTTP: to whom, in which pages and ranges, and nothing of what they may not see."""

import pytest

from soap.archive import changes, publish
from soap.archive.draft import Arrival
from soap.archive.objects import sha256
from soap.archive.policy import Terms
from soap.archive.terms import Subject, digest_of, set_terms
from soap.formats import Source
from soap.testing.tiny import READER, tiny
from soap.testing.web import OWNER, signed, token_of

KAK = "geomagnetism.kak.pt1h"
BASE = "/api/v1/changes"


@pytest.fixture
def node(client, archive):
    """Three years of China's, of which 2016 is for Pakistan alone, and a station list of its own."""
    for number, content in enumerate((
        *({"code": "kak", "start": f"{year}-01-01", "values": [1.5, year]} for year in (2014, 2015, 2016)),
        {"stations": [{"code": "KAK", "latitude": 36.2, "longitude": 140.2}]},
    )):  # fmt: skip
        data = tiny(**content)
        reading = READER.read(Source.from_bytes("x", data))
        publish.publish(archive, OWNER, [Arrival(f"{number}", data, sha256(data), READER.name, reading)], "CHN")
    set_terms(archive, OWNER, Subject("collection", KAK), Terms("CHN", "open"))
    set_terms(archive, OWNER, Subject("granule", f"{KAK}:kak:2016:CHN"), Terms("CHN", "named", ("PAK",)))
    return client


def told(client, headers=None, **asked):
    answer = client.get(f"{BASE}/granules", params={"collection": KAK, "provider": "CHN"} | asked, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_each_is_told_what_they_may_see(node, archive):
    pak, chn = (signed(archive, f"u@{code}", code) for code in ("PAK", "CHN"))
    for headers, years, lists in (({}, 2, []), (pak, 3, []), (chn, 3, ["CHN"])):
        answer = node.get(BASE, headers=headers).json()
        assert [(one["collection_id"], one["granules"]) for one in answer["collections"]] == [(KAK, years)]
        assert answer["station_providers"] == lists
        assert len(told(node, headers)["granules"]) == years
    assert node.get(f"{BASE}/stations", params={"provider": "CHN"}).json() == {"stations": [], "next": None}
    (station,) = node.get(f"{BASE}/stations", params={"provider": "CHN"}, headers=chn).json()["stations"]
    assert (station["code"], station["latitude"], station["terms"]["access"]) == ("KAK", 36.2, "private")


def test_pages_follow_each_other(node, archive):
    headers = signed(archive, "u@CHN", "CHN")
    names, after = [], ""
    for _ in range(9):
        page = told(node, headers, after=after, limit=1)
        names += [one["granule_id"] for one in page["granules"]]
        after = page["next"]
        if after is None:
            break
    assert names == [f"{KAK}:kak:{year}:CHN" for year in (2014, 2015, 2016)]


def test_an_object_is_given_whole_and_from_a_byte_on(node, archive):
    (one, _) = told(node)["granules"]
    (part,) = one["parts"]
    asked = {"granule": one["granule_id"], "sha256": part["sha256"]}
    whole = node.get(f"{BASE}/object", params=asked)
    assert (whole.status_code, len(whole.content)) == (200, part["bytes"])
    assert sha256(whole.content) == part["sha256"]
    assert whole.headers["soap-terms"] == digest_of(Terms("CHN", "open"))
    rest = node.get(f"{BASE}/object", params=asked, headers={"Range": "bytes=100-"})
    assert (rest.status_code, rest.content) == (206, whole.content[100:])
    assert rest.headers["content-range"] == f"bytes 100-{part['bytes'] - 1}/{part['bytes']}"
    beyond = node.get(f"{BASE}/object", params=asked, headers={"Range": f"bytes={part['bytes']}-"})
    assert beyond.status_code == 416
    assert node.get(f"{BASE}/object", params=asked, headers={"Range": "bytes=1-2,4-5"}).status_code == 400


def test_an_object_of_what_is_hidden_answers_as_one_that_is_not_there(node, archive):
    headers = signed(archive, "u@PAK", "PAK")
    hidden = told(node, headers)["granules"][2]
    asked = {"granule": hidden["granule_id"], "sha256": hidden["parts"][0]["sha256"]}
    assert node.get(f"{BASE}/object", params=asked, headers=headers).status_code == 200
    refused = node.get(f"{BASE}/object", params=asked)
    absent = node.get(f"{BASE}/object", params=asked | {"granule": f"{KAK}:kak:1999:CHN"})
    assert (refused.status_code, absent.status_code) == (404, 404)
    assert refused.json()["detail"].replace("2016", "1999") == absent.json()["detail"]
    other = told(node)["granules"][0]["granule_id"]  # a sum that is held, asked for by another's name
    assert node.get(f"{BASE}/object", params=asked | {"granule": other}).status_code == 404


def test_a_token_for_something_else_asks_nothing(node, archive):
    signed(archive, "s@CHN", "CHN", ("station",))
    headers = token_of(archive, "s@CHN", ("hand_in",))
    assert node.get(BASE, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "asked", [{"collection": ""}, {"limit": 0}, {"limit": 1001}, {"after": "x" * 301}, {"provider": "x" * 21}]
)
def test_parameters_are_bounded(node, asked):
    assert node.get(f"{BASE}/granules", params={"collection": KAK, "provider": "CHN"} | asked).status_code == 400


def test_the_digest_is_of_what_is_seen_alone(node, archive):
    """What others hand in, or set on what stays hidden, leaves it as it is; what is seen changes it."""

    def digest():
        (one,) = node.get(BASE).json()["collections"]
        return one["digest"]

    before = digest()
    data = tiny(code="kak", start="2016-06-01", values=[3.0])
    arrival = Arrival("x", data, sha256(data), READER.name, READER.read(Source.from_bytes("x", data)))
    publish.publish(archive, OWNER, [arrival], "CHN")
    set_terms(archive, OWNER, Subject("granule", f"{KAK}:kak:2016:CHN"), {"licence": "secret"})
    assert digest() == before
    set_terms(archive, OWNER, Subject("granule", f"{KAK}:kak:2015:CHN"), {"licence": "CC-BY-4.0"})
    assert digest() != before


def test_an_object_is_given_in_parts(archive, node, monkeypatch):
    monkeypatch.setattr(changes, "PART", 7)
    one = changes.granules(archive, OWNER, KAK, "CHN")[0]
    held = changes.object_of(archive, OWNER, one.granule_id, one.parts[0].sha256)
    whole = archive.objects.get(held.key)
    for start in (0, 1, 6, 7, 8, held.bytes - 1):
        parts = list(changes.content_of(archive, held, start))
        assert b"".join(parts) == whole[start:]
        assert max(map(len, parts)) <= 7
