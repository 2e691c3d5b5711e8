"""p-values, intervals and adjusted p-values against published tables and scipy."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from soap.core.errors import BadParameter
from soap.science.significance import false_discovery_adjusted, share_interval, surrogate_p


def test_p_counts_the_observed_among_the_surrogates():
    surrogates = np.arange(1.0, 100.0)  # 99
    assert surrogate_p(100.0, surrogates, "greater") == 0.01
    assert surrogate_p(100.0, surrogates, "less") == 1.0
    assert surrogate_p(100.0, surrogates) == 0.02
    assert surrogate_p(50.0, surrogates) == 1.0
    assert surrogate_p(99.0, surrogates, "greater") == 0.02  # a tie is as extreme


def test_ties_up_to_rounding_count():
    assert surrogate_p(0.1 + 0.2, [0.3] * 9, "greater") == 1.0


def test_missing_surrogates_are_left_out():
    assert surrogate_p(2.0, [1.0, np.nan, 1.0], "greater") == pytest.approx(1 / 3)


@pytest.mark.parametrize(("observed", "surrogates"), [(np.nan, [1.0]), (1.0, [np.nan]), (1.0, [])])
def test_nothing_to_compare_is_refused(observed, surrogates):
    with pytest.raises(BadParameter, match="no probability"):
        surrogate_p(observed, surrogates)


def test_p_is_uniform_when_the_observed_is_one_of_them():
    rng = np.random.default_rng(1)
    p = np.array([surrogate_p(draw[0], draw[1:]) for draw in rng.standard_normal((4000, 200))])
    for level in (0.05, 0.2, 0.5):
        assert np.mean(p <= level) == pytest.approx(level, abs=3 * np.sqrt(level * (1 - level) / 4000))


@pytest.mark.parametrize(
    ("hits", "n", "wilson", "clopper_pearson"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_intervals_of_newcombe_1998_table_1(hits, n, wilson, clopper_pearson):
    """R. G. Newcombe, Statist. Med. 17, 857-872, 1998, Table I."""
    assert share_interval(hits, n) == pytest.approx(wilson, abs=5.1e-5)
    assert share_interval(hits, n, method="clopper_pearson") == pytest.approx(clopper_pearson, abs=5.1e-5)


@pytest.mark.parametrize(("hits", "n"), [(-1, 3), (4, 3), (0, 0)])
def test_impossible_share_is_refused(hits, n):
    with pytest.raises(BadParameter, match="no share"):
        share_interval(hits, n)


def test_false_discoveries_of_benjamini_hochberg_1995():
    """Their example of 15 hypotheses (section 3.2): four discoveries at q = 0.05 (Bonferroni finds three)."""
    p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0000,
    ]  # fmt: skip
    assert np.flatnonzero(false_discovery_adjusted(p) <= 0.05).tolist() == [0, 1, 2, 3]


def test_false_discoveries_agree_with_scipy_and_skip_missing():
    p = np.random.default_rng(2).random((12, 30)) ** 2
    np.testing.assert_allclose(false_discovery_adjusted(p).ravel(), false_discovery_control(p.ravel()), rtol=1e-12)
    holed = np.append(p.ravel(), np.nan)
    np.testing.assert_array_equal(false_discovery_adjusted(holed)[:-1], false_discovery_adjusted(p.ravel()))
    assert np.isnan(false_discovery_adjusted(holed)[-1])
