"""What is read, against another program, the reference field, other elements of the same record, and other files."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from soap.domains.geomagnetism import READERS
from soap.domains.geomagnetism.science.horizontal import horizontal_from_xy
from soap.formats import Source, detect
from soap.science.main_field import igrf
from soap.testing.data import real

FOLDER = "ground/geomag"
GEOMAGPY = json.loads((Path(__file__).parents[4] / "authorities/geomagnetism/geomagpy.json").read_text())["files"]


@cache
def read(path: str):
    source = Source.from_path(real(path))
    (dataset,) = detect(source, READERS).read(source).observations
    return dataset


def stations():
    source = Source.from_path(real(f"{FOLDER}/observatories.csv"))
    return {station.code: station for station in detect(source, READERS).read(source).stations}


@pytest.mark.parametrize("case", GEOMAGPY, ids=lambda case: Path(case["file"]).name)
def test_geomagpy_reads_the_same(case):
    dataset = read(case["file"])
    if hourly := dataset.attrs["cadence"] == "PT1H":
        dataset = dataset.sel(time=slice(None, "2004-12-31T23"))
    assert dataset.sizes["time"] == case["times"]
    for stamp, *values in case["values"]:
        instant = np.datetime64(stamp, "ns") - np.timedelta64(30 if hourly else 0, "m")
        for name, value in zip(case["variables"], values, strict=True):
            if name is not None:
                ours = float(dataset[name].sel(time=instant))
                assert ours == pytest.approx(np.nan if value is None else value, abs=1e-12, nan_ok=True), (name, stamp)
    for name, column in case["columns"].items():
        known = dataset[name].values[~np.isnan(dataset[name].values)]
        assert len(known) == column["count"]
        assert known.sum() == pytest.approx(column["sum"], rel=1e-12)
        assert (known.min(), known.max()) == pytest.approx((column["smallest"], column["largest"]), abs=1e-12)


def elements_of_igrf(latitude: float, longitude: float, when: np.datetime64) -> dict[str, float]:
    north, east, down = (float(part) for part in igrf(latitude, longitude, 0.0, when))
    horizontal = float(np.hypot(north, east))
    return {
        "b_north": north,
        "b_east": east,
        "b_down": down,
        "b_horizontal": horizontal,
        "b_total": float(np.hypot(horizontal, down)),
        "declination": float(np.degrees(np.arctan2(east, north))),
        "inclination": float(np.degrees(np.arctan2(down, horizontal))),
    }


CRUST_NT, CRUST_DEG = 1000.0, 1.5
"""What rocks add to the reference field: 890 nT at Apia, 1.46 degrees at Hatizyo, both on volcanoes."""

MISPLACED = {"GZH": (22.97, 112.45)}
"""The list has Guangzhou at 23.97 north, where Z would be 1,516 nT larger; one degree south it fits within 30 nT."""


@pytest.mark.parametrize("at", [0, -1], ids=["first year", "last year"])
def test_every_element_of_every_observatory_is_near_the_reference_field(at):
    """Signs, bases, units and the folding of D, in 34 files, against the IGRF."""
    places, compared = stations(), 0
    for path in sorted(real(f"{FOLDER}/wdc-hourly").glob("*.gz")):
        dataset = read(f"{FOLDER}/wdc-hourly/{path.name}")
        code = dataset.attrs["iaga_code"]
        latitude, longitude = MISPLACED.get(code, (places[code].latitude, places[code].longitude))
        year = dataset["time"].values.astype("datetime64[Y]")[at]
        model = elements_of_igrf(latitude, longitude, (year.astype("datetime64[M]") + 6).astype("datetime64[ns]"))
        values = dataset.sel(time=str(year))
        for name, expected in model.items():
            if name in values and np.isfinite(values[name].values).any():
                found = float(np.nanmedian(values[name].values))
                assert abs(found - expected) < (CRUST_DEG if name.endswith("nation") else CRUST_NT), (
                    code,
                    name,
                    str(year),
                )
                compared += 1
    assert compared > 115


def test_horizontal_from_xy_is_the_h_of_the_same_hour():
    """Tondano 2005-2006 has H, D and X, Y at once: equal to the rounding of three values to 1 nT, and 0.1 minute."""
    dataset = read(f"{FOLDER}/wdc-hourly/TND_2001-2006.wdc.gz")
    north, east, horizontal = (dataset[name].values for name in ("b_north", "b_east", "b_horizontal"))
    difference = horizontal_from_xy(north, east) - horizontal
    assert (~np.isnan(difference)).sum() == 13_495
    assert np.nanmax(np.abs(difference)) <= 1.0
    angle = np.degrees(np.arctan2(east, north)) - dataset["declination"].values
    assert np.nanmax(np.abs(angle)) < 0.1 / 60


def test_inclination_is_that_of_z_and_h():
    dataset = read(f"{FOLDER}/wdc-hourly/TND_2001-2006.wdc.gz")
    angle = np.degrees(np.arctan2(dataset["b_down"].values, dataset["b_horizontal"].values))
    assert np.nanmax(np.abs(angle - dataset["inclination"].values)) < 0.1 / 60


def test_total_intensity_is_that_of_h_and_z():
    dataset = read(f"{FOLDER}/wdc-hourly/MMB_1996-2013.wdc.gz")
    difference = np.hypot(dataset["b_horizontal"].values, dataset["b_down"].values) - dataset["b_total"].values
    assert np.nanquantile(np.abs(difference), 0.999) < 1.5


HALF_NT, HALF_TENTH_MINUTE = 0.5 + 1e-9, 0.05 / 60 + 1e-9
"""Half of the last digit that the hourly file prints, and room for floating point."""


@pytest.mark.parametrize(
    ("name", "rounding"), [("b_horizontal", HALF_NT), ("b_down", HALF_NT), ("declination", HALF_TENTH_MINUTE)]
)
def test_hourly_means_of_minutes_are_the_hourly_file(name, rounding):
    """Memambetsu, March 2011: minutes converted by one data centre, hourly means kept by another; all 744 hours."""
    minutes = read(f"{FOLDER}/2011-03-tohoku/MMB_2011-03_iaga2002_1min.txt.gz")[name].values.reshape(-1, 60)
    hours = read(f"{FOLDER}/wdc-hourly/MMB_1996-2013.wdc.gz")[name].sel(time="2011-03").values
    assert minutes.shape[0] == len(hours) == 744
    assert np.abs(minutes.mean(axis=1) - hours).max() <= rounding


def test_hourly_total_intensity_is_the_vectors_not_the_scalar_instruments():
    """The exception: hourly F is computed from the rounded H and Z; the minutes' F is measured, within 1 nT."""
    minutes = read(f"{FOLDER}/2011-03-tohoku/MMB_2011-03_iaga2002_1min.txt.gz")
    hours = read(f"{FOLDER}/wdc-hourly/MMB_1996-2013.wdc.gz")["b_total"].sel(time="2011-03").values
    of_vector = np.hypot(minutes["b_horizontal"].values, minutes["b_down"].values)
    assert np.abs(of_vector.reshape(-1, 60).mean(axis=1) - hours).max() <= 0.5 + 0.5 * np.sqrt(2)
    assert 0.5 < np.abs(of_vector - minutes["b_total"].values).max() < 1.0


def test_the_hour_begins_at_its_time():
    """One hour earlier or later the minutes of Memambetsu fit far worse: the time is the start of the hour."""
    minutes = read(f"{FOLDER}/2011-03-tohoku/MMB_2011-03_iaga2002_1min.txt.gz")["b_horizontal"].values
    hours = read(f"{FOLDER}/wdc-hourly/MMB_1996-2013.wdc.gz")["b_horizontal"].sel(time="2011-03").values
    misfit = {
        shift: float(
            np.abs(minutes[60 + shift : len(minutes) - 60 + shift].reshape(-1, 60).mean(axis=1) - hours[1:-1]).mean()
        )
        for shift in (-60, -30, 0, 30, 60)
    }
    assert misfit[0] < 0.5
    assert min(misfit[shift] for shift in misfit if shift) > 2 * misfit[0]
