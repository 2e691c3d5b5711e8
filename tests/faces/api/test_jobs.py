"""Jobs over HTTP: asked for, followed, cancelled, fetched in parts; that of another is not there."""

import json

import pytest

from soap.archive import job_leases
from soap.archive.terms import Subject, set_terms
from soap.core.who import MEMBER_ADMIN, Viewer
from soap.services import accounts, ingest
from soap.services.jobs.carrying_out import carry_out
from soap.testing.tiny import COMPOSITION, tiny
from soap.testing.web import OWNER, application, signed, token_of

KAK = "geomagnetism.kak.pt1h"
EXPORT = {
    "kind": "export",
    "parameters": {"items": [{"collection_id": KAK, "start": "2016-01-01", "stop": "2017-01-01"}], "format": "netcdf"},
}
OFFICER = Viewer("wang", "CHN", frozenset({MEMBER_ADMIN}))


@pytest.fixture
def settings(settings):
    settings.job_workers = 0  # jobs are carried out by the tests, when they want to
    return settings


@pytest.fixture
def li(archive, tmp_path):
    """Headers of CHN's li; CHN holds a series, private to it."""
    (tmp_path / "kak.tiny").write_bytes(tiny(code="kak", start="2016-04-01T00:00", values=[1, 2, 3]))
    ingest.ingest(OFFICER, archive, COMPOSITION, [tmp_path / "kak.tiny"])
    return signed(archive, "li", "CHN")


@pytest.fixture
def ali(archive):
    return signed(archive, "ali", "PAK")


def carried_out(archive):
    carry_out(archive, COMPOSITION, job_leases.take(archive, "test", 30, 3))


def test_a_job_is_asked_for_followed_and_fetched(archive, client, li):
    answer = client.post("/api/v1/jobs", json=EXPORT, headers=li)
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    place = answer.headers["location"]
    assert client.post("/api/v1/jobs", json=EXPORT, headers=li).headers["location"] == place
    assert client.get(f"{place}/result", headers=li).status_code == 409
    assert client.get(f"{place}?wait=0.1", headers=li).json()["state"] == "waiting"
    carried_out(archive)
    told = client.get(place, headers=li).json()
    assert (told["state"], told["done"], told["result"], told["study"]) == ("done", 1.0, f"{place}/result", None)
    assert [one["job_id"] for one in client.get("/api/v1/jobs?state=done", headers=li).json()] == [told["job_id"]]
    assert client.get("/api/v1/jobs?state=failed", headers=li).json() == []
    for wrong in ("state=gone", "limit=0", "limit=1001"):
        assert client.get(f"/api/v1/jobs?{wrong}", headers=li).status_code == 400


def test_a_result_is_fetched_in_parts(archive, client, li):
    place = client.post("/api/v1/jobs", json=EXPORT, headers=li).headers["location"] + "/result"
    carried_out(archive)
    whole = client.get(place, headers=li)
    assert (whole.status_code, whole.headers["content-type"]) == (200, "application/x-netcdf")
    assert whole.content[1:4] == b"HDF"
    assert whole.headers["content-disposition"].startswith(f'attachment; filename="{KAK}.nc"')
    size, tag = len(whole.content), whole.headers["etag"]

    def part(asked, **more):
        return client.get(place, headers={**li, "Range": asked, **more})

    for asked, start, stop in (("bytes=0-9", 0, 10), ("bytes=100-", 100, size), ("bytes=-7", size - 7, size),
                               (f"bytes=5-{size * 9}", 5, size)):  # fmt: skip
        answer = part(asked)
        assert (answer.status_code, answer.content) == (206, whole.content[start:stop])
        assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
    for asked in (f"bytes={size}-", "bytes=-0", "bytes=9-3"):
        assert part(asked).status_code == 416
    for asked in ("bytes=0-1,4-5", "lines=1-2", "bytes=x-"):
        assert (part(asked).status_code, len(part(asked).content)) == (200, size)
    assert part("bytes=0-9", **{"If-Range": tag}).status_code == 206
    assert part("bytes=0-9", **{"If-Range": '"other"'}).status_code == 200
    assert client.get(place, headers={**li, "If-None-Match": tag}).status_code == 304


def test_what_goes_on_is_told_as_events(archive, client, li):
    place = client.post("/api/v1/jobs", json=EXPORT, headers=li).headers["location"]
    carried_out(archive)
    answer = client.get(f"{place}/events", headers=li)
    assert answer.headers["content-type"].startswith("text/event-stream")
    head, _, body = answer.text.strip().partition("\n")
    assert (head, json.loads(body.removeprefix("data: "))["state"]) == ("event: job", "done")


def test_a_job_is_cancelled(client, li):
    place = client.post("/api/v1/jobs", json=EXPORT, headers=li).headers["location"]
    assert client.delete(place, headers=li).json()["state"] == "cancelled"
    assert client.post(f"{place}/cancel", headers=li).json()["state"] == "cancelled"
    assert client.post("/api/v1/jobs", json=EXPORT, headers=li).json()["state"] == "waiting"


def test_a_job_of_another_is_not_there(archive, client, li, ali):
    place = client.post("/api/v1/jobs", json=EXPORT, headers=li).headers["location"]
    carried_out(archive)
    absent = "/api/v1/jobs/export-000000000000000000000000"
    assert client.get("/api/v1/jobs", headers=ali).json() == []
    for way in ("", "/result", "/events"):
        there, not_there = (client.get(one + way, headers=ali) for one in (place, absent))
        assert there.status_code == 404
        assert there.text.replace(place[13:], "X") == not_there.text.replace(absent[13:], "X")
    assert client.delete(place, headers=ali).status_code == 404
    answer = client.post("/api/v1/jobs", json=EXPORT, headers=ali)
    assert answer.status_code == 404
    keeper = signed(archive, "root", roles=("project_admin",))
    assert [one["made_by"] for one in client.get("/api/v1/jobs", headers=keeper).json()] == ["li"]
    assert client.get(f"{place}/result", headers=keeper).status_code == 200


def test_an_embargo_that_comes_later_hides_the_result(archive, client, li):
    place = client.post("/api/v1/jobs", json=EXPORT, headers=li).headers["location"]
    carried_out(archive)
    assert client.get(f"{place}/result", headers=li).status_code == 200
    set_terms(archive, OWNER, Subject("collection", KAK), {"owner": "PAK"})
    told = client.get(place, headers=li).json()
    assert (told["state"], told["result"]) == ("done", None)
    hidden = client.get(f"{place}/result", headers={**li, "Range": "bytes=0-0"})
    assert (hidden.status_code, "content-range" in hidden.headers) == (404, False)


def test_who_was_removed_gets_nothing(archive, client, li):
    place = client.post("/api/v1/jobs", json=EXPORT, headers=li).headers["location"]
    carried_out(archive)
    accounts.remove_account(OWNER, archive, "li")
    again = signed(archive, "li", "PAK")  # another person of the same name
    assert client.get(place, headers=again).status_code == 404
    assert client.get("/api/v1/jobs", headers=again).json() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"kind": "export", "parameters": []}, 400),
        ({"kind": "nothing", "parameters": {}}, 400),
        ({"kind": "export", "parameters": {}, "more": 1}, 400),
        ({"kind": "case", "parameters": {"event_id": "x"}}, 404),
        ({"kind": "compute", "parameters": {"method": "tec", "start": "2016", "stop": "2017"}}, 403),
        ({"kind": "export", "parameters": {"items": "x" * 300_000}}, 413),
        ({"kind": "study", "parameters": {"study": {"kind": "blocks", "title": "\0"}}}, 400),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(client, li, body, status):
    answer = client.post("/api/v1/jobs", json=body, headers=li)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert client.get("/api/v1/jobs", headers=li).json() == []


def test_jobs_are_for_accounts_and_their_scope(archive, client, li):
    assert client.post("/api/v1/jobs", json=EXPORT).status_code == 401
    assert client.get("/api/v1/jobs").status_code == 401
    reads = token_of(archive, "li", ("read",))
    assert client.post("/api/v1/jobs", json=EXPORT, headers=reads).status_code == 403
    assert client.get("/api/v1/jobs", headers=reads).json() == []


def test_too_many_jobs_are_refused_with_when_to_ask_again(archive, li):
    archive.settings.jobs_per_user = 1
    other = json.loads(json.dumps(EXPORT).replace("netcdf", "csv"))
    with application(archive, COMPOSITION) as client:
        assert client.post("/api/v1/jobs", json=EXPORT, headers=li).status_code == 202
        answer = client.post("/api/v1/jobs", json=other, headers=li)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")


def test_kinds_say_what_they_take(client):
    told = {one["name"]: one["parameters"]["properties"].keys() for one in client.get("/api/v1/job-kinds").json()}
    assert {name: set(keys) for name, keys in told.items() if name != "compute"} == {
        "study": {"study"}, "case": {"event_id", "as_of"}, "export": {"items", "format"},
        "prospect": {"study", "event_id"}, "rerun": {"study_id"},
    }  # fmt: skip
