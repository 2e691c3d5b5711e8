"""The simulated network as files: readable by the ordinary readers, plainly marked, the same bytes each time."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.core.time import Window
from soap.core.who import folder_owner
from soap.formats import Source, detect
from soap.services import simulate as network
from soap.services.simulate import plan
from soap.services.simulate.shipped import shipped
from soap.systems.seismo_ionospheric import composition
from soap.testing.data import real

ME = folder_owner("test")
SHORT = Window("2016-04-10", "2016-04-13")
STATIONS = ("XB1", "XC3")


def _make(out: Path, **choices):
    return network.simulate(ME, composition(), out, window=SHORT, **({"stations": STATIONS} | choices))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three days before the Myanmar earthquake at two stations, with a signal."""
    return _make(tmp_path_factory.mktemp("network"), inject_sigma=2.0, near_km=300.0)


def _checksums(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def _read(path: Path):
    source = Source.from_path(path)
    return detect(source, composition().readers).read(source)


def test_every_file_is_read_by_exactly_one_reader_and_marked_as_what_it_is(made):
    kinds = set()
    for path in sorted(made.observations.rglob("*.*")):
        reading, kind = _read(path), path.parent.name
        kinds.add(kind)
        if kind != "facts":
            assert [one.attrs["simulated"] for one in reading.observations] == [1], path
        else:
            assert reading.simulated == (path.name == "observatories.csv")  # the real facts are not marked
            assert all(one.attrs["simulated"] == 0 for one in reading.observations)
    assert kinds == {*composition().simulators, "facts"}


def test_marked_in_the_files_own_text(made):
    files = {path.parent.name: path.read_bytes() for path in made.observations.rglob("*.*")}
    assert b"SIMULATED" in gzip.decompress(files["observatory"])[:1500]
    assert b"SIMULATED" in gzip.decompress(files["vtec_map"])[:1500]
    assert b"SIMULATED" in files["langmuir_probe"]
    assert b"SIMULATED" in files["scalar_magnetometer"]
    assert all(path.name.startswith("SIMULATED") for path in (made.observations / "langmuir_probe").iterdir())


def test_the_same_choices_give_the_same_bytes(made, tmp_path):
    again = _make(tmp_path, inject_sigma=2.0, near_km=300.0)
    assert _checksums(made.observations.parent) == _checksums(again.observations.parent)
    told = json.loads(again.truth.read_text())
    assert told["files"] == _checksums(again.observations)


def test_a_station_does_not_depend_on_the_others(made, tmp_path):
    alone = _make(tmp_path / "alone", stations=("xb1",), inject_sigma=2.0, near_km=0.0)
    name = "observatory/xb1201604vmin.min.gz"
    assert (alone.observations / name).read_bytes() == (made.observations / name).read_bytes()
    other = _make(tmp_path / "other", stations=("xb1",), inject_sigma=2.0, near_km=0.0, seed=5)
    assert (other.observations / name).read_bytes() != (made.observations / name).read_bytes()


def test_the_truth_says_where_the_signal_is(made, tmp_path):
    """The written daily ranges, with the signal over without, are the factor that the truth gives, to the 0.01 nT."""
    bare = _make(tmp_path, stations=("XB1",), near_km=0.0)
    told = json.loads(made.truth.read_text())
    assert {event["event_id"] for event in told["signal"]["events"]} == {"us20005hqz"}  # its days before, not itself
    assert json.loads(bare.truth.read_text())["signal"]["stations"] == []
    ranges = [_daily_ranges(run.observations / "observatory/xb1201604vmin.min.gz", 90.4) for run in (made, bare)]
    signals = {one["station"]: one for one in told["signal"]["stations"]}
    assert signals["XB1"]["factor"] > 1.2
    for day in ranges[0]:
        factor = signals["XB1"]["factor"] if "XB1" in signals and day in signals["XB1"]["local_days"] else 1.0
        assert ranges[0][day] == pytest.approx(factor * ranges[1][day], abs=0.02)


def _daily_ranges(path: Path, longitude: float) -> dict[str, float]:
    one = _read(path).observations[0]
    days = (one["time"].values + np.timedelta64(round(longitude * 240), "s")).astype("datetime64[D]")
    return {str(day): float(np.ptp(one["b_horizontal"].values[days == day])) for day in np.unique(days)}


def test_signal_before_the_myanmar_earthquake(tmp_path):
    """Dhaka lies 450 km from the Mw 6.9 of 13 April, well within its 927 km: five local days carry the signal."""
    window = Window("2016-04-07", "2016-04-14")
    choices = {"window": window, "stations": ("XB1",), "near_km": 0.0}
    plain = network.simulate(ME, composition(), tmp_path / "plain", **choices)
    signal = network.simulate(ME, composition(), tmp_path / "signal", inject_sigma=2.0, **choices)
    told = json.loads(signal.truth.read_text())["signal"]
    assert [event["event_id"] for event in told["events"]] == ["us20005hqz"]
    assert told["events"][0]["preparation_radius_km"] == 926.8  # 10^(0.43 * 6.9)
    (station,) = told["stations"]
    assert station["local_days"] == ["2016-04-08", "2016-04-09", "2016-04-10", "2016-04-11", "2016-04-12"]
    assert station["factor"] == pytest.approx(np.exp(2.0 * station["sigma"]), rel=1e-5)
    name = "observatory/xb1201604vmin.min.gz"
    before, after = (_daily_ranges(run.observations / name, 90.4) for run in (plain, signal))
    for day, value in before.items():
        assert after[day] == pytest.approx(value * (station["factor"] if day in station["local_days"] else 1), abs=0.02)


def test_shipped_facts_are_the_published_ones():
    """Line by line the catalogue of the USGS and the table of CelesTrak."""
    facts = shipped(composition())
    rows = csv.DictReader(
        io.StringIO(gzip.decompress(real("ground/earthquakes/usgs_M5plus_2013-2023.csv.gz").read_bytes()).decode())
    )
    published = {row["id"]: row for row in rows if "2016-03-01" <= row["time"] < "2016-05-01"}
    assert {event.event_id for event in facts.earthquakes.events} == set(published)
    for event in facts.earthquakes.events:
        row = published[event.event_id]
        assert (event.latitude, event.longitude, event.magnitude) == tuple(
            float(row[k]) for k in ("latitude", "longitude", "mag")
        )
    table = gzip.decompress(real("ground/indices/SW-All_celestrak.txt.gz").read_bytes()).decode().splitlines()
    kept = [line for line in facts.space_weather.decode().splitlines() if line[:4].isdigit()]
    assert kept == [line for line in table if "2016 02 01" <= line[:10] <= "2016 05 01"]


def test_codes_cannot_be_taken_for_real_ones():
    """None of them is on the list of real observatories; every member state has at least one."""
    stations = shipped(composition()).stations
    listed = csv.DictReader(real("ground/geomag/observatories.csv").read_text().splitlines())
    assert not {station.code for station in stations} & {row["iaga_code"] for row in listed}
    assert all(station.code[0] == "X" and station.code[-1].isdigit() for station in stations)
    states = {"Bangladesh", "China", "Iran", "Mongolia", "Pakistan", "Peru", "Thailand", "Turkey"}
    assert {station.region for station in stations} == states


def test_targets_are_mainshocks_with_a_station_in_their_zone():
    facts = shipped(composition())
    found = plan.targets(facts.events(network.WINDOW), facts.stations, network.WINDOW)
    assert {"us20005hqz", "us20005j32"} <= {target.event.event_id for target in found}  # Myanmar 6.9, Ecuador 7.8
    assert "us20005k37" not in {target.event.event_id for target in found}  # M 6.2, aftershock in Ecuador
    myanmar = next(target for target in found if target.event.event_id == "us20005hqz")
    assert myanmar.codes == ("XB1", "XB2", "XC3", "XC5", "XT2")


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"stations": ("KAK",)}, "no simulated station KAK"),
        ({"inject_sigma": -1.0}, "-1 sigma"),
        ({"seed": -1}, "seed -1"),
        ({"near_km": 1e6}, "out of bounds"),
        ({"window": Window("2016-02-28", "2016-04-01")}, "reaches beyond"),
    ],
)
def test_choices_out_of_bounds_are_refused_before_anything_is_written(tmp_path, choices, words):
    arguments = {"window": SHORT} | choices
    with pytest.raises(BadParameter, match=words):
        network.simulate(ME, composition(), tmp_path / "out", **arguments)
    assert not (tmp_path / "out").exists()


def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(BadParameter, match=r"thesis\.txt"):
        _make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_earlier_network_is_replaced(tmp_path):
    _make(tmp_path, stations=("XT1",), near_km=0.0)
    made = _make(tmp_path, stations=("XB1",), near_km=0.0)
    assert [path.name for path in (made.observations / "observatory").iterdir()] == ["xb1201604vmin.min.gz"]
