"""Sending what is made on the way: the next piece is made in a thread while the one before goes out."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache, partial
from typing import Any

import numpy as np
from anyio import CancelScope, to_thread
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from soap.core.errors import TooMany
from soap.faces.api.asking import Asking

Piece = bytes | memoryview

MOST, MOST_OF_ONE = 64, 16
"""Answers that one process sends piece by piece at a time, to all and to one user at one address: each holds some
megabytes for as long as it is read, however slowly."""

MAKERS = 8
"""Pieces that are made at a time: so often is held what making one takes, and requests keep their own threads."""

_sent: Counter[str] = Counter()
_counting = threading.Lock()


class Room:
    """Room for one answer to who asks; `TooMany` when too many are being sent, to all or to them."""

    def __init__(self, asking: Asking):
        self._who = who = f"{asking.viewer.user} {asking.address}"
        with _counting:
            if _sent[who] >= MOST_OF_ONE or _sent.total() >= MOST:
                raise TooMany(
                    f"{_sent[who]} answers of values are being sent to you, and {_sent.total()} in all; at most"
                    f" {MOST_OF_ONE} and {MOST} are sent at a time. Take those first, or ask again soon.",
                    retry_after_s=10,
                )
            _sent[who] += 1
        self._held = True

    def give_back(self) -> None:
        """There is room for another; said twice it counts once."""
        with _counting:
            if self._held:
                self._held = False
                _sent[self._who] -= 1
                if not _sent[self._who]:
                    del _sent[self._who]


@contextmanager
def room(asking: Asking) -> Iterator[Room]:
    """Room that is taken before anything of an answer is read, and given back where none comes of it."""
    taken = Room(asking)
    try:
        yield taken
    except BaseException:
        taken.give_back()
        raise


class Sending(StreamingResponse):
    """An answer whose pieces are made while it is sent; no more than two of them are in memory.

    A failure on the way ends the connection before the answer's end, so that nobody takes a part for the whole. When
    the other side goes away no further piece is made. Then its `room` is given back.
    """

    def __init__(self, room: Room, pieces: Iterator[Piece], headers: Mapping[str, str], media_type: str):
        super().__init__((), 200, headers, media_type)
        self._room, self._pieces = room, pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with CancelScope(shield=True):
                await self._close()
            self._room.give_back()

    async def stream_response(self, send: Send) -> None:
        """Send the head, every piece, and the end."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        coming = self._coming()
        try:
            while (piece := await asyncio.shield(coming)) is not None:  # its thread goes on, whoever goes away
                coming = self._coming()
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        finally:
            with CancelScope(shield=True):
                await asyncio.wait([coming])
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _close(self) -> None:
        close: Any = getattr(self._pieces, "close", None)
        if close is not None:
            await to_thread.run_sync(close)

    def _next(self) -> Piece | None:
        return next(self._pieces, None)

    def _coming(self) -> asyncio.Future[Piece | None]:
        # A task would begin when this one next waits, and so after the piece before it was handed to the system.
        return asyncio.get_running_loop().run_in_executor(_makers(), partial(copy_context().run, self._next))


@cache
def _makers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MAKERS, thread_name_prefix="soap-make")


os.register_at_fork(after_in_child=_makers.cache_clear)


def begun(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The same pieces, the first of them made: what is wrong with it is raised here, before anything is sent."""
    first = next(pieces, b"")
    return _after(first, pieces)


def _after(first: Piece, rest: Iterator[Piece]) -> Iterator[Piece]:
    yield first
    yield from rest


def http_date(instant: np.datetime64) -> str:
    """An instant as HTTP's headers write it, to the second."""
    seconds = int(instant.astype("datetime64[s]").astype(np.int64))
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)
