"""The server: uvicorn, one process on an embedded archive, several where a server holds the catalogue."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from soap.core.errors import BadParameter
from soap.core.settings import Settings
from soap.faces.api.app import build
from soap.faces.api.patience import PatientProtocol
from soap.services.composition import Composition

CONNECTIONS = 1000
"""Connections and requests at a time, of one process; more are told to come back (503)."""

LOOP = "asyncio"
"""Python's own event loop: it lets other threads go on while it writes to a socket, which uvloop does not. So the next
megabytes of an answer are made while those before go out; a search takes as long by either."""

GRACE_S = 20
"""Seconds that requests have to end when the server is stopped."""


@dataclass(frozen=True)
class Listening:
    """Where to listen, with how many processes, and by which certificate and key (none: without TLS)."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    certificate: Path | None = None
    key: Path | None = None

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            raise BadParameter("TLS needs both a certificate and its key.")

    @property
    def url(self) -> str:
        """Where it listens; an address of IPv6 stands in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'http' if self.certificate is None else 'https'}://{host}:{self.port}/"


def run(load: Callable[[], Composition], settings: Settings, where: Listening) -> None:
    """Serve until interrupted or terminated; `BadParameter` for several processes on a file that one may write."""
    options: dict[str, Any] = {
        "loop": LOOP, "host": where.host, "port": where.port, "http": PatientProtocol, "ws": "none", "lifespan": "on",
        "server_header": False, "proxy_headers": False, "access_log": False, "log_level": "warning",
        "limit_concurrency": CONNECTIONS, "timeout_graceful_shutdown": GRACE_S,
        "ssl_certfile": where.certificate, "ssl_keyfile": where.key,
    }  # fmt: skip
    if where.workers == 1:
        uvicorn.run(_made(load, settings), **options)
        return
    gc.enable()
    if not settings.catalogue:
        raise BadParameter(
            f"{where.workers} workers need a catalogue on a server (SOAP_CATALOGUE); an embedded archive is served by"
            " one."
        )
    application = load().application
    os.environ["SOAP_ARCHIVE"] = str(settings.archive)  # the processes are started anew, and read the environment
    uvicorn.run(application, factory=True, workers=where.workers, **options)


def _made(load: Callable[[], Composition], settings: Settings) -> FastAPI:
    """The application, with all that it is made of loaded.

    Nothing of that ever becomes garbage, so none is looked for: neither meanwhile nor, among it, later. `gc.freeze` is
    called again when the server has started, for what was made until then.
    """
    gc.disable()
    try:
        load()
        return build(load, settings, begun=gc.freeze)
    finally:
        gc.freeze()
        gc.enable()
