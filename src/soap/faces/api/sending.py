"""Sending what is made on the way: the next pieces are made in a thread while the one before goes out."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
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
from soap.faces.api.kept_answers import Piece

MOST, MOST_OF_ONE = 64, 16
"""Answers that one process sends piece by piece at a time, to all and to one user at one address: each holds some
megabytes for as long as it is read, however slowly."""

MAKERS = 8
"""Pieces that are made at a time: so often is held what making one takes, and requests keep their own threads."""

AHEAD = 2
"""Pieces of an answer that wait to be sent, at most."""

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
    """An answer whose pieces are made while it is sent; no more than `AHEAD` and the one that is sent are in memory.

    The first is made at once: what is wrong with it is raised here, before anything is sent. A failure on the way ends
    the connection before the answer's end, so that nobody takes a part for the whole. When the other side goes away no
    further piece is made. Then its `room` is given back. Where all are `made` already no thread has a part in it.
    """

    def __init__(
        self,
        room: Room,
        pieces: Iterable[Piece],
        headers: Mapping[str, str],
        media_type: str,
        *,
        made: bool = False,
    ):
        super().__init__((), 200, headers, media_type)
        self._room, self._coming = room, (_Made if made else _Coming)(iter(pieces))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with CancelScope(shield=True):
                await self._coming.close()
            self._room.give_back()

    async def stream_response(self, send: Send) -> None:
        """Send the head, every piece, and the end."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        while (piece := await self._coming.next()) is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class _Made:
    """Pieces that are there."""

    def __init__(self, pieces: Iterator[Piece]):
        self._pieces = pieces

    async def next(self) -> Piece | None:
        """The next piece, None after the last."""
        await asyncio.sleep(0)  # others have their turn between any two
        return next(self._pieces, None)

    async def close(self) -> None:
        """Nothing is made."""


class _Coming:
    """Pieces on their way from a thread that goes on making them, without waiting to be told, while there is room.

    The thread is given back when `AHEAD` pieces wait to be sent: nobody who reads slowly keeps one. The first piece is
    made here.
    """

    def __init__(self, pieces: Iterator[Piece]):
        self._pieces = pieces
        first = next(pieces, None)
        self._ready: deque[Piece | BaseException | None] = deque([first])
        self._making, self._over = False, first is None
        self._one_at_a_time = threading.Lock()
        self._there = asyncio.Event()
        self._job: asyncio.Future[None] | None = None

    async def next(self) -> Piece | None:
        """The next piece, None after the last; raises what making it raised."""
        self._go_on()
        while not self._ready:
            self._there.clear()  # it is set in this thread, after the piece is there
            await self._there.wait()
        piece = self._ready.popleft()
        self._go_on()
        if isinstance(piece, BaseException):
            raise piece
        return piece

    async def close(self) -> None:
        """Make no more; returns when nothing is made any longer, and what the pieces are made of is closed."""
        with self._one_at_a_time:
            self._over = True
        if self._job is not None:
            await asyncio.wait([self._job])
        close: Any = getattr(self._pieces, "close", None)
        if close is not None:
            await to_thread.run_sync(close)

    def _go_on(self) -> None:
        with self._one_at_a_time:
            if self._making or self._over or len(self._ready) >= AHEAD:
                return
            self._making = True
        loop = asyncio.get_running_loop()
        self._job = loop.run_in_executor(_makers(), partial(copy_context().run, self._make, loop))

    def _make(self, loop: asyncio.AbstractEventLoop) -> None:
        """Make pieces while there is room; in a thread."""
        going = True
        while going:
            piece: Piece | BaseException | None
            try:
                piece = next(self._pieces, None)
            except BaseException as error:  # raised where the piece is asked for
                piece = error
            with self._one_at_a_time:
                self._ready.append(piece)
                self._over = self._over or piece is None or isinstance(piece, BaseException)
                self._making = going = not self._over and len(self._ready) < AHEAD
            loop.call_soon_threadsafe(self._there.set)


@cache
def _makers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MAKERS, thread_name_prefix="soap-make")


os.register_at_fork(after_in_child=_makers.cache_clear)


def http_date(instant: np.datetime64) -> str:
    """An instant as HTTP's headers write it, to the second."""
    seconds = int(instant.astype("datetime64[s]").astype(np.int64))
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)
