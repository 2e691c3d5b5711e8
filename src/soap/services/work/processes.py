"""Local worker processes that never outlive the one that started them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any

from soap.core.errors import WorkFailed


class Processes:
    """A pool of `number` processes, started as tasks come.

    They are spawned, not forked: database connections, compiled code and the object store's threads do not survive a
    fork. Each holds one end of a pipe, the leash; when this process lets go of the other end, or dies, it leaves.
    """

    def __init__(self, number: int):
        self.number = number
        context = multiprocessing.get_context("spawn")
        self._far_end, self._leash = context.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(number, mp_context=context, initializer=_begin, initargs=(self._far_end,))

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future:
        """Begin a task; gives its future."""
        try:
            with starting():
                return self._pool.submit(function, *arguments)
        except BrokenProcessPool as error:
            raise _killed() from error

    def result(self, future: Future) -> Any:
        """The task's result, waited for."""
        try:
            return future.result()
        except BrokenProcessPool as error:
            raise _killed() from error

    def close(self, *, now: bool) -> None:
        """End the processes and wait until they have left."""
        if now:
            self._leash.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._leash.close()
        self._far_end.close()


def _begin(far_end: Connection) -> None:
    """In a worker: leave interruption to the process that started it, and leave with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(far_end,), daemon=True).start()


def _leave_with(far_end: Connection) -> None:
    try:
        far_end.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)


@contextmanager
def starting() -> Iterator[None]:
    """While a process may be started: without the program's own script, and deaf to Ctrl-C until it is set up.

    A spawned process would run the main script again, all of it where that is not guarded; tasks need nothing of it.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _killed() -> WorkFailed:
    return WorkFailed(
        "A worker process was killed while it worked, most often because memory ran out. Nothing of this run was kept;"
        " run it again with fewer processes, `SOAP_SCHEDULER=local:1`, or on a larger machine."
    )
