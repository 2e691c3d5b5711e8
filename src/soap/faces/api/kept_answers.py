"""Answers that were made lately, kept as far as a number of bytes goes: who asks for the same waits for no making.

An answer is kept under all that its bytes depend on: the versions of the granules, the window, the columns, the form.
These are found anew for each who asks, as far as they may see them; so what is kept is never stale, and told to nobody
to whom it would not be made.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator

Piece = bytes | memoryview
"""A part of an answer's body."""

MOST = 28 << 20
"""Bytes of answers that a process keeps: a year of minutes of four components as numbers, ten months as text."""


class KeptAnswers:
    """Pieces of answers by what they are of, those that were used last, `most` bytes of them.

    Bytes count from when they are made, so that no more than `most` are held, however many answers are on their way.
    Threads may ask at once.
    """

    def __init__(self, most: int = MOST):
        self.most = most
        self._held: OrderedDict[Hashable, tuple[Piece, ...]] = OrderedDict()
        self._bytes = 0
        self._one_at_a_time = threading.Lock()

    def held(self, what: Hashable) -> tuple[Piece, ...] | None:
        """The pieces of an answer, where they are held; they are not to be written to."""
        with self._one_at_a_time:
            if what in self._held:
                self._held.move_to_end(what)
            return self._held.get(what)

    def forget(self) -> None:
        """Let go of all."""
        with self._one_at_a_time:
            while self._held:
                self._let_go()

    def keeping(self, what: Hashable, pieces: Iterator[Piece]) -> Iterator[Piece]:
        """The same pieces, kept when the last has come, unless they are more than may be."""
        taken: list[Piece] = []
        size, going = 0, True
        try:
            for piece in pieces:
                if going and not self._room_for(len(piece)):
                    going = False
                    self._give_back(size)
                    taken.clear()
                if going:
                    size += len(piece)
                    taken.append(piece)
                yield piece
        except BaseException:  # an answer that was broken off, too
            if going:
                self._give_back(size)
            raise
        if going:
            self._keep(what, size, tuple(taken))

    def _room_for(self, size: int) -> bool:
        """Count so many more bytes; what was used longest ago makes room. False where that is not enough."""
        with self._one_at_a_time:
            while self._bytes + size > self.most and self._held:
                self._let_go()
            if self._bytes + size > self.most:
                return False
            self._bytes += size
            return True

    def _give_back(self, size: int) -> None:
        with self._one_at_a_time:
            self._bytes -= size

    def _keep(self, what: Hashable, size: int, pieces: tuple[Piece, ...]) -> None:
        with self._one_at_a_time:
            if what in self._held:  # made by two at once
                self._bytes -= size
            else:
                self._held[what] = pieces

    def _let_go(self) -> None:
        _, pieces = self._held.popitem(last=False)
        self._bytes -= sum(map(len, pieces))
