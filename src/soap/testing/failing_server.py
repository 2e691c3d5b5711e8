"""A server that hands requests on to another, and fails as it is told: a store on a network on its bad days."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

METHODS = "GET HEAD PUT POST DELETE"


class Proxy:
    """Hands requests on to a server, but fails as told: `status`, `silence`, `cut` in the middle of a body."""

    def __init__(self, endpoint: str):
        self.fault, self.on, self.spared, self.asked = "", METHODS, 0, 0
        handler = type("Handler", (_Handler,), {"proxy": self, "behind": endpoint.removeprefix("http://")})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.over = threading.Event()

    @property
    def endpoint(self) -> str:
        """Where the proxy listens."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def fails(self, fault: str, on: str = METHODS, spared: int = 0) -> None:
        """Fail from now on at these methods; the first `spared` requests go through."""
        self.fault, self.on, self.spared = fault, on, spared

    def due(self, method: str) -> str:
        """The fault that a request of this method meets now; empty for none."""
        self.asked += 1
        if not self.fault or method not in self.on.split():
            return ""
        self.spared -= 1
        return self.fault if self.spared < 0 else ""


@contextmanager
def proxy_of(endpoint: str) -> Iterator[Proxy]:
    """A proxy of the server at `endpoint`, which serves until the block is left."""
    proxy = Proxy(endpoint)
    threading.Thread(target=proxy.server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.over.set()
        proxy.server.shutdown()
        proxy.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy
    behind: str

    def log_message(self, *_):
        """Say nothing."""

    def _hand_on(self):
        fault = self.proxy.due(self.command)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if fault == "silence":
            self.proxy.over.wait(30)
            self.close_connection = True
            return
        if fault.isdigit():
            self._answer(int(fault), [], b"<Error><Code>SlowDown</Code><StringToSign>AWS4</StringToSign></Error>")
            return
        connection = HTTPConnection(self.behind, timeout=30)
        connection.request(self.command, self.path, body=body, headers=dict(self.headers))
        answer = connection.getresponse()
        self._answer(answer.status, answer.getheaders(), answer.read(), cut=fault == "cut")
        connection.close()

    def _answer(self, status, headers, body, *, cut=False):
        self.send_response(status)
        lengths = [value for name, value in headers if name.lower() == "content-length"]
        for name, value in headers:
            if name.lower() not in ("content-length", "connection", "transfer-encoding", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", lengths[0] if self.command == "HEAD" and lengths else str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = cut

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _hand_on  # noqa: N815 # the names that http.server calls
