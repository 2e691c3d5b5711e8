"""Reading ahead: everything once and in order, no more ahead than is allowed, nothing after an end."""

from __future__ import annotations

import threading
import time

import pytest

from soap.archive.read_ahead import read_ahead


class Reading:
    """Notes what was read, by which thread."""

    def __init__(self, fails: int | None = None):
        self.read: list[int] = []
        self.threads: list[int] = []
        self.fails = fails

    def __call__(self, item: int) -> int:
        self.read.append(item)
        self.threads.append(threading.get_ident())
        if item == self.fails:
            raise OSError("the disk is gone")
        return 10 * item


def settled(reading: Reading, count: int) -> list[int]:
    """What was read, when so many were or a second has gone by."""
    deadline = time.monotonic() + 1
    while len(reading.read) < count and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(0.01)
    return sorted(reading.read)


def test_all_comes_once_and_in_order():
    for count in (0, 1, 2, 50):
        assert list(read_ahead(Reading(), range(count), lambda item: item % 3, 2)) == [10 * n for n in range(count)]


def test_one_is_ahead_however_large_it_is():
    reading = Reading()
    coming = read_ahead(reading, range(9), lambda item: 100, 1)
    assert next(coming) == 0
    assert settled(reading, 3) == [0, 1]
    assert next(coming) == 10
    assert settled(reading, 4) == [0, 1, 2]
    coming.close()


def test_small_ones_are_ahead_until_they_come_to_the_most():
    reading = Reading()
    coming = read_ahead(reading, range(20), lambda item: 10, 45)
    assert next(coming) == 0
    assert settled(reading, 7) == [0, 1, 2, 3, 4, 5]
    coming.close()


def test_the_first_is_read_by_who_waits_for_it_and_before_all_others():
    reading = Reading()
    coming = read_ahead(reading, range(3), lambda item: 1, 5)
    assert reading.read == []
    next(coming)
    assert (reading.read[0], reading.threads[0]) == (0, threading.get_ident())
    assert list(coming) == [10, 20]
    assert threading.get_ident() not in reading.threads[1:]


def test_a_failure_comes_in_its_place_and_ends_it():
    reading = Reading(fails=2)
    coming = read_ahead(reading, range(100), lambda item: 1, 3)
    assert [next(coming), next(coming)] == [0, 10]
    with pytest.raises(OSError, match="the disk is gone"):
        next(coming)
    assert list(coming) == []
    assert len(settled(reading, 100)) < 10


def test_nothing_is_read_any_more_when_it_is_closed():
    reading = Reading()
    coming = read_ahead(reading, range(100), lambda item: 1, 3)
    next(coming)
    coming.close()
    held = len(settled(reading, 5))
    assert held <= 5
