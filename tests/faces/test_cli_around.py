"""The command line: what is round a place, a station's series, and plots, found and written; and who may have them."""

from __future__ import annotations

import csv
import json

import numpy as np
import pandas
import pyarrow.parquet as pq
import pytest
import xarray as xr

from soap.testing.tiny import tiny

QUAKE = {"event_id": "us1", "latitude": 36.0, "longitude": 140.0, "depth_km": 10, "magnitude": 6.0}
KAK = "geomagnetism.kak.pt1h"
WINDOW = ("--start", "2016-04-13", "--stop", "2016-04-14")
NEAR = ("--near", "36,140", "--radius-km", "100", *WINDOW)


@pytest.fixture
def held(tmp_path, soap):
    """KAK's hours of two days and minutes of an hour, an earthquake, and an account that may see none of it."""
    files = {
        "hours": tiny(code="kak", start="2016-04-13", values=list(range(48)), latitude=36.2, longitude=140.2),
        "minutes": tiny(
            code="kak", start="2016-04-13", step=60, cadence="PT1M", values=[5] * 60, latitude=36.2, longitude=140.2
        ),
        "quakes": tiny(
            events=[QUAKE | {"time": "2016-04-13T12:00"}, QUAKE | {"event_id": "us2", "time": "2010-01-01"}]
        ),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        assert soap("ingest", tmp_path / name)[0] == 0
    assert soap("admin", "account", "add", "can", "--member", "TUR", "--role", "user")[0] == 0
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else None


@pytest.mark.parametrize(
    "place", [("--event", "us1"), NEAR, ("--box", "139,35,141,37", *WINDOW)], ids=["event", "near", "box"]
)
def test_all_round_a_place_into_a_folder(held, soap, place):
    code, out, err = soap("get", *place, "-o", held / "out")
    assert code == 0
    assert "3 files and contents.csv" in err
    assert KAK in out
    assert names(held / "out") == [
        "contents.csv", "earthquakes.csv", f"{KAK}.csv", "geomagnetism.kak.pt1m.csv",
    ]  # fmt: skip
    rows = pandas.read_csv(held / "out" / f"{KAK}.csv")
    assert len(rows) == (48 if "--event" in place else 24)
    contents = list(csv.DictReader((held / "out" / "contents.csv").read_text().splitlines()))
    assert {row["collection"]: row["count"] for row in contents}[KAK] == str(len(rows))


def test_terms_are_judged_now_also_as_of_then(held, soap):
    """What was open then, and is private now, is not had by asking for then."""
    assert soap("admin", "terms", "set", "--collection", KAK, "--access", "open")[0] == 0
    (then,) = {one["version"] for one in json.loads(soap("find", "--json")[1])["collections"] if KAK in one.values()}
    asked = ("get", *NEAR, "--as-of", then, "--as", "can", "--json")
    code, out, _ = soap(*asked, "-o", held / "open")
    assert (code, [one["file"] for one in json.loads(out)["files"]]) == (0, [f"{KAK}.csv"])
    assert soap("admin", "terms", "set", "--collection", KAK, "--access", "private")[0] == 0
    code, out, err = soap(*asked, "-o", held / "private")
    assert (code, names(held / "private")) == (2, None)
    assert "nothing is held" in err
    assert KAK not in out + err


@pytest.mark.parametrize("format_name", ["parquet", "netcdf"])
def test_the_folder_in_other_formats_and_as_json(held, soap, format_name):
    code, out, _ = soap("get", *NEAR, "-o", held / "out", "--format", format_name, "--json")
    told = json.loads(out)
    assert code == 0
    assert {one["collection_id"]: (one["count"], one["exact"]) for one in told["counts"]} == {
        "seismology.tiny.events": (1, True),
        KAK: (24, True),
        "geomagnetism.kak.pt1m": (60, True),
    }
    assert sorted(one["file"] for one in told["files"]) == [n for n in names(held / "out") if n != "contents.csv"]


def test_find_shows_how_much_is_round_a_place_and_asks_once(held, soap, monkeypatch):
    from soap.archive import around, query

    asked = []
    for home, name in ((around, "search"), (query, "search")):
        real = getattr(home, name)
        monkeypatch.setattr(home, name, lambda *a, real=real, **k: (asked.append(1), real(*a, **k))[1])
    code, out, err = soap("find", *NEAR)
    assert (code, len(asked)) == (0, 1)
    assert "us1" in out
    assert "us2" not in out
    assert "3 granules" in err
    told = json.loads(soap("find", *NEAR, "--json")[1])
    assert told["count"] == len(told["granules"]) == 3
    assert all(one["originals"] for one in told["granules"])
    assert [one["event_id"] for one in told["earthquakes"]] == ["us1"]
    only = json.loads(soap("find", *NEAR, "--variable", "b_north", "--json")[1])
    assert [one["collection_id"] for one in only["granules"]] == [KAK, "geomagnetism.kak.pt1m"]


def test_a_stations_series_found_and_written(held, soap):
    told = json.loads(soap("find", "--station", "KAK", "--json")[1])
    assert [one["collection_id"] for one in told["granules"]] == [KAK, "geomagnetism.kak.pt1m"]
    assert json.loads(soap("find", "--station", "nil", "--json")[1])["count"] == 0
    window = ("--variable", "b_north", "-o", held / "x.csv", "--json")
    fine = soap("get", "--station", "KAK", *WINDOW, *window)
    assert json.loads(fine[1])["collection_id"] == "geomagnetism.kak.pt1m"
    later = soap("get", "--station", "kak", "--start", "2016-04-14", "--stop", "2016-04-15", *window)
    assert (json.loads(later[1])["collection_id"], json.loads(later[1])["count"]) == (KAK, 24)


@pytest.mark.parametrize("format_name", ["csv", "parquet", "netcdf"])
def test_decimated_in_every_format_says_so(held, soap, format_name):
    out = held / f"plot.{format_name}"
    assert soap("get", KAK, *WINDOW, "--points", 4, "--format", format_name, "-o", out)[0] == 0
    if format_name == "csv":
        table = pandas.read_csv(out)
        greatest = table["b_north_max [nT]"]
        said = json.loads((held / "plot.csv-metadata.json").read_text())["dc:description"]
        assert "4 buckets" in said
        assert "2016-04-13T00:00:00Z to 2016-04-14T00:00:00Z" in said
        assert soap("get", KAK, *WINDOW, "-o", out)[0] == 0  # whole again: nothing says that it is decimated
        assert "dc:description" not in (held / "plot.csv-metadata.json").read_text()
    elif format_name == "parquet":
        table = pq.read_table(out)
        greatest = table["b_north_max"].to_numpy()
        assert b"least and greatest" in pq.read_metadata(out).metadata[b"decimation"]
    else:
        with xr.open_dataset(out, engine="netcdf4") as plain:
            greatest = plain["b_north_max"].values
            assert plain.attrs["decimated"] == 4
    np.testing.assert_array_equal(greatest, [5, 11, 17, 23])


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("get", KAK, "--event", "us1", "-o", "out"), 2, "without COLLECTION"),
        (("get", "-o", "out"), 2, "one place"),
        (("get", KAK, "--station", "KAK", *WINDOW, "-o", "out"), 2, "not both"),
        (("get", "--station", "KAK", *WINDOW, "-o", "out"), 2, "Name the variable"),
        (("get", "--station", "KAK", "--variable", "b_up", *WINDOW, "-o", "out"), 2, "it has b_north"),
        (("get", "--station", "../etc", "--variable", "b_north", *WINDOW, "-o", "out"), 3, "no series of a station"),
        (("get", "--event", "us404", "-o", "out"), 3, "us404"),
        (("get", "--event", "us1", "-o", "hours"), 2, "is a file"),
        (("get", "--event", "us1", "-o", "soap-archive/x"), 2, "own folder"),
        (("get", "--event", "us1", "--points", "5", "-o", "out"), 2, "--points"),
        (("get", "--event", "us1", "--format", "iaga2002", "-o", "out"), 2, "no format of a folder"),
        (("get", "--event", "us1", "--context", "nope.a.b", "-o", "out"), 3, "no collection"),
        (("get", "--near", "36,140", "--radius-km", "100", "-o", "out"), 2, "a start and a stop"),
        (("get", "--near", "36,140", "--radius-km", "0", *WINDOW, "-o", "out"), 2, "radius"),
        (("get", KAK, *WINDOW, "--points", "0", "-o", "out"), 2, "1 to 1000000"),
        (("get", KAK, *WINDOW, "--points", "4", "--format", "tiny", "-o", "out"), 2, "no format"),
        (("get", "../../etc/passwd", *WINDOW, "-o", "out"), 3, "no collection"),
        (("get", "--as", "can", "--event", "us1", "-o", "out"), 3, "us1"),
        (("get", "--as", "can", KAK, *WINDOW, "--points", "4", "-o", "out"), 3, "no collection"),
        (("get", "--as", "can", "--station", "KAK", "--variable", "b_north", *WINDOW, "-o", "out"), 3, "no series"),
        (("find", "--as", "can", "--event", "us1"), 3, "us1"),
    ],
)  # fmt: skip
def test_what_cannot_be_had_has_its_code_and_its_words(held, soap, monkeypatch, arguments, code, words):
    monkeypatch.chdir(held)
    left, out, err = soap("--archive", held / "soap-archive", *arguments)
    assert left == code
    assert out == "" or out.startswith("collection ")  # the counts come first
    assert words in err
    assert not (held / "out").exists()
    assert (held / "hours").read_bytes().startswith(b"TINY")


def test_nothing_round_it_for_those_who_may_see_nothing(held, soap):
    for user, place in (("can", "36,140"), ("guest", "36,140"), (None, "-36,-140")):
        narrowed = ("--as", user) if user else ()
        ask = ("--near", place, "--radius-km", "100", *WINDOW, "--json")
        told = json.loads(soap("find", *narrowed, *ask)[1])
        assert (told["count"], told["counts"], told["earthquakes"]) == (0, [], [])
        written = json.loads(soap("get", *narrowed, *ask, "-o", held / f"out-{user}")[1])
        assert (written["counts"], written["files"]) == ([], [])
        assert names(held / f"out-{user}") == ["contents.csv"]
        assert json.loads(soap("find", *narrowed, "--station", "KAK" if user else "nil", "--json")[1])["count"] == 0
