"""Slips: put into real arcs and found again; told from scintillation by a third frequency; none where there is none."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.clock_resets import clock_steps
from soap.domains.ionosphere.science.gnss.combinations import combine
from soap.domains.ionosphere.science.gnss.cycle_slips import (
    FIRST,
    GOOD,
    SLIPPED,
    SPIKE,
    WARNED,
    SlipSearch,
    blind_shift,
    find_slips,
)
from soap.domains.ionosphere.science.gnss.signals import SPEED_OF_LIGHT, frequency, tecu_per_metre
from tests.domains.ionosphere.science.gnss.slipped import Sample

MILLISECOND_M = SPEED_OF_LIGHT * 1e-3

sample = cache(Sample)


@pytest.mark.parametrize(
    ("slip", "least"),
    [
        ((1, 0), 0.99), ((0, 1), 0.99), ((-1, 1), 0.99), ((2, 2), 0.99), ((77, 60), 0.99),
        ((1, 1), 0.93),  # 0.51 TECU, and nothing in the wide lane
        ((18, 14), 0.93),  # 0.06 TECU, 4 wide lanes
        ((4, 3), 0.75), ((5, 4), 0.70),  # 0.27 and 0.24 TECU, one wide lane: the noise of a phase at 10 degrees
        ((9, 7), 0.65),  # 0.03 TECU, 2 wide lanes: what multipath of the codes does too
        (None, 0.98),
    ],
)  # fmt: skip
@pytest.mark.parametrize("receiver", ["AIRA", "COCO", "BIK0"])
def test_slips_put_into_real_arcs_are_found(receiver, slip, least):
    """From one cycle on one carrier to the combinations that hide best; None: 1 to 10 cycles on each, either way."""
    found, tried, elsewhere = sample(receiver, "G").trial(np.random.default_rng(7), slip)
    assert tried > 250
    assert found >= least
    assert elsewhere <= 0.05 * tried


def test_the_largest_slips_that_hide_are_small():
    """At 30 degrees and more slips of 0.24 to 0.5 TECU are mostly found; none larger hides but 9 and 7."""
    rng = np.random.default_rng(3)
    for slip in ((1, 1), (4, 3), (5, 4)):
        found, _, _ = sample("AIRA", "G").trial(rng, slip, above=30.0)
        assert found >= (0.98 if slip == (1, 1) else 0.8)


def third_frequency(receiver):
    """TEC from L1 and L2 less TEC from L1 and L5 [TECU]: what the ionosphere does is in both, a slip is not."""
    these = sample(receiver, "G")
    observations = these.seen.systems["G"]
    tec = [
        tecu_per_metre(frequency("G", "L1C"), frequency("G", other))
        * SPEED_OF_LIGHT
        * (observations.plane("L1C") / frequency("G", "L1C") - observations.plane(other) / frequency("G", other))
        for other in ("L2W", "L5X")
    ]
    return (tec[0] - tec[1]).T[these.svs]


@pytest.mark.parametrize(("receiver", "at_most"), [("AIRA", 2.0), ("CIBG", 1.0)])
def test_false_alarms(receiver, at_most):
    """Slips on satellites with L5 that a third frequency does not confirm, in 1,000 samples."""
    these, apart = sample(receiver, "G"), third_frequency(receiver)
    judged = np.isfinite(apart) & (these.state > 0) & (these.state != SPIKE)
    false = true = 0
    for sv, row in enumerate(judged):
        at = np.flatnonzero(row)
        slipped = these.state[sv, at[1:]] == SLIPPED
        step = np.abs(np.diff(apart[sv, at]))[slipped]
        true, false = true + int((step > 0.28).sum()), false + int((step <= 0.28).sum())
    assert judged.sum() > 8000
    assert 1000.0 * false / judged.sum() <= at_most
    assert true > 2 * false


@pytest.mark.parametrize(("receiver", "at_most"), [("COCO", 2), ("ESBC", 2), ("ANKR", 2)])
def test_receivers_that_track_well_have_no_slips(receiver, at_most):
    """Three makes of receiver on quiet days: above 10 degrees two slips at most in 25,000 samples."""
    these = sample(receiver, "G")
    high = these.elevation >= 10.0
    assert (these.state[high] > 0).sum() > 24_000
    assert np.isin(these.state[high], (SLIPPED, WARNED)).sum() <= at_most


def test_a_file_said_to_be_without_slips():
    """Orekit's negative case: none, but where two satellites' records are spliced (the range leaps 1,249 km)."""
    these = sample("BRIG", "G")
    ranges = these.seen.systems["G"].plane("C1C")[:, 0]
    spliced = int(np.argmax(np.abs(np.diff(ranges)))) + 1
    assert abs(ranges[spliced] - ranges[spliced - 1]) > 1e6
    assert these.state[0].tolist() == [FIRST] + [GOOD] * (spliced - 1) + [SLIPPED] + [GOOD] * (97 - spliced)


def test_aira_slips_often():
    """Some 300 slips a day are known of it: on GPS alone 100 to 250 above 10 degrees, 150 to 400 with those below."""
    these = sample("AIRA", "G")
    slips = np.isin(these.state, (SLIPPED, WARNED))
    assert 100 <= slips[these.elevation >= 10.0].sum() <= 250
    assert 150 <= slips.sum() <= 400


def test_arcs_go_on_over_splices_that_do_not_interrupt_the_phase():
    """ANKR's file is spliced hour by hour, 23 times: 231 satellites cross a splice, and no phase is interrupted."""
    these = sample("ANKR", "G")
    breaks = these.seen.breaks
    assert len(breaks) == 23
    across = np.isin(these.state[:, breaks], (GOOD, FIRST, SLIPPED))
    assert across.sum() > 200
    assert (these.state[:, breaks] == GOOD).sum() >= 0.94 * across.sum()


def test_a_slip_at_a_splice_splits():
    """Whatever changed there, one cycle is enough; and what cannot be judged is not joined."""
    these = sample("ANKR", "G")
    breaks = these.seen.breaks
    at = [(sv, int(b)) for b in breaks for sv in range(len(these.svs)) if these.state[sv, b] == GOOD]
    state = these.search(these.slipped(at, [(1, 1)] * len(at)))
    begun = np.array([state[sv, b] in (FIRST, SLIPPED) or state[sv, b + 1] in (FIRST, SLIPPED) for sv, b in at])
    assert begun.mean() >= 0.95


def test_gaps_end_arcs():
    these = sample("COCO", "G")
    observations = these.seen.systems["G"]
    values = observations.values.copy()
    values[:, 1000:1003] = np.nan  # 120 s from sample to sample
    values[:, 2000:2002] = np.nan  # 90 s
    state = these.search(replace(observations, values=values))
    crossing = (these.state[:, 999:1004] == GOOD).all(axis=1)
    assert crossing.any()
    assert (state[crossing, 1003] == FIRST).all()
    bridged = (these.state[:, 1980:2020] == GOOD).all(axis=1) & (these.elevation[:, 2000] > 20.0)
    assert bridged.any()
    assert (state[bridged, 2002] == GOOD).all()


def test_a_phase_that_stands_alone_is_no_slip():
    """One corrupted phase of a cycle or more is left out, and the arc goes on behind it."""
    these, rng = sample("COCO", "G"), np.random.default_rng(5)
    observations = these.seen.systems["G"]
    values, places = observations.values.copy(), these.places(rng, above=20.0)
    phase = observations.codes.index("L1C")
    for sv, at in places:
        values[phase, at, these.svs[sv]] += rng.choice([-1, 1]) * 10.0 ** rng.uniform(0.5, 7)
    state = these.search(replace(observations, values=values))
    assert np.mean([state[sv, at] == SPIKE for sv, at in places]) >= 0.995
    assert np.mean([state[sv, at + 1] == GOOD for sv, at in places]) >= 0.99


def clocks_set_back(observations, times, phases_too=False):
    """All pseudoranges from each time on one millisecond longer (and all phases alike, as some receivers do)."""
    values = observations.values.copy()
    for row, code in enumerate(observations.codes):
        for at in times:
            if code[0] == "C":
                values[row, at:] += MILLISECOND_M
            elif code[0] == "L" and phases_too:
                values[row, at:] += MILLISECOND_M * frequency("G", code) / SPEED_OF_LIGHT
    return replace(observations, values=values)


@pytest.mark.parametrize("phases_too", [False, True])
def test_resets_of_the_clock_break_no_arc(phases_too):
    """Every hour a step of a millisecond, on the codes alone or on all: the same states as without."""
    these = sample("COCO", "G")
    reset = clocks_set_back(these.seen.systems["G"], range(120, 2880, 120), phases_too)
    combined = combine(reset, these.pair, these.svs, {})
    one, two = combined.wavelengths[:, :1], combined.wavelengths[:, 1:]
    steps = clock_steps([combined.wide_lane * one * two / (two - one)])
    assert np.count_nonzero(np.diff(steps)) == (0 if phases_too else 23)
    assert (
        np.abs(np.unique(np.diff(steps)) / MILLISECOND_M - np.round(np.unique(np.diff(steps)) / MILLISECOND_M)).max()
        < 1e-4
    )
    kept = np.isin(these.search(these.seen.systems["G"]), (SLIPPED, WARNED))
    repaired = replace(combined, wide_lane=combined.wide_lane - steps / (one * two / (two - one)))
    assert (np.isin(find_slips(these.seconds, repaired, these.seen.breaks), (SLIPPED, WARNED)) == kept).mean() > 0.9999


def test_one_satellite_that_leaps_resets_no_clock():
    change = np.zeros((6, 50))
    change[2, 20:] = MILLISECOND_M
    assert not clock_steps([change]).any()
    change[:, 30:] += MILLISECOND_M
    assert clock_steps([change])[[29, 30]].tolist() == pytest.approx([0.0, MILLISECOND_M])
    assert not clock_steps([]).any()


def test_what_the_geometry_free_phase_cannot_see():
    """By arithmetic: 9 and 7 cycles of GPS L1 and L2 are 0.03 TECU and 2 wide lanes, 4 and 3 of E1, E5a 0.02 and 1."""
    gps, galileo = (
        combine(s.seen.systems[s.system], s.pair, s.svs, {}) for s in (sample("COCO", "G"), sample("ESBC", "E"))
    )
    assert set(blind_shift(gps, 0.1)) == {2}
    assert set(blind_shift(galileo, 0.1)) == {1}


def test_limits_must_be_positive():
    with pytest.raises(BadParameter, match="least_tecu is 0"):
        SlipSearch(least_tecu=0)
