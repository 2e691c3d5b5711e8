"""A study can be had again as it was: after corrected and definitive files, a moved station, revised earthquakes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
import xarray as xr

from soap.archive import Archive, citation, query
from soap.core.errors import BadParameter, NotFound
from soap.core.settings import Settings
from soap.core.time import Window, iso, utc
from soap.core.who import Viewer, folder_owner
from soap.services import find
from soap.services import study as studies
from soap.services.get import get
from soap.services.ingest import ingest
from soap.services.study.result import Difference, largest
from soap.services.work import workers
from soap.systems.seismo_ionospheric import composition
from soap.testing.tiny import READER
from soap.testing.two_releases import CODES, STATIONS, STUDY, first_release, second_release

ME = folder_owner("tester")


@pytest.fixture(scope="module")
def readers():
    whole = composition()
    return replace(whole, readers=(*whole.readers, READER))


@pytest.fixture(scope="module")
def told(tmp_path_factory, readers):
    """The archive after both releases, and the studies run on the first."""
    here = tmp_path_factory.mktemp("versions")
    archive = Archive.open(Settings(archive=here / "archive"))
    for number, release in enumerate((first_release, second_release)):
        folder = here / f"release-{number}"
        folder.mkdir()
        release(folder)
        assert not ingest(ME, archive, readers, [folder]).quarantined
        if number == 0:
            then = citation.state(archive).as_of
            (here / "study.toml").write_text(STUDY)
            pin = f'seed = 7\n[archive]\nas_of = "{iso(then)}"\n'
            (here / "pinned.toml").write_text(STUDY.replace("seed = 7\n", pin))
            cited = STUDY
            for name in ("seismology.tiny.events", "space_weather.celestrak.pt3h"):
                cited = cited.replace(name, citation.cite(name, then))
            names = [citation.cite(f"geomagnetism.{code}.pt1h", then) for code in CODES]
            (here / "cited.toml").write_text(
                cited.replace("[stations]", f"[stations]\ncollections = {json.dumps(names)}")
            )
            for name in ("study", "pinned", "cited"):
                studies.run(ME, archive, composition(), here / f"{name}.toml", here / f"{name}-then")
    return archive, here, then


@pytest.mark.parametrize("name", ["pinned", "cited"])
def test_a_pinned_study_gives_the_same_bytes_after_a_release(told, name):
    archive, here, _ = told
    studies.run(ME, archive, composition(), here / f"{name}.toml", here / f"{name}-now")
    then, now = (here / f"{name}-{when}" / "result.json" for when in ("then", "now"))
    assert then.read_bytes() == now.read_bytes()


def test_as_of_does_for_any_study_what_its_declaration_would(told):
    archive, here, then = told
    studies.run(ME, archive, composition(), here / "study.toml", here / "as-of", as_of=then)
    assert (here / "as-of" / "result.json").read_bytes() == (here / "pinned-then" / "result.json").read_bytes()


def test_an_unpinned_study_changes_and_rerun_says_what_has(told):
    archive, here, then = told
    changed = studies.run(ME, archive, composition(), here / "study.toml", here / "study-now")
    found = studies.rerun(ME, archive, composition(), here / "study-then")
    assert found.same
    assert found.as_of == iso(then)
    assert found.again == studies.Change()
    subjects = [line.split(":")[0] for line in found.since.inputs]
    assert subjects == [
        "geomagnetism.xaa.pt1h",
        "geomagnetism.xab.pt1h",
        "seismology.tiny.events",
        "station XAA (iaga_code)",
    ]
    assert "version 1 (" in found.since.inputs[1]
    assert "variation) before, version 2 (" in found.since.inputs[1]
    assert found.since.inputs[3].endswith("20, 95 before, 20, 96.5 now")
    (statistic,) = [one for one in found.since.numbers if one.place == "statistic"]
    before = json.loads((here / "study-then" / "result.json").read_text())
    assert (statistic.before, statistic.after) == (repr(before["statistic"]), repr(changed["statistic"]))
    assert statistic.before != statistic.after


def test_another_archive_is_compared_by_checksums(told, readers, tmp_path):
    _, here, _ = told
    other = Archive.open(Settings(archive=tmp_path / "archive"))
    ingest(ME, other, readers, [here / "release-0"])
    for name in ("study", "cited"):
        found = studies.rerun(ME, other, composition(), here / f"{name}-then")
        assert found.same
        assert found.as_of == ""
        assert found.again.inputs == ()
    ingest(ME, other, readers, [here / "release-1"])
    found = studies.rerun(ME, other, composition(), here / "study-then")
    assert not found.same
    assert len(found.again.inputs) == 4
    assert found.since == studies.Change()


def test_provenance_says_which_archive_as_of_when_and_which_station_list(told):
    archive, here, then = told
    origin = json.loads((here / "study-then" / "provenance.json").read_text())
    assert origin["archive"] == {"identity": citation.state(archive).identity, "as_of": iso(then)}
    assert [(one["code"], one["latitude"], one["longitude"]) for one in origin["stations"]] == [
        (one["code"], one["latitude"], one["longitude"]) for one in STATIONS
    ]
    listed = {one["original"] for one in origin["stations"]}
    assert listed == {hashlib.sha256((here / "release-0" / "stations").read_bytes()).hexdigest()}


def test_nothing_of_a_study_is_told_to_who_may_not_see_it(told):
    archive, here, _ = told
    with pytest.raises((NotFound, BadParameter)) as refusal:
        studies.rerun(Viewer("stranger"), archive, composition(), here / "study-then")
    assert "xaa" not in str(refusal.value)


def test_a_state_that_never_was_is_refused(told):
    archive, _, then = told
    with pytest.raises(BadParameter, match="yet to come"):
        citation.state_of(archive, ME, utc("2200-01-01"))
    with pytest.raises(BadParameter, match="the first was recorded at"):
        citation.state_of(archive, ME, utc("2000-01-01"))
    with pytest.raises(BadParameter, match="nothing is held"):
        citation.state_of(archive, Viewer("stranger"), then)
    with pytest.raises(BadParameter, match="cites no version"):
        citation.parse("a.b.c@yesterday")
    assert citation.parse("a.b.c") == ("a.b.c", None)
    assert citation.parse(citation.cite("a.b.c", then)) == ("a.b.c", then)


def test_earlier_collections_earthquakes_and_stations_can_be_asked_for(told):
    archive, _, then = told
    assert query.event(archive, ME, "e0", as_of=then).latitude == 21.0
    assert query.event(archive, ME, "e0").latitude == 23.0
    places = [
        {one.code: one.longitude for one in query.stations(archive, ME, as_of=when)}["XAA"] for when in (then, None)
    ]
    assert places == [95.0, 96.5]
    earlier, now = (
        {one.collection_id: one.version for one in query.collections(archive, ME, as_of=when)} for when in (then, None)
    )
    assert max(earlier.values()) == then
    assert {name for name in now if now[name] != earlier[name]} == {
        "geomagnetism.xaa.pt1h",
        "geomagnetism.xab.pt1h",
        "seismology.tiny.events",
    }


@pytest.mark.slow
def test_the_same_bytes_whoever_works(told, tmp_path):
    from distributed import LocalCluster

    archive, here, then = told
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1") as cluster:
        for number, scheduler in enumerate(("local:1", "local:2", cluster.scheduler_address)):
            with workers(scheduler, trial_s=0) as crew:
                out = tmp_path / str(number)
                studies.run(ME, archive, composition(), here / "study.toml", out, as_of=then, workers=crew)
            for name in ("result.json", "provenance.json"):
                assert (out / name).read_bytes() == (tmp_path / "0" / name).read_bytes()


def test_the_largest_differences_come_first_and_the_headline_before_them():
    found = [Difference("a", "1", "2", 0.5), Difference("b", "1", "3", 0.7), Difference("statistic", "1", "1.1", 0.1)]
    assert [one.place for one in largest(found, 2)] == ["statistic", "b"]


def test_an_export_says_what_to_cite_and_can_be_had_again_by_it(told, tmp_path):
    archive, _, then = told
    window = Window(utc("2016-03-01"), utc("2016-05-01"))
    cited = citation.cite("geomagnetism.xaa.pt1h", then)
    for name, asked, as_of in (("a", cited, None), ("b", "geomagnetism.xaa.pt1h", then), ("c", cited[:21], None)):
        export = get(
            ME, archive, composition(), asked, window, format_name="netcdf", out=tmp_path / f"{name}.nc", as_of=as_of
        )
        with xr.open_dataset(tmp_path / f"{name}.nc", engine="h5netcdf") as written:
            assert written.attrs["version"] == export.version
        assert (export.version == cited) == (name != "c")
    assert (tmp_path / "a.nc").read_bytes() == (tmp_path / "b.nc").read_bytes()
    earlier, now = (find.find(ME, archive, collection_id=name).granules for name in (cited, cited[:21]))
    assert [one.version for one in earlier] == [1]
    assert [one.version for one in now] == [2]
