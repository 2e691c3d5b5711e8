"""Levels of arcs: known ones found again, and errors as large as real arcs cut in two show them to be."""

from functools import cache

import numpy as np
import pytest

from soap.domains.ionosphere.science.gnss.arcs import find_arcs
from soap.domains.ionosphere.science.gnss.combinations import combine
from soap.domains.ionosphere.science.gnss.cycle_slips import FIRST, GOOD, NONE, SLIPPED, SPIKE, WILD_CODE
from soap.domains.ionosphere.science.gnss.levelling import level
from tests.domains.ionosphere.science.gnss.slipped import Sample

STEP = 30.0


def two_arcs(rng, noise, outliers=0.0, n=400):
    """Codes of one satellite: phase (levels -20 and 35 for its two arcs), and noise [TECU] growing to the horizon."""
    seconds = STEP * np.arange(2 * n)
    elevation = np.abs(np.concatenate([np.linspace(10, 70, n), np.linspace(70, 10, n)]))[None]
    tec = 30.0 + 10.0 * np.sin(seconds / 8000.0)
    truth = np.repeat([-20.0, 35.0], n)
    code = tec + noise / np.sin(np.radians(elevation[0])) * rng.standard_normal(2 * n)
    wild = rng.random(2 * n) < outliers
    code[wild] += rng.choice([-1, 1], wild.sum()) * rng.uniform(50, 1e5, wild.sum())
    arc = np.repeat(np.int32([0, 1]), n)[None]
    return seconds, (tec - truth)[None], code[None], arc, elevation, np.array([-20.0, 35.0])


def test_known_levels():
    seconds, phase, code, arc, elevation, truth = two_arcs(np.random.default_rng(1), noise=2.0)
    levels = level(seconds, phase, code, arc, 2, elevation)
    assert levels.level == pytest.approx(truth, abs=0.5)
    assert (levels.sigma > 0.05).all()
    assert (levels.sigma < 1.0).all()


def test_without_noise_the_level_is_exact():
    seconds, phase, code, arc, elevation, truth = two_arcs(np.random.default_rng(1), noise=0.0)
    assert level(seconds, phase, code, arc, 2, elevation).level == pytest.approx(truth, abs=1e-5)


def test_one_in_ten_codes_may_be_wild():
    """A tenth of the codes wrong by 50 to 100,000 TECU: the level moves by less than its error."""
    errors = []
    for seed in range(20):
        seconds, phase, code, arc, elevation, truth = two_arcs(np.random.default_rng(seed), noise=2.0, outliers=0.1)
        levels = level(seconds, phase, code, arc, 2, elevation)
        errors.append(levels.level - truth)
    assert np.sqrt(np.mean(np.square(errors))) < 0.35


def test_low_codes_weigh_less():
    """A code error that is there only below 30 degrees is taken by a third at most of what it does to a plain mean."""
    seconds, phase, code, arc, elevation, truth = two_arcs(np.random.default_rng(1), noise=0.01)
    code = code + np.where(elevation < 30.0, 3.0, 0.0)
    plain = np.mean((code - phase)[0, :400]) + 20.0
    found = level(seconds, phase, code, arc, 2, elevation).level[0] - truth[0]
    assert plain > 0.9
    assert abs(found) < plain / 3.0


def test_codes_that_do_not_follow_the_phase_give_no_level():
    seconds, phase, code, arc, elevation, truth = two_arcs(np.random.default_rng(1), noise=2.0)
    phase = phase + 0.5 * seconds * (arc == 0)
    levels = level(seconds, phase, code, arc, 2, elevation)
    assert np.isnan(levels.level[0])
    assert np.isnan(levels.sigma[0])
    assert levels.level[1] == pytest.approx(truth[1], abs=1.0)


def test_no_codes_no_level():
    seconds, phase, code, arc, elevation, _ = two_arcs(np.random.default_rng(1), noise=1.0)
    code[0, :400] = np.nan
    levels = level(seconds, phase, code, arc, 2, elevation)
    assert np.isnan(levels.level[0])
    assert np.isfinite(levels.level[1])


@cache
def halves(receiver, system):
    """Levels of the halves of a receiver's arcs of two hours or more, each half an arc of its own, shape (arc, 2)."""
    these = Sample(receiver, system)
    combined = combine(these.seen.systems[system], these.pair, these.svs, these.seen.channels)
    arc, count = find_arcs(these.seconds, these.state, these.elevation >= 10.0, least_s=7200.0)
    cut, number = np.full(arc.shape, -1, dtype=np.int32), 0
    for each in range(count):
        sv = int(np.nonzero((arc == each).any(axis=1))[0][0])
        for half in np.array_split(np.flatnonzero(arc[sv] == each), 2):
            cut[sv, half] = number
            number += 1
    levels = level(these.seconds, combined.phase_tec, combined.code_tec, cut, number, these.elevation)
    return levels.level.reshape(-1, 2), levels.sigma.reshape(-1, 2)


@pytest.mark.parametrize(
    ("receiver", "system"),
    [("AIRA", "G"), ("COCO", "G"), ("BIK0", "G"), ("ESBC", "G"), ("CIBG", "G"), ("ANMG", "G"), ("ESBC", "E")],
)
def test_errors_of_levels_are_what_they_are_said_to_be(receiver, system):
    """The phase ties the halves of an arc together, so their levels must agree within their errors.

    Errors are between two thirds and 1.7 of what the differences show; those from the scatter of the codes alone, as
    if each were new, would be a tenth.
    """
    levels, sigma = halves(receiver, system)
    apart = (levels[:, 0] - levels[:, 1]) / np.hypot(sigma[:, 0], sigma[:, 1])
    assert len(apart) >= 20
    assert 0.6 < np.sqrt(np.mean(apart**2)) < 1.5


def test_errors_of_levels_over_all_receivers():
    """Pooled over 200 arcs, the error is right within three tenths, and rather too large."""
    apart = []
    for receiver in ("AIRA", "COCO", "BIK0", "ESBC", "CIBG", "ANMG"):
        levels, sigma = halves(receiver, "G")
        apart.extend((levels[:, 0] - levels[:, 1]) / np.hypot(sigma[:, 0], sigma[:, 1]))
    assert len(apart) > 200
    assert 0.7 < np.sqrt(np.mean(np.square(apart))) < 1.1


def states(text):
    letters = {".": NONE, "g": GOOD, "f": FIRST, "s": SLIPPED, "x": SPIKE, "w": WILD_CODE}
    return np.array([[letters[letter] for letter in text]], dtype=np.uint8)


def test_arcs_by_hand():
    """An arc runs from its first sample over gaps, outliers and wild codes to the next slip; short ones are none."""
    state = states("fgg.gxgwgg" + "sgg" + "fggggggggg")
    seconds = STEP * np.arange(state.shape[1])
    arc, count = find_arcs(seconds, state, np.ones(state.shape, bool), least_s=200.0, least_samples=5)
    assert count == 2
    assert arc[0].tolist() == [0, 0, 0, -1, 0, -1, 0, 0, 0, 0] + [-1] * 3 + [1] * 10


def test_low_samples_are_in_no_arc_but_end_none():
    state, used = states("f" + "g" * 29), np.ones((1, 30), bool)
    used[0, :5] = used[0, 12:15] = False
    arc, count = find_arcs(STEP * np.arange(30), state, used, least_s=300.0)
    assert count == 1
    assert (arc[0] == np.where(used[0], 0, -1)).all()
