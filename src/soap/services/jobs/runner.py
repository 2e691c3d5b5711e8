"""The runner: takes jobs for as long as a server runs, and carries each out in a process of its own.

The runner holds the leases and tells the catalogue how far each job is. A job's process ends with its runner, by a
pipe whose other end the runner holds, and leaves by itself when the lease as it last heard of it has run out: it
never goes on where another may have taken the job up.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import secrets
import signal
import socket
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from soap.archive import Archive, job_leases
from soap.archive.job_leases import LOST, STOP, Taken
from soap.core.errors import SoapError
from soap.core.settings import Settings
from soap.core.who import folder_owner
from soap.services.composition import Composition
from soap.services.jobs.carrying_out import Stopped, carry_out
from soap.services.jobs.kinds import KINDS
from soap.services.work.processes import starting

LOOK_S = 0.5
"""Seconds between two looks at what waits and at what runs."""

GRACE_S = 10.0
"""Seconds that a cancelled job has to end by itself."""

_TELL_S = 2.0
_EXPIRE_S = 3600.0
_log = logging.getLogger("soap.jobs")


@dataclass
class _Running:
    """A job that is being carried out by a process."""

    taken: Taken
    process: Any
    pipe: Connection
    begun: float
    told: float
    part: float = 0.0
    text: str = ""
    stopping: float | None = None


@dataclass
class Runner:
    """Takes jobs and sees to their processes, in a thread, from `start` to `stop`."""

    archive: Archive
    composition: Composition
    name: str = field(default_factory=lambda: f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}")

    def __post_init__(self) -> None:
        self._running: list[_Running] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._go, name="soap-jobs", daemon=True)
        self._expired = time.monotonic() - _EXPIRE_S

    @property
    def settings(self) -> Settings:
        """Those of the archive."""
        return self.archive.settings

    def start(self) -> None:
        """Begin to take jobs."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more, end what runs, and hand it back to whoever goes on."""
        self._ending.set()
        self._thread.join()

    def _go(self) -> None:
        while not self._ending.is_set():
            try:
                self.look()
            except SoapError as error:  # the catalogue's server may come back
                _log.warning("jobs: %s", error)
            except Exception:  # the next look may go well; without the thread no job would ever be begun again
                _log.exception("jobs: a look at them failed")
            self._ending.wait(LOOK_S)
        for one in self._running:
            _kill(one)
            self._give_back(one, counts=False, reason="")

    @property
    def _until(self) -> float:
        """Until when a lease holds that is renewed from now on, by the machine's own clock."""
        return time.monotonic() + 0.9 * self.settings.job_lease_s

    def look(self) -> None:
        """See to what runs, and begin what waits while there is room."""
        for one in list(self._running):
            self._see_to(one)
        while len(self._running) < self.settings.job_workers:
            until = self._until
            taken = job_leases.take(self.archive, self.name, self.settings.job_lease_s, self.settings.job_attempts)
            if taken is None:
                break
            try:
                self._running.append(self._begin(taken, until))
            except OSError as error:  # no process can be had now
                most = self.settings.job_attempts
                job_leases.hand_back(self.archive, taken, counts=True, most=most, reason=f"{error.strerror}.")
                raise
        if time.monotonic() - self._expired >= _EXPIRE_S:
            self._expired = time.monotonic()
            kept = tuple(one.name for one in KINDS if one.kept)
            job_leases.expire(self.archive, folder_owner("server"), self.settings.job_days, kept)

    def _begin(self, taken: Taken, until: float) -> _Running:
        context = multiprocessing.get_context("spawn")
        near, far = context.Pipe()
        process = context.Process(target=_in_process, args=(self.settings, self.composition, taken, far, until))
        with starting():
            process.start()
        far.close()
        _log.info("job %s: begun, attempt %d", taken.job_id, taken.attempts)
        return _Running(taken, process, near, time.monotonic(), time.monotonic())

    def _see_to(self, one: _Running) -> None:
        _hear(one)
        now = time.monotonic()
        if not one.process.is_alive():
            code = one.process.exitcode
            self._give_back(one, counts=True, reason=f"its process ended with {_in_words(code)}.")
        elif now - one.begun > self.settings.job_time_s:
            _kill(one)
            said = f"It took longer than {self.settings.job_time_s:,.0f} s, which is what a job may take. Ask for less."
            job_leases.fail(self.archive, one.taken, said)
            self._forget(one)
        elif one.stopping is not None and now - one.stopping > GRACE_S:
            _kill(one)
            job_leases.cancelled(self.archive, one.taken)
            self._forget(one)
        elif now - one.told >= min(_TELL_S, self.settings.job_lease_s / 4):
            self._tell(one)

    def _tell(self, one: _Running) -> None:
        until = self._until
        answer = job_leases.beat(self.archive, one.taken, one.part, one.text)
        one.told = time.monotonic()
        if answer == LOST and one.process.is_alive():
            _kill(one)
            self._forget(one)
            return
        if answer == STOP and one.stopping is None:
            one.stopping = time.monotonic()
        _say(one, answer, until)

    def _give_back(self, one: _Running, *, counts: bool, reason: str) -> None:
        """The process has ended: what it has not ended itself waits again."""
        job_leases.hand_back(self.archive, one.taken, counts=counts, most=self.settings.job_attempts, reason=reason)
        self._forget(one)

    def _forget(self, one: _Running) -> None:
        one.process.join()
        one.process.close()
        one.pipe.close()
        self._running = [other for other in self._running if other is not one]


def _hear(one: _Running) -> None:
    """Take what the process has told of its progress; of several the last."""
    try:
        while one.pipe.poll():
            one.part, one.text = one.pipe.recv()
    except (EOFError, OSError):
        return


def _say(one: _Running, answer: str, until: float) -> None:
    try:
        one.pipe.send((answer, until))
    except OSError:  # it has just ended
        return


def _kill(one: _Running) -> None:
    one.process.kill()
    one.process.join()


def _in_words(code: int | None) -> str:
    if code is not None and code < 0:
        return f"the signal {signal.Signals(-code).name}, as when memory runs out"
    return f"the code {code}"


def _in_process(settings: Settings, composition: Composition, taken: Taken, pipe: Connection, until: float) -> None:
    """In the job's own process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the runner decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    limit = settings.job_memory_mb << 20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    leash = _Leash(pipe, until)
    threading.Thread(target=leash.listen, daemon=True).start()
    try:
        carry_out(Archive.open(settings, create=False), composition, taken, leash.told)
    except Stopped:
        job_leases.cancelled(Archive.open(settings, create=False), taken)


class _Leash:
    """What ties a job's process to its runner."""

    def __init__(self, pipe: Connection, until: float):
        self._pipe, self._until = pipe, until
        self._stop = threading.Event()
        self._last = 0.0

    def listen(self) -> None:
        """Leave with the runner, or when the lease has run out."""
        try:
            while self._pipe.poll(max(0.0, self._until - time.monotonic())):
                answer, self._until = self._pipe.recv()
                if answer == STOP:
                    self._stop.set()
        except (EOFError, OSError):
            os._exit(1)
        os._exit(1)

    def told(self, part: float, text: str) -> None:
        """Tell the runner how far the job is; `Stopped` when its maker wants no more of it."""
        if self._stop.is_set():
            raise Stopped
        if time.monotonic() - self._last >= LOOK_S or part in (0.0, 1.0):
            self._last = time.monotonic()
            self._pipe.send((part, text[:500]))
