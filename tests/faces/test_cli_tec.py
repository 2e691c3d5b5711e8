"""`soap tec` and `soap compute tec` as a person runs them, on a receiver of which all is known."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import xarray as xr

from soap.formats import Source
from soap.systems.seismo_ionospheric import composition
from soap.testing.gnss_receiver import MadeUpReceiver

RECEIVER = MadeUpReceiver(step_s=60.0)
DAY = ("--start", "2023-06-21", "--stop", "2023-06-22")


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """RINEX, SP3 and SINEX-BIAS of the receiver."""
    return RECEIVER.write(tmp_path_factory.mktemp("receiver"))


@pytest.fixture
def system():
    return composition()


@pytest.fixture
def tec(soap, files):
    """Runs `soap tec` with the made-up orbits, by default with the biases; exit code, answer, and messages."""

    def run(*arguments, bias=True):
        _, orbits, biases = files
        given = ("--bias", biases) if bias else ()
        code, out, err = soap("tec", *arguments, "--orbits", orbits, *given, "--json")
        return code, json.loads(out), err

    return run


def truth(table):
    """Vertical TEC of the made-up ionosphere at the pierce points of a table."""
    since = pd.to_datetime(table["time"]) - pd.Timestamp("2023-06-21", tz="UTC")
    hours = (since.dt.total_seconds().to_numpy() + 18.0) / 3600.0
    return RECEIVER.vtec(hours, table["ipp_latitude"].to_numpy(), table["ipp_longitude"].to_numpy())


def test_bias_and_content_are_those_that_were_made_up(tec, files, tmp_path):
    out = tmp_path / "simu.parquet"
    code, answer, _ = tec(files[0], "--mapping", "thin_shell", "-o", out)
    assert code == 0
    (day,) = answer["files"]
    (bias,) = day["receiver_biases"]
    assert (day["station"], day["satellites"], day["slips"], bias["pair"]) == ("SIMU", 24, 0, "C1C-C2W")
    assert abs(bias["receiver_bias_ns"] - RECEIVER.receiver_bias_ns) < min(3 * bias["sigma_ns"], 0.35)
    table = pd.read_parquet(out)
    off = table["vtec"] - truth(table)
    assert abs(off.mean()) < 0.3
    assert off.std() < 0.6
    # the slant content of each ray is what its vertical one is through a thin shell of 450 km
    sine = 6371.0 / 6821.0 * np.cos(np.radians(table["elevation_deg"]))
    slant = truth(table) / np.sqrt(1.0 - sine**2)
    assert (table["stec"] - slant).abs().quantile(0.99) < 2.0
    # level and bias are one error each in all values of an arc
    off = (table["stec"] - slant).groupby([table["sv"], table["arc"]]).mean()
    sigma = table["stec_sigma"].groupby([table["sv"], table["arc"]]).mean()
    assert (off.abs() < 2 * sigma).mean() > 0.8
    assert sigma.max() < 3.0
    over = pd.read_parquet(tmp_path / "simu-vtec.parquet")
    hours = (pd.to_datetime(over["time"]) - pd.Timestamp("2023-06-21", tz="UTC")).dt.total_seconds() / 3600 + 0.005
    expected = RECEIVER.vtec(hours.to_numpy(), np.full(len(over), 35.0), np.full(len(over), 110.0))
    assert np.abs(over["vtec"] - expected).max() < 1.0
    assert (np.abs(over["vtec"] - expected) < 3 * over["vtec_sigma"]).all()


def test_what_was_read_and_chosen_is_told_in_every_format(tec, files, tmp_path):
    for name in ("day.parquet", "day.nc", "day.csv"):
        assert tec(files[0], "--shell-height-km", "400", "-o", tmp_path / name)[0] == 0
    told = json.loads(pq.read_metadata(tmp_path / "day.parquet").metadata[b"soap"])[0]
    assert told["shell_height_km"] == 400.0
    sums = {one["file"]: one["sha256"] for one in json.loads(told["inputs"])}
    assert sums == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    with xr.open_dataset(tmp_path / "day.nc") as grid:
        assert grid.attrs["inputs"] == told["inputs"]
        row = pd.read_parquet(tmp_path / "day.parquet").iloc[1000]
        cell = grid.sel(time=row["time"].tz_localize(None), sv=row["sv"])
        assert float(cell["stec"]) == row["stec"]
    table = pd.read_csv(tmp_path / "day.csv")
    assert table["stec [TECU]"].iloc[1000] == row["stec"]
    assert json.loads((tmp_path / "day.csv-metadata.json").read_text())["soap"][0]["inputs"] == told["inputs"]


def test_slips_are_found_and_cost_nothing(tec, tmp_path):
    slipped = replace(RECEIVER, slips={("G05", 700): 7, ("G10", 400): -23, ("G20", 900): 5})
    observed = slipped._observed()[0]
    seen = sum(np.isfinite(observed[at - 12 : at + 12, int(sv[1:]) - 1]).all() for sv, at in slipped.slips)
    slipped.write(tmp_path)
    _, answer, _ = tec(tmp_path / "simu.rnx", "--mapping", "thin_shell", "-o", tmp_path / "s.parquet")
    assert seen > 0
    assert answer["files"][0]["slips"] >= seen
    table = pd.read_parquet(tmp_path / "s.parquet")
    assert abs((table["vtec"] - truth(table)).mean()) < 0.3


def test_without_biases_it_says_so_and_goes_on(tec, files):
    code, answer, _ = tec(files[0], bias=False)
    assert code == 0
    assert any("no bias file was given" in note for note in answer["files"][0]["notes"])
    assert answer["files"][0]["receiver_biases"][0]["receiver_bias_ns"] is not None


def test_several_receivers_without_biases_agree_on_them(tec, tmp_path):
    """Their own biases come out against the mean over the satellites, which is zero in the made-up ones."""
    folder = tmp_path / "network"
    folder.mkdir()
    true_ns = {"SIMA": -7.5, "SIMB": 12.0, "SIMC": 2.0}
    for number, (name, bias_ns) in enumerate(true_ns.items()):
        place = {"latitude": 33.0 + 2 * number, "longitude": 108.0 + 3 * number}
        replace(RECEIVER, station=name, receiver_bias_ns=bias_ns, seed=number, **place).write(folder)
    code, answer, _ = tec(folder, "--mapping", "thin_shell", "-o", tmp_path / "all.parquet", bias=False)
    assert (code, [one.get("station", one) for one in answer["files"]]) == (0, list(true_ns))
    for one in answer["files"]:
        assert abs(one["receiver_biases"][0]["receiver_bias_ns"] - true_ns[one["station"]]) < 0.8
        assert "3 receivers of 2023-06-21 together (SIMA, SIMB, SIMC), with a mean of zero" in one["satellite_biases"]
        assert any(one["satellite_biases"] in note for note in one["notes"])
    told = json.loads(pq.read_metadata(tmp_path / "all.parquet").metadata[b"soap"])
    assert told[0]["satellite_biases"] == answer["files"][0]["satellite_biases"]
    kinds = {one["file"]: one["kind"] for one in json.loads(told[0]["inputs"])}
    assert [kinds[f"sim{letter}.rnx"] for letter in "abc"] == ["observations", *["observations of the network"] * 2]
    table = pd.read_parquet(tmp_path / "all.parquet")
    level = table["stec"] - table["rtec"]
    links = level.groupby([table["station"], table["sv"]]).median().unstack(0) / 2.853
    known = (
        links["SIMA"]
        - true_ns["SIMA"]
        - pd.Series(dict(zip(RECEIVER.satellites, RECEIVER.satellite_bias_ns, strict=True)))
    )
    assert known.abs().max() < 1.5
    assert (links["SIMB"] - links["SIMA"]).std() < 0.01  # the satellites' biases are the same for all


def test_rate_and_waves_where_asked_for(tec, tmp_path):
    """The rate is what TEC differs by; a causal wave is the same whatever comes after it, a symmetric one is not."""
    tables = {}
    whole = replace(RECEIVER, hours=12.0).write(tmp_path)[0].read_text()
    for hours, text in ((7.0, whole[: whole.index("> 2023  6 21  7  0")]), (12.0, whole)):
        (tmp_path / "simu.rnx").write_text(text)
        for way in ("causal", "symmetric"):
            out = tmp_path / f"{way}-{hours:g}.parquet"
            assert tec(tmp_path / "simu.rnx", "--detrended", way, "-o", out)[0] == 0
            tables[way, hours] = pd.read_parquet(out).set_index(["sv", "time"])
    told = json.loads(pq.read_metadata(out).metadata[b"soap"])[0]
    assert (told["detrended_band_s"], told["detrended_causal"]) == ("180 to 3600", 0)
    causal = tables["causal", 12.0]
    before = causal.groupby(["sv", "arc"])["rtec"].diff()
    assert (causal["rot"] - before).abs().max() < 0.002  # a minute apart
    assert causal["dtec"].notna().sum() > 1000
    changed = {
        way: (tables[way, 7.0]["dtec"] - tables[way, 12.0]["dtec"]).abs().max() for way in ("causal", "symmetric")
    }
    assert changed["causal"] <= 0.0002 < changed["symmetric"]
    assert tec(tmp_path / "simu.rnx", "-o", out)[0] == 0
    assert not {"rot", "dtec"} & set(pd.read_parquet(out))


def test_satellites_of_a_note_are_counted_for_people_and_named_for_programs(soap, tec, files):
    """All 24 lack a bias."""
    _, _, err = soap("tec", files[0], "--orbits", files[1])
    assert "satellite biases of 24 GPS satellites are estimated" in err
    _, answer, _ = tec(files[0], bias=False)
    assert any(", ".join(RECEIVER.satellites) in note for note in answer["files"][0]["notes"])


def test_one_frequency_is_told(tec, tmp_path):
    replace(RECEIVER, one_frequency=True, hours=3.0).write(tmp_path)
    code, answer, _ = tec(tmp_path / "simu.rnx")
    assert code == 3
    assert "no satellite was observed on two frequencies" in answer["files"][0]["error"]


def test_less_than_two_hours_give_relative_tec(tec, tmp_path):
    replace(RECEIVER, hours=1.5).write(tmp_path)
    code, answer, _ = tec(tmp_path / "simu.rnx", "-o", tmp_path / "short.parquet")
    (bias,) = answer["files"][0]["receiver_biases"]
    assert (code, bias["receiver_bias_ns"]) == (0, None)
    assert "2 h are needed" in bias["reason"]
    table = pd.read_parquet(tmp_path / "short.parquet")
    assert table[["rtec", "elevation_deg"]].notna().all(axis=None)
    assert table["stec"].isna().all()


def test_a_file_without_a_place_needs_one(tec, files, tmp_path):
    text = files[0].read_text()
    start = text.index("\n", text.index("REC #")) + 1
    nowhere = f"{0:14.4f}{0:14.4f}{0:14.4f}{'':18}APPROX POSITION XYZ"
    (tmp_path / "simu.rnx").write_text(text[:start] + nowhere + text[text.index("\n", start) :])
    code, answer, _ = tec(tmp_path / "simu.rnx")
    assert code == 3
    assert "no place on the ground" in answer["files"][0]["error"]
    assert "--position LAT,LON,M or --coordinates FILE" in answer["files"][0]["error"]
    code, answer, _ = tec(tmp_path / "simu.rnx", "--position", "35,110,0", "--mapping", "thin_shell")
    assert code == 0
    assert abs(answer["files"][0]["receiver_biases"][0]["receiver_bias_ns"] - RECEIVER.receiver_bias_ns) < 0.35


def test_a_folder_is_gone_through_and_one_bad_file_stops_nobody(tec, soap, files, tmp_path):
    folder = tmp_path / "day"
    folder.mkdir()
    replace(RECEIVER, hours=6.0).write(folder)
    replace(RECEIVER, hours=6.0, station="SIMB", longitude=112.0).write(folder)
    (folder / "readme.txt").write_text("not GNSS at all")
    code, answer, _ = tec(folder, "-o", tmp_path / "both.csv")
    assert (code, [one["station"] for one in answer["files"]]) == (0, ["SIMB", "SIMU"])
    assert pd.read_csv(tmp_path / "both.csv")["station"].value_counts().size == 2
    assert tec(folder, "-o", tmp_path / "both.nc")[0] == 2
    (folder / "cut.rnx").write_bytes((folder / "simu.rnx").read_bytes()[:400])
    code, answer, _ = tec(folder, "-o", tmp_path / "many", "--format", "netcdf")
    assert code == 3
    assert ["error" in one for one in answer["files"]] == [True, False, False]
    assert sorted(path.name for path in (tmp_path / "many").iterdir()) == [
        "simb-2023-06-21-tec.nc", "simb-2023-06-21-vtec.nc", "simu-2023-06-21-tec.nc", "simu-2023-06-21-vtec.nc",
    ]  # fmt: skip


def test_maps_of_several_stations_are_those_of_the_made_up_ionosphere(tec, soap, tmp_path):
    folder = tmp_path / "days"
    folder.mkdir()
    west = RECEIVER.longitude
    for name, latitude, longitude in (("SIMU", 35.0, west), ("SIMB", 37.0, west + 5.0), ("SIMC", 33.0, west + 3.0)):
        replace(RECEIVER, station=name, hours=4.0, slope_tecu=0.0, latitude=latitude, longitude=longitude).write(folder)
    out = tmp_path / "map.23i"
    box = ("--map-box", "108,32,116,38", "--map-step-deg", "2")
    code, answer, _ = tec(folder, "--mapping", "thin_shell", "--map", out, *box)
    assert code == 0
    assert [one["station"] for one in answer["map"]["withheld"]] == ["SIMB", "SIMC", "SIMU"]
    assert max(one["rms_tecu"] for one in answer["map"]["withheld"]) < 1.5
    maps = Source.from_path(out)
    (grid,) = composition().reader("tec_ionex").read(maps).observations
    hours = (grid["time"] - np.datetime64("2023-06-21")) / np.timedelta64(1, "h")
    expected = RECEIVER.vtec(hours, 35.0, grid["longitude"])
    assert grid["vtec"].shape == (17, 4, 5)
    assert float(np.abs(grid["vtec"] - expected).max()) < 2.0
    _, answer, _ = tec(folder / "simu.rnx", "--mapping", "thin_shell", "--ionex", out)
    assert answer["files"][0]["ionex_rms_tecu"] < 2.0
    far = replace(RECEIVER, station="SIMD", hours=4.0, latitude=55.0).write(tmp_path)[0]
    _, answer, _ = tec(far, "--ionex", out)
    assert answer["files"][0]["ionex_rms_tecu"] is None
    assert any("do not reach these times or this place" in note for note in answer["files"][0]["notes"])


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        (("--mapping", "cosine"), 2, "mapping"),
        (("--shell-height-km", "5"), 2, "shell_height_km"),
        (("--systems", "X"), 2, "systems"),
        (("--position", "north"), 2, "LAT,LON"),
        (("-o", "nowhere/at/all.csv"), 2, "no folder"),
        (("--bias", "pyproject.toml"), 3, "bias file"),
        (("--ionex", "pyproject.toml"), 3, "IONEX"),
    ],
)
def test_what_is_wrong_is_told(soap, files, wrong, code, said):
    found, _, err = soap("tec", files[0], "--orbits", files[1], *wrong)
    assert found == code
    assert said in err


def test_orbits_of_another_day_leave_relative_tec(soap, files, tmp_path):
    later = replace(RECEIVER, day=np.datetime64("2023-07-21", "ns"), hours=3.0).write(tmp_path)
    code, out, _ = soap("tec", later[0], "--orbits", files[1], "--bias", files[2], "--json")
    (answer,) = json.loads(out)["files"]
    assert (code, answer["receiver_biases"][0]["receiver_bias_ns"]) == (0, None)
    said = "The orbits tell of no satellite at these times; give those from 2023-07-20T23:59 to 2023-07-21T02:58 UTC."
    assert said in answer["notes"]


def test_what_is_no_observation_file_is_told_once(soap, files, tmp_path):
    (tmp_path / "note.txt").write_text("hello")
    for name, why in (
        ("note.txt", "The first line is not that of a RINEX observation file. Check the file against its source."),
        ("none.rnx", "There is no such file or folder. Check the path."),
    ):
        code, _, err = soap("tec", tmp_path / name, "--orbits", files[1])
        assert code == 3
        assert f"{tmp_path / name}: {why}\n" in err
    (tmp_path / "empty").mkdir()
    code, _, err = soap("tec", tmp_path / "empty", "--orbits", files[1])
    assert (code, "There is no observation file there" in err) == (2, True)


def test_orbits_must_be_orbits(soap, files):
    code, _, err = soap("tec", files[0], "--orbits", files[0])
    assert code == 3
    assert "orbit file" in err


@pytest.fixture
def compute(soap, files):
    """Ingests the receiver, and gives what runs `soap compute tec`."""
    assert soap("ingest", files[0])[0] == 0

    def run(*arguments):
        _, orbits, biases = files
        code, out, err = soap("compute", "tec", *DAY, "--orbits", orbits, "--bias", biases, *arguments)
        return code, out, err

    return run


def test_archived_observations_give_what_their_file_gives(compute, soap, tec, files, tmp_path):
    """But for the times before midnight: a GNSS day is no day of UTC."""
    assert compute("-o", tmp_path / "archived.parquet")[0] == 0
    tec(files[0], "-o", tmp_path / "file.parquet")
    archived, direct = (pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("archived", "file"))
    both = archived.merge(direct, on=["time", "sv"], suffixes=("", "_file"))
    assert len(both) > 0.99 * len(direct)
    assert (both["stec"] - both["stec_file"]).abs().max() < 0.2


def test_what_is_computed_is_published_once(compute, soap):
    assert "1 station-days computed" in compute()[1]
    assert "1 there already" in compute()[1]
    (granule,) = json.loads(soap("find", "--variable", "stec", "--json")[1])["granules"]
    assert granule["granule_id"] == "ionosphere.simu.tec.pt1m:simu:2023-06-21"
    assert "1 station-days computed" in compute("--set", "min_elevation_deg=30")[1]
    out = soap("find", "--variable", "stec", "--json")[1]
    assert json.loads(out)["granules"][0]["version"] == 2


def test_what_was_asked_for_last_is_what_holds(compute, soap, tmp_path):
    """One way, another, and the first again; then it is there, and stays when objects are made anew."""
    for run, (way, held) in enumerate((("10", 0), ("30", 0), ("10", 0), ("10", 1), ("30", 0), ("10", 0))):
        out = compute("--set", f"min_elevation_deg={way}")[1]
        assert f"{1 - held} station-days computed, {held} there already" in out, run
    table = tmp_path / "tec.csv"
    assert soap("get", "ionosphere.simu.tec.pt1m", *DAY, "-o", table)[0] == 0
    lowest = pd.read_csv(table)["elevation_deg [degree]"].min()
    assert 10.0 <= lowest < 11.0
    for lost in (tmp_path / "soap-archive" / "objects" / "ionosphere.simu.tec.pt1m").rglob("*.parquet"):
        lost.unlink()
    assert soap("verify", "--repair")[0] == 0
    assert soap("get", "ionosphere.simu.tec.pt1m", *DAY, "-o", table)[0] == 0
    assert pd.read_csv(table)["elevation_deg [degree]"].min() == lowest


def test_computed_again_takes_the_place_of_what_was(compute, soap, tmp_path):
    """With a higher mask, nothing of the lower rays of the first run is left."""
    compute()
    compute("--set", "min_elevation_deg=30")
    out = tmp_path / "tec.csv"
    assert soap("get", "ionosphere.simu.tec.pt1m", *DAY, "-o", out)[0] == 0
    assert pd.read_csv(out)["elevation_deg [degree]"].min() >= 30.0


def test_products_are_rebuilt_from_their_originals(compute, soap, tmp_path):
    compute()
    (lost,) = (tmp_path / "soap-archive" / "objects" / "ionosphere.simu.tec.pt1m").rglob("*.parquet")
    lost.unlink()
    assert soap("verify")[0] != 0
    assert soap("verify", "--repair")[0] == 0
    assert lost.exists()


@pytest.fixture
def members(soap, files):
    """Officers of two members; one has handed in the receiver's observations."""
    for user, member in (("li", "CHN"), ("ali", "PAK")):
        soap("ingest", files[1])  # makes the archive
        assert soap("admin", "account", "add", user, "--member", member, "--role", "member_admin")[0] == 0
    assert soap("--as", "li", "ingest", files[0])[0] == 0


def test_what_is_made_of_a_members_observations_is_theirs_alone(members, soap, files):
    command = ("compute", "tec", *DAY, "--orbits", files[1], "--bias", files[2])
    code, _, err = soap("--as", "ali", *command)
    assert (code, "No station holds" in err) == (3, True)
    code, _, err = soap(*command, "--for", "PAK")
    assert (code, "Not all of PAK may see" in err) == (4, True)
    assert soap("--as", "li", *command)[0] == 0
    for user, count in (("li", 2), ("ali", 0), ("guest", 0)):
        found = soap("find", "--as", user, "--variable", "vtec", "--json")[1]
        assert json.loads(found)["count"] == count


def test_shared_observations_may_become_another_members_product(members, soap, files):
    shared = ("--collection", "ionosphere.simu.gnss_gps.pt1m", "--access", "members")
    assert soap("admin", "terms", "set", "--as", "li", *shared)[0] == 0
    command = ("compute", "tec", *DAY, "--orbits", files[1], "--bias", files[2])
    assert soap("--as", "ali", *command)[0] == 0
    found = json.loads(soap("find", "--as", "ali", "--variable", "vtec", "--json")[1])
    assert {one["provider"] for one in found["granules"]} == {"PAK"}
    assert json.loads(soap("find", "--as", "li", "--variable", "vtec", "--json")[1])["count"] == 0
