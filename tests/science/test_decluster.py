"""Declustering and clusters on cases worked by hand, and on the properties that define them."""

import csv
import gzip
import io

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.core.place import distance_km
from soap.science.clusters import clusters_single_link
from soap.science.decluster import mainshocks
from soap.testing.data import real

DAY = np.timedelta64(86_400_000_000_000, "ns")
START = np.datetime64("2011-03-01", "ns")


def days(*numbers):
    return START + np.array([round(number * 86_400e9) for number in numbers]).astype("timedelta64[ns]")


def test_fore_and_aftershocks_go_and_the_mainshock_stays():
    time = days(0, 2, 40, 5, 5)
    longitude = np.array([142.0, 142.0, 142.0, 142.0, 150.0])  # the last is 700 km away
    kept = mainshocks(time, np.full(5, 38.0), longitude, [7.3, 9.0, 7.0, 7.7, 6.5])
    assert kept.tolist() == [False, True, True, False, True]


def test_a_dependent_event_marks_nothing():
    """An aftershock on day 25 of a mainshock on day 0 does not carry its window on to day 50."""
    kept = mainshocks(days(0, 25, 50), np.zeros(3), np.zeros(3), [7.0, 6.9, 6.0])
    assert kept.tolist() == [True, False, True]


def test_equal_magnitudes_the_earlier_stays_whatever_the_order():
    assert mainshocks(days(3, 1), [0, 0], [0, 0], [6.0, 6.0]).tolist() == [False, True]
    assert mainshocks(days(1, 1), [0, 0], [0, 0], [6.0, 6.0]).tolist() == [True, False]


def test_edges_of_the_window_belong_to_it():
    assert mainshocks(days(0, 30), [0, 0], [0, 0], [7, 6]).tolist() == [True, False]
    assert mainshocks(days(0, 30.001), [0, 0], [0, 0], [7, 6]).tolist() == [True, True]


def test_window_spans_the_date_line():
    assert mainshocks(days(0, 1), [0, 0], [179.5, -179.5], [7, 6]).tolist() == [True, False]


def test_clusters_chain_and_are_numbered_in_time():
    time = days(100, 0, 25, 50, 50)
    longitude = np.array([0.0, 0.0, 4.0, 8.0, 60.0])  # 4 degrees are 445 km
    assert clusters_single_link(time, np.zeros(5), longitude).tolist() == [2, 0, 0, 0, 1]


def test_no_event_and_one_event():
    empty = np.array([], dtype="datetime64[ns]")
    assert clusters_single_link(empty, [], []).shape == (0,)
    assert mainshocks(empty, [], [], []).shape == (0,)
    assert clusters_single_link(days(1), [0], [0]).tolist() == [0]


def test_missing_place_or_magnitude_is_refused():
    with pytest.raises(BadParameter, match="no time or place"):
        clusters_single_link(days(0, 1), [0, np.nan], [0, 0])
    with pytest.raises(BadParameter, match="1 missing"):
        mainshocks(days(0, 1), [0, 0], [0, 0], [6, np.nan])
    with pytest.raises(BadParameter, match="one of each"):
        clusters_single_link(days(0, 1), [0], [0, 0])


def catalogue_1996_2013():
    packed = real("ground/earthquakes/usgs_M5.5plus_1965-2016_kaggle.csv.gz").read_bytes()
    text = gzip.decompress(packed).decode("utf-8-sig")
    events = []
    for line in csv.reader(io.StringIO(text)):
        row = next(csv.reader(line)) if len(line) == 1 else line
        if row[4] == "Earthquake" and row[0][2:3] == "/" and "1996" <= row[0][6:] <= "2013" and float(row[8]) >= 6:
            time = np.datetime64(f"{row[0][6:]}-{row[0][:2]}-{row[0][3:5]}T{row[1]}", "ns")
            events.append((time, float(row[2]), float(row[3]), float(row[8])))
    return tuple(np.array(column) for column in zip(*events, strict=True))


def test_real_catalogue_keeps_the_defining_properties():
    """The 2,804 M >= 6 of 1996-2013: mainshocks lie apart, and every event removed has a larger one near it."""
    time, latitude, longitude, magnitude = catalogue_1996_2013()
    assert len(time) == 2804
    kept = mainshocks(time, latitude, longitude, magnitude)
    apart_km = distance_km(latitude[:, None], longitude[:, None], latitude[kept], longitude[kept])
    apart_days = np.abs(time[:, None] - time[kept]) / DAY
    near = (apart_km <= 200) & (apart_days <= 30)
    assert (near[kept].sum(axis=1) == 1).all()  # itself alone
    assert ((near & (magnitude[kept] >= magnitude[:, None]))[~kept].any(axis=1)).all()
    assert 0.6 < kept.mean() < 0.9
    labels = clusters_single_link(time, latitude, longitude)
    order = np.argsort(time)
    first = [np.flatnonzero(labels[order] == label)[0] for label in range(labels.max() + 1)]
    assert first == sorted(first)
