"""Reading ahead: what comes next is read in threads while what is there is told, as far as a number of bytes goes.

The threads are those of all who read so in this process: each keeps memory of what it unpacked, so they are few.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from itertools import islice
from typing import TypeVar

READERS = 8
"""Threads that read ahead."""

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


def read_ahead(
    work: Callable[[_Item], _Answer], items: Iterable[_Item], size: Callable[[_Item], int], most: int
) -> Iterator[_Answer]:
    """What `work` makes of the items, in order; the first failure ends it.

    While one is told the next is read, and more after it until the `size` of all that are read ahead comes to `most`.
    The first is read at once, alone, for it is waited for.
    """
    coming = iter(items)
    waiting: deque[tuple[int, Future[_Answer]]] = deque()
    ready, ahead = [work(item) for item in islice(coming, 1)], 0
    try:
        while ready:
            while (not waiting or ahead < most) and (found := list(islice(coming, 1))):
                waiting.append((size(found[0]), _readers().submit(work, found[0])))
                ahead += waiting[-1][0]
            yield ready.pop()  # it is not kept here while it is told
            if waiting:
                cost, job = waiting.popleft()
                ahead -= cost
                ready.append(job.result())
    finally:
        for _, job in waiting:
            job.cancel()


@cache
def _readers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(READERS, thread_name_prefix="soap-read")


os.register_at_fork(after_in_child=_readers.cache_clear)
