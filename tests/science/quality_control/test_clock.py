"""Time tags: faults put in at known places."""

import numpy as np
import pytest

from soap.science.quality_control.clock import METHOD, Clock, clock_intermagnet_2020

SECOND = np.timedelta64(1, "s")


def grid(n=1440, seconds=60, start="2015-03-17"):
    return np.datetime64(start, "ns") + np.arange(n) * np.timedelta64(seconds, "s")


@pytest.mark.parametrize("phase", [0, 30, 47])
@pytest.mark.parametrize("missing", [False, True])
def test_a_grid_is_right_whatever_its_phase_and_its_gaps(phase, missing):
    times = grid() + phase * SECOND
    times = np.delete(times, slice(200, 900)) if missing else times
    assert not clock_intermagnet_2020(times).any()


def test_tags_off_the_grid():
    times = grid()
    times[[7, 300, 301]] += np.array([11, -20, 29]) * SECOND
    assert np.flatnonzero(clock_intermagnet_2020(times)).tolist() == [7, 300, 301]


def test_less_than_the_tolerance_is_right():
    times = grid() + (np.random.default_rng(0).uniform(-4.5, 4.5, 1440) * 1e9).astype("timedelta64[ns]")
    assert not clock_intermagnet_2020(times).any()


def test_a_clock_that_was_set_while_recording():
    times = grid()
    times[1200:] += 25 * SECOND
    assert np.flatnonzero(clock_intermagnet_2020(times)).tolist() == list(range(1200, 1440))


def test_a_clock_that_drifts_is_marked_from_where_it_left_the_grid():
    times = grid()
    drift = np.concatenate([np.zeros(1000), np.arange(440) * 0.05])
    marked = np.flatnonzero(clock_intermagnet_2020(times + (drift * 1e9).astype("timedelta64[ns]")))
    assert len(marked)
    assert (drift[marked] > 5).all()
    assert marked[-1] == 1439


def test_tags_of_another_era():
    times = np.concatenate([grid(5, start="1980-01-06"), grid(), grid(3, start="2038-01-19")])
    assert np.flatnonzero(clock_intermagnet_2020(times)).tolist() == [*range(5), *range(1445, 1448)]


def test_two_campaigns_and_irregular_sampling_are_right():
    assert not clock_intermagnet_2020(np.concatenate([grid(400, start="1999-01-01"), grid(400)])).any()
    times = grid(1)[0] + np.cumsum(np.random.default_rng(1).integers(20, 200, 500)) * SECOND
    assert not clock_intermagnet_2020(times).any()


@pytest.mark.parametrize("n", [0, 1, 2])
def test_takes_every_series(n):
    assert not clock_intermagnet_2020(grid(n)).any()


def test_jitter_of_a_fifth_of_the_tolerance_is_right():
    assert METHOD.null_rate(Clock(), 200_000, 3).value < 1e-5
