"""Jobs give what the services give, to the last byte; what cannot be done is refused in words before it waits."""

import csv
import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soap.archive import Archive, job_leases, query
from soap.archive.terms import Subject, set_terms
from soap.core.errors import ArchiveError, BadParameter, Conflict, NotFound, Refused, SoapError, TooLarge, TooMany
from soap.core.settings import Settings
from soap.core.time import Window, utc
from soap.core.who import MEMBER_ADMIN, USER, Viewer, folder_owner
from soap.formats import Reading
from soap.observations import series
from soap.services import accounts, get, ingest, jobs
from soap.services import study as studies
from soap.services.jobs import carrying_out, exporting
from soap.services.jobs.carrying_out import Stopped, carry_out
from soap.services.study import kept
from soap.systems.seismo_ionospheric import composition
from soap.testing.tiny import COMPOSITION, tiny
from soap.testing.two_releases import CODES, STUDY, first_release, hourly

LI = Viewer("li", "CHN", frozenset({USER}))
OFFICER = Viewer("wang", "CHN", frozenset({MEMBER_ADMIN}))
KAK, ABG = "geomagnetism.kak.pt1h", "geomagnetism.abg.pt1h"
YEAR = {"start": "2016-01-01", "stop": "2017-01-01"}


def signed_up(archive, me):
    for one in (LI, OFFICER):
        accounts.add_account(me, archive, one.user, one.roles, one.member)
    return archive


@pytest.fixture
def held(archive, me, tmp_path):
    """Two series of CHN's, private to it, one of them placed by CHN's list of stations."""
    signed_up(archive, me)
    folder = tmp_path / "in"
    folder.mkdir()
    for code, values in (("kak", [1, 2, 3]), ("abg", [4, 5])):
        (folder / f"{code}.tiny").write_bytes(tiny(code=code, start="2016-04-01T00:00", values=values))
    (folder / "stations.tiny").write_bytes(tiny(stations=[{"code": "KAK", "latitude": 36.2, "longitude": 140.2}]))
    ingest.ingest(OFFICER, archive, COMPOSITION, [folder])
    return archive


def export(*items, form="csv"):
    return {"items": [{"collection_id": one, **YEAR} for one in items], "format": form}


def done(archive, viewer, kind, parameters, system=COMPOSITION):
    """The job, carried out in this process."""
    asked = jobs.ask(viewer, archive, system, kind, parameters)
    carry_out(archive, system, job_leases.take(archive, "test", 30, 3))
    return jobs.job(viewer, archive, asked.job_id)


def content(archive, viewer, job):
    _, made = jobs.result(viewer, archive, job.job_id)
    return made, b"".join(jobs.result_parts(viewer, archive, made.product_id))


@pytest.mark.parametrize(("form", "media"), [("parquet", "vnd.apache.parquet"), ("netcdf", "x-netcdf")])
def test_an_export_is_what_get_writes(held, tmp_path, form, media):
    job = done(held, LI, "export", export(KAK, form=form))
    assert (job.state, job.message) == ("done", "")
    made, bytes_ = content(held, LI, job)
    window = Window(utc("2016-01-01"), utc("2017-01-01"))
    get.get(LI, held, COMPOSITION, KAK, window, format_name=form, out=tmp_path / "x")
    assert (made.media, bytes_) == (f"application/{media}", (tmp_path / "x").read_bytes())
    assert made.inputs == (f"{KAK}:kak:2016:CHN@1",)
    assert made.stations == ("iaga_code:KAK",)


def test_a_basket_is_a_zip_of_files(held):
    made, bytes_ = content(held, LI, done(held, LI, "export", export(KAK, ABG)))
    assert made.media == "application/zip"
    with zipfile.ZipFile(io.BytesIO(bytes_)) as files:
        names = files.namelist()
        rows = list(csv.reader(io.StringIO(files.read(f"01-{KAK}.csv").decode())))
    assert names == [
        f"{number}.csv{beside}" for number in (f"01-{KAK}", f"02-{ABG}") for beside in ("", "-metadata.json")
    ]  # fmt: skip
    assert [row[1] for row in rows[1:]] == ["1", "2", "3"]
    assert len(made.inputs) == 2


def test_an_embargo_between_asking_and_reading_hides_the_result(held, me):
    job = done(held, LI, "export", export(KAK))
    product = job.product
    assert len(content(held, LI, job)[1]) > 0
    accounts.change_account(me, held, "li", None, "PAK")
    moved = Viewer("li", "PAK", LI.roles)
    with pytest.raises(NotFound):
        jobs.result(moved, held, job.job_id)
    with pytest.raises(NotFound):
        list(jobs.result_parts(moved, held, product))
    with pytest.raises(NotFound):
        jobs.result_owners(moved, held, product)
    accounts.change_account(me, held, "li", None, "CHN")
    set_terms(held, me, Subject("collection", KAK), {"owner": "PAK"})
    assert jobs.job(LI, held, job.job_id).product == ""
    with pytest.raises(NotFound, match="no result here"):
        jobs.result(LI, held, job.job_id)


def test_a_job_is_carried_out_under_the_terms_of_then(held, me):
    asked = jobs.ask(LI, held, COMPOSITION, "export", export(KAK))
    set_terms(held, me, Subject("collection", KAK), {"owner": "PAK"})
    carry_out(held, COMPOSITION, job_leases.take(held, "test", 30, 3))
    failed = jobs.job(LI, held, asked.job_id)
    assert (failed.state, failed.product) == ("failed", "")
    assert "2016" not in failed.message  # nor when there is something


def test_who_may_not_know_of_it_is_refused_as_if_there_were_none(held, me):
    ali = Viewer("ali", "PAK", frozenset({USER}))
    accounts.add_account(me, held, "ali", ali.roles, "PAK")
    said = []
    for name in (KAK, "geomagnetism.no.pt1h"):
        with pytest.raises(NotFound) as error:
            jobs.ask(ali, held, COMPOSITION, "export", export(name))
        said.append(str(error.value).replace(name, "X"))
    assert said[0] == said[1]
    assert jobs.jobs(ali, held) == ()


@pytest.mark.parametrize(
    ("kind", "parameters", "error", "words"),
    [
        ("nothing", {}, BadParameter, "no kind of job; there are study, case, prospect, rerun, export"),
        ("export", {}, BadParameter, "items: Field required"),
        ("export", {"items": []}, BadParameter, "items"),
        ("export", export(KAK) | {"more": 1}, BadParameter, "more"),
        ("export", export(KAK, form="exe"), BadParameter, "no format to write"),
        ("export", export("../../etc/passwd"), BadParameter, "items.0.collection_id"),
        ("export", export(*[KAK] * 51), BadParameter, "at most 50"),
        ("export", {"items": [{"collection_id": KAK, "start": "2017", "stop": "2016"}]}, BadParameter, "empty"),
        (
            "export",
            {"items": [{"collection_id": KAK, "start": "x", "stop": "2016"}]},
            BadParameter,
            "not a time in UTC",
        ),
        ("study", {"study": {"kind": "superposed_epoch"}}, BadParameter, "title is missing"),
        ("study", {"study": "kind = "}, BadParameter, "no TOML text"),
        ("study", {"study": 3}, BadParameter, "a table of keys"),
        ("case", {"event_id": "nowhere"}, NotFound, "nowhere"),
        ("case", {"event_id": ""}, BadParameter, "event_id"),
        ("case", {"event_id": "e", "as_of": "soon"}, BadParameter, "not a time in UTC"),
        ("compute", {"method": "tec", **YEAR}, Refused, "may not add"),
        ("export", {"items": "x" * 300_000}, TooLarge, "bytes"),
        ("export", {"items": [float("nan")]}, BadParameter, "JSON"),
        ("export", {"items": object()}, BadParameter, "JSON"),
    ],
)
def test_what_cannot_be_done_is_refused_before_it_waits(held, kind, parameters, error, words):
    with pytest.raises(error, match=words):
        jobs.ask(LI, held, COMPOSITION, kind, parameters)
    assert jobs.jobs(LI, held) == ()


def test_a_computation_is_refused_where_it_cannot_be(held):
    with pytest.raises(NotFound, match="no derivation 'tec'"):
        jobs.ask(OFFICER, held, COMPOSITION, "compute", {"method": "tec", **YEAR})
    for aids, words in (({"orbits": ["a.sp3"]}, "holds no orbits"), ({"orbits": ["../a"]}, "aids.orbits")):
        with pytest.raises(BadParameter, match=words):
            jobs.ask(OFFICER, held, composition(), "compute", {"method": "tec", **YEAR, "aids": aids})


def test_too_large_an_export_is_refused_by_what_is_held_not_by_what_is_asked(held):
    held.settings.job_values = 3
    wide = {"items": [{"collection_id": KAK, "start": "1700-01-01", "stop": "2261-01-01"}]}
    assert jobs.ask(LI, held, COMPOSITION, "export", wide).state == "waiting"  # there are three values
    held.settings.job_values = 2
    with pytest.raises(TooLarge, match="about 3 values; one holds at most 2"):
        jobs.ask(LI, held, COMPOSITION, "export", wide)


def test_what_became_too_large_while_it_waited_fails(held, monkeypatch):
    asked = jobs.ask(LI, held, COMPOSITION, "export", export(KAK))
    monkeypatch.setattr(exporting, "MOST_GRANULES", 0)
    carry_out(held, COMPOSITION, job_leases.take(held, "test", 30, 3))
    assert jobs.job(LI, held, asked.job_id).message.startswith(f"{KAK} has 1 granules")


def test_a_user_has_so_many_jobs_and_no_more(held):
    held.settings.jobs_per_user = 1
    jobs.ask(LI, held, COMPOSITION, "export", export(KAK))
    with pytest.raises(TooMany) as error:
        jobs.ask(LI, held, COMPOSITION, "export", export(ABG))
    assert error.value.retry_after_s > 0


def test_a_result_is_asked_for_once_it_is_done(held):
    asked = jobs.ask(LI, held, COMPOSITION, "export", export(KAK))
    with pytest.raises(Conflict, match="it has a result once it is done"):
        jobs.result(LI, held, asked.job_id)


def failing(error):
    def fail(carrying, asked):
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "state", "words"),
    [
        (BadParameter("No."), "failed", "No."),
        (KeyError("secret"), "failed", "It failed by a fault of the program"),
        (ArchiveError("The server is away."), "waiting", ""),
        (OSError("No space"), "waiting", ""),
        (MemoryError(), "waiting", ""),
    ],
)
def test_what_may_not_come_again_is_tried_again(held, monkeypatch, error, state, words):
    asked = jobs.ask(LI, held, COMPOSITION, "export", export(KAK))
    monkeypatch.setattr(exporting, "get", lambda *a, **k: (_ for _ in ()).throw(error))
    carry_out(held, COMPOSITION, job_leases.take(held, "test", 30, 3))
    found = jobs.job(LI, held, asked.job_id)
    assert (found.state, found.attempts) == (state, 1)
    assert found.message.startswith(words)
    assert "secret" not in found.message


def test_progress_is_told_and_stops_the_work(held):
    asked = jobs.ask(LI, held, COMPOSITION, "export", export(KAK, ABG))
    taken = job_leases.take(held, "test", 30, 3)
    told = []

    def tell(part, text):
        told.append((part, text))
        if text == ABG:
            raise Stopped

    with pytest.raises(Stopped):
        carry_out(held, COMPOSITION, taken, tell)
    assert told == [(0.0, ""), (0.0, KAK), (0.5, ABG)]
    assert jobs.job(LI, held, asked.job_id).state == "running"
    assert job_leases.cancelled(held, taken)
    assert carrying_out.Stopped.__mro__[1] is BaseException


def station_with_two_components():
    """A station with X and Y near the third earthquake, as IAGA-2002."""
    time = np.datetime64("2016-03-01", "ns") + np.arange(61 * 24) * np.timedelta64(1, "h")
    north = np.array(hourly(3))
    made = series(
        time, {"b_north": north, "b_east": 0.02 * north, "b_down": 1.1 * north}, names=composition().names,
        latitude=24.0, longitude=91.0, height_m=10.0, station_name="SIMULATED", collection_id="geomagnetism.xb1.pt1h",
        platform="xb1", cadence="PT1H", time_stamp="centre", maturity="definitive", simulated=1, iaga_code="XB1",
    )  # fmt: skip
    return get.formats(composition())["iaga2002"](Reading(observations=(made,)))


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """Stations, earthquakes and indices of 2016, made up; and the study of them."""
    folder = tmp_path_factory.mktemp("network")
    me = folder_owner("tester")
    archive = signed_up(Archive.open(Settings(archive=folder / "archive")), me)
    (folder / "in").mkdir()
    first_release(folder / "in")
    (folder / "in" / "indices.txt").rename(folder / "indices.txt")
    (folder / "xb1.hor").write_bytes(station_with_two_components())
    ingest.ingest(me, archive, COMPOSITION, [folder / "in"])
    ingest.ingest(me, archive, composition(), [folder / "indices.txt", folder / "xb1.hor"])
    for one in query.collections(archive, me):
        set_terms(archive, me, Subject("collection", one.collection_id), {"access": "members"})
    for code in CODES:
        set_terms(archive, me, Subject("station", f"iaga_code:{code.upper()}"), {"access": "members"})
    (folder / "study.toml").write_text(STUDY)
    return archive


def test_a_study_gives_the_bytes_that_the_command_gives(network, tmp_path):
    toml = network.folder.parent / "study.toml"
    studies.run(folder_owner("tester"), network, composition(), toml, tmp_path)
    job = done(network, LI, "study", {"study": toml.read_text()}, composition())
    assert (job.state, job.message) == ("done", "")
    for name in ("result.json", "provenance.json"):
        assert kept.text(LI, network, job.product, name) == (tmp_path / name).read_bytes()
    as_json = studies.read_study(toml).model_dump(mode="json")
    assert jobs.ask(LI, network, composition(), "study", {"study": as_json}).job_id == job.job_id
    assert [one.product_id for one in kept.kept(OFFICER, network)] == [job.product]
    assert kept.kept(Viewer("guest"), network) == ()


@pytest.mark.slow
def test_a_study_of_one_earthquake_is_kept_as_a_study(network, tmp_path):
    studies.case(folder_owner("tester"), network, composition(), "e2", tmp_path)
    job = done(network, LI, "case", {"event_id": "e2"}, composition())
    assert (job.state, job.message) == ("done", "")
    assert kept.text(LI, network, job.product, "result.json") == (tmp_path / "result.json").read_bytes()
    assert json.loads(kept.text(LI, network, job.product, "provenance.json"))["study"]["title"].startswith("One earth")


_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)
_KEYS = st.sampled_from(
    ("items", "format", "study", "event_id", "as_of", "method", "start", "stop", "aids", "parameters")
)
_PARTS = _PLAIN | st.just([{"collection_id": KAK, **YEAR}]) | st.sampled_from(("2016", "csv", "tec", "a\0b", "\ud800"))


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    return signed_up(Archive.open(Settings(archive=tmp_path_factory.mktemp("fuzzed"))), folder_owner("tester"))


@given(
    kind=st.sampled_from(("study", "case", "export", "compute")) | st.text(max_size=50),
    parameters=st.dictionaries(_KEYS | st.text(max_size=10), _PARTS, max_size=6),
)
def test_whatever_is_asked_for_is_refused_in_words(fuzzed, kind, parameters):
    with pytest.raises(SoapError) as error:
        jobs.ask(OFFICER, fuzzed, composition(), kind, parameters)
    assert len(str(error.value)) > 10
    assert jobs.jobs(OFFICER, fuzzed) == ()
