"""How a request says who asks: a token, or a browser's session; else it is the public.

A guest costs the catalogue nothing, nor does who asked within the last seconds (`soap.services.holders`).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from soap.core.errors import Unknown
from soap.core.who import Viewer
from soap.faces.api.asking import Asking, Served
from soap.services import sign_in, tokens
from soap.services.accounts import PUBLIC

CSRF = "X-CSRF-Token"
"""Header by which a page of ours shows that it meant a change."""

_COOKIE = "soap_session"
_Held = TypeVar("_Held", tokens.Holder, sign_in.Session | None)


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


def cookie_name(asking: Asking) -> str:
    """Name of the session's cookie; by https with a prefix, which browsers take from this very host (RFC 6265bis)."""
    return f"__Host-{_COOKIE}" if by_https(asking) else _COOKIE


def by_https(asking: Asking) -> bool:
    """True when browsers reach the server by https."""
    return asking.secure or asking.served.settings.public_url.startswith("https://")


async def caller(request: HTTPConnection, asking: Asking) -> Caller:
    """Who asks. `Unknown` for a token that is none, or holds no longer: never the public instead.

    A cookie that is none, or holds no longer, is no claim: the browser sends it by itself, and its user is a guest.
    """
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind:
        return await _by_token(asking, _token(kind, secret.strip()))
    cookie = request.cookies.get(cookie_name(asking), "")
    return await _by_cookie(asking, cookie, request.headers.get(CSRF, "")) if cookie else Caller(PUBLIC)


async def _by_token(asking: Asking, secret: str) -> Caller:
    here = asking.served
    held = tokens.kept(here.archive, secret)
    if held is None or not here.limits.fresh(held.viewer):
        here.limits.guessing(asking.address)
        try:
            held = await run_in_threadpool(_asked, here, partial(tokens.holder, here.archive, secret))
        except Unknown:
            here.limits.guessed(asking.address)
            raise
    here.recorder.saw("token", tokens.digest(secret))
    return Caller(held.viewer, held.scopes)


async def _by_cookie(asking: Asking, secret: str, csrf: str) -> Caller:
    here = asking.served
    held = sign_in.kept(here.archive, secret)
    if held is None or not here.limits.fresh(held.viewer):
        held = await run_in_threadpool(_asked, here, partial(sign_in.holder, here.archive, here.settings, secret))
    if held is None:
        return Caller(PUBLIC)
    here.recorder.saw("session", sign_in.digest(secret))
    meant = hmac.compare_digest(sign_in.csrf_of(secret).encode(), csrf.encode("utf-8", "surrogateescape"))
    return Caller(held.viewer, by_cookie=True, meant=meant)


def _asked(here: Served, ask: Callable[[], _Held]) -> _Held:
    """The catalogue's answer, and how much its user was sent today."""
    held = ask()
    if held is not None:
        here.limits.load(here.archive, held.viewer)
    return held


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
