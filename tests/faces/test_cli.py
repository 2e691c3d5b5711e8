"""The command line: JSON alone on standard output, exit codes, no traceback for bad input, a fast start."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from soap.core.errors import ArchiveError, BadFile, BadObservation, BadParameter, NotFound, Refused, SoapError
from soap.core.who import Viewer
from soap.faces.cli import app as cli
from soap.testing.tiny import tiny

SERIES = tiny(code="kak", start="2016-04-13", values=[1, 2, 3], latitude=36.2, longitude=140.2)
QUAKE = {
    "event_id": "us1",
    "time": "2016-04-14",
    "latitude": 36.0,
    "longitude": 140.0,
    "depth_km": 10,
    "magnitude": 6.0,
}


@pytest.fixture
def held(tmp_path, soap):
    (tmp_path / "a.tiny").write_bytes(SERIES)
    (tmp_path / "q.tiny").write_bytes(tiny(events=[QUAKE]))
    assert soap("ingest", tmp_path / "a.tiny", tmp_path / "q.tiny")[0] == 0
    return tmp_path


def test_ingest_says_json_and_only_json(tmp_path, soap):
    (tmp_path / "a.tiny").write_bytes(SERIES)
    (tmp_path / "b").write_bytes(b"a letter")
    code, out, err = soap("ingest", tmp_path / "a.tiny", tmp_path / "b", tmp_path / "absent", "--json")
    report = json.loads(out)
    assert code == 3
    assert (report["files"], report["new"], report["granules"], report["duplicates"]) == (3, 1, 1, 0)
    assert [set(one) for one in report["quarantined"]] == [{"file", "reason"}] * 2
    assert "absent" in err
    assert soap("ingest", tmp_path / "a.tiny", "--json")[0] == 0


def test_find_and_read_and_lists(held, soap):
    code, out, _ = soap("find", "--event", "us1", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["radius_km"] == pytest.approx(380.2, abs=0.1)  # 10^(0.43 x 6)
    assert found["earthquake"]["time"] == "2016-04-14T00:00:00Z"
    assert [one["collection_id"] for one in found["granules"]] == ["geomagnetism.kak.pt1h", "seismology.tiny.events"]
    assert (
        json.loads(soap("find", "--near", "36,140", "--radius-km", "50", "--variable", "b_north", "--json")[1])["count"]
        == 1
    )
    assert json.loads(soap("find", "--near", "-36,-140", "--radius-km", "50", "--json")[1])["count"] == 0
    assert json.loads(soap("find", "--box", "139,35,141,37", "--start", "2016-05-01", "--json")[1])["count"] == 0
    assert json.loads(soap("find", "--json")[1])["collections"][0]["collection_id"] == "geomagnetism.kak.pt1h"
    assert "geomagnetism.kak.pt1h" in soap("find")[1]
    assert json.loads(soap("read", held / "a.tiny", "--json")[1])["items"][0]["count"] == 3
    assert json.loads(soap("formats", "--json")[1])[0]["name"] == "tiny_json"
    assert json.loads(soap("methods", "--json")[1]) == []
    (station,) = json.loads(soap("stations", "--json")[1])
    assert (station["platform"], station["latitude"], station["longitude"]) == ("kak", 36.2, 140.2)
    for command in ("read", "formats", "methods", "stations"):
        assert soap(command, *([held / "a.tiny"] if command == "read" else []))[0] == 0


def test_get_and_verify(held, soap):
    window = ("--start", "2016-04-13", "--stop", "2016-04-14")
    code, out, _ = soap("get", "geomagnetism.kak.pt1h", *window, "-o", held / "out.csv", "--json")
    assert (code, json.loads(out)["count"]) == (0, 3)
    assert (held / "out.csv").read_text().startswith('"time","b_north [nT]"')
    assert soap("verify")[0] == 0
    damaged = next((held / "soap-archive" / "objects").rglob("2016*.parquet"))
    damaged.write_bytes(damaged.read_bytes()[:-1])
    code, out, err = soap("verify", "--json")
    assert code == 3
    assert json.loads(out)["losses"][0]["granules"] in (
        ["geomagnetism.kak.pt1h:kak:2016@1"],
        ["seismology.tiny.events:tiny:2016@1"],
    )
    assert "lost: objects/" in err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("find", "--near", "95,3", "--radius-km", "10"), 2, "no place on Earth"),
        (("find", "--near", "5,3"), 2, "go together"),
        (("find", "--near", "five,3", "--radius-km", "10"), 2, "not LAT,LON"),
        (("find", "--near", "5,3", "--radius-km", "-10"), 2, "radius"),
        (("find", "--near", "nan,3", "--radius-km", "10"), 2, "not LAT,LON"),
        (("find", "--box", "1,2,3"), 2, "not W,S,E,N"),
        (("find", "--box", "1,5,3,4"), 2, "south <= north"),
        (("find", "--start", "yesterday"), 2, "not a time in UTC"),
        (("find", "--start", "2016-05-01", "--stop", "2016-04-01"), 2, "is empty"),
        (("find", "--event", "us404"), 3, "us404"),
        (("find", "--event", "us1", "--near", "1,2", "--radius-km", "3"), 2, "one place"),
        (("get", "nope.a.b", "--start", "2016-01-01", "--stop", "2017-01-01", "-o", "x"), 3, "no collection"),
        (
            ("get", "geomagnetism.kak.pt1h", "--start", "2000-01-01", "--stop", "2001-01-01", "-o", "x"),
            3,
            "holds nothing",
        ),
        (
            (
                "get",
                "geomagnetism.kak.pt1h",
                "--start",
                "2016-01-01",
                "--stop",
                "2017-01-01",
                "--format",
                "doc",
                "-o",
                "x",
            ),
            2,
            "no format",
        ),
        (("read", "/no/such/file"), 3, "cannot be opened"),
        (("read", "/dev/null"), 3, "no ordinary file"),
        (("nonsense",), 2, "nonsense"),
        (("ingest",), 2, "PATH"),
        (("find", "--archive", "/no/such/archive"), 3, "soap ingest"),
    ],
)
def test_bad_input_has_its_code_and_its_words(held, soap, arguments, code, words):
    left, out, err = soap(*arguments)
    assert left == code
    assert words in err
    assert "Traceback" not in err
    assert out == ""


def test_an_error_with_json_is_json_too(held, soap):
    code, out, err = soap("find", "--event", "us404", "--json")
    assert json.loads(out)["error"] == {
        "kind": "NotFound",
        "message": err.removeprefix("soap: ").strip(),
        "exit_code": code,
    }


def test_a_wrong_command_line_with_json_is_json_too(soap):
    code, out, err = soap("find", "--nonsense", "--json")
    assert (code, json.loads(out)["error"]["exit_code"]) == (2, 2)
    assert "--nonsense" in err


def test_names_that_are_no_utf8_or_hold_a_line_end_are_told(tmp_path, soap):
    folder = tmp_path / "files"
    folder.mkdir()
    for name in (b"bad\xff.txt", b"two\nlines.txt"):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"a letter " + name)
    code, out, err = soap("ingest", folder, "--json")
    assert code == 3
    assert [Path(one["file"]).name for one in json.loads(out)["quarantined"]] == ["bad\\xff.txt", "two\nlines.txt"]
    assert len(err.splitlines()) == 2


def test_what_nothing_here_can_meet_is_said(held, soap):
    assert "no collection 'nope'" in soap("find", "--collection", "nope")[2]
    assert "there are b_north" in soap("find", "--variable", "nope")[2]


@pytest.mark.parametrize("out", ["", "/dev/null", "soap-archive/catalogue.sqlite"])
def test_get_never_writes_over_what_is_no_ordinary_file(held, soap, out):
    window = ("--start", "2016-04-13", "--stop", "2016-04-14")
    code, _, err = soap("get", "geomagnetism.kak.pt1h", *window, "-o", held / out)
    assert code == 2
    assert "-o" in err


def test_refused_is_four(held, soap, monkeypatch):
    monkeypatch.setattr("soap.services.accounts.command_line_viewer", lambda: Viewer("guest"))
    assert soap("verify")[0] == 4
    assert soap("ingest", held / "a.tiny")[0] == 4


def test_every_error_has_an_exit_code():
    assert {cli.exit_code(kind("x")) for kind in (BadFile, BadObservation, NotFound)} == {3}
    assert [cli.exit_code(kind("x")) for kind in (BadParameter, Refused, ArchiveError, SoapError)] == [2, 4, 1, 1]
    assert set(SoapError.__subclasses__()) <= set(cli.EXIT_CODES)


def test_interrupted_leaves_cleanly(held, soap, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("soap.services.ingest.ingest", interrupted)
    code, _, err = soap("ingest", held)
    assert code == cli.INTERRUPTED
    assert "Traceback" not in err


def test_the_archive_is_chosen_before_or_after_the_command(tmp_path, soap):
    (tmp_path / "a.tiny").write_bytes(SERIES)
    assert soap("ingest", tmp_path / "a.tiny", "--archive", tmp_path / "one")[0] == 0
    assert (tmp_path / "one" / "catalogue.sqlite").is_file()
    assert json.loads(soap("--archive", tmp_path / "one", "find", "--json")[1])["count"] == 1


def test_version_and_help(soap):
    assert re.fullmatch(r"soap \d\S+\n", soap("--version")[1])
    code, out, _ = soap("--help")
    assert code == 0
    for command in ("ingest", "find", "read", "get", "verify", "formats", "methods", "stations", "simulate"):
        assert re.search(rf"^\s+{command}\s", out, re.MULTILINE), command


HEAVY = ("numpy", "xarray", "pandas", "pyarrow", "sqlalchemy", "scipy", "numba", "matplotlib", "pydantic")
PROGRAM = """
import sys
import typer.main
from soap.faces.cli.app import build
from soap.systems.seismo_ionospheric import composition
typer.main.get_command(build(composition))
print(*sys.modules)
"""


def test_help_loads_nothing_heavy():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & set(HEAVY) == set()


@pytest.mark.parametrize(
    ("command", "limit_s"),
    [
        (("-c", "from soap.systems.seismo_ionospheric import main; main()", "--help"), 0.3),
        (("-c", "import soap"), 0.15),
    ],
)
def test_the_start_is_fast(command, limit_s):
    """By the processor's clock, which on a machine that has nothing else to do is that of who waits."""
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *command], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(times) < limit_s, f"the fastest of five took {min(times):.2f} s"
