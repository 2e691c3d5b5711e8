"""Limits: how often and how much may be asked, by whom; what all processes together spent."""

from __future__ import annotations

import time

import pytest

from soap.archive import usage
from soap.archive.usage import MEMBER, USER, Used
from soap.core.errors import Refused, TooMany
from soap.core.settings import Settings
from soap.core.who import Viewer
from soap.services.limits import DAY_S, Limits, today
from soap.services.recorder import Recorder

LI, WANG, KHAN = Viewer("li.wei", "CHN"), Viewer("wang", "CHN"), Viewer("khan", "PAK")
GIB = 1 << 30


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch):
    """No minute and no day ends in the middle of a test."""
    noon = time.time() // DAY_S * DAY_S + DAY_S / 2 + 5
    monkeypatch.setattr(time, "time", lambda: noon)


def outcomes(ask, times):
    """How many of so many requests were let through, and when the first that was not may come again."""
    passed = 0
    for _ in range(times):
        try:
            ask()
            passed += 1
        except TooMany as error:
            return passed, error.retry_after_s
    return passed, None


def test_requests_a_minute_of_a_user_a_member_and_an_address():
    limits = Limits(Settings(requests_per_minute=5, member_requests_per_minute=8))
    passed, wait = outcomes(lambda: limits.user(LI), 9)
    assert passed == 5
    assert 1 <= wait <= 60
    assert outcomes(lambda: limits.user(WANG), 9)[0] == 3  # which makes eight of the member
    assert outcomes(lambda: limits.user(KHAN), 9)[0] == 5
    assert outcomes(lambda: limits.guest("192.0.2.1"), 9)[0] == 5
    assert outcomes(lambda: limits.guest("192.0.2.2"), 5) == (5, None)


def test_a_network_of_ipv6_is_one_address():
    limits = Limits(Settings(requests_per_minute=5))
    passed = [outcomes(lambda last=last: limits.guest(f"2001:db8::{last}"), 1)[0] for last in range(7)]
    assert passed == [1] * 5 + [0] * 2
    assert outcomes(lambda: limits.guest("2001:db8:0:1::1"), 5) == (5, None)


def test_no_limit_is_none():
    free = Settings(requests_per_minute=0, member_requests_per_minute=0, gib_per_day=0, member_gib_per_day=0)
    limits = Limits(free)
    for _ in range(1000):
        limits.user(LI)
        limits.guest("192.0.2.1")
        limits.spend(LI, "192.0.2.1", False, GIB)
        limits.spend(LI, "192.0.2.1", True, GIB)


def test_bytes_a_day_of_a_guest():
    limits = Limits(Settings(gib_per_day=1))
    limits.spend(LI, "192.0.2.1", True, GIB - 1)
    limits.guest("192.0.2.1")
    limits.spend(LI, "192.0.2.1", True, 1)
    with pytest.raises(TooMany, match="tomorrow") as over:
        limits.guest("192.0.2.1")
    assert over.value.retry_after_s == pytest.approx(DAY_S - time.time() % DAY_S, abs=5)
    limits.guest("192.0.2.2")
    limits.user(LI)


def test_bytes_a_day_are_those_of_all_processes(archive):
    settings = Settings(gib_per_day=3, member_gib_per_day=4)
    one, other = Limits(settings), Limits(settings)
    for limits, viewer, gib in ((one, LI, 2), (other, LI, 1), (other, WANG, 1)):
        limits.spend(viewer, "", False, gib * GIB)
    one.user(LI)  # knows of its own two
    recorders = [Recorder(archive, limits) for limits in (one, other)]
    for recorder in recorders:
        recorder.start()
        recorder.stop()
    one.load(archive, LI)
    assert one.used(USER, "li.wei") == Used(2, 3 * GIB)
    assert one.used(MEMBER, "CHN") == Used(3, 4 * GIB)
    with pytest.raises(TooMany, match=r"li\.wei was sent 3 GiB"):
        one.user(LI)
    with pytest.raises(TooMany, match="CHN was sent 4 GiB"):
        other.user(WANG)  # the catalogue told it when it told the catalogue
    assert usage.used(archive, ((USER, "wang", today()),)) == {(USER, "wang", today()): Used(1, GIB)}


def test_a_day_later_all_of_it_is_there_again(monkeypatch):
    limits = Limits(Settings(gib_per_day=1))
    limits.spend(LI, "", False, GIB)
    with pytest.raises(TooMany):
        limits.user(LI)
    real = time.time
    monkeypatch.setattr("soap.services.limits.time.time", lambda: real() + DAY_S)
    limits.user(LI)


def test_who_may_be_told_how_much_was_used(archive):
    officer = Viewer("chn.officer", "CHN", frozenset({"member_admin"}))
    with archive.catalogue.noting() as connection:
        usage.add(connection, {(MEMBER, "CHN", 5): Used(1, 2), (USER, "li.wei", 5): Used(1, 2)})
        usage.add(connection, {(MEMBER, "CHN", 5): Used(1, 2), (MEMBER, "CHN", 9): Used(1, 2)})
    assert usage.by_day(archive, officer, MEMBER, "CHN", 0, 8) == {5: Used(2, 4)}
    assert usage.by_day(archive, LI, USER, "li.wei", 0, 8) == {5: Used(1, 2)}
    for viewer, kind, name in ((LI, MEMBER, "CHN"), (WANG, USER, "li.wei"), (officer, MEMBER, "PAK")):
        with pytest.raises(Refused):
            usage.by_day(archive, viewer, kind, name, 0, 8)


def test_what_is_being_told_counts_all_the_while():
    """Else a volume would be less for as long as the catalogue is written to."""
    limits = Limits(Settings())
    account, spent = (USER, LI.user, today()), Used(1, 7)
    limits.spend(LI, "", guest=False, size=7)
    taken = limits.take()
    assert limits.used(USER, LI.user) == spent
    limits.give_back(taken)
    assert limits.used(USER, LI.user) == spent
    limits.take()
    limits.told({account: Used(3, 20)})
    assert limits.used(USER, LI.user) == Used(3, 20)
