"""A link between two machines on its bad days: a relay of TCP that cuts, and stalls or changes what comes back."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_PIECE = 4096


class Relay:
    """Hands connections on to a server, and the answers back as it is told.

    `cut_between` [bytes, bytes]: each connection is reset when so many, by chance, have gone either way. `corrupt` [0
    to 1]: how likely a piece of 4 KiB comes back with one bit changed. `stall`: nothing comes back any more.
    `hold_after`: see there.
    """

    def __init__(self, host: str, port: int, seed: int = 0):
        self.behind = (host, port)
        self.chance = random.Random(seed)  # the same faults in every run
        self.cut_between: tuple[int, int] | None = None
        self.corrupt, self.stall = 0.0, False
        self.connections = self.cuts = self.came_back = 0
        self.over = threading.Event()
        self.holds, self._go_on = threading.Event(), threading.Event()
        self._hold_at: int | None = None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(0.1)

    @property
    def url(self) -> str:
        """Where the relay listens."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def hold_after(self, size: int) -> None:
        """Let so many bytes come back from now on, and nothing more until `go_on`; `holds` is set when they have.

        Who asked has got them then, and cannot come to an end: it is in the midst of its work, however fast it is.
        """
        self.holds.clear()
        self._go_on.clear()
        self._hold_at = self.came_back + size

    def go_on(self) -> None:
        """Let come back what is held."""
        self._hold_at = None
        self._go_on.set()

    def serve(self) -> None:
        """Take connections until it is over."""
        while not self.over.is_set():
            try:
                near, _ = self.listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            threading.Thread(target=self._relay, args=(near,), daemon=True).start()

    def _relay(self, near: socket.socket) -> None:
        left = [self.chance.randint(*self.cut_between)] if self.cut_between else []
        with near, contextlib.suppress(OSError), socket.create_connection(self.behind, timeout=10) as far:
            forth = threading.Thread(target=self._forth, args=(near, far, left), daemon=True)
            forth.start()
            self._back(far, near, left)
            forth.join(5)

    def _forth(self, near: socket.socket, far: socket.socket, left: list[int]) -> None:
        with contextlib.suppress(OSError):
            while piece := near.recv(_PIECE):
                far.sendall(piece[: left[0]] if left else piece)
                if self._cut(near, far, left, len(piece)):
                    return
            far.shutdown(socket.SHUT_WR)

    def _back(self, far: socket.socket, near: socket.socket, left: list[int]) -> None:
        far.settimeout(30)
        while piece := far.recv(_PIECE):
            if self.stall:
                self.over.wait(60)
                return
            if self.corrupt and self.chance.random() < self.corrupt:
                at = self.chance.randrange(len(piece))
                piece = piece[:at] + bytes([piece[at] ^ 1 << self.chance.randrange(8)]) + piece[at + 1 :]
            self._send_back(near, piece[: left[0]] if left else piece)
            if self._cut(near, far, left, len(piece)):
                return

    def _cut(self, near: socket.socket, far: socket.socket, left: list[int], gone: int) -> bool:
        """Note what has gone through, and reset the connection when that was the last of it."""
        if not left:
            return False
        left[0] = max(0, left[0] - gone)
        if left[0] == 0:
            self.cuts += 1
            near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # reset, not ended
            for end in (near, far):
                end.shutdown(socket.SHUT_RDWR)
        return left[0] == 0

    def _send_back(self, near: socket.socket, piece: bytes) -> None:
        """Send a piece back, and wait at the byte where it is to be held."""
        if self._hold_at is not None and self.came_back + len(piece) > self._hold_at:
            now = max(0, self._hold_at - self.came_back)
            near.sendall(piece[:now])
            self.came_back += now
            piece = piece[now:]
            self.holds.set()
            while not self._go_on.wait(0.1) and not self.over.is_set():
                pass
        near.sendall(piece)
        self.came_back += len(piece)


@contextmanager
def relay_to(host: str, port: int, seed: int = 0) -> Iterator[Relay]:
    """A relay to the server that listens there, until the block is left."""
    relay = Relay(host, port, seed)
    thread = threading.Thread(target=relay.serve, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        relay.over.set()
        thread.join(5)
        relay.listener.close()
