"""Jobs in two worlds: what somebody may not see changes nothing of what they are told of jobs, or get by them."""

import pytest

from soap.archive import Archive, job_leases
from soap.archive.policy import Terms
from soap.archive.terms import Subject
from soap.core.settings import Settings
from soap.services.composition import Composition
from soap.services.jobs.carrying_out import carry_out
from soap.testing import policy_worlds as made
from soap.testing import restrictions
from soap.testing.policy_worlds import File, Setting
from soap.testing.web import application, signed

COMPOSITION = Composition(name="made", names=made.NAMES)
SHOWN = (File("CHN", "kak", count=6), File("CHN", "031190"), File("CHN", "map"), File("CHN", "stations"),
         File("CHN", "quakes", names=("ev1", "ev3")))  # fmt: skip
HIDDEN = (File("PAK", "kak", start=2, count=8), File("PAK", "abg", count=5), File("PAK", "031191"),
          File("PAK", "map", start=1), File("PAK", "stations", start=1),
          File("PAK", "quakes", names=("ev2",)))  # fmt: skip
NAMES = tuple(name for name in made.COLLECTIONS)
HIDING = {
    "private": Terms("PAK", "private"),
    "embargoed": Terms("PAK", "open", (), made.FUTURE),
    "named": Terms("PAK", "named", ("TUR",)),
}
TIMES = ("recorded_from", "begun", "ended", "left_s")
FORMATS = ("csv", "parquet")


def settings_of(provider, terms):
    subjects = [*(("collection", name) for name in NAMES), ("station", "iaga_code:KAK")]
    return tuple(Setting(Subject(kind, name, provider), terms) for kind, name in subjects)


def world(folder, how, *, there):
    archive = Archive.open(Settings(archive=folder, catalogue="", objects="", job_workers=0, jobs_per_user=1000))
    hidden = HIDDEN if there else (None,) * len(HIDDEN)
    steps = (*SHOWN, *settings_of("CHN", Terms("CHN", "open")), *hidden, *settings_of("PAK", HIDING[how]))
    made.build(archive, steps)
    return archive


def wanted():
    """Exports of each collection, whole and in part, of each provider, as of then; studies of each earthquake."""
    for name in NAMES:
        for more in ({}, {"provider": "PAK"}, {"provider": "CHN"}, {"stop": "2016-12-31T23:00"}, {"station": "abg"}):
            item = {"collection_id": name, "start": "2010", "stop": "2020", **more}
            yield from (("export", {"items": [item], "format": form}) for form in FORMATS)
    yield "export", {"items": [{"collection_id": name, "start": "2010", "stop": "2020"} for name in NAMES[::2]]}
    yield from (("case", {"event_id": event}) for event in made.QUAKES)


def without_times(answer):
    told = answer.json()
    return {key: value for key, value in told.items() if key not in TIMES} if isinstance(told, dict) else told


def told(archive, work):
    """All that IRN's user is told of jobs that do this work, and gets by them."""
    headers, heard = signed(archive, "user", "IRN"), []
    with application(archive, COMPOSITION) as client:
        for kind, parameters in work:
            answer = client.post("/api/v1/jobs", json={"kind": kind, "parameters": parameters}, headers=headers)
            heard.append((answer.status_code, without_times(answer)))
            if answer.status_code != 202:
                continue
            taken = job_leases.take(archive, "test", 30, 3)
            if taken is not None:
                carry_out(archive, COMPOSITION, taken)
            place = answer.headers["location"]
            result = client.get(f"{place}/result", headers=headers)
            tags = [result.headers.get(name) for name in ("etag", "content-length", "content-disposition")]
            heard.append((without_times(client.get(place, headers=headers)), result.status_code, result.content, tags))
        heard.append([one["job_id"] for one in client.get("/api/v1/jobs", headers=headers).json()])
        heard += [client.get(f"/api/v1/{one}", headers=headers).json() for one in ("studies", "methods")]
    return heard


@pytest.mark.parametrize(
    "how", [pytest.param(one, marks=() if one == "embargoed" else pytest.mark.slow) for one in HIDING]
)
def test_what_is_hidden_changes_nothing(tmp_path, how):
    there = told(world(tmp_path / "there", how, there=True), wanted())
    absent = told(world(tmp_path / "absent", how, there=False), wanted())
    for one, other in zip(there, absent, strict=True):
        assert one == other
    states = [one[0]["state"] for one in there if isinstance(one, tuple) and isinstance(one[0], dict)]
    assert {"done", "failed"} <= set(states)  # something was got, and something is nothing
    assert {one[0] for one in there if isinstance(one, tuple) and isinstance(one[0], int)} >= {202, 404}


@pytest.mark.slow
@pytest.mark.parametrize("module", restrictions.found_by(restrictions.BY_JOBS))
def test_a_lifted_restriction_is_found(tmp_path, module, monkeypatch):
    """Were the module not to ask what its viewer sees, the test above would fail: a job's name would tell."""
    work = [("export", {"items": [{"collection_id": made.TRACK, "start": "2010", "stop": "2020"}], "format": "csv"})]

    def differ(folder):
        there, absent = (told(world(folder / str(there), "private", there=there), work) for there in (True, False))
        return there != absent

    assert not differ(tmp_path / "as_it_is")
    restrictions.lift(monkeypatch, module)
    assert differ(tmp_path / "lifted")
