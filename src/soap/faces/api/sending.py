"""Sending what is made on the way: the next piece is made in a thread while the one before goes out."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import numpy as np
from anyio import CancelScope
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from soap.core.errors import TooMany

Piece = bytes | memoryview

MOST, MOST_OF_ONE = 64, 16
"""Answers that one process sends piece by piece at a time, to all and to one user at one address: each holds some
20 MB for as long as it is read, however slowly."""

_sent: Counter[str] = Counter()


class Sending(StreamingResponse):
    """An answer whose pieces are made while it is sent; no more than two of them are in memory.

    A failure on the way ends the connection before the answer's end, so that nobody takes a part for the whole. When
    the other side goes away no further piece is made.
    """

    def __init__(self, pieces: Iterator[Piece], headers: Mapping[str, str], media_type: str, status_code: int = 200):
        super().__init__((), status_code, headers, media_type)
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; `TooMany` when too many are being sent."""
        asking = scope.get("state", {}).get("asking")
        try:
            with _counted(f"{asking.viewer.user} {asking.address}" if asking else ""):
                await super().__call__(scope, receive, send)
        except TooMany:
            await self._close()
            raise

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
                await self._close()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _close(self) -> None:
        close: Any = getattr(self._pieces, "close", None)
        if close is not None:
            await run_in_threadpool(close)

    def _coming(self) -> asyncio.Task[Piece | None]:
        return asyncio.create_task(run_in_threadpool(next, self._pieces, None))


@contextmanager
def _counted(who: str) -> Iterator[None]:
    """Count an answer to `who` while it is sent; all are counted in the one thread of the event loop."""
    if _sent[who] >= MOST_OF_ONE or _sent.total() >= MOST:
        raise TooMany(
            f"{_sent[who]} answers of values are being sent to you, and {_sent.total()} in all; at most {MOST_OF_ONE}"
            f" and {MOST} are sent at a time. Take those first, or ask again soon.",
            retry_after_s=10,
        )
    _sent[who] += 1
    try:
        yield
    finally:
        _sent[who] -= 1
        if not _sent[who]:
            del _sent[who]


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
