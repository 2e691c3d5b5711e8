"""Answers that are kept: whole ones alone, no more bytes than may be, those that were used last."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from soap.faces.api.kept_answers import KeptAnswers


def taken(kept: KeptAnswers, what: str, *pieces: bytes) -> bytes:
    """What came of an answer that was sent to its end."""
    return b"".join(kept.keeping(what, iter(pieces)))


def room(kept: KeptAnswers) -> int:
    """Bytes that may still come before something is let go; what is counted is what is held."""
    held = dict(kept._held)
    sizes = sum(len(piece) for pieces in held.values() for piece in pieces)
    assert kept._bytes == sizes
    return kept.most - sizes


def test_an_answer_is_kept_when_all_of_it_was_made():
    kept = KeptAnswers(10)
    assert kept.held("a") is None
    pieces = kept.keeping("a", iter([b"12", b"345"]))
    assert next(pieces) == b"12"
    assert kept.held("a") is None
    assert list(pieces) == [b"345"]
    assert kept.held("a") == (b"12", b"345")
    kept.forget()
    assert kept.held("a") is None
    assert room(kept) == 10


def test_what_was_used_longest_ago_is_let_go():
    kept = KeptAnswers(10)
    for name in "abc":
        taken(kept, name, b"123")
    assert kept.held("a")
    taken(kept, "d", b"1", b"2")
    assert [kept.held(name) is not None for name in "abcd"] == [True, False, True, True]


@pytest.mark.parametrize("pieces", [(b"x" * 11,), (b"x" * 6, b"x" * 6)])
def test_more_than_may_be_is_sent_and_not_kept(pieces):
    kept = KeptAnswers(10)
    assert taken(kept, "a", *pieces) == b"".join(pieces)
    assert kept.held("a") is None
    assert room(kept) == 10


def test_what_is_broken_off_is_not_kept():
    kept = KeptAnswers(10)
    coming = kept.keeping("a", iter([b"123", b"456"]))
    next(coming)
    coming.close()

    def failing():
        yield b"123"
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        list(kept.keeping("b", failing()))
    assert kept.held("a") is kept.held("b") is None
    assert room(kept) == 10


def test_answers_on_their_way_count_and_what_they_leave_no_room_for_is_not_kept():
    kept = KeptAnswers(10)
    slow, other = kept.keeping("slow", iter([b"123456", b"7"])), kept.keeping("other", iter([b"12345"]))
    assert next(slow) == b"123456"
    assert list(other) == [b"12345"]
    assert kept.held("other") is None
    assert list(slow) == [b"7"]
    assert kept.held("slow") == (b"123456", b"7")


def test_the_same_made_by_two_at_once_is_kept_once():
    kept = KeptAnswers(10)
    one, other = kept.keeping("a", iter([b"123"])), kept.keeping("a", iter([b"123"]))
    assert [next(one), next(other)] == [b"123", b"123"]
    assert list(one) == list(other) == []
    assert kept.held("a") == (b"123",)
    assert room(kept) == 7


def test_many_threads_keep_no_more_than_may_be():
    kept, over = KeptAnswers(100), threading.Event()

    def ask(number: int) -> bytes:
        name = number % 20
        pieces = kept.held(name) or tuple(kept.keeping(name, iter([bytes([name])] * (1 + name))))
        if kept._bytes > 100:
            over.set()
        return b"".join(pieces)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(4000)))
    assert answers == [bytes([number % 20]) * (1 + number % 20) for number in range(4000)]
    assert not over.is_set()
    assert room(kept) >= 0
