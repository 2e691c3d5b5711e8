"""HAPI as its specification, version 3.3.0, states it: answers, status codes, times; and every way to be wrong."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soap.archive.policy import Terms
from soap.archive.terms import Subject
from soap.faces.api.hapi.restricted_times import restricted_time
from soap.testing import policy_worlds as worlds
from soap.testing.policy_worlds import File, Setting
from tests.faces.api.hapi.specification import told, verify

KAK, TRACK = worlds.SERIES["kak"], worlds.TRACK
DATA = f"/hapi/data?dataset={KAK}&start=2016-12-31T20Z&stop=2016-12-31T22Z"


@pytest.fixture
def held(archive):
    """Series of two members that overlap, a global index, half-orbits; a map, which HAPI does not know."""
    files = (
        File("", "kak", "b_north", 0, 4),
        File("CHN", "kak", "b_east", 2, 4),
        File("", "abg", count=3),
        File("", "031190", count=4),
        File("", "031191", count=4),
        File("", "kp"),
        File("", "map"),
    )
    names = (*worlds.SERIES.values(), TRACK, worlds.KP, worlds.FIELD)
    opened = [
        Setting(Subject("collection", name, ""), Terms("", "open", (), None, "CC-BY-4.0", "cite")) for name in names
    ]
    worlds.build(archive, (*files, *opened, Setting(Subject("collection", KAK, "CHN"), Terms("CHN", "open"))))
    return archive


def test_all_that_the_specification_checks(held, client):
    assert verify(client.get) == 4


def test_an_empty_archive_has_an_empty_catalog(client):
    assert told(client.get, "/hapi/catalog?depth=all", "catalog")["catalog"] == []


WRONG = {
    "/hapi/catalog?deep=all": (400, 1401),
    "/hapi/about?x=1": (400, 1401),
    "/hapi/catalog?depth=deep": (400, 1413),
    "/hapi/catalog?resolve_references=perhaps": (400, 1412),
    "/hapi/info": (400, 1400),
    f"/hapi/info?dataset={KAK}&dataset={KAK}": (400, 1400),
    f"/hapi/info?dataset={KAK}&id={KAK}": (400, 1400),
    f"/hapi/info?dataset={KAK}&start=2016": (400, 1401),
    f"/hapi/info?dataset={worlds.FIELD}": (404, 1406),
    f"/hapi/info?dataset={KAK}@2001-01-01": (404, 1406),
    f"/hapi/info?dataset={KAK}@never": (404, 1406),
    f"/hapi/info?dataset={KAK}&parameters=b_down": (404, 1407),
    f"/hapi/info?dataset={KAK}&parameters=b_north,b_north": (400, 1411),
    f"/hapi/info?dataset={KAK}&parameters=b_north,b_east": (400, 1411),
    f"/hapi/info?dataset={KAK}&parameters=b_north,Time": (400, 1411),
    f"/hapi/info?dataset={KAK}&resolve_references=no": (400, 1412),
    f"/hapi/data?dataset={KAK}&start=2016-12-31T20Z": (400, 1400),
    f"/hapi/data?dataset={KAK}&time.min=2016-12-31T20Z&stop=2016-12-31T22Z": (400, 1400),
    f"/hapi/data?dataset={KAK}&start=yesterday&stop=2016-12-31T22Z": (400, 1402),
    f"/hapi/data?dataset={KAK}&start=2016-12-31T20Z&stop=2016-12-32": (400, 1403),
    f"/hapi/data?dataset={KAK}&start=2016-12-31T22Z&stop=2016-12-31T22Z": (400, 1404),
    f"/hapi/data?dataset={KAK}&start=2016-12-31T19Z&stop=2016-12-31T22Z": (400, 1405),
    f"/hapi/data?dataset={KAK}&start=0001&stop=9999": (400, 1405),
    "/hapi/data?dataset=nothing&start=2016&stop=2017": (404, 1406),
    f"{DATA}&parameters=x": (404, 1407),
    f"{DATA}&format=netcdf": (400, 1409),
    f"{DATA}&include=footer": (400, 1410),
    f"{DATA}&parameters=b_north_quality,b_north": (400, 1411),
    f"{DATA}&averagingInterval=5s": (400, 1401),
    "/hapi/nothing": (400, 1400),
    "/hapi/data/more": (400, 1400),
}


def test_what_is_wrong_has_its_code(held, client):
    for path, (status, code) in WRONG.items():
        content = told(client.get, path, "error", status)
        assert content["status"]["code"] == code, path
        for word in ("averaging", "footer", "netcdf", "yesterday", "nothing", "perhaps", "deep"):
            assert word not in content["status"]["message"]


def test_only_get_and_head_and_no_slash_at_the_end(held, client):
    for path in ("/hapi/", "/hapi/catalog/", f"/hapi/info/?dataset={KAK}"):
        moved = client.get(path, follow_redirects=False)
        assert (moved.status_code, moved.headers["location"]) == (301, path.replace("/?", "?").rstrip("/"))
    for path in ("/hapi/about", "/hapi/catalog", f"/hapi/info?dataset={KAK}", DATA, "/hapi"):
        one, other = client.get(path), client.head(path)
        assert (other.status_code, other.content) == (200, b"")
        for name in ("content-type", "access-control-allow-origin"):
            assert one.headers[name] == other.headers[name]
        assert client.post(path).status_code == 405
    assert client.head(f"{DATA}&format=x").status_code == 400


def test_an_earlier_state_is_cited_and_read_again(held, client):
    version = client.get(f"/hapi/info?dataset={KAK}").json()["x_version"]
    before = client.get(DATA).text
    worlds.build(held, (*[None] * 50, File("", "kak", "b_north", 0, 4)))
    assert client.get(DATA).text != before
    assert client.get(DATA.replace(KAK, version)).text == before
    assert client.get(f"/hapi/info?dataset={version}").json()["x_version"] == version


def test_a_platform_has_its_dataset_whoever_joins_it(held, client):
    """The name of a dataset is that of its collection, with the platform where the collection's does not tell it."""
    ids = [one["id"] for one in client.get("/hapi/catalog").json()["catalog"]]
    assert ids == sorted([KAK, worlds.SERIES["abg"], TRACK, worlds.KP])


def test_place_rights_and_flags_are_told(held, client):
    info = client.get(f"/hapi/info?dataset={worlds.SERIES['abg']}").json()
    assert info["geoLocation"] == [worlds.ABG_PLACE[1], worlds.ABG_PLACE[0]]
    assert (info["datasetCitation"], info["licenseURL"]) == ("cite", "https://spdx.org/licenses/CC-BY-4.0.html")
    assert info["additionalMetadata"][0]["content"]["licence"] == "CC-BY-4.0"
    flags = next(one for one in info["parameters"] if one["name"] == "b_north_quality")
    assert flags["x_flag_masks"] == [1, 2, 4, 8, 16, 32, 64]
    track = client.get(f"/hapi/info?dataset={TRACK}").json()
    assert track["location"] == {"parameters": [["longitude", "latitude", "height_km"]]}


FORMS = st.sampled_from(["%Y", "%Y-%m", "%Y-%m-%d", "%Y-%j", "%Y-%m-%dT%H", "%Y-%jT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@given(st.datetimes(min_value=np.datetime64("1700", "us").item(), max_value=np.datetime64("2200", "us").item()), FORMS,
       st.sampled_from(["", "Z"]))  # fmt: skip
def test_times_are_those_that_the_standard_library_reads(when, form, zone):
    text = when.strftime(form).rjust(4, "0")
    wanted = np.datetime64(when.strptime(when.strftime(form), form), "ns")
    assert restricted_time(text + zone) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2016-12-31T24Z", "2017-01-01"),
        ("2016-366T24:00:00.000", "2017-01-01"),
        ("2016-12-31T23:59:60Z", "2017-01-01"),
        ("2016-02-29T00:00:00.1234567891Z", "2016-02-29T00:00:00.123456789"),
        ("2015-366", None),
        ("2015-000", None),
        ("2015-02-29", None),
        ("2015-13", None),
        ("2015-00-01", None),
        ("2015-01T12", None),
        ("2015T12", None),
        ("2015-01-01T24:01", None),
        ("2015-01-01T25", None),
        ("2015-01-01T12:60", None),
        ("2015-01-01T12:00:60", None),
        ("2015-01-01T12:00:00+01:00", None),
        ("2015-01-01 12:00", None),
        ("20150101", None),
        ("2015-01-01T", None),
        ("٢٠١٥", None),
        ("", None),
    ],
)
def test_times_on_the_edge(text, wanted):
    assert restricted_time(text) == (None if wanted is None else np.datetime64(wanted, "ns"))


def test_the_landing_page_names_every_dataset(held, client):
    page = client.get("/hapi").text
    assert set(re.findall(r"<li><a href=\"/hapi/info\?dataset=([^\"]+)\"", page)) == {
        KAK,
        worlds.SERIES["abg"],
        TRACK,
        worlds.KP,
    }
