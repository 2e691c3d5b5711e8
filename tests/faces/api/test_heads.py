"""HEAD is taken wherever GET is: the same status and headers, and no body, of which nothing is read."""

import re

import pytest

from soap.archive.policy import Terms
from soap.archive.terms import Subject, set_terms
from soap.services.ingest import ingest
from soap.testing.tiny import COMPOSITION, tiny
from soap.testing.web import OWNER, signed

KAK = "geomagnetism.kak.pt1h"
OWN = {"x-request-id", "soap-time"}  # of each request anew
REAL = (
    "/api/v1/collections",
    f"/api/v1/series?collection={KAK}&start=2016-01-01&stop=2016-02-01&format=csv",
    f"/api/v1/series?collection={KAK}&start=2016-01-01&stop=2016-02-01&format=parquet",
    f"/stac/collections/{KAK}/items",
    "/api/v1/openapi.json",
)


@pytest.fixture
def held(archive, client, tmp_path):
    """The client, where hours of KAK are open to everybody."""
    (tmp_path / "kak.tiny").write_bytes(tiny(code="kak", start="2016-01-01", values=[1.0] * 700))
    assert ingest(OWNER, archive, COMPOSITION, [tmp_path / "kak.tiny"]).new == 1
    set_terms(archive, OWNER, Subject("collection", KAK), Terms("", "open"))
    return client


def same(client, path, **asked):
    """The head of a path's answer, which is that of GET."""
    there, head = client.get(path, **asked), client.head(path, **asked)
    assert (head.status_code, head.content) == (there.status_code, b""), path
    told = {name: value for name, value in there.headers.items() if name not in OWN}
    assert {name: value for name, value in head.headers.items() if name not in OWN} == told, path
    return head


def test_a_head_is_that_of_get_on_every_path(held, archive):
    paths = held.get("/api/v1/openapi.json").json()["paths"]
    asked = [
        re.sub(r"\{[^}]*\}", "x", path)
        for path, operations in paths.items()
        if "get" in operations and path != "/metrics"
    ]  # which counts these questions
    assert len(asked) > 60
    assert {same(held, path).status_code for path in REAL} == {200}
    headers = signed(archive, "root", roles=("project_admin",))
    statuses = {same(held, path, headers=headers, follow_redirects=False).status_code for path in asked}
    assert 405 not in statuses
    assert 200 in statuses
    assert "HEAD" in held.post("/api/v1/collections").headers["allow"].split(", ")
    assert held.head("/api/v1/nothing").status_code == 404


def test_an_original_is_told_of_in_parts_too_and_none_of_it_is_read(held, archive, monkeypatch):
    (granule,) = held.get("/api/v1/granules").json()["granules"]
    path = f"/api/v1/originals/{granule['originals'][0]}"
    assert same(held, path, headers={"Range": "bytes=5-9"}).headers["content-range"].startswith("bytes 5-9/")
    read = []
    monkeypatch.setattr("soap.services.search.original_bytes", lambda *_: (read.append(one) for one in (b"a",)))
    assert int(held.head(path).headers["content-length"]) > 700
    assert read == []
