"""`pystac-client` against a running server: it opens, lists, searches and pages, without a failure or a warning."""

from __future__ import annotations

import warnings

import pystac_client
import pytest

from soap.archive import Archive
from soap.archive.policy import Terms
from soap.archive.terms import Subject
from soap.core.settings import Settings
from soap.testing import policy_worlds as made
from soap.testing.policy_worlds import File, Setting
from soap.testing.web import serving

FILES = (File("", "kak", count=6), File("", "abg", start=2), File("", "031190"), File("", "031191"),
         File("", "map", count=8), File("", "quakes", names=("ev1", "ev2")))  # fmt: skip
EXPECTED = {
    "geomagnetism.kak.pt1h:kak:2016", "geomagnetism.kak.pt1h:kak:2017", "geomagnetism.abg.pt1h:abg:2016",
    "geomagnetism.abg.pt1h:abg:2017", "topside.cses_01.lap_1.l2:cses_01:031190",
    "topside.cses_01.lap_1.l2:cses_01:031191", "ionosphere.codg.gim:codg:2016-12-31",
    "ionosphere.codg.gim:codg:2017-01-01", "seismology.made.events:made:2016", "seismology.made.events:made:2017",
}  # fmt: skip


@pytest.mark.slow
def test_a_client_opens_lists_searches_and_pages(tmp_path):
    archive = Archive.open(Settings(archive=tmp_path / "archive", catalogue="", objects=""))
    settings = [Setting(Subject("collection", name, ""), Terms("", "open")) for name in made.COLLECTIONS]
    made.build(archive, (*FILES, *settings))
    with serving(tmp_path / "archive") as (url, _), warnings.catch_warnings():
        warnings.simplefilter("error")
        client = pystac_client.Client.open(f"{url}/stac")
        listed = {one.id: one for one in client.get_collections()}
        assert set(listed) == set(made.COLLECTIONS)
        assert {one.id for one in client.search(limit=3).items()} == EXPECTED
        assert {one.id for one in client.search(limit=2, method="GET").items()} == EXPECTED
        assert [len(page.items) for page in client.search(limit=4).pages()] == [4, 4, 2]
        found = client.search(bbox=[72, 18, 73, 19], datetime="2016-12-31/2017-01-31", collections=[made.SERIES["abg"]])
        assert (found.matched(), len(list(found.items()))) == (2, 2)
        filtered = client.search(filter="platform = 'cses_01'", filter_lang="cql2-text", sortby="datetime", limit=1)
        assert [one.id[-6:] for one in filtered.items()] == ["031190", "031191"]
        drawn = {"type": "Polygon", "coordinates": [[[69, 29], [71, 29], [71, 31], [69, 31], [69, 29]]]}
        assert {one.id for one in client.search(intersects=drawn).items()} == {
            one for one in EXPECTED if "event" in one
        }
        kak = client.get_collection(made.SERIES["kak"])
        assert {one.id for one in kak.get_items()} == {one for one in EXPECTED if "kak" in one}
        assert kak.get_item("geomagnetism.kak.pt1h:kak:2016").id == "geomagnetism.kak.pt1h:kak:2016"
        assert "platform" in kak.get_queryables()["properties"]
