"""Times of rows as text: as numpy spells them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soap.core.errors import ArchiveError
from soap.services.row_times import decimals_of_times, iso_characters, iso_width, write_iso

NS = 10**9
stamps = st.lists(st.integers(-9_200_000_000 * NS, 9_200_000_000 * NS), min_size=1, max_size=40)


def spelled(characters: np.ndarray) -> list[str]:
    return [row.tobytes().decode() for row in characters]


def by_numpy(time: np.ndarray, unit: str) -> list[str]:
    return [f"{one}Z" for one in np.datetime_as_string(time, unit=unit).tolist()]


@given(stamps)
def test_times_to_the_nanosecond(numbers):
    time = np.array(numbers, "int64").view("datetime64[ns]")
    assert spelled(iso_characters(time, 9)) == by_numpy(time, "ns")


@given(stamps)
def test_times_of_whole_seconds(numbers):
    time = (np.array(numbers, "int64") // NS * NS).view("datetime64[ns]")
    assert spelled(iso_characters(time, 0)) == by_numpy(time, "s")
    assert decimals_of_times(time) == 0


@given(stamps)
def test_times_of_whole_seconds_in_order(numbers):
    time = (np.sort(np.array(numbers, "int64")) // NS * NS).view("datetime64[ns]")
    assert spelled(iso_characters(time, 0)) == by_numpy(time, "s")


@pytest.mark.parametrize("step", [1, 60, 300, 420, 3600, 7200, 43_200, 86_400, 7, 100_000])
@pytest.mark.parametrize("first", [0, 3599, 86_400 - 60, -60, -86_401, 951_782_280])  # the last: a leap day's beginning
def test_times_a_step_apart(step, first):
    """Across days, months and a leap day, among the characters of longer records, which stay as they were."""
    for count in (2, 23, 25, 1439, 1441, 45_000 if step == 60 else 3000):
        time = (first + step * np.arange(count)).astype("datetime64[s]").astype("datetime64[ns]")
        records = np.zeros((count, 7 + iso_width(0) + 9), np.uint8)
        write_iso(records[:, 7 : 7 + iso_width(0)], time, 0)
        found = records[:, 7 : 7 + iso_width(0)].copy().view("S20").ravel().astype(str)
        assert (found == np.char.add(np.datetime_as_string(time, unit="s"), "Z")).all()
        assert not records[:, :7].any()
        assert not records[:, -9:].any()


def test_the_last_times_there_are():
    time = np.array(["2262-04-11T23:46", "2262-04-11T23:47"], "datetime64[ns]")
    assert spelled(iso_characters(time, 0)) == ["2262-04-11T23:46:00Z", "2262-04-11T23:47:00Z"]


def test_one_time_that_is_missing_between_even_ones():
    time = np.delete(np.arange("2016-02-28", "2016-03-02", dtype="datetime64[m]"), 2000).astype("datetime64[ns]")
    assert spelled(iso_characters(time, 0)) == by_numpy(time, "s")


def test_even_times_that_turn_back_and_times_that_do_not_move():
    for minutes in ([3, 2, 1], [5, 5, 5], [7]):
        time = np.array(minutes, "datetime64[m]").astype("datetime64[ns]")
        assert spelled(iso_characters(time, 0)) == by_numpy(time, "s")


def test_a_part_of_a_second_is_never_dropped():
    time = np.array(["2016-01-01", "2016-01-01T00:00:00.5"], "datetime64[ns]")
    assert decimals_of_times(time) == 9
    with pytest.raises(ArchiveError, match=r"2016-01-01T00:00:00\.5"):
        iso_characters(time, 0)


def test_no_rows_are_no_characters():
    assert iso_characters(np.array([], "datetime64[ns]"), 0).shape == (0, 20)
    assert iso_characters(np.array([], "datetime64[ns]"), 9).shape == (0, 30)
