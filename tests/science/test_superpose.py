"""Superposed epoch analysis against a plain gather written out from its definition."""

import os
import subprocess
import sys

import numpy as np
import pytest
from pydantic import ValidationError

from soap.core.errors import BadParameter
from soap.core.place import distance_km
from soap.science.association import Association, Catalogue, Network, associate
from soap.science.superpose import Arrangements, SuperposedEpoch, observed, superpose, superpose_chree_1913

PLAN = SuperposedEpoch()


def small_network(seed=1, stations=12, n_days=300, local_days=False):
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((stations, n_days))
    values[rng.random(values.shape) < 0.3] = np.nan
    return Network(values, rng.uniform(-40, 50, stations), rng.uniform(-180, 180, stations), local_days)


def small_catalogue(seed=2, events=40, n_days=300, radius_km=5000.0):
    rng = np.random.default_rng(seed)
    place = rng.uniform(-50, 60, events), rng.uniform(-180, 180, events)
    return Catalogue(rng.uniform(0, n_days, events), *place, np.full(events, radius_km), np.arange(events))


def gathered(network, arrangements, plan):
    """The definition, by numpy's gather and nanmean, one event at a time."""
    association, n = arrangements.association, len(arrangements)
    window = slice(*plan.window)
    profiles, values = [], []
    for event in range(arrangements.day.shape[0]):
        profile, value = np.full((n, len(plan.lags)), np.nan), np.full(n, np.nan)
        for row in range(n):
            place = arrangements.placement[event, row % arrangements.placement.shape[1]]
            pairs = slice(association.start[place], association.start[place + 1])
            day = arrangements.day[event, row % arrangements.day.shape[1]]
            column = day + association.day_offset[pairs, None] + plan.lags
            cells = network.values[association.station[pairs, None], column.clip(0, network.n_days - 1)]
            cells = np.where((column >= 0) & (column < network.n_days), cells, np.nan)
            known = np.isfinite(cells)
            some = known.any(axis=0)
            profile[row, some] = np.nanmean(cells[:, some], axis=0)
            if known[:, window].any():
                value[row] = np.nanmean(cells[:, window])
        profiles.append(profile)
        values.append(value)
    return np.array(profiles), np.array(values)


@pytest.mark.parametrize("local_days", [False, True])
def test_profile_and_statistic_are_the_means_of_the_definition(local_days):
    network, catalogue = small_network(local_days=local_days), small_catalogue()
    association = associate(catalogue, network)
    rng = np.random.default_rng(3)
    many = Arrangements(rng.integers(0, network.n_days, (40, 30)), rng.integers(0, 40, (40, 30)), association)
    for arrangements in (observed(catalogue, network), many):
        found = superpose(network, arrangements, PLAN)
        profiles, values = gathered(network, arrangements, PLAN)
        np.testing.assert_array_equal(found.n_events, np.isfinite(profiles).sum(axis=0))
        np.testing.assert_allclose(found.mean, np.nanmean(profiles, axis=0), rtol=1e-12, atol=1e-14)
        np.testing.assert_array_equal(found.n_used, np.isfinite(values).sum(axis=0))
        np.testing.assert_allclose(found.window_mean, np.nanmean(values, axis=0), rtol=1e-12, atol=1e-14)


def test_hand_worked_event_of_two_stations():
    """Station means first: the window holds 1, 3 at one station and 5 at the other, so that the event's value is 3."""
    values = np.full((2, 20), np.nan)
    values[0, 8:10] = 1.0, 3.0
    values[1, 9] = 5.0
    network = Network(values, [0, 0], [0, 1])
    found = superpose_chree_1913(network, Catalogue([10.5], [0.0], [0.5], [200.0], [0]))
    assert found.window_mean.tolist() == [3.0]
    assert found.mean[0, PLAN.lags == -1].tolist() == [4.0]
    assert found.mean[0, PLAN.lags == -2].tolist() == [1.0]
    assert found.n_events[0, PLAN.lags == -3].tolist() == [0]
    assert np.isnan(found.mean[0, PLAN.lags == -3]).all()


def test_each_event_counts_once_however_many_stations_see_it():
    values = np.zeros((11, 60))
    values[:10] = 1.0
    network = Network(values, np.r_[np.zeros(10), 40.0], np.zeros(11))
    found = superpose_chree_1913(network, Catalogue([30, 31], [0, 40], [0, 0], [100, 100], [0, 1]))
    assert found.window_mean.tolist() == [0.5]


def test_local_days_hold_the_origin_time():
    """At 20:00 UTC it is the next day at 150 east, the same at 30 west; at 01:00 UTC the same and the day before."""
    catalogue = Catalogue([10 + 20 / 24, 10 + 1 / 24], [0, 0], [60, 60], [20000, 20000], [0, 1])
    network = Network(np.zeros((2, 30)), [0, 0], [150, -30], local_days=True)
    assert associate(catalogue, network).day_offset.tolist() == [1, 0, 0, -1]


def test_zone_edge_and_distance():
    network = small_network()
    catalogue = small_catalogue()
    association = associate(catalogue, network)
    km = distance_km(catalogue.latitude[:, None], catalogue.longitude[:, None], network.latitude, network.longitude)
    assert association.n_pairs == (km <= 5000).sum() > 50
    for event in range(len(catalogue)):
        stations = association.station[association.start[event] : association.start[event + 1]]
        assert stations.tolist() == np.flatnonzero(km[event] <= 5000).tolist()


def test_result_is_the_same_bit_for_bit_with_any_number_of_threads():
    network = small_network()
    days = np.random.default_rng(4).integers(0, network.n_days, (40, 2000))
    arrangements = Arrangements.of_days(days, associate(small_catalogue(), network))
    one, three = (superpose(network, arrangements, PLAN, threads=threads) for threads in (1, 3))
    assert one.mean.tobytes() == three.mean.tobytes()
    assert one.window_mean.tobytes() == three.window_mean.tobytes()


def test_series_of_station_groups_change_no_bit(monkeypatch):
    """The shortcut for events that keep their stations adds the same numbers in the same order as the loop."""
    network = small_network(local_days=True)
    days = np.random.default_rng(4).integers(0, network.n_days, (40, 500))
    arrangements = Arrangements.of_days(days, associate(small_catalogue(), network))
    grouped = superpose(network, arrangements, PLAN)
    monkeypatch.setattr("soap.science.superpose.GROUPED_CELLS", 0)
    looped = superpose(network, arrangements, PLAN)
    for one, other in zip(vars(grouped).values(), vars(looped).values(), strict=True):
        assert one.tobytes() == other.tobytes()
    profiles, values = gathered(network, Arrangements.of_days(days[:, :20], arrangements.association), PLAN)
    np.testing.assert_allclose(grouped.mean[:20], np.nanmean(profiles, axis=0), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(grouped.window_mean[:20], np.nanmean(values, axis=0), rtol=1e-12, atol=1e-14)


def test_no_event_no_value():
    network = small_network()
    nobody = Association(np.array([0, 0]), np.array([], dtype=np.int32), np.array([], dtype=np.int32))
    found = superpose(network, Arrangements.of_days(np.array([[5]]), nobody))
    assert np.isnan(found.mean).all()
    assert found.n_used.tolist() == [0]


def test_bad_input_is_refused():
    network = small_network()
    with pytest.raises(BadParameter, match="day 300"):
        superpose_chree_1913(network, Catalogue([300.5], [0], [0], [1000], [0]))
    with pytest.raises(BadParameter, match="missing time"):
        Catalogue([np.nan], [0], [0], [1000], [0])
    with pytest.raises(BadParameter, match="alike"):
        Catalogue([1, 2], [0], [0], [1000], [0])
    with pytest.raises(BadParameter, match="infinite"):
        Network(np.array([[np.inf]]), [0], [0])
    with pytest.raises(BadParameter, match="one place per station"):
        Network(np.zeros((2, 5)), [0], [0, 1])
    with pytest.raises(ValidationError, match="must lie in order"):
        SuperposedEpoch(window_first=-1, window_last=-5)


def test_the_door_does_not_import_numba():
    code = "import sys, soap.science.methods; sys.exit('numba' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ}, check=False).returncode == 0
