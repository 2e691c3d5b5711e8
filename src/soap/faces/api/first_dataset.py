"""The first dataset, made beside the first requests: xarray imports for it what it has not imported yet.

Where Dask is installed that is all of Dask, which takes half a second: the server listens before. Two requests at once
would import it in two threads, and one of them would find half a module; those that may read values wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from soap.faces.api.asking import Served


@asynccontextmanager
async def first_dataset(here: Served, then: Callable[[], None]) -> AsyncIterator[None]:
    """Make it meanwhile, and `then` do something, once."""

    async def made() -> None:
        await run_in_threadpool(_made)
        then()

    here.first_dataset = asyncio.ensure_future(made())
    try:
        yield
    finally:
        await here.first_dataset


def _made() -> None:
    import xarray as xr

    xr.Dataset({"first": ("time", [0.0])}, coords={"time": [0]})


class AfterFirstDataset:
    """ASGI middleware that lets requests wait for the first dataset, but for paths that begin with one of `at_once`."""

    def __init__(self, app: ASGIApp, at_once: Sequence[str]):
        self.app, self._at_once = app, tuple(f"{one}/" for one in at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request in its time."""
        if scope["type"] == "http" and not f"{scope['path']}/".startswith(self._at_once):
            first = scope["app"].state.served.first_dataset
            if not first.done():
                await asyncio.shield(first)
        await self.app(scope, receive, send)
