"""Jobs: long work that is asked for, followed while it goes on, and fetched when it is done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from soap.core.time import iso
from soap.faces.api.asking import Asking
from soap.faces.api.ranges import ranged
from soap.faces.api.rules import Anybody, SignedIn, Works
from soap.services import jobs as service
from soap.services.jobs import KindName, State

router = APIRouter(tags=["jobs"])

JobId = Annotated[str, Path(max_length=80, pattern=r"^[a-z]+-[0-9a-f]+$", description="Identifier of the job.")]
_LOOK_S = 0.5
_EVENTS_S = 60.0
_WAIT_S = 15.0
"""Longer than this nobody waits for one answer: a server that is stopped gives its requests little more."""

_CONTENT = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": _CONTENT},
    206: {"description": "The bytes that `Range` names", "content": _CONTENT},
    304: {"description": "It is as the client has it"},
    416: {"description": "`Range` names no bytes of the file"},
}


class Work(BaseModel):
    """Work that is asked for."""

    model_config = ConfigDict(extra="forbid")

    kind: KindName = Field(description="A kind that /job-kinds lists.", examples=["case"])
    parameters: dict[str, Any] = Field(
        description="What the kind takes, as /job-kinds says.", examples=[{"event_id": "us20005iis"}]
    )


class JobKind(BaseModel):
    """What can be asked for."""

    name: str
    meaning: str
    parameters: dict[str, Any] = Field(description="JSON schema of its parameters.")


class Job(BaseModel):
    """A job, as its maker sees it."""

    job_id: str
    kind: str
    title: str
    parameters: dict[str, Any]
    made_by: str
    state: State
    cancelling: bool = Field(description="True while it runs, and is to end because its maker wished it.")
    done: float = Field(ge=0, le=1, description="Part that is done.")
    left_s: float | None = Field(description="Seconds until it will be done if it goes on as it has; null: not known.")
    message: str = Field(description="What is being done, or why it failed.")
    attempts: int = Field(description="Times that it was begun.")
    recorded_from: str = Field(description="When it was asked for, ISO 8601, UTC.")
    begun: str | None
    ended: str | None
    result: str | None = Field(description="Path of what it made; null while there is nothing that may be seen.")
    study: str | None = Field(description="Identifier of the study that it made.")


@router.get("/job-kinds")
def job_kinds(asking: Anybody) -> list[JobKind]:
    """What can be asked for as a job."""
    return [
        JobKind(name=one.name, meaning=one.meaning, parameters=one.parameters.model_json_schema())
        for one in service.kinds(asking.viewer)
    ]


@router.post("/jobs", status_code=202, responses={202: {"headers": {"Location": {"schema": {"type": "string"}}}}})
def ask(asking: Works, work: Work, response: Response) -> Job:
    """Ask for work. The same work asked for again, while nothing that you see has changed, is the same job."""
    found = service.ask(asking.viewer, asking.archive, asking.composition, work.kind, work.parameters)
    response.headers["Location"] = f"/api/v1/jobs/{found.job_id}"
    return _told(found)


@router.get("/jobs")
def jobs(
    asking: SignedIn,
    state: Annotated[State | None, Query(description="Only these.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 100,
) -> list[Job]:
    """Your jobs, for who runs the archive everybody's; the latest first."""
    return [_told(one) for one in service.jobs(asking.viewer, asking.archive, state=state, most=limit)]


@router.get("/jobs/{job_id}")
async def job(
    asking: SignedIn,
    job_id: JobId,
    wait: Annotated[
        float, Query(ge=0, le=30, description="Wait up to so many seconds for its state to change; 15 s at most.")
    ] = 0.0,
) -> Job:
    """One job; with `wait` answered when its state changes."""
    until, first = time.monotonic() + min(wait, _WAIT_S), await _now(asking, job_id)
    found = first
    while found.active and found.state == first.state and (left := until - time.monotonic()) > 0:
        await asyncio.sleep(min(_LOOK_S, left))
        found = await _now(asking, job_id)
    return _told(found)


@router.get(
    "/jobs/{job_id}/events",
    response_class=StreamingResponse,
    responses={200: {"description": "Events `job`, each a job as JSON", "content": {"text/event-stream": {}}}},
)
async def events(asking: SignedIn, job_id: JobId) -> StreamingResponse:
    """The job whenever it has changed, as server-sent events, until it ends; after a minute the client asks again."""
    first = await _now(asking, job_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_changes(asking, first), headers=headers, media_type="text/event-stream")


@router.post("/jobs/{job_id}/cancel")
@router.delete("/jobs/{job_id}")
def cancel(asking: Works, job_id: JobId) -> Job:
    """End a job: at once where it waits, soon where it runs."""
    return _told(service.cancel(asking.viewer, asking.archive, job_id))


@router.get("/jobs/{job_id}/result", response_class=StreamingResponse, responses=_FILE)
def result(asking: SignedIn, job_id: JobId, request: Request) -> Response:
    """What a job made, as a file; parts of it by `Range`."""
    found, made = service.result(asking.viewer, asking.archive, job_id)
    asking.tells_of(service.result_owners(asking.viewer, asking.archive, made.product_id))
    return ranged(
        request,
        made.bytes,
        made.sha256,
        made.media,
        found.file_name,
        lambda start, stop: service.result_parts(asking.viewer, asking.archive, made.product_id, start, stop),
    )


async def _now(asking: Asking, job_id: str) -> service.Job:
    return await run_in_threadpool(service.job, asking.viewer, asking.archive, job_id)


async def _changes(asking: Asking, found: service.Job) -> AsyncIterator[bytes]:
    until, told = time.monotonic() + _EVENTS_S, ""
    while True:
        content = _told(found).model_dump_json()
        if content != told:
            told = content
            yield f"event: job\ndata: {content}\n\n".encode()
        if not found.active or time.monotonic() > until:
            return
        await asyncio.sleep(_LOOK_S)
        found = await _now(asking, found.job_id)


def _told(one: service.Job) -> Job:
    return Job(
        job_id=one.job_id,
        kind=one.kind,
        title=one.title,
        parameters=dict(one.parameters),
        made_by=one.made_by,
        state=one.state,
        cancelling=one.cancelling,
        done=one.done,
        left_s=one.left_s,
        message=one.message,
        attempts=one.attempts,
        recorded_from=iso(one.recorded_from),
        begun=None if one.begun is None else iso(one.begun),
        ended=None if one.ended is None else iso(one.ended),
        result=f"/api/v1/jobs/{one.job_id}/result" if one.product else None,
        study=one.product if one.product.startswith("study-") else None,
    )
