"""Rate of TEC and its index: of straight lines, of known noise, within arcs."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.rate import rate_of_tec, rate_of_tec_index


@pytest.mark.parametrize("step", [1.0, 15.0, 30.0, 60.0])
def test_a_straight_line(step):
    """0.02 TECU/s is 1.2 TECU/min at any sampling, and steady."""
    seconds = step * np.arange(600)
    stec, arc = (5.0 + 0.02 * seconds)[None], np.zeros((1, 600), dtype=np.int32)
    rate = rate_of_tec(seconds, stec, arc)
    first = int(max(30.0 / step, 1))
    assert np.isnan(rate[0, : int(0.9 * first)]).all()
    assert rate[0, first:] == pytest.approx(1.2, abs=1e-9)
    index = rate_of_tec_index(seconds, rate, arc)
    assert np.nanmax(index) < 1e-6
    assert np.isfinite(index[0, 40 * first :]).all()


def test_index_is_the_standard_deviation_of_five_minutes():
    """Against numpy's, window by window: ten rates of the last 300 s, the one 300 s ago not among them."""
    rng = np.random.default_rng(2)
    seconds, rate = 30.0 * np.arange(200), rng.standard_normal((1, 200))
    index = rate_of_tec_index(seconds, rate, np.zeros((1, 200), dtype=np.int32))
    expected = [np.std(rate[0, at - 9 : at + 1], ddof=1) for at in range(9, 200)]
    assert index[0, 9:] == pytest.approx(np.array(expected), rel=1e-9)


def test_known_noise():
    """White rates of 0.5 TECU/min have an index of 0.5."""
    rng = np.random.default_rng(4)
    seconds, rate = 30.0 * np.arange(20_000), 0.5 * rng.standard_normal((1, 20_000))
    index = rate_of_tec_index(seconds, rate, np.zeros(rate.shape, dtype=np.int32))
    assert np.sqrt(np.nanmean(index**2)) == pytest.approx(0.5, rel=0.02)


def test_not_across_arcs():
    seconds = 30.0 * np.arange(60)
    stec = np.where(np.arange(60) < 30, 10.0, 500.0)[None]
    arc = np.repeat(np.int32([0, 1]), 30)[None]
    rate = rate_of_tec(seconds, stec, arc)
    assert np.nanmax(np.abs(rate)) == 0.0
    assert np.isnan(rate[0, [0, 30]]).all()
    assert np.nanmax(rate_of_tec_index(seconds, rate, arc)) == 0.0
    assert np.isnan(rate_of_tec_index(seconds, rate, arc)[0, 30:35]).all()


def test_missing_samples_leave_rates_out():
    """A gap of 60 s in 30-s samples has no rate; a window with under half of its rates has no index."""
    seconds = np.delete(30.0 * np.arange(40), [10, 25, 26, 27, 28, 29, 30, 31])
    arc, stec = np.zeros((1, len(seconds)), dtype=np.int32), np.zeros((1, len(seconds)))
    rate = rate_of_tec(seconds, stec, arc)
    assert np.isnan(rate[0, np.isin(seconds, [0.0, 330.0, 960.0])]).all()
    assert np.isfinite(rate).sum() == len(seconds) - 3
    index = rate_of_tec_index(seconds, rate, arc)
    assert np.isnan(index[0, seconds == 990.0])
    assert np.isfinite(index[0, seconds == 1170.0])


def test_no_samples():
    for count in (0, 1):
        seconds, nothing = 30.0 * np.arange(count), np.zeros((3, count))
        arc = np.zeros((3, count), dtype=np.int32)
        assert np.isnan(rate_of_tec(seconds, nothing, arc)).all()
        assert np.isnan(rate_of_tec_index(seconds, nothing, arc)).all()


def test_bounds():
    seconds, plane, arc = np.arange(3.0), np.zeros((1, 3)), np.zeros((1, 3), dtype=np.int32)
    with pytest.raises(BadParameter, match="step_s is 0"):
        rate_of_tec(seconds, plane, arc, step_s=0.0)
    with pytest.raises(BadParameter, match="share 2"):
        rate_of_tec_index(seconds, plane, arc, share=2.0)
