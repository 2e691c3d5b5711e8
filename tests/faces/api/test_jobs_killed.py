"""Jobs on real servers: killed in the middle, several at once, cancelled; each job is done once, and as by hand."""

from __future__ import annotations

import io
import os
import time
import zipfile
from pathlib import Path

import httpx2
import pytest

from soap.archive import Archive, query
from soap.archive.products import products
from soap.archive.terms import Subject, set_terms
from soap.core.settings import Settings
from soap.services import ingest
from soap.systems.seismo_ionospheric import composition
from soap.testing.tiny import COMPOSITION, tiny
from soap.testing.two_releases import CODES, STUDY, first_release
from soap.testing.web import OWNER, serving, signed

pytestmark = pytest.mark.slow


def study(catalogues, references):
    """The study of two releases, that takes longer."""
    text = STUDY.replace("n_catalogues = 20", f"n_catalogues = {catalogues}")
    return text.replace("n_references = 99", f"n_references = {references}")


LONG_STUDY, ENDLESS_STUDY = study(200, 1999), study(9999, 99_999)
LEASE = {"SOAP_JOB_LEASE_S": "3"}


@pytest.fixture
def system():
    """The system whose command line is compared with."""
    return composition()


def fill(archive, folder):
    """Observations in the archive that every member's people see, and li's headers."""
    folder.mkdir()
    first_release(folder)
    (folder / "indices.txt").rename(folder.parent / "indices.txt")
    ingest.ingest(OWNER, archive, COMPOSITION, [folder])
    ingest.ingest(OWNER, archive, composition(), [folder.parent / "indices.txt"])
    for one in query.collections(archive, OWNER):
        set_terms(archive, OWNER, Subject("collection", one.collection_id), {"access": "members"})
    for code in CODES:
        set_terms(archive, OWNER, Subject("station", f"iaga_code:{code.upper()}"), {"access": "members"})
    return signed(archive, "li", "CHN")


def environment(**more):
    return {**os.environ, **LEASE, **more}


def ask(url, headers, kind, **parameters):
    answer = httpx2.post(f"{url}/api/v1/jobs", headers=headers, json={"kind": kind, "parameters": parameters})
    assert answer.status_code == 202, answer.text
    return answer.headers["location"]


def told(url, place, headers):
    return httpx2.get(f"{url}{place}", headers=headers, timeout=30).json()


def until(url, place, headers, wanted, seconds=90):
    deadline = time.monotonic() + seconds
    while not wanted(found := told(url, place, headers)):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def ended(one):
    return one["state"] not in ("waiting", "running")


def children(process):
    """Processes that the process has started, and theirs."""
    found, left = set(), [process.pid]
    while left:
        pid = left.pop()
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            own = {int(one) for one in path.read_text().split()}
            found |= own
            left += own
    return found


def gone(pids, seconds=20):
    """True once none of the processes is there any more."""
    deadline = time.monotonic() + seconds
    while any(_runs(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _runs(pid):
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_server_killed_in_the_middle_of_a_study_ends_it_once_with_the_bytes_of_the_command(tmp_path, soap):
    archive = Archive.open(Settings(archive=tmp_path / "archive"))
    headers = fill(archive, tmp_path / "in")
    (tmp_path / "study.toml").write_text(LONG_STUDY)
    with serving(tmp_path / "archive", environment=environment()) as (url, process):
        place = ask(url, headers, "study", study=LONG_STUDY)
        until(url, place, headers, lambda one: one["message"] or one["done"] > 0)
        below = children(process)
        process.kill()
        process.wait()
        assert gone(below)
    with serving(tmp_path / "archive", environment=environment()) as (url, _):
        again = ask(url, headers, "study", study=LONG_STUDY)
        assert again == place
        done = until(url, place, headers, ended)
        assert (done["state"], done["attempts"]) == ("done", 2), done
        content = httpx2.get(f"{url}{done['result']}", headers=headers).content
        page = httpx2.get(f"{url}/api/v1/studies/{done['study']}/report", headers=headers, timeout=60)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        policy = page.headers["content-security-policy"].split("; ")
        assert {"default-src 'none'", "sandbox"} <= set(policy)
        assert not [one for one in policy if one.startswith(("script-src", "connect-src"))]
        assert "A small study" in page.text
        assert [one["job_id"] for one in httpx2.get(f"{url}/api/v1/jobs", headers=headers).json()] == [done["job_id"]]
    assert [one.product_id for one in products(archive, OWNER)] == [done["study"]]
    run = ("study", "run", tmp_path / "study.toml", "-o", tmp_path / "by-hand", "--archive", tmp_path / "archive")
    assert soap(*run)[0] == 0
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        for name in ("result.json", "provenance.json"):
            assert files.read(name) == (tmp_path / "by-hand" / name).read_bytes()


def test_a_server_that_is_stopped_hands_back_what_it_has_not_ended_and_a_cancelled_job_ends(tmp_path):
    archive = Archive.open(Settings(archive=tmp_path / "archive"))
    headers = fill(archive, tmp_path / "in")
    with serving(tmp_path / "archive", environment=environment(SOAP_JOB_LEASE_S="60")) as (url, process):
        place = ask(url, headers, "study", study=ENDLESS_STUDY)
        until(url, place, headers, lambda one: one["message"] or one["done"] > 0)
        below = children(process)
        process.terminate()
        process.wait(timeout=30)
        assert gone(below)
    with serving(tmp_path / "archive", environment=environment(SOAP_JOB_LEASE_S="60")) as (url, process):
        taken = until(url, place, headers, lambda one: one["state"] == "running", seconds=20)  # no lease to wait for
        assert taken["attempts"] == 1
        until(url, place, headers, lambda one: one["message"] or one["done"] > 0)
        assert httpx2.delete(f"{url}{place}", headers=headers).json()["cancelling"]
        assert until(url, place, headers, ended, seconds=40)["state"] == "cancelled"
    assert products(archive, OWNER) == ()


def test_two_servers_on_one_catalogue_do_each_job_once(tmp_path, postgresql_server, postgresql_catalogue):
    catalogue = postgresql_server.new_database(like=postgresql_catalogue)
    archive = Archive.open(Settings(archive=tmp_path / "archive", catalogue=catalogue))
    (tmp_path / "kak.tiny").write_bytes(tiny(code="kak", start="2016-04-01T00:00", values=list(range(100))))
    ingest.ingest(OWNER, archive, COMPOSITION, [tmp_path / "kak.tiny"], provider="CHN")
    headers = signed(archive, "li", "CHN")
    wide = environment(SOAP_CATALOGUE=catalogue, SOAP_JOB_LEASE_S="30")
    with (
        serving(tmp_path / "archive", environment=wide) as (one, _),
        serving(tmp_path / "archive", environment=wide) as (two, _),
    ):
        places = [ask(url, headers, "export", **export(day)) for day in range(2, 5) for url in (one, two)]
        assert len(set(places)) == 3  # asked for at both, each is one
        found = [until(one, place, headers, ended) for place in places[::2]]
    assert {(each["state"], each["attempts"]) for each in found} == {("done", 1)}
    assert len(products(archive, OWNER)) == 3


def export(day):
    item = {"collection_id": "geomagnetism.kak.pt1h", "start": "2016-04-01", "stop": f"2016-04-0{day}"}
    return {"items": [item], "format": "parquet"}
