"""`soap admin job`: who runs the archive sees all jobs and may end them."""

import json

import pytest

from soap.archive import Archive
from soap.core.settings import Settings
from soap.core.who import folder_owner
from soap.services import accounts, ingest, jobs
from soap.testing.tiny import COMPOSITION, tiny

ME = folder_owner("tester")
ITEM = {"collection_id": "geomagnetism.kak.pt1h", "start": "2016", "stop": "2017"}


@pytest.fixture
def asked(tmp_path):
    """A job of li's, of CHN."""
    archive = Archive.open(Settings())
    accounts.add_account(ME, archive, "li", ("user",), "CHN")
    accounts.add_account(ME, archive, "ali", ("user",), "PAK")
    (tmp_path / "kak.tiny").write_bytes(tiny(code="kak", start="2016-04-01T00:00", values=[1, 2, 3]))
    ingest.ingest(ME, archive, COMPOSITION, [tmp_path / "kak.tiny"], provider="CHN")
    li = accounts.acting_as(ME, archive, "li")
    return jobs.ask(li, archive, COMPOSITION, "export", {"items": [ITEM]}).job_id


def test_jobs_are_listed_and_cancelled(asked, soap):
    (told,) = json.loads(soap("admin", "job", "list", "--json")[1])
    assert (told["job_id"], told["made_by"], told["state"]) == (asked, "li", "waiting")
    assert asked in soap("admin", "job", "list", "--as", "li")[1]
    assert asked not in soap("admin", "job", "list", "--as", "ali")[1]
    assert soap("admin", "job", "cancel", asked, "--as", "ali")[0] == 3
    assert soap("admin", "job", "cancel", asked)[:2] == (0, f"{asked}: it is cancelled.\n")
    assert "cancelled" in soap("admin", "job", "list", "--state", "cancelled")[1]
    assert soap("admin", "job", "list", "--state", "gone")[0] == 2
