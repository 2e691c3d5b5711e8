"""Bare connections to a server on this machine, for tests of what no client of HTTP would send."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

_PATIENCE_S = 15


@contextmanager
def connected(port: int, send: bytes = b"", buffer: int | None = None) -> Iterator[socket.socket]:
    """A connection over which `send` has gone; of a `buffer` [bytes], so small that a reader who stops is felt."""
    with socket.socket() as found:
        if buffer is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        found.settimeout(_PATIENCE_S)
        found.connect(("127.0.0.1", port))
        found.sendall(send)
        yield found


def all_of(connection: socket.socket) -> bytes:
    """What comes until the other side ends, or resets, the connection."""
    parts = []
    while True:
        try:
            part = connection.recv(1 << 16)
        except ConnectionResetError:
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts)
