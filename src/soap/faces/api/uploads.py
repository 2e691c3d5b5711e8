"""Uploads, `/api/v1/uploads`: files from stations, resumable (tus 1.0.0); told as published only when they are.

The last bytes of a file are acknowledged (and its offset becomes its length) once what it holds is durably in the
archive, or it is quarantined with the reason. A file that comes whole with its announcement is one round trip.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from soap.core.errors import Conflict, TooLarge
from soap.core.time import NS, iso
from soap.faces.api import tus
from soap.faces.api.asking import Asking, Served
from soap.faces.api.face import Face
from soap.faces.api.json_answer import Json
from soap.faces.api.problems import MEDIA, problem
from soap.faces.api.rules import HandsIn
from soap.services import uploads
from soap.services.uploads import DAMAGED, OPEN, Busy, Ended, Incoming, Mismatch, Reception, Upload

PREFIX = "/api/v1/uploads"
PIECE = 1 << 20
"""Bytes that are written at a time."""

_ENDLESS = 1 << 50
"""The framework's limit of a body here: ours, which is the announced length, is nearer."""

_NUMBER = "[0-9a-f]{32}"


class _Upload(StringConvertor):
    """An upload's number in a path: nothing else is taken for one, so that what lies beside uploads is not either."""

    regex = _NUMBER


register_url_convertor("upload", _Upload())

router = APIRouter(tags=["uploads"])
Number = Annotated[str, Path(pattern=f"^{_NUMBER}$", description="The upload's number, as its URL has it.")]


class UploadState(BaseModel):
    """How far an upload is, and what became of it."""

    upload_id: str
    name: str
    provider: str = Field(description="Member whose data it is; empty: the archive itself.")
    bytes: int
    offset: int
    state: Literal["open", "published", "duplicate", "quarantined", "damaged"]
    reason: str = Field(description="Why it was not published.")
    granules: list[str] = Field(description="Granules that it went into.")


class SenderState(BaseModel):
    """An agent at a station, as it said of itself when it last sent something."""

    user: str = Field(description="The account that it sends as.")
    member: str
    name: str = Field(description="Its machine.")
    version: str
    waiting: int = Field(description="Files that it has not sent yet.")
    skew_s: float | None = Field(description="How far its clock is ahead of the server's [s].")
    last_push: str = Field(description="When it last sent something, UTC.")


@asynccontextmanager
async def receiving(served: Served) -> AsyncIterator[None]:
    """The reception, open while the server runs."""
    reception = Reception(served.archive, served.composition, served.settings)
    with reception:
        served.alongside[Reception] = reception
        yield
        await run_in_threadpool(reception.close)


@router.options("", status_code=204)
def offer(asking: HandsIn) -> Response:
    """What is spoken here."""
    limit = str(_reception(asking).limit)
    told = {"Tus-Version": tus.VERSION, "Tus-Extension": tus.EXTENSIONS, "Tus-Max-Size": limit}
    return _answer(204, told | {"Tus-Checksum-Algorithm": ",".join(tus.offered())})


@router.get("")
def listed(asking: HandsIn) -> list[UploadState]:
    """Your latest uploads, at most 100, the newest first."""
    return [_state(one) for one in uploads.listed(asking.viewer, asking.archive)]


@router.post("", status_code=201, response_model=UploadState, max_body_size=_ENDLESS)
async def announce(asking: HandsIn, request: Request) -> Response:
    """Announce a file (`Upload-Length`, `Upload-Metadata`: filename, sha256, provider), and send it, or its beginning.

    A body has the type `application/offset+octet-stream`. Where it is the whole file, the answer tells what became of
    it: state `published`, `duplicate` (held already) or `quarantined` with the reason.
    """
    headers = request.headers
    tus.must_speak(headers)
    told, words = tus.metadata_in(headers)
    size, length = tus.number_in(headers, "Upload-Length"), tus.body_length(headers)
    reception = _reception(asking)
    reception.hear(asking.viewer, headers.get("soap-sender"))
    one = await run_in_threadpool(
        reception.announced,
        asking.viewer,
        words.get("filename", ""),
        size,
        words.get("sha256", ""),
        told,
        words.get("provider"),
    )
    asking.about = f"file={one.name} bytes={size} provider={one.provider}"
    if length != 0:
        tus.must_send_bytes(headers)
        tus.must_fit(length, size)
    checksum = tus.checksum_in(headers)
    if length == size and reception.at_once(size):
        content = await _whole(request, size)
        _check(checksum, content)
        one = _must_be_whole(await _ended(asking, one, content))
    else:
        await run_in_threadpool(reception.begin, asking.viewer, one)
        if length != 0 or size == 0:
            one = await _take(asking, request, one, 0, checksum)
    location = f"{request.scope.get('root_path', '')}{PREFIX}/{one.upload_id}"
    return _answer(201, {"Location": location} | tus.progress(one, reception.idle_s), _state(one))


@router.get("/senders")
def senders(asking: HandsIn) -> list[SenderState]:
    """Your member's agents (`soap push`) and how they do, silent for longest first."""
    return [SenderState(user=one.user, member=one.member, name=one.name, version=one.version, waiting=one.waiting,
                        skew_s=one.skew_s, last_push=_iso(one.seen))
            for one in uploads.senders(asking.viewer, asking.archive)]  # fmt: skip


@router.get("/{upload_id:upload}")
def told(asking: HandsIn, upload_id: Number) -> UploadState:
    """How far an upload is, and what became of it; what became of it is told for a day."""
    return _state(uploads.found(asking.viewer, asking.archive, upload_id))


@router.head("/{upload_id:upload}", status_code=200)
def offset(asking: HandsIn, request: Request, upload_id: Number) -> Response:
    """From which byte on to send: all before it are durable."""
    tus.must_speak(request.headers)
    one = uploads.found(asking.viewer, asking.archive, upload_id)
    if one.state == DAMAGED:
        raise HTTPException(410, one.reason)
    told = {"Upload-Length": str(one.bytes), "Cache-Control": "no-store"}
    if one.told:
        told["Upload-Metadata"] = one.told
    return _answer(200, told | tus.progress(one, _reception(asking).idle_s))


@router.patch("/{upload_id:upload}", status_code=204, max_body_size=_ENDLESS)
async def send(asking: HandsIn, request: Request, upload_id: Number) -> Response:
    """Send bytes from `Upload-Offset` on; with the last of them, the answer says that the file is published."""
    headers = request.headers
    tus.must_speak(headers)
    tus.must_send_bytes(headers)
    at, checksum = tus.number_in(headers, "Upload-Offset"), tus.checksum_in(headers)
    one = await run_in_threadpool(uploads.found, asking.viewer, asking.archive, upload_id)
    if one.state == DAMAGED:
        raise HTTPException(410, one.reason)
    if at != one.offset:
        raise Conflict(f"The upload's offset is {one.offset}, not {at}; go on from there.")
    tus.must_fit(tus.body_length(headers), one.bytes - one.offset)
    if one.state != OPEN:  # nothing was wanted, and nothing came
        return _answer(204, tus.progress(one, _reception(asking).idle_s))
    one = await _take(asking, request, one, at, checksum)
    return _answer(204, tus.progress(one, _reception(asking).idle_s))


@router.delete("/{upload_id:upload}", status_code=204)
def end(asking: HandsIn, request: Request, upload_id: Number) -> Response:
    """End an upload; what was published of it stays."""
    tus.must_speak(request.headers)
    uploads.forget(asking.viewer, asking.archive, upload_id)
    return _answer(204, {})


@router.post("/{upload_id:upload}", status_code=204, max_body_size=_ENDLESS)
async def override(asking: HandsIn, request: Request, upload_id: Number) -> Response:
    """For clients that can only POST: `X-HTTP-Method-Override` says HEAD, PATCH or DELETE."""
    method = request.headers.get("x-http-method-override", "").upper()
    if method == "PATCH":
        return await send(asking, request, upload_id)
    if method in ("HEAD", "DELETE"):
        return await run_in_threadpool(offset if method == "HEAD" else end, asking, request, upload_id)
    raise HTTPException(405, "Send PATCH, HEAD or DELETE, or say so in X-HTTP-Method-Override.")


def explain(request: Request, status: int, detail: str, headers: Mapping[str, str]) -> Response:
    """A problem document of the protocol; where a body was not read to its end, the connection ends instead."""
    told = tus.spoken() | dict(headers)
    if request.method not in ("GET", "HEAD", "OPTIONS", "DELETE"):
        told["Connection"] = "close"
    if status == tus.CHECKSUM_MISMATCH:
        content = {"type": "about:blank", "title": "Checksum Mismatch", "status": status, "detail": detail}
        return Json(content, MEDIA, status=status, headers=told)
    return problem(status, detail, told)


UPLOADS = Face(PREFIX, (router,), explain, alongside=(receiving,))


async def _whole(request: Request, size: int) -> bytes:
    """A body of so many bytes; `TooLarge` as soon as there are more."""
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > size:
            raise TooLarge(f"More than the {size:,} bytes that were announced were sent.")
    return bytes(content)


def _check(checksum: uploads.Checksum | None, content: bytes) -> None:
    """460 where a body is not what its checksum says."""
    if checksum is None:
        return
    checksum.update(content)
    try:
        checksum.check()
    except Mismatch as error:
        raise HTTPException(tus.CHECKSUM_MISMATCH, str(error)) from error


async def _take(asking: Asking, request: Request, one: Upload, at: int, checksum: uploads.Checksum | None) -> Upload:
    """Write the body behind what is there; where the file is whole then, have it published."""
    reception = _reception(asking)
    try:
        incoming = await run_in_threadpool(reception.incoming, asking.viewer, one, at, checksum)
    except Busy as error:
        raise HTTPException(423, str(error)) from error
    try:
        await _written(request, incoming)
        try:
            one = await run_in_threadpool(incoming.keep)
        except Mismatch as error:
            raise HTTPException(tus.CHECKSUM_MISMATCH, str(error)) from error
        if not incoming.whole:
            return one
        ended = await _ended(asking, one, await run_in_threadpool(incoming.content))
        await run_in_threadpool(reception.clear, ended)
        return _must_be_whole(ended)
    finally:
        incoming.close()


async def _written(request: Request, incoming: Incoming) -> None:
    """Write a body as it comes; of one that breaks off, what came counts."""
    waiting = bytearray()
    try:
        async for piece in request.stream():
            waiting += piece
            if len(waiting) > incoming.left:
                raise TooLarge(f"More than the {incoming.upload.bytes:,} bytes that were announced were sent.")
            if len(waiting) >= PIECE:
                await run_in_threadpool(incoming.take, bytes(waiting))
                waiting.clear()
    except ClientDisconnect:
        await run_in_threadpool(incoming.take, bytes(waiting))
        await run_in_threadpool(incoming.keep_what_came)
        raise
    await run_in_threadpool(incoming.take, bytes(waiting))


async def _ended(asking: Asking, one: Upload, content: bytes) -> Upload:
    """The upload once it is known what became of it."""
    reception = _reception(asking)
    if reception.at_once(len(content)):
        answer = reception.hand_in(asking.viewer, one, content)
    else:
        answer = await run_in_threadpool(reception.hand_in, asking.viewer, one, content)
    ended: Ended = await asyncio.shield(asyncio.wrap_future(answer))
    return reception.ended(one, ended)


def _must_be_whole(one: Upload) -> Upload:
    if one.state == DAMAGED:
        raise HTTPException(tus.CHECKSUM_MISMATCH, one.reason)
    return one


def _iso(microseconds: int) -> str:
    return iso(np.datetime64(microseconds, "us").astype(NS))


def _reception(asking: Asking) -> Reception:
    return asking.served.alongside[Reception]


def _state(one: Upload) -> UploadState:
    known: Any = one.state
    return UploadState(upload_id=one.upload_id, name=one.name, provider=one.provider, bytes=one.bytes,
                       offset=one.offset, state=known, reason=one.reason, granules=list(one.granules))  # fmt: skip


def _answer(status: int, headers: Mapping[str, str], content: UploadState | None = None) -> Response:
    told = tus.spoken() | dict(headers)
    if content is None:
        return Response(status_code=status, headers=told)
    return Json(content.model_dump(), status=status, headers=told)
