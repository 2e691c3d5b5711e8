"""Studies on an archive: the same bytes twice, a rerun that names what has changed, one earthquake by itself."""

import json
import shutil
from dataclasses import replace
from importlib import resources

import numpy as np
import pytest

from soap.archive import Archive
from soap.core.errors import BadFile, BadParameter, NotFound
from soap.core.settings import Settings
from soap.core.who import Viewer, folder_owner
from soap.reports import write_report
from soap.services import study as studies
from soap.services.ingest import ingest
from soap.services.study import result as result_files
from soap.services.study.provenance import check_provenance
from soap.systems.seismo_ionospheric import composition
from soap.testing.tiny import READER, tiny
from soap.testing.two_releases import EVENTS, STUDY, hourly

ME = folder_owner("tester")
PLACES = {"xaa": (20.0, 95.0), "xab": (22.0, 97.0), "xac": (40.0, 140.0)}


@pytest.fixture(scope="module")
def system():
    whole = composition()
    return replace(whole, readers=(*whole.readers, READER))


def files(folder):
    folder.mkdir()
    for seed, (code, (latitude, longitude)) in enumerate(PLACES.items()):
        (folder / code).write_bytes(
            tiny(
                code=code, start="2016-03-01", values=hourly(seed), latitude=latitude, longitude=longitude, simulated=1
            )
        )
    (folder / "events").write_bytes(tiny(events=EVENTS))
    indices = resources.files("soap.services.simulate") / "space_weather_2016.txt"
    (folder / "indices.txt").write_text(indices.read_text())
    return folder


@pytest.fixture(scope="module")
def held(tmp_path_factory, system):
    folder = tmp_path_factory.mktemp("held")
    archive = Archive.open(Settings(archive=folder / "archive"))
    report = ingest(ME, archive, system, [files(folder / "files")])
    assert len(report.quarantined) == 0
    return archive


@pytest.fixture(scope="module")
def first(held, system, tmp_path_factory):
    folder = tmp_path_factory.mktemp("first")
    (folder / "study.toml").write_text(STUDY)
    studies.run(ME, held, system, folder / "study.toml", folder / "out")
    return folder


def test_run_twice_gives_the_same_bytes(first, held, system):
    studies.run(ME, held, system, first / "study.toml", first / "again")
    for name in ("result.json", "provenance.json"):
        assert (first / "out" / name).read_bytes() == (first / "again" / name).read_bytes()


def test_result_holds_what_every_result_holds_and_nothing_of_this_machine(first):
    text = (first / "out" / "result.json").read_text()
    result = json.loads(text)
    assert {"n_events", "statistic", "p_value", "null_rate", "power"} <= set(result)
    assert result["simulated"]
    assert str(first) not in text
    assert str(first) not in (first / "out" / "provenance.json").read_text()
    assert text.index('"counts"') < text.index('"events"') < text.index('"n_events"')  # keys sorted
    assert "NaN" not in text
    assert all(len(f"{number:.12g}") >= len(repr(number)) - 2 for number in (result["statistic"],))


def test_provenance_names_every_input_by_checksum(first):
    origin = json.loads((first / "out" / "provenance.json").read_text())
    collections = {one["collection_id"] for one in origin["inputs"]}
    assert collections == {
        "geomagnetism.xaa.pt1h",
        "geomagnetism.xab.pt1h",
        "geomagnetism.xac.pt1h",
        "seismology.tiny.events",
        "space_weather.celestrak.pt3h",
    }
    assert all(len(sha) == 64 for one in origin["inputs"] for sha in (one["sha256"], *one["originals"]))
    assert {"daily_range_chapman_1940", "superposed_epoch_chree_1913"} <= {one["name"] for one in origin["methods"]}
    assert {"soap", "numpy", "python"} <= set(origin["software"])
    assert origin["study"]["seed"] == 7


def test_rerun_on_the_same_archive_agrees(first, held, system):
    again = studies.rerun(ME, held, system, first / "out")
    assert again.same
    assert again.again == again.since == studies.Change()
    assert again.methods == ()


def test_rerun_names_an_input_that_the_provenance_keeps_quiet(first, held, system, tmp_path):
    shutil.copytree(first / "out", tmp_path / "out")
    origin = json.loads((tmp_path / "out" / "provenance.json").read_text())
    left_out = origin["inputs"].pop(0)["granule_id"]
    (tmp_path / "out" / "provenance.json").write_text(json.dumps(origin))
    again = studies.rerun(ME, held, system, tmp_path / "out")
    assert again.again.inputs == (f"{left_out}: not there before",)


def test_rerun_names_the_granule_that_has_changed(first, system, tmp_path):
    folder = files(tmp_path / "files")
    values = hourly(0)
    values[30 * 24 : 31 * 24] = [value * 1.001 for value in values[30 * 24 : 31 * 24]]
    (folder / "xaa").write_bytes(
        tiny(code="xaa", start="2016-03-01", values=values, latitude=20.0, longitude=95.0, simulated=1)
    )
    other = Archive.open(Settings(archive=tmp_path / "archive"))
    ingest(ME, other, system, [folder])
    again = studies.rerun(ME, other, system, first / "out")
    assert not again.same
    assert not again.as_of
    assert len(again.again.inputs) >= 1
    assert all("xaa" in line and "before" in line for line in again.again.inputs)
    assert {"statistic", "variables"} & {one.place.split(".")[0] for one in again.again.numbers}


def test_a_viewer_who_may_see_nothing_gets_no_study(first, held, system, tmp_path):
    with pytest.raises((NotFound, BadParameter)):
        studies.run(Viewer("stranger"), held, system, first / "study.toml", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "error", "said"),
    [
        ("seismology.tiny.events", "seismology.other.events", NotFound, "did you mean 'seismology.tiny.events'"),
        ("daily_range_chapman_1940", "daily_rang", NotFound, "there are"),
        ("[stations]", '[stations]\ncollections = ["geomagnetism.zzz.pt1h"]', NotFound, "geomagnetism.zzz.pt1h"),
        ("[stations]", '[stations]\ncadence = "PT1S"', BadParameter, "PT1S"),
        ("celestrak.pt3h", "gfz.pt3h", NotFound, "space_weather.gfz.pt3h"),
        (
            'variables = ["b_north"]',
            'variables = ["b_north"]\nparameters = { min_hours = 99 }',
            BadParameter,
            "min_hours",
        ),
        ('variables = ["b_north"]', 'variables = ["b_total"]', NotFound, "they hold b_north"),
        ("seismology.tiny.events", "space_weather.celestrak.pt3h", NotFound, "of shape series, not events"),
        ("daily_range_chapman_1940", "anomaly_quartile_liu_2004", BadParameter, "those that do are: daily_range"),
    ],
)
def test_what_is_not_held_is_said(held, system, tmp_path, old, new, error, said):
    (tmp_path / "study.toml").write_text(STUDY.replace(old, new))
    with pytest.raises(error, match=said):
        studies.run(ME, held, system, tmp_path / "study.toml", tmp_path / "out")


def test_a_folder_without_a_study_is_refused(held, system, tmp_path):
    with pytest.raises(BadFile, match=r"result\.json"):
        studies.rerun(ME, held, system, tmp_path)
    (tmp_path / "result.json").write_text("{")
    with pytest.raises(BadFile, match="no JSON"):
        studies.rerun(ME, held, system, tmp_path)


def test_one_earthquake_by_itself(system, tmp_path):
    """A case takes H from X and Y, the stations of the zone only, and judges by the days beside it."""
    network = studies_archive(tmp_path, system)
    result = studies.case(ME, network, system, "e2", tmp_path / "case")
    assert result["n_events"] == 1
    assert [one["code"] for one in result["stations"]] == ["XB1"]
    assert result["p_value"]["worst"] >= 1 / 61
    assert result["study"]["earthquakes"]["event_id"] == "e2"
    page = write_report(tmp_path / "case").read_text("utf-8")
    assert "SIMULATED DATA" in page
    with pytest.raises(NotFound, match="nowhere"):
        studies.case(ME, network, system, "nowhere", tmp_path / "other")
    with pytest.raises(NotFound, match="holds no series, track or map"):
        studies.case(ME, network, system, "e1", tmp_path / "other")


def studies_archive(tmp_path, system):
    """An hourly station with X and Y, written as IAGA-2002, near the third earthquake."""
    from soap.domains.geomagnetism.formats import magnetometer_iaga2002
    from soap.domains.geomagnetism.names import NAMES
    from soap.formats import Reading
    from soap.observations import series

    time = np.datetime64("2016-03-01", "ns") + np.arange(61 * 24) * np.timedelta64(1, "h")
    north = np.array(hourly(3))
    station = series(
        time, {"b_north": north, "b_east": 0.02 * north, "b_down": 1.1 * north}, names=NAMES, latitude=24.0,
        longitude=91.0, height_m=10.0, station_name="SIMULATED", collection_id="geomagnetism.xb1.pt1h", platform="xb1",
        cadence="PT1H", time_stamp="centre", maturity="definitive", simulated=1, iaga_code="XB1",
    )  # fmt: skip
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "xb1.hor").write_bytes(magnetometer_iaga2002.READER.write(Reading(observations=(station,))))
    (folder / "events").write_bytes(tiny(events=EVENTS))
    shutil.copy(resources.files("soap.services.simulate") / "space_weather_2016.txt", folder / "indices.txt")
    archive = Archive.open(Settings(archive=tmp_path / "archive"))
    assert len(ingest(ME, archive, system, [folder]).quarantined) == 0
    return archive


def test_a_folder_that_cannot_take_results_is_refused_before_anything_is_computed(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(BadParameter, match="is a file"):
        result_files.check_folder(tmp_path / "taken" / "out")
    with pytest.raises(BadParameter, match="cannot be written"):
        result_files.write(tmp_path / "taken", result_files.RESULT, {"n_events": 1})


def test_an_earlier_study_leaves_nothing_behind(tmp_path):
    for name in ("result.json", "provenance.json", "report.html", "notes.txt"):
        (tmp_path / name).write_text("old")
    result_files.clear(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("part", ["study", "inputs", "methods", "software"])
def test_a_provenance_that_lacks_a_part_is_refused(part):
    whole = {"study": {}, "inputs": [], "methods": [], "software": {}}
    check_provenance(whole, "provenance.json")
    with pytest.raises(BadFile, match=f"lacks {part}"):
        check_provenance(whole | {part: None}, "provenance.json")
