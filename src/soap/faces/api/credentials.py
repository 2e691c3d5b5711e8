"""How a request says who asks: a token, or a browser's session; else it is the public."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from soap.core.errors import Unknown
from soap.core.who import Viewer
from soap.faces.api.asking import served
from soap.services import tokens
from soap.services.accounts import PUBLIC


@dataclass(frozen=True)
class Caller:
    """Who asks, by what: the scopes of a token (None: by no token), a session's cookie, or nothing."""

    viewer: Viewer
    scopes: frozenset[str] | None = None
    by_cookie: bool = False
    meant: bool = True
    """For a session: the request carried the session's CSRF token too."""

    @property
    def guest(self) -> bool:
        """True for the public."""
        return self.viewer == PUBLIC


def caller(request: HTTPConnection) -> Caller:
    """Who asks. `Unknown` for a token that is none, or holds no longer: never the public instead."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind:
        held = tokens.holder(served(request).archive, _token(kind, secret.strip()))
        return Caller(held.viewer, held.scopes)
    return Caller(PUBLIC)


def _token(kind: str, secret: str) -> str:
    """The token in an `Authorization` header: a bearer's, or, for programs that know no other way, a password."""
    if kind.lower() == "bearer":
        return secret
    if kind.lower() == "basic":
        try:
            return base64.b64decode(secret, validate=True).decode().rpartition(":")[2]
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Unknown("The header Authorization holds no Basic credentials.") from error
    raise Unknown(f"{kind[:20]!r} is no way to say who asks; send `Authorization: Bearer TOKEN`.")
