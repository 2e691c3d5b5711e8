"""The pieces beside the test, each against a slow and plain computation of the same thing."""

import numpy as np
import pytest

from soap.science.association import Catalogue, Network
from soap.science.superpose import SuperposedEpoch
from soap.services.study.activity import Index, day_extreme, day_mean
from soap.services.study.controls import clear_days, effect, event_values, marked, no_event, pair_contrast
from soap.services.study.overhead import map_by_day, passes_by_day

N_DAYS = 400


@pytest.fixture
def world():
    rng = np.random.default_rng(5)
    values = rng.standard_normal((6, N_DAYS))
    values[rng.random(values.shape) < 0.2] = np.nan
    place = rng.uniform([-10, 100], [10, 120], (6, 2))
    event = rng.uniform([-12, 98], [12, 122], (30, 2))
    time = rng.uniform(0, N_DAYS, 30)
    radius = rng.uniform(300, 1200, 30)
    network = Network(values, place[:, 0], place[:, 1], local_days=True)
    return network, Catalogue(time, event[:, 0], event[:, 1], radius, np.arange(30) // 2)


def chord_km(one, other):
    """Distance on the sphere by the law of cosines, not by the code under test."""
    (la, lo), (lb, ob) = np.radians(one), np.radians(other)
    return 6371 * np.arccos(np.clip(np.sin(la) * np.sin(lb) + np.cos(la) * np.cos(lb) * np.cos(ob - lo), -1, 1))


def pairs(network, catalogue):
    for e in range(len(catalogue)):
        for s in range(len(network.values)):
            there = (network.latitude[s], network.longitude[s])
            if chord_km((catalogue.latitude[e], catalogue.longitude[e]), there) <= catalogue.radius_km[e]:
                yield e, s, int(np.floor(catalogue.time_days[e] + network.longitude[s] / 360))


def test_event_values_are_means_over_stations_and_days(world):
    network, catalogue = world
    cells = {e: [] for e in range(len(catalogue))}
    for e, s, day in pairs(network, catalogue):
        cells[e] += [network.values[s, d] for d in range(day - 5, day) if 0 <= d < N_DAYS]
    plain = [np.nanmean(part) if np.isfinite(part).any() else np.nan for part in cells.values()]
    np.testing.assert_allclose(event_values(network, catalogue, (-5, -1)), plain, rtol=1e-12)


def test_clear_days_are_far_from_every_earthquake_of_the_zone(world):
    network, catalogue = world
    plain = np.ones_like(network.values, bool)
    for _, s, day in pairs(network, catalogue):
        for d in range(N_DAYS):
            if day - 30 <= d <= day + 15:  # the earthquake comes within 30 days, or came within 15
                plain[s, d] = False
    np.testing.assert_array_equal(clear_days(network, catalogue, before_days=15, after_days=30), plain)


def test_interval_of_independent_clusters_is_that_of_the_normal_distribution():
    values = np.random.default_rng(1).normal(0.3, 1.0, 1000)
    found = effect(values, np.arange(1000), seed=1)
    half = 1.96 * values.std(ddof=1) / np.sqrt(1000)
    assert found["mean"] == pytest.approx(values.mean())
    assert found["low"] == pytest.approx(values.mean() - half, abs=0.01)
    assert found["high"] == pytest.approx(values.mean() + half, abs=0.01)


def test_interval_grows_when_events_of_a_cluster_say_the_same():
    means = np.random.default_rng(2).normal(0, 1, 100)
    one = effect(means, np.arange(100), seed=1)
    repeated = effect(np.repeat(means, 10), np.repeat(np.arange(100), 10), seed=1)
    assert repeated["high"] - repeated["low"] == pytest.approx(one["high"] - one["low"], rel=0.05)


def test_no_interval_from_a_handful_of_clusters():
    assert effect(np.ones(3), np.arange(3), seed=1)["low"] is None
    assert effect(np.full(3, np.nan), np.arange(3), seed=1)["mean"] is None


def test_no_event_windows_average_clear_days_only(world):
    network, _ = world
    clear = np.zeros_like(network.values, bool)
    clear[:, 100:200] = True
    found = no_event(network, clear, 5, 2.0, seed=1)
    windows = [np.nanmean(network.values[:, d : d + 5]) for d in range(100, 200, 5)]
    assert found["mean"] == pytest.approx(np.mean(windows))
    assert found["n_windows"] == 20
    inside = network.values[:, 100:200]
    assert found["n_station_days"] == np.isfinite(inside).sum()
    assert found["share_marked"] == pytest.approx(np.mean(np.abs(inside[np.isfinite(inside)]) >= 2))


def test_marked_days_of_noise_lie_within_chance(world):
    network, catalogue = world
    plan = SuperposedEpoch(first_lag=-10, last_lag=5)
    found = marked(network, catalogue, plan, 2.0, 399, seed=1)
    cells = {
        (s, d)
        for _, s, day in pairs(network, catalogue)
        for d in range(day - 5, day)
        if 0 <= d < N_DAYS and np.isfinite(network.values[s, d])
    }
    assert found["n_station_days"] == len(cells)
    assert found["n_marked"] == sum(abs(network.values[cell]) >= 2 for cell in cells)
    assert found["chance_low"] <= found["chance_mean"] <= found["chance_high"]
    assert found["chance_mean"] == pytest.approx(0.0455, abs=0.012)  # two-sided normal tail, some hundred cells


def test_permuted_pairs_take_a_common_storm_for_evidence():
    """All stations see the same series: the spread of permuted pairs is too small by about the root of their number."""
    rng = np.random.default_rng(3)
    common = np.repeat(rng.standard_normal((1, 3000)), 20, axis=0)
    network = Network(common, np.zeros(20), np.full(20, 110.0), local_days=False)
    time = np.sort(rng.uniform(40, 2950, 40))
    catalogue = Catalogue(time, np.zeros(40), np.full(40, 110.0), np.full(40, 500.0), np.arange(40))
    plan = SuperposedEpoch(first_lag=-10, last_lag=5)
    found = pair_contrast(network, catalogue, plan, 499, seed=1)
    true_spread = 1 / np.sqrt(5 * 40)
    assert found["n_pairs"] == 800
    assert not found["valid"]
    assert found["spread"] == pytest.approx(true_spread / np.sqrt(20), rel=0.15)


KP_TIME = np.arange(np.datetime64("2011-03-10", "h"), np.datetime64("2011-03-13", "h"), 3).astype("datetime64[ns]")
DAY = np.array(["2011-03-11"], "datetime64[D]")


def test_local_day_feels_the_intervals_that_touch_it():
    kp = np.zeros(len(KP_TIME))
    kp[np.datetime64("2011-03-10T12", "ns") == KP_TIME] = 5.0  # 12 to 15 UTC
    # Local midnight of the 11th at 144.189 E is 14:23 UTC of the 10th, at 150 E 14:00, at 120 E 16:00.
    assert [day_extreme(Index(KP_TIME, 3, kp), DAY, lon)[0] for lon in (144.189, 150.0, 120.0)] == [5.0, 5.0, 0.0]


def test_a_day_with_an_unknown_interval_is_unknown():
    kp = np.zeros(len(KP_TIME))
    kp[np.datetime64("2011-03-11T00", "ns") == KP_TIME] = np.nan
    assert np.isnan(day_extreme(Index(KP_TIME, 3, kp), DAY, 0.0))
    assert np.isnan(day_extreme(Index(KP_TIME[:10], 3, kp[:10] * 0), DAY, 0.0))  # the file ends within the day


def test_day_mean_takes_the_intervals_centred_in_the_day():
    values = np.arange(24.0)
    assert day_mean(Index(KP_TIME, 3, values), DAY, 0.0)[0] == np.arange(8, 16).mean()
    assert day_mean(Index(KP_TIME, 3, values), DAY, 0.0, shift_days=-1)[0] == np.arange(8).mean()
    assert day_mean(Index(KP_TIME, 3, values), DAY, 180.0)[0] == np.arange(4, 12).mean()


def track(start, latitude, longitude, values):
    from soap.core.names import Variable
    from soap.observations import track as build

    names = (Variable("electron_density", "Ne", "m-3", "", (1e8, 1e13)),)
    time = np.datetime64(start, "ns") + np.arange(len(values)) * np.timedelta64(3, "s")
    n = len(values)
    return build(
        time,
        np.full(n, latitude),
        np.full(n, longitude),
        np.full(n, 500.0),
        {"electron_density": np.asarray(values, float)},
        names=names,
        collection_id="topside.x.lap_1.l2",
        platform="x",
    )


def test_passes_are_medians_in_the_zone_apart_by_night_and_day():
    days = np.arange(np.datetime64("2016-04-10"), np.datetime64("2016-04-13"))
    tracks = [
        track("2016-04-11T18:00", 23.0, 95.0, [1e11] * 20 + [9e11]),  # local midnight and a bit, of the 12th
        track("2016-04-11T06:00", 23.0, 95.0, [3e11] * 20),  # 12:20 local time of the 11th
        track("2016-04-10T06:00", 60.0, 95.0, [5e11] * 20),  # outside the zone
        track("2016-04-12T06:00", 23.0, 95.0, [7e11] * 5),  # too few samples
        track("2016-04-10T07:00", 23.0, 95.0, [1e14] * 20),  # implausible, flagged
    ]
    found = passes_by_day(tracks, "electron_density", (23.1, 94.9), 900.0, days)
    np.testing.assert_array_equal(found["night"], [np.nan, np.nan, 1e11])
    np.testing.assert_array_equal(found["day"], [np.nan, 3e11, np.nan])


def test_maps_are_means_over_the_local_day_at_the_nearest_point():
    from soap.core.names import Variable
    from soap.observations import field

    times = np.arange(np.datetime64("2016-04-11", "h"), np.datetime64("2016-04-13", "h"), 2).astype("datetime64[ns]")
    grid = np.zeros((24, 2, 2))
    grid[:, 1, 1] = np.arange(24.0)
    names = (Variable("vtec", "VTEC", "TECU", "", (0, 300)),)
    whole = field(
        times,
        np.array([0.0, 22.5]),
        np.array([0.0, 95.0]),
        {"vtec": grid},
        names=names,
        collection_id="ionosphere.x.gim",
        platform="x",
    )
    days = np.arange(np.datetime64("2016-04-11"), np.datetime64("2016-04-13"))
    # 94.9 E is 6 h 19.6 min ahead: the local 12th holds the maps of 18 UTC (index 9) to 16 UTC (index 20).
    found = map_by_day([whole], "vtec", (23.1, 94.9), days)
    assert found[1] == np.arange(9, 21).mean()
    assert found[0] == np.arange(0, 9).mean()
