"""Who does the tasks: this process while they are few, then what the settings name; results in the order of the tasks.

A task is a function that a module holds and its arguments; what it returns depends on these alone (a task that draws
random numbers is given its own seed), so that results do not depend on who did it.
"""

from __future__ import annotations

import os
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import call
from typing import Any, Protocol, TypeVar

from soap.core.errors import BadParameter

Task = TypeVar("Task")
Result = TypeVar("Result")

TRIAL_S = 1.0
"""Seconds of work after which it is asked whether the rest is worth starting processes for."""

START_S = 2.5
"""Seconds until local processes have started and loaded what they need (measured on 2 cores)."""

IN_FLIGHT = 3
"""Tasks per worker that are given out and whose results are not yet taken: this bounds the memory."""


class Executor(Protocol):
    """What does tasks: in the shape of `concurrent.futures`, but for an end that leaves nobody behind."""

    number: int
    """How many tasks it does at a time."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Any:
        """Begin a task; gives its future."""

    def result(self, future: Any) -> Any:
        """The task's result, waited for; its own error, or `WorkFailed` when it cannot be had."""

    def close(self, *, now: bool) -> None:
        """End: `now` what is being done is given up, else only what waits. Returns when nothing is left running."""


class Workers:
    """Does tasks for as long as the `with` block of `workers` lasts."""

    def __init__(self, start: Callable[[], Executor] | None = None, number: int = 1, trial_s: float = TRIAL_S):
        self._start, self.number, self._trial_s = start, number, trial_s
        self._executor: Executor | None = None
        self._spent_s, self._done = 0.0, 0

    def each(self, function: Callable[[Task], Result], tasks: Iterable[Task], total: int) -> Iterator[Result]:
        """`function(task)` for each of the `total` tasks, in their order.

        At most `IN_FLIGHT` tasks per worker are taken from `tasks` ahead of the results that were asked for. Tasks are
        done in this process until it is clear that others save time. An error of a task is raised when its turn comes;
        `WorkFailed` when a worker or the scheduler fails.
        """
        left, pending = iter(tasks), deque[Any]()
        for task in left:
            if self._executor is None and not self._worth_starting(total):
                total -= 1
                yield self._here(function, task)
                continue
            executor = self._started()
            pending.append(executor.submit(function, task))
            if len(pending) >= IN_FLIGHT * executor.number:
                yield executor.result(pending.popleft())
        while pending:
            yield self._started().result(pending.popleft())

    def all(self, calls: Sequence[Callable[[], Result]]) -> list[Result]:
        """What the calls give, in their order; see `each`."""
        return list(self.each(call, calls, len(calls)))

    def close(self, *, now: bool) -> None:
        """End the executor, if one was started."""
        if self._executor is not None:
            self._executor.close(now=now)
            self._executor = None

    def _here(self, function: Callable[[Task], Result], task: Task) -> Result:
        began = time.monotonic()
        result = function(task)
        self._spent_s += time.monotonic() - began
        self._done += 1
        return result

    def _worth_starting(self, left: int) -> bool:
        """True when sharing the tasks left saves more than starting others costs, by what those before took."""
        if self._start is None or self._spent_s < self._trial_s:
            return False
        expected_s = left * self._spent_s / max(self._done, 1)
        return self._trial_s == 0 or expected_s * (1 - 1 / self.number) > START_S

    def _started(self) -> Executor:
        if self._executor is None:
            if self._start is None:
                raise RuntimeError("Tasks were given out, and there is nobody to give them to.")
            self._executor = self._start()
        return self._executor


HERE = Workers()
"""Does all tasks in this process, one after the other."""


@contextmanager
def workers(scheduler: str = "", *, trial_s: float = TRIAL_S) -> Iterator[Workers]:
    """Workers for the block: local processes, or those of a Dask scheduler.

    `scheduler` is empty (one local process a core), `local:N` (N local processes; 1: this one does all) or the URL of
    a `dask.distributed` scheduler (`tcp://…`, `tls://…`), to which all work goes. Local processes are started only
    when, after `trial_s` seconds of work here, they save time; 0 starts them at once. However the block is left,
    nothing of it goes on running. Raises `BadParameter` for another scheduler or a missing package, `WorkFailed` when
    the scheduler does not answer.
    """
    found = _of(scheduler, trial_s)
    try:
        yield found
    except BaseException:
        found.close(now=True)
        raise
    found.close(now=False)


def _of(scheduler: str, trial_s: float) -> Workers:
    local = re.fullmatch(r"(?:local:([0-9]{1,4}))?", scheduler)
    if local:
        number = int(local[1]) if local[1] else len(os.sched_getaffinity(0))
        if number < 1:
            raise BadParameter(f"SOAP_SCHEDULER is {scheduler!r}; give one local process or more, as `local:2`.")
        return Workers(_processes(number) if number > 1 else None, number, trial_s)
    if not re.match(r"[a-z]+://", scheduler):
        raise BadParameter(
            f"SOAP_SCHEDULER is {scheduler!r}; give the URL of a Dask scheduler (`tcp://host:8786`), `local:N` for N"
            " local processes, or nothing for one a core."
        )
    from soap.services.work.cluster import Cluster

    there = Cluster(scheduler)
    return Workers(lambda: there, there.number, trial_s=0)


def _processes(number: int) -> Callable[[], Executor]:
    def start() -> Executor:
        from soap.services.work.processes import Processes

        return Processes(number)

    return start
