"""Instants and windows: spellings, half-open edges, calendar periods."""

from pathlib import Path

import numpy as np
import pytest

from soap.core.errors import BadParameter
from soap.core.time import (
    LEAP_SECONDS,
    Window,
    gps_to_utc,
    iso,
    leap_seconds_note,
    period_starts,
    period_window,
    utc,
    utc_to_gps,
)


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


def _instants(*texts):
    return np.array(texts, "datetime64[ns]")


@pytest.mark.parametrize("told", ["2016-04-13", np.datetime64("2016-04-13", "ns")])
def test_a_window_is_open_where_an_end_is_not_told(told):
    """NumPy's `datetime64[ns]` holds 1677-09-21 to 2262-04-11; a day before and after an open end is an instant too."""
    day = np.timedelta64(1, "D")
    for window, first, last in (
        (Window.between(told, None), "2016-04-13", "2261-12-31"),
        (Window.between(None, told), "1678-01-02", "2016-04-13"),
        (Window.between(None, None), "1678-01-02", "2261-12-31"),
    ):
        assert (window.start, window.stop) == (np.datetime64(first), np.datetime64(last))
        assert utc(iso(window.start - day)) < window.start < window.stop < window.stop + day
    with pytest.raises(BadParameter, match="is empty"):
        Window.between(told, told)


def test_gps_time_runs_ahead_of_utc_by_the_leap_seconds():
    """IS-GPS-200: GPS time and UTC agreed on 1980-01-06; 18 s since 2017, 16 s in May 2015."""
    utc_times = _instants("1980-01-06", "2015-05-19", "2016-12-31T23:59:59", "2017-01-01")
    gps = _instants("1980-01-06", "2015-05-19T00:00:16", "2017-01-01T00:00:16", "2017-01-01T00:00:18")
    np.testing.assert_array_equal(utc_to_gps(utc_times), gps)
    np.testing.assert_array_equal(gps_to_utc(gps), utc_times)


def test_a_leap_second_itself_becomes_the_first_second_of_the_new_day():
    times = gps_to_utc(_instants("2017-01-01T00:00:17", "2017-01-01T00:00:18", "NaT"))
    np.testing.assert_array_equal(times, _instants("2017-01-01", "2017-01-01", "NaT"))


def test_times_before_gps_and_after_the_table_are_told():
    with pytest.raises(BadParameter, match="1979-12-31"):
        utc_to_gps(np.datetime64("1979-12-31"))
    assert "18 s" in leap_seconds_note(_instants("2030-01-01"))
    assert leap_seconds_note(_instants("2024-01-10", "NaT")) == ""


def test_the_table_is_that_of_the_time_zone_database():
    """Against the system's own copy of the IANA list, which gives the same leap seconds with POSIX or TAI stamps."""
    listed = Path("/usr/share/zoneinfo/leapseconds")
    if not listed.exists():
        pytest.skip("this system has no zoneinfo/leapseconds")
    rows = [line.split() for line in listed.read_text().splitlines() if line.startswith("Leap")]
    starts = [f"{int(year) + 1}-01-01" if month == "Dec" else f"{year}-07-01" for _, year, month, *_ in rows]
    assert [date for date, _ in LEAP_SECONDS[1:]] == [date for date in starts if date > "1980-01-06"]
