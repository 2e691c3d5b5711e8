"""HEAD wherever there is GET (RFC 9110, 9.3.2): the head of the answer to the same request by GET, and no body.

The framework gives a route the methods that it names alone. A route that answers HEAD itself does so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from soap.faces.api.each_request import EachRequest


class _Enough(OSError):
    """The head has been sent: what the body would be of need not be read."""


class Heads(EachRequest):
    """Answers HEAD by what answers GET, until there is its head; `methods` gives those of a path."""

    def __init__(self, app: ASGIApp, paths: Mapping[int, str], methods: Callable[[Scope], frozenset[str]]):
        super().__init__(app, paths)
        self.methods = methods

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["method"] != "HEAD" or "HEAD" in (methods := self.methods(scope)) or "GET" not in methods:
            await self.app(scope, receive, send)
            return
        asked = {**scope, "method": "GET"}

        async def head(message: Message) -> None:
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            raise _Enough

        try:
            await self.app(asked, receive, head)
        except (_Enough, ClientDisconnect):
            pass
        finally:  # by what is around this, the answer is noted
            scope.update({name: asked[name] for name in ("route", "path_params") if name in asked})
