"""Jobs beside a study: what it can find, told without its answer, and whether its numbers come out again."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from scipy import stats

from soap.archive import Archive, job_leases, products
from soap.core.errors import BadParameter, NotFound
from soap.core.settings import Settings
from soap.core.who import USER, Viewer, folder_owner
from soap.services import accounts, ingest, jobs
from soap.services.jobs.carrying_out import carry_out
from soap.services.study import kept
from soap.services.study.prospect import prospect_of_blocks
from soap.services.study.spec_file import parse_study
from soap.systems.seismo_ionospheric import composition
from soap.testing.tiny import COMPOSITION
from soap.testing.two_releases import STUDY, first_release, second_release

ME = folder_owner("tester")
STRANGER = Viewer("ali", "PAK", frozenset({USER}))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """An archive with the first release of a small world, its second in a folder, and the system that reads them."""
    folder = tmp_path_factory.mktemp("foreseeing")
    opened = Archive.open(Settings(archive=folder / "archive", catalogue="", objects="", scheduler=""))
    for number, release in enumerate((first_release, second_release)):
        (folder / str(number)).mkdir()
        release(folder / str(number))
    whole = composition()
    system = replace(whole, readers=(*whole.readers, *COMPOSITION.readers))
    ingest.ingest(ME, opened, system, [folder / "0"])
    for user, member in (("tester", ""), ("ali", "PAK")):
        accounts.add_account(ME, opened, user, ("project_admin" if user == "tester" else USER,), member)
    return opened, folder, system


def done(world, kind, parameters):
    archive, _, system = world
    asked = jobs.ask(ME, archive, system, kind, parameters)
    if asked.active:
        carry_out(archive, system, job_leases.take(archive, "test", 30, 3))
    job = jobs.job(ME, archive, asked.job_id)
    assert (job.state, job.message) == ("done", "")
    return job


def told(world, job):
    _, made = jobs.result(ME, world[0], job.job_id)
    return made, json.loads(b"".join(jobs.result_parts(ME, world[0], made.product_id)))


def keys_of(part) -> set[str]:
    if isinstance(part, dict):
        return set(part).union(*(keys_of(one) for one in part.values()))
    return set().union(*(keys_of(one) for one in part)) if isinstance(part, list) else set()


def test_what_a_study_can_find_is_told_without_its_answer(world):
    made, found = told(world, done(world, "prospect", {"study": STUDY}))
    study = done(world, "study", {"study": STUDY})
    result = json.loads(products_text(world, study.product))
    assert not keys_of(found) & {"statistic", "p_value", "curve", "mean", "marked", "event"}
    assert found["null_rate"] == result["null_rate"]
    assert found["power_curves"] == result["power_curves"]
    assert found["counts"]["station_days"] == result["counts"]["station_days"]
    assert found["least_p"] == pytest.approx(1 / 61)  # as many shifts as the 61 days allow
    assert set(made.inputs) == set(products.product(world[0], ME, study.product).inputs)
    again = jobs.ask(ME, world[0], world[2], "prospect", {"study": f"{STUDY}# in other words"})
    assert again.state == "done"  # it is the same study


def test_blocks_need_nothing_of_the_archive_to_be_foreseen():
    text = (Path(__file__).parents[2] / "studies" / "tohoku-2011.toml").read_text()
    found = prospect_of_blocks(parse_study(tomllib.loads(text)))
    # six background blocks: twice the tail of Student's t beyond 2 / sqrt(1 + 1/6), 5 degrees of freedom
    assert found["null_rate"]["value"] == pytest.approx(2 * stats.t.sf(2 / (1 + 1 / 6) ** 0.5, 5), abs=0.004)


def test_a_kept_study_comes_out_again_and_says_what_has_changed_since(world):
    archive, folder, system = world
    study = done(world, "study", {"study": STUDY}).product
    _, found = told(world, done(world, "rerun", {"study_id": study}))
    assert (found["same"], found["again"]["n_numbers"], found["since"]["inputs"]) == (True, 0, [])
    ingest.ingest(ME, archive, system, [folder / "1"])
    made, found = told(world, done(world, "rerun", {"study_id": study}))
    assert found["same"]
    assert any("geomagnetism.xaa.pt1h" in line for line in found["since"]["inputs"])
    assert found["since"]["n_numbers"] >= len(found["since"]["numbers"]) > 0
    assert {one.rsplit("@")[1] for one in made.inputs if "xaa" in one} == {"1", "2"}  # of then, and of now
    with pytest.raises(NotFound):
        jobs.ask(STRANGER, archive, system, "rerun", {"study_id": study})


def test_what_cannot_be_foreseen_is_refused_before_it_waits(world):
    archive, _, system = world
    for parameters in ({}, {"study": STUDY, "event_id": "e0"}, {"study": {"kind": "blocks"}}):
        with pytest.raises(BadParameter):
            jobs.ask(ME, archive, system, "prospect", parameters)
    with pytest.raises(NotFound, match="nowhere"):
        jobs.ask(ME, archive, system, "prospect", {"event_id": "nowhere"})
    with pytest.raises(NotFound, match="e0"):
        jobs.ask(STRANGER, archive, system, "prospect", {"event_id": "e0"})


def products_text(world, product: str) -> bytes:
    return kept.text(ME, world[0], product, "result.json")
