"""Pieces that are made while those before are sent: in order, a few ahead, no more for who goes away."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from soap.core.who import Viewer
from soap.faces.api import sending


def room():
    return sending.Room(SimpleNamespace(viewer=Viewer("lin"), address="10.0.0.1"))


def made_ahead(count: int, *, fails: bool = False):
    """Pieces, how many were made of them, and whether they were closed."""
    told = {"made": 0, "closed": False}

    def pieces():
        try:
            for number in range(count):
                told["made"] += 1
                yield b"%d" % number
            if fails:
                raise OSError("the disk is gone")
        finally:
            told["closed"] = True

    return pieces(), told


async def sent(answer: sending.Sending, stop_after: int = 10**6) -> list[bytes]:
    """Bodies that are sent; the other side goes away after so many."""
    bodies: list[bytes] = []

    async def receive():
        while len(bodies) < stop_after:
            await asyncio.sleep(0.001)
        return {"type": "http.disconnect"}

    async def send(message):
        if message["type"] == "http.response.body":
            bodies.append(message["body"])
            if len(bodies) == stop_after:
                await asyncio.sleep(60)

    await answer({"type": "http", "asgi": {"spec_version": "2.0"}}, receive, send)
    return bodies


def answer_of(pieces):
    return sending.Sending(room(), pieces, {}, "text/plain")


def test_every_piece_goes_out_once_in_order():
    pieces, told = made_ahead(50)
    assert asyncio.run(sent(answer_of(pieces))) == [*(b"%d" % number for number in range(50)), b""]
    assert told == {"made": 50, "closed": True}


def test_a_failure_is_raised_after_what_was_made_before_it():
    pieces, told = made_ahead(5, fails=True)
    with pytest.raises(OSError, match="the disk is gone"):
        asyncio.run(sent(answer_of(pieces)))
    assert told == {"made": 5, "closed": True}


def test_for_who_does_not_read_little_is_made_and_for_who_goes_away_no_more():
    pieces, told = made_ahead(50)
    asyncio.run(sent(answer_of(pieces), stop_after=3))
    assert told == {"made": 3 + sending.AHEAD, "closed": True}


def test_many_who_do_not_read_leave_the_threads_to_others():
    async def all_of_them():
        stuck = [asyncio.create_task(sent(answer_of(made_ahead(50)[0]), stop_after=1)) for _ in range(sending.MAKERS)]
        await asyncio.sleep(0.05)
        pieces, _ = made_ahead(5)
        other = sending.Sending(room(), pieces, {}, "text/plain")
        assert len(await asyncio.wait_for(sent(other), 10)) == 6
        await asyncio.gather(*stuck)

    asyncio.run(all_of_them())
