"""Looking alongside the server at what subscribers are to be told of: one of its processes at a time, by a lease."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.concurrency import run_in_threadpool

from soap.core.errors import SoapError
from soap.core.who import folder_owner
from soap.faces.api.asking import Served
from soap.services.watch.rounds import look_round

_LOG = logging.getLogger(__name__)
_SELF = folder_owner("watch")


@asynccontextmanager
async def watching(served: Served) -> AsyncIterator[None]:
    """Look every `watch_every_s` seconds until the server ends."""
    every = served.settings.watch_every_s
    if every <= 0 or served.archive.read_only:
        yield
        return
    end = threading.Event()
    thread = threading.Thread(target=_look, args=(served, every, end), name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        end.set()
        await run_in_threadpool(thread.join)


def _look(served: Served, every_s: float, end: threading.Event) -> None:
    while not end.wait(every_s):
        try:
            done = look_round(_SELF, served.archive, served.composition)
        except SoapError:
            _LOG.exception("a look at what subscribers are to be told of failed; the next is in %g s", every_s)
            continue
        for remark in done.remarks if done is not None else ():
            _LOG.warning("%s", remark)
