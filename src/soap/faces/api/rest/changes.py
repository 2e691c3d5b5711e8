"""Changes: what another node asks for, to mirror what it may see of this one."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import Response, StreamingResponse

from soap.core.errors import BadParameter
from soap.faces.api.rules import Anybody
from soap.services.sync import telling
from soap.services.sync.wire import ContactsTold, GranulesTold, NodeTold, StationsTold

router = APIRouter(prefix="/changes", tags=["federation"])

_MOST, _MOST_CONTACTS = 1000, 200
_RANGE = re.compile(r"bytes=([0-9]{1,18})-")
_After = Annotated[str, Query(max_length=300, description="`next` of the answer before.")]
_Limit = Annotated[int, Query(ge=1, le=_MOST)]
_Provider = Annotated[str, Query(max_length=20, description="A member's code; empty: the archive itself.")]
_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@router.get("")
def node(asking: Anybody) -> NodeTold:
    """Which archive this is, and a digest of each collection of which the asker may see something."""
    return telling.node(asking.viewer, asking.archive)


@router.get("/granules")
def granules(
    asking: Anybody,
    collection: Annotated[str, Query(min_length=1, max_length=200)],
    provider: _Provider = "",
    after: _After = "",
    limit: _Limit = _MOST,
) -> GranulesTold:
    """Granules of a collection by name: the objects that hold each now, and its terms."""
    found = telling.granules(asking.viewer, asking.archive, collection, provider, after, limit)
    asking.tells_of(one.terms.owner for one in found.granules)
    return found


@router.get("/stations")
def stations(asking: Anybody, provider: _Provider = "", after: _After = "", limit: _Limit = _MOST) -> StationsTold:
    """Stations of a provider's lists, by scheme and code."""
    found = telling.stations(asking.viewer, asking.archive, provider, after, limit)
    asking.tells_of(one.terms.owner for one in found.stations)
    return found


@router.get("/contacts")
def contacts(
    asking: Anybody,
    provider: _Provider = "",
    after: _After = "",
    limit: Annotated[int, Query(ge=1, le=_MOST_CONTACTS)] = _MOST_CONTACTS,
) -> ContactsTold:
    """Contacts of a provider's stations, by scheme and code; persons are told of to members' people alone."""
    return telling.contacts(asking.viewer, asking.archive, provider, after, limit)


@router.get(
    "/object",
    response_class=Response,
    responses={
        200: {"content": _BYTES, "description": "The object, as it was recorded."},
        206: {"content": _BYTES, "description": "The rest of the object."},
        416: {"description": "The object ends before that byte."},
    },
)
def content(
    asking: Anybody,
    granule: Annotated[str, Query(min_length=1, max_length=300)],
    sha256: Annotated[str, Query(pattern="^[0-9a-f]{64}$")],
    range_: Annotated[str | None, Header(alias="Range", max_length=100)] = None,
) -> Response:
    """One of a granule's objects, whole or from a byte on (`Range: bytes=N-`)."""
    told = telling.content(asking.viewer, asking.archive, granule, sha256)
    asking.tells_of([told.owner])
    start = _start(range_)
    headers = {"ETag": f'"{told.sha256}"', telling.TERMS_HEADER: told.terms, "Accept-Ranges": "bytes"}
    if start and start >= told.bytes:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{told.bytes}"})
    headers["Content-Length"] = str(told.bytes - start)
    if start:
        headers["Content-Range"] = f"bytes {start}-{told.bytes - 1}/{told.bytes}"
    body = telling.parts(asking.archive, told, start)
    return StreamingResponse(body, 206 if start else 200, headers, media_type="application/octet-stream")


def _start(range_: str | None) -> int:
    """First byte that is asked for; `BadParameter` for any other range."""
    if not range_:
        return 0
    match = _RANGE.fullmatch(range_.strip())
    if match is None:
        raise BadParameter(f"The range {range_!r} cannot be given; ask for `bytes=N-`, or for the whole.")
    return int(match[1])
