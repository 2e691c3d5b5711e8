"""Instants and windows: spellings, half-open edges, calendar periods."""

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.core.time import Window, iso, period_starts, period_window, utc


@pytest.mark.parametrize("text", ["2016-04-13T13:55:17Z", "2016-04-13T13:55:17+00:00", "2016-04-13 13:55:17.000"])
def test_spellings_of_one_instant(text):
    assert iso(utc(text)) == "2016-04-13T13:55:17Z"


@pytest.mark.parametrize("text", ["", "yesterday", "2016-13-01", "2016-04-13T13:55+06:00", "1500-01-01", "9999-01-01"])
def test_what_is_no_time_is_refused_with_an_example(text):
    with pytest.raises(BadParameter, match="2016-04-13T13:55:17Z"):
        utc(text)


def test_window_includes_its_start_and_excludes_its_end():
    day = Window("2011-03-11", "2011-03-12")
    times = np.array(["2011-03-10T23:59:59", "2011-03-11", "2011-03-11T23:59:59", "2011-03-12"], "M8[ns]")
    assert day.holds(times).tolist() == [False, True, True, False]


def test_empty_window_is_refused():
    with pytest.raises(BadParameter, match="stop must come after"):
        Window("2011-03-12", "2011-03-12")


@pytest.mark.parametrize(
    ("period", "start", "stop"),
    [
        ("day", "2012-02-29", "2012-03-01"),
        ("month", "2012-02-01", "2012-03-01"),
        ("year", "2012-01-01", "2013-01-01"),
    ],
)
def test_calendar_periods(period, start, stop):
    begin = period_starts(np.array(["2012-02-29T12:34"], "M8[ns]"), period)[0]
    assert period_window(begin, period) == Window(start, stop)
