"""Which granule a time belongs to."""

from __future__ import annotations

import numpy as np
import pytest

from soap.archive.block import from_dataset
from soap.archive.finality import finality, words_of
from soap.archive.periods import cadence_seconds, split


@pytest.mark.parametrize(
    ("cadence", "periods"),
    [
        ("PT1S", ["2016-12-30", "2016-12-31", "2017-01-01"]),
        ("PT0.1S", ["2016-12-30", "2016-12-31", "2017-01-01"]),
        ("PT30S", ["2016-12", "2017-01"]),
        ("PT1M", ["2016-12", "2017-01"]),
        ("PT2M", ["2016", "2017"]),
        ("PT1H", ["2016", "2017"]),
        ("P1D", ["2016", "2017"]),
        ("P1M", ["2016", "2017"]),
    ],
)
def test_period_follows_cadence(make, cadence, periods):
    times = np.arange("2016-12-30T12", "2017-01-01T12", dtype="datetime64[h]")
    block = from_dataset(make.series(times, np.arange(len(times)), cadence=cadence))
    parts = list(split(block))
    assert [period for period, _ in parts] == periods
    np.testing.assert_array_equal(np.concatenate([part.values["b_north"] for _, part in parts]), np.arange(len(times)))


def test_a_series_without_cadence_goes_by_its_steps(make):
    times = np.datetime64("2016-04-13T23:59", "ns") + np.arange(120) * np.timedelta64(1, "s")
    dataset = make.series(times, np.arange(120))
    del dataset.attrs["cadence"]
    assert [period for period, _ in split(from_dataset(dataset))] == ["2016-04-13", "2016-04-14"]


def test_tracks_go_by_half_orbit_and_maps_by_day(make):
    over_midnight = make.track(np.linspace(-60, 60, 100), np.linspace(10, 5, 100), start="2016-04-13T23:59")
    assert [period for period, _ in split(from_dataset(over_midnight))] == ["031190"]
    maps = make.field(["2016-04-13T22", "2016-04-14T00"], [0.0], [0.0])
    assert [period for period, _ in split(from_dataset(maps))] == ["2016-04-13", "2016-04-14"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT1M", 60), ("P1D", 86400), ("pt1h", 3600), ("PT0.1S", 0.1), ("", None), ("P", None), ("1 minute", None)],
)
def test_cadence_in_seconds(text, seconds):
    assert cadence_seconds(text) == seconds


def test_finality_rises_from_unknown_to_definitive():
    order = ["", "variation", "provisional", "quasi-definitive", "definitive"]
    assert [finality(word) for word in order] == [0, 1, 2, 3, 4]
    assert finality("reported") == finality("variation")
    assert finality("Quasi_Definitive") == 3
    assert finality("provisional, definitive") == 2
    assert finality("a word of their own") == 0


def test_words_of_a_version_are_those_still_in_it():
    assert words_of(["provisional", "definitive"], {4}) == "definitive"
    assert words_of(["definitive", "provisional"], {2, 4}) == "provisional, definitive"
