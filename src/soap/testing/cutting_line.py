"""A line that breaks: hands bytes on between clients and a server, and cuts connections after some of them."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_PART = 1 << 14


class Line:
    """Listens for a server, and cuts each connection after a number of bytes, by chance `least` to `most`, or never."""

    def __init__(self, behind: str, chance: random.Random, least: int, most: int):
        host, _, port = behind.rpartition(":")
        self._behind, self._chance, self._least, self._most = (host, int(port)), chance, least, most
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.cuts = 0
        self.broken = False
        """Set: no connection gets through."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def serve(self) -> None:
        """Take connections until closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._join, args=(client,), daemon=True).start()

    def close(self) -> None:
        """Take none any more."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _join(self, client: socket.socket) -> None:
        with client:
            if self.broken:
                return
            try:
                server = socket.create_connection(self._behind, timeout=10)
            except OSError:
                return
            with server:
                left = [self._chance.randint(self._least, self._most)]
                back = threading.Thread(target=self._carry, args=(server, client, left), daemon=True)
                back.start()
                self._carry(client, server, left)
                back.join()

    def _carry(self, source: socket.socket, target: socket.socket, left: list[int]) -> None:
        with suppress(OSError):
            while part := source.recv(_PART):
                if self.broken or len(part) > left[0]:
                    target.sendall(part[: max(left[0], 0)])
                    self.cuts += 1
                    break
                left[0] -= len(part)
                target.sendall(part)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting_line(behind: str, chance: random.Random, least: int = 200, most: int = 100_000) -> Iterator[Line]:
    """A line to the server at `behind` (host:port) for the time of the block."""
    line = Line(behind, chance, least, most)
    thread = threading.Thread(target=line.serve, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.close()
        thread.join(timeout=5)
