"""What surrogates must keep, and what they must not depend on."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.core.place import unit_vectors
from soap.science import placement
from soap.science.association import Catalogue, Network, associate
from soap.science.epoch_test import compare, epoch_test, superpose_all
from soap.science.superpose import SuperposedEpoch, observed, superpose
from soap.science.surrogate import (
    BATCH,
    SURROGATES,
    circular_shift,
    pair_permutation_negative_control,
    pairs_as_events,
    random_epicentres,
    random_times,
    why_not_applicable,
)
from soap.testing.null_worlds import world

PLAN = SuperposedEpoch()
N_DAYS = 400


@pytest.fixture(scope="module")
def network():
    made = world(1, n_days=N_DAYS)
    return Network(made.values, made.latitude, made.longitude, local_days=True)


@pytest.fixture(scope="module")
def catalogue():
    """12 clusters of 1 to 4 events, a few hundred kilometres and a few days wide, in the network's region."""
    rng = np.random.default_rng(2)
    cluster = np.repeat(np.arange(12), rng.integers(1, 5, 12))
    n = len(cluster)
    time = rng.uniform(0, N_DAYS - 12, 12)[cluster] + rng.uniform(0, 10, n)
    latitude = rng.uniform(-40, 50, 12)[cluster] + rng.normal(0, 1, n)
    longitude = rng.uniform(75, 165, 12)[cluster] + rng.normal(0, 1, n)
    return Catalogue(time, latitude, longitude, rng.uniform(400, 2500, n), cluster)


def days(batches):
    return np.concatenate([batch.day for batch in batches], axis=1)


def test_circular_shift_moves_all_events_by_one_number_and_knows_each_shift_once(catalogue, network):
    shifted = days(circular_shift(catalogue, network, 10_000, seed=1))
    assert shifted.shape == (len(catalogue), N_DAYS - 1)
    shift = (shifted - catalogue.day[:, None]) % N_DAYS
    assert (shift == shift[0]).all()
    assert sorted(shift[0]) == list(range(1, N_DAYS))
    few = (days(circular_shift(catalogue, network, 50, seed=1)) - catalogue.day[:, None])[0] % N_DAYS
    assert len(set(few)) == 50


@pytest.mark.parametrize("within_days", [None, 100])
def test_random_times_keep_the_days_within_clusters(catalogue, network, within_days):
    moved = days(random_times(catalogue, network, 6000, seed=1, within_days=within_days))
    for label in range(catalogue.n_clusters):
        events = catalogue.cluster == label
        before = catalogue.day[events] - catalogue.day[events][0]
        assert (((moved[events] - moved[events][0]) - before[:, None]) % N_DAYS == 0).all()
        first = moved[events][np.argmin(catalogue.day[events])]
        width = within_days or N_DAYS
        assert len(set(first)) == width  # each day is dealt in 6000 draws, none outside the interval
        assert (first // width == catalogue.day[events].min() // width).all()


def test_random_times_move_clusters_apart(catalogue, network):
    moved = days(random_times(catalogue, network, 200, seed=1))
    one, other = (np.flatnonzero(catalogue.cluster == label)[0] for label in (0, 1))
    assert len(set((moved[one] - moved[other]) % N_DAYS)) > 100


def test_random_epicentres_keep_times_and_the_number_of_pairs(catalogue, network):
    (batch,) = random_epicentres(catalogue, network, 300, seed=1)
    assert (batch.day == catalogue.day[:, None]).all()
    pairs = np.diff(batch.association.start)[batch.placement]
    before = associate(catalogue, network).stations_per_event
    for label in range(catalogue.n_clusters):
        events = catalogue.cluster == label
        gap = np.abs(pairs[events].sum(axis=0) - before[events].sum())
        assert gap.max() <= 3  # the nearest places where 20 equal ones are not to be had
    assert np.abs(pairs.sum(axis=0) / before.sum() - 1).max() < 0.05
    start, station = batch.association.start, batch.association.station
    moved = 0
    for one, other in batch.placement[before > 0, :2]:
        stations = (set(station[start[row] : start[row + 1]]) for row in (one, other))
        moved += len(set.symmetric_difference(*stations)) > 0
    assert moved > (before > 0).sum() / 3


def test_clusters_move_over_the_globe_as_rigid_bodies():
    rng = np.random.default_rng(3)
    points = unit_vectors(rng.uniform(-80, 80, 6), rng.uniform(-180, 180, 6))
    targets = unit_vectors(rng.uniform(-80, 80, 50), rng.uniform(-180, 180, 50))
    moved = placement.rotated(points, points[2], targets)
    np.testing.assert_allclose(moved[:, 2], targets, atol=1e-12)
    np.testing.assert_allclose(moved @ moved.swapaxes(1, 2), np.broadcast_to(points @ points.T, (50, 6, 6)), atol=1e-12)


def test_stations_of_a_moved_event_lie_within_its_radius(catalogue, network):
    """Seen from any candidate, the stations found are those nearest to some point: radius and station set agree."""
    places = placement.place_clusters(catalogue, network, np.random.default_rng(4))
    station = unit_vectors(network.latitude, network.longitude)
    rows = places.rows(np.zeros((catalogue.n_clusters, 1), dtype=np.int64))[:, 0]
    for event, row in enumerate(rows):
        members = places.association.station[places.association.start[row] : places.association.start[row + 1]]
        angle = np.arccos(np.clip(station[members] @ station[members].T, -1, 1)).max(initial=0)
        assert angle * 6371.0 <= 2 * catalogue.radius_km[event] + 1e-6


def test_jitter_is_about_a_hundred_kilometres():
    start = np.tile(unit_vectors(30.0, 100.0), (20_000, 1))
    moved = placement.jittered(start, np.random.default_rng(5))
    km = np.arccos(np.clip((moved * start).sum(axis=1), -1, 1)) * 6371.0
    assert np.sqrt(np.mean(km**2)) == pytest.approx(100 * np.sqrt(2), rel=0.02)


def test_seed_decides_and_threads_do_not(catalogue, network):
    for name in SURROGATES:
        one, same = (epoch_test(network, catalogue, PLAN, name, n=250, seed=7, threads=k) for k in (1, 3))
        other = epoch_test(network, catalogue, PLAN, name, n=250, seed=8)
        assert (one.p_value, one.p_value_max_z) == (same.p_value, same.p_value_max_z)
        assert one.expected.tobytes() == same.expected.tobytes()
        assert one.expected.tobytes() != other.expected.tobytes()


def test_a_longer_run_begins_with_the_shorter_one(catalogue, network):
    for make in (random_times, random_epicentres):
        short, long = (
            [(batch.day, batch.placement) for batch in make(catalogue, network, n, 3)] for n in (BATCH, 2 * BATCH + 10)
        )
        assert len(long) == 3
        assert all((a == b).all() for a, b in zip(short[0], long[0], strict=True))


def test_few_clusters_cannot_be_dealt_new_places(network):
    lone = Catalogue([100.0], [20.0], [100.0], [2000.0], [0])
    assert "has 1" in why_not_applicable("random_epicentres", lone)
    assert why_not_applicable("circular_shift", lone) == ""
    with pytest.raises(BadParameter, match="Use circular_shift"):
        epoch_test(network, lone, PLAN, "random_epicentres", n=10, seed=1)
    assert 0 < epoch_test(network, lone, PLAN, "random_times", n=100, seed=1).p_value <= 1


def test_unknown_kind_and_empty_request_are_refused(catalogue, network):
    with pytest.raises(BadParameter, match="there are: circular_shift"):
        epoch_test(network, catalogue, PLAN, "longitude", seed=1)
    with pytest.raises(BadParameter, match="1 or more"):
        epoch_test(network, catalogue, PLAN, "random_times", n=0, seed=1)


def test_no_data_around_any_event_is_said(catalogue, network):
    empty = Network(np.full_like(network.values, np.nan), network.latitude, network.longitude)
    with pytest.raises(BadParameter, match="No event has data"):
        epoch_test(empty, catalogue, PLAN, seed=1)


def test_an_injected_signal_is_found_at_its_lag(catalogue, network):
    truth = observed(catalogue, network)
    values = network.values.copy()
    association = truth.association
    for event in range(len(catalogue)):
        for pair in range(association.start[event], association.start[event + 1]):
            day = catalogue.day[event] + association.day_offset[pair]
            values[association.station[pair], max(day - 3, 0) : max(day - 2, 0)] += 30.0
    holding = Network(values, network.latitude, network.longitude, local_days=True)
    found = epoch_test(holding, catalogue, PLAN, "random_times", n=399, seed=1)
    assert found.lag_of_max_z == -3
    assert found.p_value == pytest.approx(2 / 400)
    assert found.p_value_max_z == pytest.approx(1 / 400)
    shifted = epoch_test(holding, catalogue, PLAN, "circular_shift", n=399, seed=1)
    assert shifted.p_value <= 2 * 5 / 400  # shifts of a day or two still overlap the signal


def test_pairs_as_events_give_every_pair_one_voice(catalogue, network):
    association = associate(catalogue, network)
    pairs = pairs_as_events(association)
    assert pairs.n_pairs == len(pairs.start) - 1 == association.n_pairs
    (batch,) = pair_permutation_negative_control(catalogue, network, 20, seed=1)
    assert batch.day.shape == (association.n_pairs, 20)


def test_surrogates_without_a_value_are_left_out_and_counted(network):
    """One event in a series with a long gap: shifts into the gap say nothing."""
    values = np.where(np.arange(N_DAYS) < 200, np.nan, network.values)
    lone = Catalogue([300.0], [20.0], [100.0], [2000.0], [0])
    found = epoch_test(Network(values, network.latitude, network.longitude), lone, PLAN, n=10_000, seed=1)
    assert 150 < found.n_surrogates < 250


def test_standardisation_holds_the_observed_among_the_surrogates(catalogue, network):
    truth = superpose(network, observed(catalogue, network), PLAN)
    chance = superpose_all(network, random_times(catalogue, network, 99, 1), PLAN)
    found = compare(truth, chance, PLAN, "random_times")
    profiles = np.vstack([truth.mean, chance.mean])
    np.testing.assert_allclose(found.z, (truth.mean[0] - profiles.mean(0)) / profiles.std(0, ddof=1), rtol=1e-10)
