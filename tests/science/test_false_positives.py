"""How often each surrogate cries wolf in worlds without wolves: 0.05 +- 0.02 at a nominal 0.05.

The null catalogues are clustered (Neyman-Scott) and made by `soap.testing.null_worlds`, not by any surrogate; the
series share storms. Permuting pairs must fail the same test: it takes one storm, seen by all stations of all events of
a cluster, for as many pieces of evidence.
"""

import numpy as np
import pytest
from scipy.stats import kstest

from soap.science.association import Catalogue, Network, associate
from soap.science.clusters import clusters_single_link
from soap.science.epoch_test import compare, epoch_test, superpose_all
from soap.science.preparation import preparation_radius_km
from soap.science.superpose import Arrangements, SuperposedEpoch, superpose
from soap.science.surrogate import SURROGATES, pair_permutation_negative_control, pairs_as_events
from soap.testing.null_worlds import world

PLAN = SuperposedEpoch()
N_SURROGATES = 199


def null_study(seed):
    made = world(seed)
    time = np.datetime64("1996-01-01", "ns") + np.round(made.time_days * 86_400e9).astype("timedelta64[ns]")
    labels = clusters_single_link(time, made.event_latitude, made.event_longitude)
    radius_km = preparation_radius_km(made.magnitude)
    catalogue = Catalogue(made.time_days, made.event_latitude, made.event_longitude, radius_km, labels)
    return Network(made.values, made.latitude, made.longitude, local_days=True), catalogue


def p_values(seed, kinds):
    """p of the mean and of max |z| (kind, 2) in the world of that seed."""
    network, catalogue = null_study(seed)
    tests = [epoch_test(network, catalogue, PLAN, kind, n=N_SURROGATES, seed=seed, threads=1) for kind in kinds]
    return [(test.p_value, test.p_value_max_z) for test in tests]


def p_values_of_permuted_pairs(seed):
    network, catalogue = null_study(seed)
    association = associate(catalogue, network)
    day = np.repeat(catalogue.day, association.stations_per_event)[:, None]
    truth = superpose(network, Arrangements.of_days(day, pairs_as_events(association)), PLAN, threads=1)
    draws = pair_permutation_negative_control(catalogue, network, N_SURROGATES, seed)
    test = compare(truth, superpose_all(network, draws, PLAN, threads=1), PLAN, "pair_permutation")
    return test.p_value, test.p_value_max_z


def test_few_worlds_without_wolves_make_a_surrogate_cry():
    """At 0.05, more than 12 of 120 worlds cry in 1 of 100 such tests; permuted pairs cry in more, see below."""
    p = np.array([p_values(seed, SURROGATES) for seed in range(120)])
    for kind, rate in zip(SURROGATES, np.mean(p <= 0.05, axis=0), strict=True):
        assert (rate <= 0.1).all(), kind


@pytest.mark.slow
def test_false_positive_rate_of_each_surrogate():
    p = np.array([p_values(seed, SURROGATES) for seed in range(1000)])
    for kind, rate in zip(SURROGATES, np.mean(p <= 0.05, axis=0), strict=True):
        assert rate == pytest.approx([0.05, 0.05], abs=0.02), kind


def test_permuting_pairs_fails_the_same_test():
    p = np.array([p_values_of_permuted_pairs(seed) for seed in range(120)])
    mean, max_z = np.mean(p <= 0.05, axis=0)
    assert mean > 0.12
    assert max_z > 0.25


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(SURROGATES))
def test_false_positive_rate_on_many_worlds(kind):
    p = np.array([p_values(seed, [kind])[0] for seed in range(2000, 5000)])
    assert np.mean(p <= 0.05, axis=0) == pytest.approx([0.05, 0.05], abs=0.02)
    if kind != "random_epicentres":  # a little conservative: its own place is among a cluster's new ones
        assert np.mean(p <= 0.05, axis=0) == pytest.approx([0.05, 0.05], abs=0.012)
        for statistic in p.T:
            assert kstest(statistic, "uniform").pvalue > 1e-3
