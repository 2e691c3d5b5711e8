"""The Molchan diagram against published check values, exact small cases and a simulation of chance."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.science.molchan import area_skill_score, chance_band, molchan_diagram, molchan_point, skill_p_value


@pytest.mark.parametrize(("hits", "n", "tau", "gain", "p"), [(18, 50, 0.2, 1.8, 0.0063), (12, 20, 0.3, 2.0, 0.0051)])
def test_gain_and_probability(hits, n, tau, gain, p):
    point = molchan_point(hits, n, tau)
    assert point.gain == pytest.approx(gain, rel=1e-12)
    assert point.nu == pytest.approx(1 - hits / n)
    assert point.p_value == pytest.approx(p, abs=5e-5)


def test_no_hit_is_certain_by_chance():
    assert molchan_point(0, 10, 0.1).p_value == 1.0


@pytest.mark.parametrize(("hits", "n", "tau"), [(3, 2, 0.5), (1, 2, 0.0), (1, 2, 1.5), (0, 0, 0.5)])
def test_impossible_score_is_refused(hits, n, tau):
    with pytest.raises(BadParameter, match="no score"):
        molchan_point(hits, n, tau)


def test_small_diagram_worked_by_hand():
    """Rates 1, 1, 2: alarming cell 2 first costs half of tau and hits both events in it."""
    diagram = molchan_diagram([0.1, 0.5, 0.9], [1, 1, 2], [2, 2, 0])
    assert diagram.tau.tolist() == [0, 0.5, 0.75, 1]
    assert diagram.nu == pytest.approx([1, 1 / 3, 1 / 3, 0])
    assert diagram.threshold.tolist() == [np.inf, 0.9, 0.5, 0.1]
    assert diagram.skill == pytest.approx(1 - (0.5 * (1 + 1 / 3) / 2 + 0.25 / 3 + 0.25 / 6))


def test_alarming_where_earthquakes_are_anyway_earns_nothing():
    """With tau weighted by the reference rate, the rate itself as alarm function has no skill; by area it would."""
    rng = np.random.default_rng(1)
    rate = rng.gamma(0.3, 1.0, 400)
    events = rng.choice(400, 2000, p=rate / rate.sum())
    by_rate, by_area = (molchan_diagram(rate, weight, events) for weight in (rate, np.ones(400)))
    assert by_rate.skill == pytest.approx(0.5, abs=3 / np.sqrt(12 * 2000))
    assert by_area.skill > 0.8
    assert by_area.p_value < 1e-6


def test_equal_alarms_are_one_step_and_missing_alarms_come_last():
    diagram = molchan_diagram([1.0, 1.0, np.nan], [1, 1, 1], [0, 2])
    assert diagram.tau == pytest.approx([0, 2 / 3, 1])
    assert diagram.nu.tolist() == [1, 0.5, 0]


@pytest.mark.parametrize("n", [1, 3, 10, 15, 40])
def test_skill_by_chance_is_the_mean_of_uniforms(n):
    scores = np.random.default_rng(n).random((200_000, n)).mean(axis=1)
    for skill in (0.5, 0.6, 0.75):
        assert skill_p_value(skill, n) == pytest.approx(np.mean(scores >= skill), abs=0.005)


def test_exact_and_normal_distributions_meet():
    from scipy.stats import norm

    for skill in np.linspace(0, 1, 201):
        assert skill_p_value(skill, 15) == pytest.approx(norm.sf((skill - 0.5) * np.sqrt(12 * 15)), abs=0.002)


def test_band_holds_its_share_of_chance():
    rng = np.random.default_rng(3)
    low, high = chance_band([0.3], 50)
    nu = 1 - rng.binomial(50, 0.3, 100_000) / 50
    assert 0.95 <= np.mean((nu >= low - 1e-9) & (nu <= high + 1e-9)) < 0.985


def test_perfect_and_worthless_alarms_bound_the_skill():
    assert area_skill_score([0, 0, 1], [1, 0, 0]) == 1
    assert area_skill_score([0, 1, 1], [1, 1, 0]) == 0


@pytest.mark.parametrize(
    ("alarm", "rate", "cells"),
    [([1, 2], [1], [0]), ([1, 2], [0, 0], [0]), ([1, 2], [1, -1], [0]), ([1, 2], [1, 1], []), ([1, 2], [1, 1], [2])],
)
def test_impossible_diagram_is_refused(alarm, rate, cells):
    with pytest.raises(BadParameter):
        molchan_diagram(alarm, rate, np.array(cells, dtype=int))
