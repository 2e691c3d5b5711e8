"""Passwords: what is one, that they are hashed as they should be, and what a flood of sign-ins costs."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from soap.archive import passwords as held
from soap.core.errors import BadParameter, NotFound, Refused, TooMany, Unknown
from soap.core.who import Viewer
from soap.services import accounts, passwords, sign_in

GOOD = "correct horse battery"

REFERENCE = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
"""Of `password` with the salt `somesalt`, as test.c of the reference implementation of Argon2 (2017) has it."""


@pytest.fixture
def person(archive, me):
    accounts.add_account(me, archive, "li.wei", ["user"], "CHN")


def test_hashes_are_those_of_the_reference_implementation(archive, me, person):
    held.set_hash(archive, me, "li.wei", REFERENCE)
    assert not passwords.verified(archive, "li.wei", "Password")
    assert passwords.verified(archive, "li.wei", "password")


def test_a_password_is_hashed_anew_when_parameters_change(archive, me, person):
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD)
    held.set_hash(archive, me, "li.wei", weak)
    assert not passwords.verified(archive, "li.wei", "wrong horse battery")
    assert held.hash_of(archive, "li.wei") == weak
    assert passwords.verified(archive, "li.wei", GOOD)
    assert held.hash_of(archive, "li.wei").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verified(archive, "li.wei", GOOD)


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "12 to 200 characters"),
        ("x" * 201, "this one has 201"),
        ("Li.Wei is my name", "user's name"),
        ("password1234", "first that are tried"),
        ("1234 5678 9012", "first that are tried"),
        ("QWERTYuiop!!", "first that are tried"),
        ("abababababab", "first that are tried"),
    ],
)
def test_what_is_no_password(password, says):
    with pytest.raises(BadParameter, match=says) as refused:
        passwords.check("li.wei@example.org", password)
    assert password not in str(refused.value)


def test_any_other_is_one():
    for password in (GOOD, "всё течёт, всё меняется", "aaaaaaaaaaaa bcde", "電離圏の電子密度を測る観測所"):
        passwords.check("li.wei", password)


def test_it_is_the_same_however_a_keyboard_composes_it(archive, me, person):
    passwords.set_password(me, archive, "li.wei", "Zürich, Köln, Malmö")
    assert passwords.verified(archive, "li.wei", "Zu\u0308rich, Ko\u0308ln, Malmo\u0308")


def test_who_may_set_it(archive, me, person):
    passwords.set_password(Viewer("li.wei", "CHN"), archive, "li.wei", GOOD)
    with pytest.raises(Refused):
        passwords.set_password(Viewer("wang", "CHN", frozenset({"member_admin"})), archive, "li.wei", GOOD)
    with pytest.raises(NotFound):
        passwords.set_password(me, archive, "nobody", GOOD)


def test_it_goes_with_its_account(archive, me, person):
    passwords.set_password(me, archive, "li.wei", GOOD)
    accounts.remove_account(me, archive, "li.wei")
    assert held.hash_of(archive, "li.wei") is None


def test_an_unknown_user_takes_as_long(archive, me, person):
    accounts.add_account(me, archive, "no.password", ["user"], "CHN")
    passwords.set_password(me, archive, "li.wei", GOOD)

    def seconds(user):
        def once():
            begun = time.thread_time()
            assert not passwords.verified(archive, user, "wrong horse battery")
            return time.thread_time() - begun

        return min(once() for _ in range(5))

    known = seconds("li.wei")
    for other in ("nobody", "no.password"):
        assert 0.6 < seconds(other) / known < 1.7


def test_a_flood_is_hashed_a_few_at_a_time(archive, monkeypatch):
    at_once, most, lock = 0, 0, threading.Lock()
    go_on = threading.Event()

    def verify(*_):
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        go_on.wait(10)
        with lock:
            at_once -= 1
        raise VerifyMismatchError

    monkeypatch.setattr(passwords, "HASHER", SimpleNamespace(verify=verify))
    monkeypatch.setattr(passwords, "_nobodys", lambda: "x")
    monkeypatch.setattr(passwords.held, "hash_of", lambda *_: None)
    outcomes = []

    def attempt():
        try:
            outcomes.append(passwords.verified(archive, "nobody", GOOD))
        except TooMany as error:
            outcomes.append(error.retry_after_s)

    flood = [threading.Thread(target=attempt) for _ in range(60)]
    for one in flood:
        one.start()
    deadline = time.monotonic() + 10
    turned_away = 60 - passwords.AT_ONCE - passwords.WAITING
    while len(outcomes) < turned_away and time.monotonic() < deadline:
        time.sleep(0.01)
    assert outcomes == [5] * turned_away
    go_on.set()
    for one in flood:
        one.join()
    assert most == passwords.AT_ONCE
    assert outcomes[turned_away:] == [False] * (60 - turned_away)


def test_attempts_are_bounded_for_a_user_from_everywhere_and_for_an_address(archive, monkeypatch):
    monkeypatch.setattr(passwords, "verified", lambda *_: False)
    attempts = sign_in.Attempts()

    def refused(user, address):
        try:
            sign_in.by_password(archive, attempts, user, GOOD, address)
        except (Unknown, TooMany) as error:
            return type(error)

    assert [refused("li.wei", f"192.0.2.{last}") for last in range(101)] == [Unknown] * 100 + [TooMany]
    assert [refused(f"user{number}", "198.51.100.1") for number in range(301)] == [Unknown] * 300 + [TooMany]
