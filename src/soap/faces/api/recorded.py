"""Notes who read or changed what: ASGI middleware around every route; see docs/explanation/who-may.md.

An answer that tells values is noted when it has ended, with the bytes that were sent, also where it was broken off. An
answer to a change waits until its entry is durable: what was answered is in the log, whatever happens then.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from urllib.parse import parse_qsl

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from soap.faces.api.address import came_from, known_as
from soap.faces.api.asking import Asking, Served
from soap.faces.api.browsers import guard
from soap.faces.api.each_request import EachRequest
from soap.faces.api.problems import problem
from soap.services.accounts import PUBLIC
from soap.services.recorder import Entry

REFUSED = frozenset({401, 403, 429})
"""Outcomes that are noted, whatever was asked for."""

PATIENCE_S = 15.0
"""Seconds to wait for the audit log before a request is told to come again."""

_SECRET = re.compile(r"token|secret|passw|csrf|session|signature|credential", re.IGNORECASE)
_BY_ISSUER = "/oidc/"
"""In paths at which an issuer's answers come in: all that they hold is hidden."""
_TOKEN = re.compile(r"soap_[\w-]+")


class Recorded(EachRequest):
    """Hands each request its number and address, and notes it."""

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and note it."""
        here: Served = scope["app"].state.served
        if not await _room(here):
            await problem(503, "The audit log cannot be written now, so nothing is told or changed; try again later.",
                          {"Retry-After": "30"})(scope, receive, send)  # fmt: skip
            return
        address, secure = came_from(scope, here.trusted)
        if not known_as(scope, here.settings.public_url, secure):
            await problem(400, "The header Host names no host; send the one that the URL has.")(scope, receive, send)
            return
        asking = Asking(PUBLIC, here, address=address, secure=secure, request=secrets.token_hex(12))
        scope.setdefault("state", {})["asking"] = asking
        answer = _Answer(self, scope, receive, send, asking)
        try:
            await self.app(scope, answer.receive, answer.send)
        finally:
            answer.end()

    def entry(self, scope: Scope, asking: Asking, status: int, size: int) -> Entry:
        """What is noted of a request."""
        return Entry(
            time.time_ns() // 1000, asking.viewer.user, asking.viewer.member, f"{scope['method']} {self.path(scope)}",
            subject(scope, asking.about), tuple(sorted(asking.owners)), status, size, asking.address, asking.request,
        )  # fmt: skip


class _Answer:
    """One answer as it is sent: its bytes are counted, and a change's head is held back until it is noted."""

    def __init__(self, recorded: Recorded, scope: Scope, receive: Receive, send: Send, asking: Asking):
        self.recorded, self.scope, self._receive, self._send, self.asking = recorded, scope, receive, send, asking
        self.status, self.sent, self.taken, self.noted, self.given_up = 0, 0, 0, False, False

    async def receive(self) -> Message:
        """Counts what is taken."""
        message = await self._receive()
        self.taken += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        """Counts what is sent."""
        if self.given_up:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self.asking.request
            guard(headers)
            if self.asking.changes and self.status < 400 and not await self._durable(headers):
                self.given_up = True
                return
        await self._send(message)
        self.sent += len(message.get("body", b""))

    def end(self) -> None:
        """Note it, unless that was done, and count what it cost."""
        asking, here = self.asking, self.asking.served
        status = self.status or 500
        if not self.noted and (asking.owners or asking.changes or status in REFUSED):
            entry = self.recorded.entry(self.scope, asking, status, self.sent)
            here.recorder.note_often(entry) if status == 429 else here.recorder.note(entry)
        guest = asking.viewer == PUBLIC
        here.limits.spend(asking.viewer, asking.address, guest, self.sent + self.taken)

    async def _durable(self, headers: MutableHeaders) -> bool:
        """Wait until the change is noted; where that fails say so instead of the answer."""
        self.noted = True
        size = int(headers.get("content-length", "0"))
        entry = self.recorded.entry(self.scope, self.asking, self.status, size)
        noted = asyncio.wrap_future(self.asking.served.recorder.note(entry, now=True))
        try:
            await asyncio.wait_for(asyncio.shield(noted), PATIENCE_S)
        except Exception:  # the recorder has logged why, and keeps the entry for another time
            self.status = 503
            words = "This was done, but the audit log cannot be written now. See what there is before you do it again."
            await problem(503, words)(self.scope, self._receive, self._send)
            return False
        return True


async def _room(here: Served) -> bool:
    """Wait until the audit log takes entries; False when that takes too long."""
    deadline = time.monotonic() + PATIENCE_S
    while here.recorder.full:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True


def subject(scope: Scope, about: str = "") -> str:
    """Path and conditions of a request, without what may be a secret."""
    path, query = scope["path"], scope["query_string"].decode("latin-1")
    for name, value in scope.get("path_params", {}).items():
        if _SECRET.search(name):
            path = path.replace(str(value), "***")
    said = []
    for name, value in parse_qsl(query, keep_blank_values=True, errors="backslashreplace")[:100] if query else ():
        said.append(f"{name}={'***' if _BY_ISSUER in path or _SECRET.search(name) else value}")
    text = path + (f"?{'&'.join(said)}" if said else "") + (f" {about}" if about else "")
    return _TOKEN.sub("soap_***", text)
