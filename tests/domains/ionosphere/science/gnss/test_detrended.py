"""Detrended TEC: waves of the band pass, others do not; what is called causal knows nothing of later values."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.detrended import detrended_tec

SECONDS = 30.0 * np.arange(1440)
ARC = np.zeros((1, len(SECONDS)), dtype=np.int32)


def wave(period_s, amplitude=1.0):
    return amplitude * np.sin(2.0 * np.pi * SECONDS / period_s)[None]


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("period_s", [600.0, 900.0, 1200.0])
def test_waves_within_the_band_pass(period_s, causal):
    """Amplitude within 5 %, well inside the band; not causal also without delay."""
    passed = detrended_tec(SECONDS, wave(period_s), ARC, causal=causal)
    assert np.nanstd(passed[0, 400:-200]) * np.sqrt(2.0) == pytest.approx(1.0, abs=0.05)
    if not causal:
        assert np.nanmax(np.abs(passed - wave(period_s))[0, 400:-200]) < 0.05


@pytest.mark.parametrize("causal", [False, True])
def test_waves_outside_do_not(causal):
    """A daily course of 30 TECU leaves less than 0.02, a minute's noise of 1 TECU less than 0.02 of itself."""
    daily = detrended_tec(SECONDS, wave(86_400.0, 30.0), ARC, causal=causal)
    assert np.nanmax(np.abs(daily[0, 500:-200])) < 0.02
    fast = detrended_tec(SECONDS, wave(70.0), ARC, causal=causal)
    assert np.nanmax(np.abs(fast[0, 500:-200])) < 0.02


def drop(at=900):
    """TEC that falls by 5 units at one sample and stays, as a hole in the ionosphere does."""
    stec = np.full((1, len(SECONDS)), 20.0)
    stec[0, at:] -= 5.0
    return stec


def test_what_is_causal_does_not_see_a_drop_before_it():
    """METHODS.md, golden test 6: without causality a drop casts its shadow half an hour before it, with it none."""
    causal = detrended_tec(SECONDS, drop(), ARC, causal=True)
    assert np.nanmax(np.abs(causal[0, :900])) < 1e-9
    assert np.nanmin(causal[0, 900:960]) < -2.0
    both_ways = detrended_tec(SECONDS, drop(), ARC)
    assert np.nanmax(np.abs(both_ways[0, 840:900])) > 0.5


def test_what_is_causal_does_not_change_when_more_is_observed():
    rng = np.random.default_rng(1)
    stec = np.cumsum(rng.standard_normal((1, len(SECONDS))), axis=1) * 0.05
    whole = detrended_tec(SECONDS, stec, ARC, causal=True)
    part = detrended_tec(SECONDS[:1000], stec[:, :1000], ARC[:, :1000], causal=True)
    np.testing.assert_allclose(part, whole[:, :1000], rtol=0, atol=1e-9)


def test_only_settled_values_of_long_arcs():
    """Half an hour is left out at both ends, an hour at the start if causal; an arc of under two hours has none."""
    arc = ARC.copy()
    arc[0, 1300:] = 1
    passed = np.isfinite(detrended_tec(SECONDS, wave(900.0), arc)[0])
    assert passed[60:1240].all()
    assert not passed[:60].any()
    assert not passed[1240:].any()
    causal = np.isfinite(detrended_tec(SECONDS, wave(900.0), arc, causal=True)[0])
    assert causal[120:1300].all()
    assert not causal[:120].any()
    assert not causal[1300:].any()


def test_gaps_are_bridged_not_filled():
    arc, stec = ARC.copy(), wave(900.0)
    arc[0, 700:702], stec[0, 700:702] = -1, np.nan
    passed = detrended_tec(SECONDS, stec, arc)
    assert np.isnan(passed[0, 700:702]).all()
    assert np.nanmax(np.abs(passed - wave(900.0))[0, 400:-200]) < 0.06


def test_a_band_that_the_samples_cannot_tell():
    with pytest.raises(BadParameter, match=r"Periods from 50\.0 to 3600\.0 s"):
        detrended_tec(SECONDS, wave(900.0), ARC, shortest_s=50.0)
    with pytest.raises(BadParameter, match="samples inf s apart"):
        detrended_tec(SECONDS[:1], wave(900.0)[:, :1], ARC[:, :1])
