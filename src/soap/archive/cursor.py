"""Cursors: where a page of a search ended, as a token that tells only what the page itself told.

A token holds the order, the place in it of the page's last granule by its public name, and the moment of which the
pages are. It is judged when it comes back: a forged one is refused, or begins elsewhere in what the viewer sees.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from soap.core.errors import BadParameter

LATEST, EARLIEST, BY_ID = "-time", "time", "id"
ORDERS = (LATEST, EARLIEST, BY_ID)
"""By when granules begin, the latest or the earliest first; by their identifier."""

_LONGEST = 700
_MOST = 2**63 - 1


@dataclass(frozen=True)
class Cursor:
    """Before or after which granule to go on: when it begins [ns], and its name; as of which time of recording [µs]."""

    order: str
    first: int
    granule_id: str
    as_of: int

    def token(self) -> str:
        """The cursor as text that can be a part of a URL."""
        told = json.dumps([self.order, self.first, self.granule_id, self.as_of], separators=(",", ":"))
        return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def cursor_of(token: str) -> Cursor:
    """The cursor that a token tells; `BadParameter` where it is none."""
    try:
        if len(token) > _LONGEST:
            raise ValueError
        told = json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True))
        order, first, granule_id, as_of = told
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise no_token() from None
    numbers = all(type(one) is int and -_MOST <= one <= _MOST for one in (first, as_of))
    if not (numbers and isinstance(granule_id, str) and granule_id.isprintable() and order in ORDERS):
        raise no_token()
    return Cursor(order, first, granule_id, as_of)


def no_token() -> BadParameter:
    """The error for a token that is none, or whose granule is seen no longer."""
    return BadParameter("The token is none, or holds no longer; ask again from the first page on.")
