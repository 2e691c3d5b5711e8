"""The words of tus 1.0.0, the protocol of resumable uploads (https://tus.io/protocols/resumable-upload, 2016-03-25)."""

from __future__ import annotations

import base64
import binascii
import re
import time
from email.utils import formatdate

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from soap.core.errors import BadParameter, TooLarge
from soap.services.uploads import ALGORITHMS, Checksum, Upload

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
MEDIA = "application/offset+octet-stream"
"""What the bytes of an upload are sent as."""

CHECKSUM_MISMATCH = 460

_NUMBER = re.compile(r"[0-9]{1,15}")
_KEY = re.compile(r"[!-+\--~]{1,80}")
_LONGEST_TOLD = 4096


def spoken() -> dict[str, str]:
    """Headers of every answer: the version, and the server's time [s since 1970], finer than `Date`."""
    return {"Tus-Resumable": VERSION, "Soap-Time": f"{time.time():.6f}"}


def must_speak(headers: Headers) -> None:
    """412 unless the request is of the version that is spoken here."""
    if headers.get("tus-resumable") != VERSION:
        raise HTTPException(
            412, f"Send the header Tus-Resumable: {VERSION}; no other version is spoken.", {"Tus-Version": VERSION}
        )


def must_send_bytes(headers: Headers) -> None:
    """415 unless a body is sent as bytes of an upload."""
    told = headers.get("content-type", "").split(";")[0].strip().lower()
    if told != MEDIA:
        raise HTTPException(415, f"The bytes of an upload are sent with Content-Type: {MEDIA}, not {told[:80]!r}.")


def number_in(headers: Headers, name: str) -> int:
    """A whole number in a header; `BadParameter` where there is none."""
    told = headers.get(name)
    if told is None or not _NUMBER.fullmatch(told):
        raise BadParameter(f"The header {name} is {told[:40] if told else told!r}; it must be a number of bytes.")
    return int(told)


def body_length(headers: Headers) -> int | None:
    """How many bytes the body is said to have; None where it comes in chunks, and its end tells."""
    if "transfer-encoding" in headers:
        return None
    return number_in(headers, "content-length") if "content-length" in headers else 0


def must_fit(length: int | None, room: int) -> None:
    """`TooLarge` for a body that says it brings more than there is room for."""
    if length is not None and length > room:
        raise TooLarge(f"The body is {length:,} bytes; {room:,} are still wanted of this upload.")


def checksum_in(headers: Headers) -> Checksum | None:
    """The checksum of this body that was told, if one was; `BadParameter` for one that is none."""
    told = headers.get("upload-checksum")
    if told is None:
        return None
    algorithm, _, value = told.strip().partition(" ")
    if algorithm.lower() not in ALGORITHMS:
        raise BadParameter(f"Checksums are of {', '.join(offered())}, not {algorithm[:40]!r}.")
    return Checksum(algorithm.lower(), _decoded(value.strip(), "Upload-Checksum"))


def offered() -> list[str]:
    """Names of the checksums that are understood, each once."""
    return [name for name in ALGORITHMS if "-" not in name]


def metadata_in(headers: Headers) -> tuple[str, dict[str, str]]:
    """What is told of a file: as it came, and by key; `BadParameter` where it is not in the protocol's form."""
    told = headers.get("upload-metadata", "").strip()
    if len(told) > _LONGEST_TOLD:
        raise BadParameter(f"Upload-Metadata is {len(told):,} characters; at most {_LONGEST_TOLD:,} are taken.")
    found: dict[str, str] = {}
    for pair in told.split(",") if told else ():
        key, _, value = pair.strip().partition(" ")
        if not _KEY.fullmatch(key) or key in found:
            raise BadParameter(f"Upload-Metadata has the key {key[:80]!r} twice, or it is none.")
        found[key] = _decoded(value.strip(), f"Upload-Metadata, {key[:80]},").decode("utf-8", "backslashreplace")
    return told, found


def progress(one: Upload, idle_s: float) -> dict[str, str]:
    """Headers that tell how far an upload is; when it expires, and what became of it, where that is known."""
    told = {"Upload-Offset": str(one.offset), "Upload-State": one.state}
    if one.state == "open":
        told["Upload-Expires"] = formatdate(one.seen / 1_000_000 + idle_s, usegmt=True)
    return told


def _decoded(value: str, where: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadParameter(f"{where} is not in Base64.") from error
