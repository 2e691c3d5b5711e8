"""Columns that were decoded lately, kept as far as a number of bytes goes: what is asked for again is there.

What lies under an object's key never changes, so that what is kept is never stale; who may see it was decided when the
key was found.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable

from soap.archive.object_rows import Described

_Kept = tuple[Described, ...]


class KeptColumns:
    """Batches of columns by what they are of, those that were used last; with `most` 0 bytes nothing is kept.

    Threads may ask at once; two that ask for the same for the first time both decode it.
    """

    def __init__(self, most: int = 0):
        self.most = most
        self._held: OrderedDict[Hashable, tuple[int, _Kept]] = OrderedDict()
        self._bytes = 0
        self._one_at_a_time = threading.Lock()

    def of(self, what: Hashable, decode: Callable[[], Iterable[Described]]) -> _Kept:
        """The batches of `what`, by `decode` where they are not held; they are not to be written to."""
        with self._one_at_a_time:
            if what in self._held:
                self._held.move_to_end(what)
                return self._held[what][1]
        made = tuple(decode())
        size = sum(values.nbytes for rows, _ in made for values in rows.values())
        if size <= self.most:
            self._keep(what, size, made)
        return made

    def holds(self, what: Hashable) -> bool:
        """True where `of` would decode nothing, as things are now."""
        with self._one_at_a_time:
            return what in self._held

    def forget(self) -> None:
        """Let go of all."""
        with self._one_at_a_time:
            self._held.clear()
            self._bytes = 0

    def _keep(self, what: Hashable, size: int, made: _Kept) -> None:
        for rows, _ in made:
            for values in rows.values():
                values.flags.writeable = False
        with self._one_at_a_time:
            if what in self._held:
                return
            self._held[what], self._bytes = (size, made), self._bytes + size
            while self._bytes > self.most:
                _, (less, _) = self._held.popitem(last=False)
                self._bytes -= less
