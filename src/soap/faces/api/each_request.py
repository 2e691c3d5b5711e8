"""What is done around every request: ASGI middleware that knows by which route it is answered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from starlette.types import ASGIApp, Receive, Scope, Send


class EachRequest(ABC):
    """ASGI middleware around each request of HTTP; `paths` has the paths of routes by `id(route)`."""

    def __init__(self, app: ASGIApp, paths: Mapping[int, str]):
        self.app, self.paths = app, paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is none is handed on."""
        await (self.answer if scope["type"] == "http" else self.app)(scope, receive, send)

    @abstractmethod
    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, by `app`."""

    def path(self, scope: Scope) -> str:
        """Path of the route that answered, never what was asked; empty where none did."""
        return self.paths.get(id(scope.get("route")), "")
