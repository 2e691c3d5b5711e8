"""Counts of the last minutes and of the day, against what is counted by hand."""

from __future__ import annotations

import threading
import time

import pytest

from soap.services.counts import DAY_S, Days, Minutes


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set: `clock(s)` seconds after a full minute, which is a day's beginning."""
    begun = 20_000 * DAY_S

    def at(seconds):
        monkeypatch.setattr(time, "time", lambda: begun + seconds)

    at(0)
    return at


def taken(minutes, tries, most, key="a"):
    return sum(minutes.take(most, "user", key) for _ in range(tries))


def test_no_more_than_so_many_in_a_minute(clock):
    minutes = Minutes()
    assert taken(minutes, 20, 12) == 12
    clock(59.9)
    assert taken(minutes, 20, 12) == 0
    assert taken(minutes, 20, 12, "b") == 12


def test_the_minute_before_weighs_as_much_as_is_left_of_it(clock):
    minutes = Minutes()
    assert taken(minutes, 12, 12) == 12
    clock(60)  # all twelve may have come just now
    assert taken(minutes, 20, 12) == 0
    clock(75)  # a quarter of them is more than a minute ago
    assert taken(minutes, 20, 12) == 3
    clock(90)  # six of them, and the three
    assert taken(minutes, 20, 12) == 3
    clock(119.9)
    assert taken(minutes, 20, 12) == 6
    clock(240)  # more than a minute of nothing
    assert taken(minutes, 20, 12) == 12


@pytest.mark.parametrize("at", [60, 61, 70, 89.5, 119])
def test_who_waits_as_long_as_is_told_is_let_through(clock, at):
    minutes = Minutes()
    taken(minutes, 12, 12)
    clock(at)
    taken(minutes, 20, 12)
    wait = minutes.wait_s(12, "user", "a")
    assert 0 < wait <= 60
    if wait > 0.1:
        clock(at + 0.9 * wait)
        assert not minutes.take(12, "user", "a")
    clock(at + wait + 0.002)
    assert minutes.take(12, "user", "a")


def test_who_may_ask_need_not_wait(clock):
    assert Minutes().wait_s(1, "user", "a") == 0


def test_counts_of_a_quarter_of_an_hour(clock):
    quarters = Minutes(15)
    assert taken(quarters, 20, 10) == 10
    clock(15 * 60 + 180)  # a fifth of them is more than a quarter of an hour ago
    assert taken(quarters, 20, 10) == 2
    clock(15 * 60 + 181)
    assert taken(quarters, 20, 10) == 1
    assert quarters.wait_s(10, "user", "a") == pytest.approx(89)  # one more every 90 s
    clock(15 * 60 + 271)
    assert taken(quarters, 20, 10) == 1


def test_what_is_forgotten_counts_no_longer(clock):
    quarters = Minutes(15)
    assert taken(quarters, 20, 10) == taken(quarters, 20, 10, "b") == 10
    quarters.forget("user", "a")
    quarters.forget("user", "nobody")
    assert (taken(quarters, 20, 10), taken(quarters, 20, 10, "b")) == (10, 0)


def test_a_day_ends_at_midnight(clock):
    days = Days()
    days.add(5, "volume", "a")
    clock(DAY_S - 1)
    days.add(7, "volume", "a")
    assert (days.amount("volume", "a"), days.amount("volume", "b")) == (12, 0)
    clock(DAY_S)
    assert days.amount("volume", "a") == 0


def test_keys_of_the_past_are_forgotten(clock):
    minutes = Minutes()
    for minute in range(0, 600, 60):
        clock(minute)
        for one in range(1000):
            minutes.take(1, "address", f"{minute} {one}")
    assert len(minutes._kept) <= 4000


def test_threads_together_take_no_more(clock):
    minutes, got = Minutes(), []
    threads = [threading.Thread(target=lambda: got.append(taken(minutes, 500, 900))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(got) == 900
