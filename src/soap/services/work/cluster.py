"""Workers of a Dask cluster, reached through its scheduler's URL."""

from __future__ import annotations

import asyncio
import time
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from soap.core.errors import BadParameter, WorkFailed
from soap.services.work.installed import versions

ANSWER_S = 15
"""Seconds within which a scheduler must answer, and have a worker."""

ALONE_S = 60
"""Seconds for which work waits when all workers have gone: a cluster may be bringing up others."""

_LOOK_S = 2
_OTHERS_S = 20
_SHOWN = 3


class Cluster:
    """A Dask cluster for one block of work; `submit`, `result` and `close` as `soap.services.work.workers.Executor`."""

    def __init__(self, url: str):
        self.url, self._client, self._woken = url, _client(url), time.monotonic()
        try:
            self.number = self._checked()
        except BaseException:
            self._client.close(timeout=ANSWER_S)
            raise

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Any:
        """Begin a task; gives its future."""
        return self._client.submit(function, *arguments, pure=False)

    def result(self, future: Any) -> Any:
        """The task's result, waited for as long as there is somebody to do it."""
        from distributed import KilledWorker
        from distributed.comm import CommClosedError

        alone_since: float | None = None
        while True:
            try:
                return future.result(timeout=_LOOK_S)
            except TimeoutError:
                if future.status == "error":  # the task's own
                    raise
                if future.cancelled():
                    raise self._lost() from None
                alone_since = self._alone(alone_since)
                self._wake()
            except KilledWorker as error:
                raise WorkFailed(
                    f"A task killed the workers of {self.url} that tried it, most often because memory ran out. Give"
                    " the workers more memory, or fewer threads each."
                ) from error
            except (CancelledError, CommClosedError) as error:
                raise self._lost() from error

    def close(self, *, now: bool) -> None:
        """Give up what waits, and leave the cluster."""
        self._client.close(timeout=ANSWER_S)

    def _alone(self, since: float | None) -> float | None:
        """Since when there is no worker; `WorkFailed` when that is too long, or the scheduler has gone."""
        if self._client.status != "running":
            raise self._lost()
        if self._workers():
            return None
        since = since or time.monotonic()
        if time.monotonic() - since > ALONE_S:
            raise WorkFailed(f"All workers of {self.url} have gone. Start workers, and run this again.")
        return since

    def _wake(self) -> None:
        """Let what waits to be sent go out, from here and now and then from the scheduler and the workers.

        Dask sends by the wall clock: what was to go out in two thousandths of a second, and met a clock that was set
        back an hour, or that stepped back for a moment as those of virtual machines do, is sent an hour later.
        """
        sender, loop = self._client.scheduler_comm, self._client.loop
        if sender is not None:
            loop.add_callback(_senders_of()[0], sender)
        if time.monotonic() - self._woken > _OTHERS_S:
            self._woken = time.monotonic()
            loop.add_callback(_wake_others, self._client)

    def _workers(self) -> Mapping[str, Any]:
        return self._client.scheduler_info(n_workers=-1)["workers"]

    def _lost(self) -> WorkFailed:
        return WorkFailed(f"The scheduler {self.url} went away during the work. Start it, and run this again.")

    def _checked(self) -> int:
        """Number of the workers' threads; `WorkFailed` when there are none, or they have other software."""
        try:
            self._client.wait_for_workers(1, timeout=ANSWER_S)
        except TimeoutError as error:
            raise WorkFailed(
                f"The scheduler {self.url} has no workers. Start some: `dask worker {self.url}`."
            ) from error
        try:
            found: Mapping[str, Mapping[str, str]] = self._client.run(versions)
        except Exception as error:  # whatever a worker without this package, or of another Python, answers with
            raise WorkFailed(
                f"The workers of {self.url} cannot run SOAP ({type(error).__name__}: {error})."
                " Install the same version of it there."
            ) from error
        here = versions()
        for worker, there in found.items():
            other = [f"{name} {there.get(name)} for {here[name]}" for name in here if there.get(name) != here[name]]
            if other:
                more = f" and {len(other) - _SHOWN} more" if len(other) > _SHOWN else ""
                raise WorkFailed(
                    f"The worker {worker} of {self.url} has {', '.join(other[:_SHOWN])}{more}; results would not be"
                    " the same. Install the versions of the lock file everywhere."
                )
        return max(1, sum(one["nthreads"] for one in self._workers().values()))


async def _wake_others(client: Any) -> None:
    """Ask the scheduler and the workers to send what waits; asked by calls, which do not wait for a clock."""
    _, of_scheduler, of_worker = _senders_of()
    with suppress(OSError):  # who has gone, or is busy, is seen elsewhere, or woken the next time
        await asyncio.wait_for(client.run_on_scheduler(of_scheduler), ANSWER_S)
        await asyncio.wait_for(client.run(of_worker, on_error="ignore"), ANSWER_S)


def _senders_of() -> tuple[Callable[..., None], ...]:
    """What lets waiting messages out: of given senders, of a scheduler, of a worker.

    Made in a function, they go to others as code; one of a module would go by name, and a scheduler may have no SOAP.
    """

    def send(*senders: Any) -> None:
        for sender in senders:
            if sender.buffer:
                sender.next_deadline = None
                sender.waker.set()

    def of_scheduler(dask_scheduler: Any) -> None:
        send(*dask_scheduler.stream_comms.values(), *dask_scheduler.client_comms.values())

    def of_worker(dask_worker: Any) -> None:
        send(dask_worker.batched_stream, *dask_worker.stream_comms.values())

    return send, of_scheduler, of_worker


def _client(url: str) -> Any:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise BadParameter(
            f"SOAP_SCHEDULER is {url}, and Dask is not installed ({error.name}). `pip install 'soap[cluster]'`."
        ) from error
    _must_answer(url)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Dask compares versions too; `versions` says it in words
        return Client(url, timeout=ANSWER_S, set_as_default=False)


def _must_answer(url: str) -> None:
    """Ask the scheduler who it is: Dask's client, where nobody answers, neither gives up in time nor in silence."""
    with ThreadPoolExecutor(1) as aside:  # asked in a thread, since this one may have an event loop of its own
        try:
            found = aside.submit(asyncio.run, _identity(url)).result()
        except ValueError as error:
            raise BadParameter(f"SOAP_SCHEDULER is {url}, which is no address that Dask knows ({error}).") from error
        except Exception as error:  # whatever comes of speaking with nobody, or with another kind of server
            raise WorkFailed(
                f"No Dask scheduler answers at {url} within {ANSWER_S} s ({type(error).__name__}). Start one (`dask"
                " scheduler`), or unset SOAP_SCHEDULER to work in local processes."
            ) from error
    if found["type"] != "Scheduler":
        raise BadParameter(f"SOAP_SCHEDULER is {url}, which is a Dask {found['type'].lower()}; name the scheduler.")


async def _identity(url: str) -> Any:
    from distributed.core import rpc
    from distributed.security import Security

    as_client = Security().get_connection_args("client")  # of Dask's own settings: certificates for tls://
    async with rpc(url, timeout=ANSWER_S, connection_args=as_client) as there:
        return await asyncio.wait_for(there.identity(), ANSWER_S)
