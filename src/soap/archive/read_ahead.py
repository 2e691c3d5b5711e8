"""Reading ahead: what comes next is read in threads while what is there is told, as far as a number of bytes goes.

The threads are those of all who read so in this process: each keeps memory of what it unpacked, so they are few.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from itertools import islice
from typing import TypeVar

READERS = 8
"""Threads that read ahead."""

_Item = TypeVar("_Item")
_Answer = TypeVar("_Answer")


def read_ahead(
    work: Callable[[_Item], _Answer],
    items: Iterable[_Item],
    size: Callable[[_Item], int],
    most: int,
    at_hand: Callable[[_Item], bool] = lambda _: False,
) -> Iterator[_Answer]:
    """What `work` makes of the items, in order; the first failure ends it.

    While one is told the next is read, and more after it until the `size` of all that are read ahead comes to `most`.
    The first is read at once, alone, for it is waited for. What is `at_hand` needs no thread: it is read in its turn.
    """
    coming = iter(items)
    waiting: deque[tuple[int, Callable[[], _Answer], Future[_Answer] | None]] = deque()
    ready, ahead = [work(item) for item in islice(coming, 1)], 0
    try:
        while ready:
            while (not waiting or ahead < most) and (found := list(islice(coming, 1))):
                job = None if at_hand(found[0]) else _readers().submit(work, found[0])
                waiting.append((size(found[0]), partial(work, found[0]) if job is None else job.result, job))
                ahead += waiting[-1][0]
            yield ready.pop()  # it is not kept here while it is told
            if waiting:
                cost, answer, _ = waiting.popleft()
                ahead -= cost
                ready.append(answer())
    finally:
        for _, _, job in waiting:
            if job is not None:
                job.cancel()


@cache
def _readers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(READERS, thread_name_prefix="soap-read")


os.register_at_fork(after_in_child=_readers.cache_clear)
