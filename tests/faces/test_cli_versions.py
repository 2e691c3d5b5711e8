"""The command line after a re-release: what was held is asked for by time and by citation; a study is run again."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest

from soap.faces.cli import app as cli
from soap.systems.seismo_ionospheric import composition
from soap.testing.command_line import exit_code
from soap.testing.tiny import READER
from soap.testing.two_releases import STUDY, first_release, hourly, second_release

XAA = "geomagnetism.xaa.pt1h"
DAY = ("--start", "2016-04-03", "--stop", "2016-04-04")


@pytest.fixture(scope="module")
def told(tmp_path_factory, everybodys_scheduler):
    """Runs command lines on an archive; `here` holds a study of the first release, after which came the second."""
    here = tmp_path_factory.mktemp("versions")
    whole = composition()
    app = cli.build(lambda: replace(whole, readers=(*whole.readers, READER)))

    def run(*arguments):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SOAP_SCHEDULER", everybodys_scheduler or "local:1")
            return exit_code(app, "--archive", here / "archive", *arguments)

    for number, release in enumerate((first_release, second_release)):
        folder = here / f"release-{number}"
        folder.mkdir()
        release(folder)
        assert run("ingest", folder) == 0
        if number == 0:
            (here / "study.toml").write_text(STUDY)
            assert run("study", "run", here / "study.toml", "-o", here / "study") == 0
    return run, here


@pytest.fixture
def soap(told, capsys):
    """Runs a command line; gives its exit code and standard output."""

    def run(*arguments):
        capsys.readouterr()
        return told[0](*arguments), capsys.readouterr().out

    return run


@pytest.fixture
def then(told):
    """The state of the archive that the study's provenance records."""
    return json.loads((told[1] / "study" / "provenance.json").read_text())["archive"]["as_of"]


def versions(answer):
    return [one["version"] for one in json.loads(answer[1])["granules"]]


def test_find_as_of_and_by_citation_gives_the_earlier_version(soap, then):
    assert versions(soap("find", "--collection", XAA, "--json")) == [2]
    assert versions(soap("find", "--collection", XAA, "--as-of", then, "--json")) == [1]
    assert versions(soap("find", "--collection", f"{XAA}@{then}", "--json")) == [1]
    assert soap("find", "--collection", XAA, "--as-of", "2000-01-01")[0] == 2
    assert soap("find", "--collection", f"{XAA}@yesterday")[0] == 2


def test_the_list_of_collections_says_what_to_cite_then_and_now(soap, then):
    def cited(*arguments):
        return {one["collection_id"]: one["version"] for one in json.loads(soap("find", *arguments)[1])["collections"]}

    earlier, now = cited("--as-of", then, "--json"), cited("--json")
    assert earlier.keys() == now.keys()
    assert all(version <= then for version in earlier.values())
    assert now[XAA] > then
    assert now["geomagnetism.xac.pt1h"] == earlier["geomagnetism.xac.pt1h"]  # the second release left it alone


def test_get_as_of_and_by_citation_gives_the_earlier_values(soap, then, tmp_path):
    """The second release doubled the day of the first."""
    day = hourly(0)[33 * 24 : 34 * 24]
    asked = {
        "now": (XAA,),
        "as of": (XAA, "--as-of", then),
        "cited": (f"{XAA}@{then}",),
    }
    found = {}
    for name, words in asked.items():
        out = tmp_path / f"{name}.csv"
        assert soap("get", *words, *DAY, "-o", out)[0] == 0
        with out.open() as lines:
            found[name] = [float(row["b_north [nT]"]) for row in csv.DictReader(lines)]
    assert found["as of"] == found["cited"] == day
    assert found["now"] == pytest.approx([2 * one for one in day])


def test_all_round_an_earthquake_as_of_then(soap, then, tmp_path):
    """The second release doubled a day of XAA and put the earthquake two degrees further north."""
    read, window = {}, ("--start", "2016-04-03", "--stop", "2016-04-04", "--near", "20,95", "--radius-km", "300")
    for name, words in {"then": ("--as-of", then), "now": ()}.items():
        assert soap("get", *window, *words, "-o", tmp_path / name)[0] == 0
        assert soap("get", "--event", "e0", *words, "-o", tmp_path / f"{name}-e0")[0] == 0
        tables = (f"{name}/{XAA}", f"{name}/contents", f"{name}-e0/earthquakes")
        read[name] = [list(csv.DictReader((tmp_path / f"{table}.csv").read_text().splitlines())) for table in tables]
    day = hourly(0)[33 * 24 : 34 * 24]
    values = {name: [float(row["b_north [nT]"]) for row in tables[0]] for name, tables in read.items()}
    assert values == {"then": day, "now": [pytest.approx(2 * one) for one in day]}
    assert {name: tables[2][0]["latitude [degree]"] for name, tables in read.items()} == {"then": "21", "now": "23"}
    versions = {name: {row["collection"]: row["version"] for row in tables[1]}[XAA] for name, tables in read.items()}
    assert versions["then"] <= f"{XAA}@{then}" < versions["now"]
    assert soap("get", "--event", "e0", "--as-of", "2000-01-01", "-o", tmp_path / "none")[0] == 2
    assert not (tmp_path / "none").exists()


def test_a_study_is_run_as_of_its_time(soap, told, then, tmp_path):
    assert soap("study", "run", told[1] / "study.toml", "-o", tmp_path, "--as-of", then)[0] == 0
    first, again = (
        json.loads((folder / "result.json").read_text())["statistic"] for folder in (told[1] / "study", tmp_path)
    )
    assert first == again


def test_rerun_says_in_words_what_came_out_again_and_what_has_changed_since(soap, told, then):
    code, out = soap("study", "rerun", told[1] / "study")
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == f"The numbers are the same, computed again from the archive as of {then}."
    assert lines[1].startswith("Since then 4 input(s) changed; ")
    at = lines.index("Inputs that differ:")
    assert [line.split(":")[0].strip() for line in lines[at + 1 : at + 5]] == [
        "geomagnetism.xaa.pt1h",
        "geomagnetism.xab.pt1h",
        "seismology.tiny.events",
        "station XAA (iaga_code)",
    ]
    numbers = lines[lines.index("Numbers that differ, the study's own first, then the largest:") + 1 :]
    (statistic,) = [line for line in numbers if line.startswith("  statistic: ")]
    recorded = json.loads((told[1] / "study" / "result.json").read_text())["statistic"]
    assert statistic.startswith(f"  statistic: {recorded!r} then, ")
    assert statistic.endswith(" now")


def test_rerun_says_the_same_as_json(soap, told, then):
    code, out = soap("study", "rerun", told[1] / "study", "--json")
    answer = json.loads(out)
    recorded = json.loads((told[1] / "study" / "result.json").read_text())
    assert code == 0
    assert (answer["same"], answer["as_of"]) == (True, then)
    assert answer["again"] == {"inputs": [], "numbers": [], "n_numbers": 0}
    assert len(answer["since"]["inputs"]) == 4
    assert answer["since"]["n_numbers"] == len(answer["since"]["numbers"])
    (statistic,) = [one for one in answer["since"]["numbers"] if one["place"] == "statistic"]
    assert statistic["before"] == repr(recorded["statistic"])
    assert statistic["after"] != statistic["before"]


def test_rerun_of_numbers_that_do_not_come_out_again_is_a_failure(soap, told, then, tmp_path):
    """A recorded number that was changed by hand."""
    for name in ("result.json", "provenance.json"):
        (tmp_path / name).write_text((told[1] / "study" / name).read_text())
    recorded = json.loads((tmp_path / "result.json").read_text())
    truth = recorded["statistic"]
    (tmp_path / "result.json").write_text(json.dumps(recorded | {"statistic": truth + 1.0}))
    code, out = soap("study", "rerun", tmp_path)
    assert code == 1
    assert out.splitlines()[0] == f"1 numbers differ, computed again from the archive as of {then}."
    assert f"  statistic: {truth + 1.0!r} recorded, {truth!r} again" in out.splitlines()
    code, out = soap("study", "rerun", tmp_path, "--json")
    assert code == 1
    assert json.loads(out)["same"] is False
