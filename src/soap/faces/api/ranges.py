"""Files that are sent whole or in part (RFC 9110): one range of bytes, and what a client has already by its tag."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response, StreamingResponse

_RANGE = re.compile(r"bytes=(?:([0-9]{1,15})-([0-9]{1,15})?|-([0-9]{1,15}))")
_SAFE = re.compile(r"[^A-Za-z0-9._-]")


def ranged(
    request: Request,
    size: int,
    checksum: str,
    media: str,
    name: str,
    parts: Callable[[int, int], Iterator[bytes]],
) -> Response:
    """The answer to a request for a file of `size` bytes, of which `parts(start, stop)` gives some.

    Several ranges at once are answered by the whole file, a range beyond its end by 416. Nothing that stands between
    keeps it: who asks is judged each time.
    """
    headers = {
        "ETag": f'"{checksum}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        **attached(name),
    }
    if _named(request.headers.get("if-none-match", ""), checksum):
        return Response(status_code=304, headers=headers)
    found = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if found is None or not _still(request.headers.get("if-range"), checksum):
        return StreamingResponse(parts(0, size), 200, headers | {"Content-Length": str(size)}, media)
    start, stop = _span(found, size)
    if start >= stop:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    headers |= {"Content-Range": f"bytes {start}-{stop - 1}/{size}", "Content-Length": str(stop - start)}
    return StreamingResponse(parts(start, stop), 206, headers, media)


def attached(name: str) -> dict[str, str]:
    """Headers of a file of that name, which a browser saves and does not show."""
    return {
        "Content-Disposition": f"attachment; filename=\"{_SAFE.sub('_', name)}\"; filename*=UTF-8''{quote(name)}",
        "X-Content-Type-Options": "nosniff",
    }


def _span(found: re.Match[str], size: int) -> tuple[int, int]:
    """First byte, and first after the last; empty where the range is of nothing that there is."""
    first, last, from_end = found.groups()
    if from_end is not None:
        return max(0, size - int(from_end)), size
    return int(first), size if last is None else min(size, int(last) + 1)


def _named(tags: str, checksum: str) -> bool:
    return tags.strip() == "*" or any(tag.strip().removeprefix("W/") == f'"{checksum}"' for tag in tags.split(","))


def _still(tag: str | None, checksum: str) -> bool:
    """True unless the client wants a part only of another version; a time cannot tell of which it is."""
    return tag is None or tag == f'"{checksum}"'
