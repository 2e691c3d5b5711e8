"""How long, and for how many bytes, the server waits for who speaks slowly: uvicorn's protocol with limits.

A request's head must be there within `HEAD_S` and `HEAD_BYTES`; its body, while the application reads it, must come at
`LEAST_RATE` or faster; an answer that nobody takes for `UNREAD_S` is broken off. So that no number of connections that
are kept open for nothing (Slowloris: R. Hansen, 2009) uses up those of others.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from soap.faces.api.problems import problem

HEAD_S = 10.0
"""Seconds for the head of a request, from the connection's or the request's beginning."""

HEAD_BYTES, URL_BYTES = 64 << 10, 16 << 10
"""Largest head of a request, its line and its headers, and largest URL in it."""

BODY_S = 30.0
LEAST_RATE = 100
"""Bytes a second that a body must bring, over every `BODY_S` seconds: a tenth of a slow modem's."""

UNREAD_S = 120.0
"""Seconds for the other side to take what waits to be sent to it (at most 64 KiB)."""


class PatientProtocol(HttpToolsProtocol):
    """A connection that ends when the other side keeps the server waiting."""

    def __init__(self, *arguments: Any, **options: Any):
        super().__init__(*arguments, **options)
        self._waiting: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._in_head, self._begun, self._over = True, False, False
        self._head_bytes, self._body_bytes = 0, 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """The first head is waited for."""
        super().connection_made(transport)
        self._wait(HEAD_S, self._no_head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._wait(0, None)
        self._taken()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes; too large a head ends the connection before the parser keeps it."""
        if self._over:
            return
        if self._in_head:
            self._head_bytes += len(data)
        else:
            self._body_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self._refuse(431, f"A request's head has at most {HEAD_BYTES} bytes.")

    def on_message_begin(self) -> None:
        """A request begins; on a connection that is kept, its head has as long as the first."""
        super().on_message_begin()
        self._begun = True
        if not self._in_head:
            self._in_head, self._head_bytes = True, 0
            self._wait(HEAD_S, self._no_head)

    def on_headers_complete(self) -> None:
        """The head is there; the body, if any, is waited for."""
        self._in_head, self._body_bytes = False, 0
        if len(self.url) > URL_BYTES:
            self._refuse(414, f"A URL has at most {URL_BYTES} bytes, not {len(self.url)}. Ask for less, or by POST.")
            return
        self._wait(BODY_S, self._slow_body)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of the request is there."""
        self._wait(0, None)
        if not self._over:
            super().on_message_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body is there."""
        if not self._over:
            super().on_body(body)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._refuse(400, "This is no HTTP request.")

    def pause_writing(self) -> None:
        """The other side does not take what is sent."""
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(UNREAD_S, self.transport.abort)

    def resume_writing(self) -> None:
        """The other side has taken it."""
        self._taken()
        super().resume_writing()

    def _wait(self, seconds: float, then: Any) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = None if then is None else self.loop.call_later(seconds, then)

    def _taken(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _no_head(self) -> None:
        if self._begun:
            self._refuse(408, f"The request's head was not there after {HEAD_S:g} seconds.")
        else:
            self.transport.close()  # a connection that was opened ahead of need

    def _slow_body(self) -> None:
        """While the application takes no more, the other side is not to blame."""
        if not self.flow.read_paused and self._body_bytes < LEAST_RATE * BODY_S:
            self._refuse(408, f"The body came at less than {LEAST_RATE} bytes a second.")
            return
        self._body_bytes = 0
        self._wait(BODY_S, self._slow_body)

    def _refuse(self, status: int, words: str) -> None:
        """Say so, unless an answer has begun, and end the connection."""
        self._over = True
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            answer = problem(status, words)
            head = b"".join(name + b": " + value + b"\r\n" for name, value in answer.raw_headers)
            line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
            self.transport.write(line + head + b"connection: close\r\n\r\n" + bytes(answer.body))
        self.transport.close()
