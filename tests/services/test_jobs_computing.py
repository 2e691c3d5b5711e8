"""A computation as a job, on a receiver of which all is known: published once, as its member's own."""

import json
import shutil

import pytest

from soap.archive import Archive, Selection, job_leases, query
from soap.core.settings import Settings
from soap.core.who import MEMBER_ADMIN, Viewer, folder_owner
from soap.services import accounts, ingest, jobs
from soap.services.jobs.carrying_out import carry_out
from soap.systems.seismo_ionospheric import composition
from soap.testing.gnss_receiver import MadeUpReceiver

RECEIVER = MadeUpReceiver(step_s=60.0)
OFFICER = Viewer("wang", "CHN", frozenset({MEMBER_ADMIN}))


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """The receiver's observations, private to CHN, and a folder of orbits and biases."""
    folder = tmp_path_factory.mktemp("receiver")
    rinex, orbits, biases = RECEIVER.write(folder)
    for kind, file in (("orbits", orbits), ("bias", biases)):
        (folder / "aids" / kind).mkdir(parents=True)
        shutil.copy(file, folder / "aids" / kind)
    archive = Archive.open(Settings(archive=folder / "archive", aids=folder / "aids"))
    accounts.add_account(folder_owner("tester"), archive, "wang", OFFICER.roles, "CHN")
    assert not ingest.ingest(OFFICER, archive, composition(), [rinex]).quarantined
    asked = {
        "method": "tec", "start": "2023-06-21", "stop": "2023-06-22",
        "aids": {"orbits": [orbits.name], "bias": [biases.name]},
    }  # fmt: skip
    return archive, asked


def done(archive, asked):
    job = jobs.ask(OFFICER, archive, composition(), "compute", asked)
    carry_out(archive, composition(), job_leases.take(archive, "test", 30, 3))
    found, made = jobs.result(OFFICER, archive, job.job_id)
    return found, made, json.loads(b"".join(jobs.result_parts(OFFICER, archive, made.product_id)))


def test_what_is_computed_is_published_once_as_the_members_own(held):
    archive, asked = held
    first, made, told = done(archive, asked)
    (day,) = told["station_days"]
    (bias,) = day["receiver_biases"]
    assert abs(bias["receiver_bias_ns"] - RECEIVER.receiver_bias_ns) < min(3 * bias["sigma_ns"], 0.35)
    assert {one.partition("@")[0].split(":")[0] for one in made.inputs} == {"ionosphere.simu.gnss_gps.pt1m"}
    published = {one.granule_id: one.provider for one in query.granules(archive, OFFICER, Selection(variable="stec"))}
    assert set(published) <= set(day["granules"])
    assert set(published.values()) == {"CHN"}
    assert query.granules(archive, Viewer("ali", "PAK", frozenset({"user"})), Selection()) == ()
    second, _, told = done(archive, asked)  # what is seen has changed: there are results
    assert second.job_id != first.job_id
    assert [one.get("held") for one in told["station_days"]] == [True]


def test_aids_that_are_not_there_are_named(held):
    archive, asked = held
    with pytest.raises(ValueError, match=r"holds no orbits/none.sp3 among"):
        jobs.ask(OFFICER, archive, composition(), "compute", asked | {"aids": {"orbits": ["none.sp3"]}})
    lacking = jobs.ask(OFFICER, archive, composition(), "compute", asked | {"aids": {}})
    carry_out(archive, composition(), job_leases.take(archive, "test", 30, 3))
    assert "tec needs orbits of the days" in jobs.job(OFFICER, archive, lacking.job_id).message
