"""Jobs are carried out alongside the server: each of its processes takes some, by a lease in the catalogue."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.concurrency import run_in_threadpool

from soap.faces.api.asking import Served
from soap.services.jobs.runner import Runner


@asynccontextmanager
async def carrying_out_jobs(served: Served) -> AsyncIterator[None]:
    """Take jobs until the server ends; what runs then is handed back."""
    wanted = served.archive.settings.job_workers > 0 and not served.archive.read_only
    if not wanted or not served.composition.portable:  # a job's process finds the composition by its reference
        yield
        return
    runner = Runner(served.archive, served.composition)
    runner.start()
    try:
        yield
    finally:
        await run_in_threadpool(runner.stop)
