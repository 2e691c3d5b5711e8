"""Signing in with a browser by an OpenID Connect issuer, where the settings name one."""

from __future__ import annotations

import base64
import binascii
import re
from html import escape
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from soap.core.errors import BadParameter, NotFound, Refused, SoapError, Unknown, WorkFailed
from soap.faces.api.asking import Asking
from soap.faces.api.credentials import by_https
from soap.faces.api.problems import status_of
from soap.faces.api.rest.session import enter
from soap.faces.api.rules import Anybody
from soap.services import oidc

router = APIRouter(tags=["session"])

_COOKIE, _PATH = "soap_oidc", "/api/v1/oidc"
_OWN_PATH = re.compile(r"/([!-.0-\[\]-~][!-~]*)?")
"""A path of this server: no `//host`, nor what browsers take for one."""

# A browser sends the session's cookie, which is SameSite=Strict, with no request to which another site led it; it
# comes from here by a step of its own.
_ON = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={to}">'
    '<title>SOAP</title><p>Signed in. <a href="{to}">Continue</a></p></html>'
)
_NOT = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<title>SOAP</title><h1>You are not signed in</h1><p>{why}</p><p><a href="/sign-in">Sign in</a></p></html>'
)
_WORDED = (BadParameter, NotFound, Refused, Unknown, WorkFailed)
"""Errors whose words are for who signs in."""
_SAFE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
To = Annotated[
    str, Query(max_length=2000, description="Path of this server to come back to; what is none is the home.")
]
Said = Annotated[str, Query(max_length=2000, pattern=r"^[\x20-\x7e]*$")]


@router.get("/oidc/login", response_class=RedirectResponse, status_code=303)
def begin_at_issuer(asking: Anybody, request: Request, to: To = "/") -> Response:
    """Go to the issuer and sign in there."""
    asking.served.attempts.begin(asking.address)
    try:
        begun = oidc.begin(asking.archive, _issuer(asking))
    except _WORDED as error:
        return _refused(request, error)
    answer = RedirectResponse(begun.url, 303, headers={"Cache-Control": "no-store"})
    kept = f"{begun.secret}.{base64.urlsafe_b64encode(_own(to).encode()).decode().rstrip('=')}"
    answer.set_cookie(_COOKIE, kept, max_age=oidc.EXPECTED_S, path=_PATH, secure=by_https(asking), httponly=True,
                      samesite="lax")  # fmt: skip
    return answer


@router.get("/oidc/callback", response_class=HTMLResponse)
def come_from_issuer(
    asking: Anybody, request: Request, state: Said = "", code: Said = "", error: Said = "", iss: Said = ""
) -> Response:
    """Where the issuer sends people back to."""
    asking.changes = True
    secret, _, to = request.cookies.get(_COOKIE, "").partition(".")
    try:
        user = _signed_in(asking, oidc.Came(secret, state, code, iss), error)
    except _WORDED as why:
        return _refused(request, why)
    asking.about = f"user={user}"
    answer = HTMLResponse(_ON.format(to=escape(_kept(to))), headers=_SAFE)
    enter(asking, request, answer, user)
    answer.delete_cookie(_COOKIE, path=_PATH)
    return answer


def _signed_in(asking: Asking, came: oidc.Came, error: str) -> str:
    """The user who was signed in by the issuer."""
    issuer = _issuer(asking)
    issuer.must_be_there()
    if error or not came.code:
        raise Unknown(f"The issuer did not sign you in ({error[:80] or 'it sent no code'}); sign in again.")
    return oidc.finish(asking.archive, issuer, came)


def _refused(request: Request, error: SoapError) -> Response:
    """The error as a page for who came with a browser; anybody else gets it as any other."""
    if "text/html" not in request.headers.get("accept", ""):
        raise error
    return HTMLResponse(_NOT.format(why=escape(str(error))), status_of(error), headers=_SAFE)


def _own(to: str) -> str:
    """A path of this server; for what is none, the home."""
    return to if _OWN_PATH.fullmatch(to) else "/"


def _kept(to: str) -> str:
    """The path that the browser's cookie kept."""
    try:
        return _own(base64.urlsafe_b64decode(to + "=" * (-len(to) % 4)).decode())
    except (binascii.Error, UnicodeDecodeError):
        return "/"


def _issuer(asking: Asking) -> oidc.Issuer:
    """The issuer as this process knows it."""
    alongside = asking.served.alongside
    return alongside.setdefault(oidc.Issuer, oidc.Issuer(asking.served.settings))
