"""Decimation: every extreme of the full data is in the answer, doubtful values apart, gaps gaps; bucket by bucket."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soap.archive import publish
from soap.archive.decimate import decimated
from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Quality

KAK = "geomagnetism.kak.pt1h"
START = np.datetime64("2015-11-01", "ns")
HOUR = np.timedelta64(1, "h")
DOUBTFUL = {"OUT_OF_RANGE", "SPIKE", "JUMP", "CLOCK", "CONTAMINATED"}


def bucket_of(time, window, points):
    """By one division of whole numbers for each value."""
    start, length = int(window.start.astype(int)), int((window.stop - window.start).astype(int))
    offset = int(time.astype(int)) - start
    k = offset * points // length
    return k + 1 if k + 1 < points and offset >= length * (k + 1) // points else k


def expected(times, values, flags, window, points):
    """The buckets, by a look at each value."""
    out = [{"sound": [], "doubtful": [], "flags": 0} for _ in range(points)]
    for time, value, flag in zip(times, values, flags, strict=True):
        if not window.start <= time < window.stop:
            continue
        bucket = out[bucket_of(time, window, points)]
        bucket["flags"] |= int(flag)
        names = {one.name for one in Quality if one & int(flag)}
        if not math.isnan(value):
            bucket["doubtful" if names & DOUBTFUL else "sound"].append((value, time))
    return out


def check(got, wanted, name="b_north"):
    for k, bucket in enumerate(wanted):
        row = {part: got[f"{name}_{part}"].values[k] for part in ("min", "max", "mean", "min_time", "max_time")}
        assert got[f"{name}_count"].values[k] == len(bucket["sound"])
        assert got[f"{name}_doubtful_count"].values[k] == len(bucket["doubtful"])
        assert got[f"{name}_quality"].values[k] == bucket["flags"]
        if bucket["sound"]:
            values = [value for value, _ in bucket["sound"]]
            assert (row["min"], row["max"]) == (min(values), max(values))
            assert row["mean"] == pytest.approx(math.fsum(values) / len(values), abs=1e-6)
            assert row["min_time"] == next(time for value, time in bucket["sound"] if value == min(values))
            assert row["max_time"] == next(time for value, time in bucket["sound"] if value == max(values))
        else:
            assert np.isnan([row["min"], row["max"], row["mean"]]).all()
            assert np.isnat(row["min_time"])
            assert np.isnat(row["max_time"])
        ends = [got[f"{name}_doubtful_{part}"].values[k] for part in ("min", "max")]
        if bucket["doubtful"]:
            assert ends == [pick(value for value, _ in bucket["doubtful"]) for pick in (min, max)]
        else:
            assert np.isnan(ends).all()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Hours of three years with gaps, missing values, ties and flagged outliers, published and as arrays."""
    from soap.archive import Archive
    from soap.core.settings import Settings
    from soap.core.who import folder_owner

    archive, me = Archive.open(Settings(archive=tmp_path_factory.mktemp("decimate"))), folder_owner("tester")
    rng = np.random.default_rng(7)
    steps = np.sort(rng.choice(9000, 3000, replace=False))
    times = START + steps * HOUR
    values = rng.integers(-50, 50, 3000).astype(float)
    values[rng.random(3000) < 0.1] = np.nan
    values[[5, 1500]] = 90_000.0, -99_999.0  # out of range
    flags = np.zeros(3000, np.uint8)
    flags[[7, 1600]] = int(Quality.SPIKE)
    values[[7, 1600]] = 500.0, -500.0
    flags[1601] = int(Quality.INTERPOLATED)
    return archive, me, times, values, flags


@pytest.fixture
def filled(made, make):
    archive, me, times, values, flags = made
    one = make.series(times, values, flags={"b_north": flags})
    publish.publish(archive, me, [make.arrival(b"all of it", observations=(one,))])
    return archive, me, times, values, one["b_north_quality"].values


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    begin=st.integers(-500, 8900), length=st.integers(1, 9500), points=st.integers(1, 400), odd=st.integers(0, 10**9)
)
def test_against_a_look_at_each_value(filled, begin, length, points, odd):
    archive, me, times, values, flags = filled
    start = START + begin * HOUR + np.timedelta64(odd, "ns")
    window = Window(start, start + length * HOUR)
    inside = window.holds(times)
    if not inside.any():
        with pytest.raises(NotFound):
            decimated(archive, me, KAK, window, points)
        return
    got = decimated(archive, me, KAK, window, points)
    assert got.sizes["time"] == points
    check(got, expected(times, values, flags, window, points))


def test_an_outlier_that_is_flagged_neither_vanishes_nor_sets_the_scale(archive, me, make, put):
    put(make.series(START + np.arange(6) * HOUR, [1.0, 2, 90_000, 3, 4, 5]))
    got = decimated(archive, me, KAK, Window(START, START + 6 * HOUR), 2)
    assert got["b_north_max"].values.tolist() == [2, 5]
    np.testing.assert_array_equal(got["b_north_doubtful_max"].values, [90_000, np.nan])
    assert got["b_north_min"].attrs["units"] == "nT"
    assert (got.attrs["decimated"], got.attrs["shape"]) == (2, "series")


def test_tracks_along_time_and_two_variables(archive, me, make, put):
    put(make.track(np.linspace(-60, 60, 100), np.full(100, 10.0), start="2016-04-13T00:00"))
    put(make.track(np.linspace(60, -60, 50), np.full(50, 20.0), start="2016-04-13T01:00", half_orbit_id="031191"))
    got = decimated(archive, me, "topside.cses_01.lap_1.l2", Window("2016-04-13", "2016-04-13T02"), 4)
    assert got["electron_density_count"].values.tolist() == [100, 0, 50, 0]
    np.testing.assert_array_equal(got["electron_density_max"].values, [2e10, np.nan, 2e10, np.nan])
    put(make.series(START + np.arange(4) * HOUR, {"b_north": [1.0, 2, 3, 4], "b_east": [5.0, 6, 7, 8]}))
    window = Window(START, START + 4 * HOUR)
    assert decimated(archive, me, KAK, window, 1, ["b_east"])["b_east_max"].values.tolist() == [8]
    assert "b_north_max" not in decimated(archive, me, KAK, window, 1, ["b_east"])


def test_what_cannot_be_decimated(archive, me, make, put):
    put(make.series(START + np.arange(4) * HOUR, [1.0, 2, 3, 4]))
    put(make.field(["2016-04-13T00"], [0.0], [0.0]))
    window = Window(START, START + 4 * HOUR)
    for points in (0, -1, 1_000_001):
        with pytest.raises(BadParameter, match="1 to 1000000"):
            decimated(archive, me, KAK, window, points)
    with pytest.raises(BadParameter, match="shape field"):
        decimated(archive, me, "ionosphere.codg.gim", Window("2016-04-13", "2016-04-14"), 5)
    with pytest.raises(BadParameter, match="b_up"):
        decimated(archive, me, KAK, window, 5, ["b_up"])
    with pytest.raises(NotFound, match="There is no collection"):
        decimated(archive, Viewer("guest"), KAK, window, 5)


def test_what_several_members_handed_in_is_united_and_had_apart(archive, me, make):
    for provider, hours, value in (("CHN", np.arange(4), 1.0), ("PAK", np.arange(2, 6), 9.0)):
        one = make.series(START + hours * HOUR, np.full(4, value))
        publish.publish(archive, me, [make.arrival(observations=(one,))], provider=provider)
    window = Window(START, START + 6 * HOUR)

    def told(viewer, **more):
        got = decimated(archive, viewer, KAK, window, 3, **more)
        return got["b_north_count"].values.tolist(), got["b_north_max"].values.tolist()

    assert told(me) == ([2, 2, 2], [1, 9, 9])  # PAK's were recorded later
    assert told(me, provider="PAK")[0] == [0, 2, 2]
    assert told(me, provider="CHN")[0] == told(Viewer("li", "CHN", frozenset({"user"})))[0] == [2, 2, 0]
    with pytest.raises(NotFound, match="of PAK"):
        decimated(archive, Viewer("li", "CHN", frozenset({"user"})), KAK, window, 3, provider="PAK")


def test_all_missing_one_sample_and_more_buckets_than_nanoseconds(archive, me, make, put):
    put(make.series(START + np.arange(4) * HOUR, [np.nan, np.nan, np.nan, 7.0]))
    got = decimated(archive, me, KAK, Window(START, START + 3 * HOUR), 3)
    assert got["b_north_count"].values.tolist() == [0, 0, 0]
    assert np.isnan(got["b_north_min"].values).all()
    assert np.isnat(got["b_north_max_time"].values).all()
    assert got["b_north_quality"].values.tolist() == [int(Quality.MISSING)] * 3
    last = START + 3 * HOUR
    got = decimated(archive, me, KAK, Window(last, last + np.timedelta64(2, "ns")), 5)
    assert got["b_north_count"].values.sum() == 1
    assert np.nanmax(got["b_north_max"].values) == 7
