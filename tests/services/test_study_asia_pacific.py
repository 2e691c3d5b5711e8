"""The main job on real observations: 33 observatories, eighteen years, M >= 6; nothing beyond chance."""

import json
from pathlib import Path

import numpy as np
import pytest

from soap.archive import Archive
from soap.core.settings import Settings
from soap.core.who import folder_owner
from soap.reports import write_report
from soap.services import study as studies
from soap.services.ingest import ingest
from soap.systems.seismo_ionospheric import composition
from soap.testing.data import real

ME = folder_owner("tester")
STUDY = Path(__file__).parents[2] / "studies" / "asia-pacific-diurnal.toml"
FEW = ("KAK_1913-2013", "GUA_1996-2013", "TND_2001-2006", "CTS_1996-2014")


def conducted(folder, stations, change=lambda text: text):
    archive = Archive.open(Settings(archive=folder / "archive"))
    report = ingest(ME, archive, composition(), [
        *stations, real("ground/geomag/observatories.csv"), real("ground/indices/SW-All_celestrak.txt.gz"),
        real("ground/earthquakes/usgs_M5.5plus_1965-2016_kaggle.csv.gz"),
    ])  # fmt: skip
    assert len(report.quarantined) == 0
    (folder / "study.toml").write_text(change(STUDY.read_text("utf-8")), "utf-8")
    return studies.run(ME, archive, composition(), folder / "study.toml", folder / "out")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asia-pacific")
    files = sorted(real("ground/geomag/wdc-hourly").glob("*.wdc.gz"))
    return conducted(folder, files), folder


@pytest.mark.slow
def test_the_geometry_is_the_one_that_was_counted_beforehand(whole):
    """2,804 earthquakes; 637 in a zone of all 34 stations, 633 without Castello Tesino in Italy."""
    n = whole[0]["counts"]
    assert (n["catalogue"], n["in_zone"], n["stations"]) == (2804, 633, 33)
    assert "CTS" not in [one["code"] for one in whole[0]["stations"]]


@pytest.mark.slow
def test_nothing_beyond_chance_but_by_permuting_pairs(whole):
    for one in whole[0]["variables"].values():
        assert all(p > 0.05 for p in one["primary"]["p_value"].values())
        assert all(p > 0.05 for p in one["secondary"]["p_value"].values())
        assert one["pair_permutation"]["p_value_max_z"] <= 0.001


@pytest.mark.slow
def test_power_is_that_of_the_prototype(whole):
    """0.56 at 0.1 sigma and 0.97 at 0.2 sigma in all events, to the error of 100 catalogues."""
    power = {point["size_sigma"]: point["power"] for point in whole[0]["power"]}
    assert power[0.1] == pytest.approx(0.56, abs=0.15)
    assert power[0.2] == pytest.approx(0.97, abs=0.06)
    assert power[0.0] <= 0.12  # 0.05 and three of its standard errors


@pytest.mark.slow
def test_the_residuals_are_clean_of_season_and_of_the_absurd_base(whole):
    result = whole[0]
    for one in result["whiteness"].values():
        assert np.max(np.abs(one["by_month"])) < 0.3
        assert one["scatter"] == pytest.approx(1.0, abs=0.1)
    values = [event["values"]["b_horizontal"] for event in result["events"]]
    assert max(abs(value) for value in values if value is not None) < 6


@pytest.mark.slow
def test_the_report_says_so(whole):
    page = write_report(whole[1] / "out").read_text("utf-8")
    for text in ("Nothing beyond chance.", "2,804", ">633<", "station–event pairs permuted (invalid)", "4.7\u00a0%"):
        assert text in page


def fewer(text):
    """The study with H alone and fewer surrogates."""
    for old, new in (
        ("n_surrogates = 9999", "n_surrogates = 199"), ("n_catalogues = 100", "n_catalogues = 20"),
        ("n_references = 199", "n_references = 99"), ('["b_horizontal", "b_down"]', '["b_horizontal"]'),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    return text


def test_the_same_study_on_three_observatories(tmp_path):
    result = conducted(tmp_path, [real(f"ground/geomag/wdc-hourly/{name}.wdc.gz") for name in FEW], fewer)
    assert result["counts"]["catalogue"] == 2804
    assert [one["code"] for one in result["stations"]] == ["GUA", "KAK", "TND"]
    assert result["n_events"] > 50
    assert all(0.1 < one["variables"]["b_horizontal"]["explained"] < 0.8 for one in result["stations"])
    assert result["variables"]["b_horizontal"]["primary"]["p_value"]["worst"] > 0.01
    provenance = json.loads((tmp_path / "out" / "provenance.json").read_text("utf-8"))
    assert {one["collection_id"] for one in provenance["inputs"]} == {
        "geomagnetism.gua.pt1h", "geomagnetism.kak.pt1h", "geomagnetism.tnd.pt1h",
        "seismology.usgs_m55_1965_2016.events", "space_weather.celestrak.pt3h", "space_weather.celestrak.p1d",
    }  # fmt: skip
