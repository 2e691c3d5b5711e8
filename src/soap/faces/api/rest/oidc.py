"""Signing in with a browser by an OpenID Connect issuer, where the settings name one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from soap.core.errors import Unknown
from soap.faces.api.asking import Asking
from soap.faces.api.credentials import by_https
from soap.faces.api.rest.session import enter
from soap.faces.api.rules import Anybody
from soap.services import oidc

router = APIRouter(tags=["session"])

_COOKIE, _PATH = "soap_oidc", "/api/v1/oidc"

# A browser sends the session's cookie, which is SameSite=Strict, with no request to which another site led it; it
# comes from here by a step of its own.
_HOME = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=/">'
    '<title>SOAP</title><p>Signed in. <a href="/">Continue</a></p></html>'
)
_SAFE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@router.get("/oidc/login", response_class=RedirectResponse, status_code=303)
def begin_at_issuer(asking: Anybody) -> Response:
    """Go to the issuer and sign in there."""
    asking.served.attempts.begin(asking.address)
    begun = oidc.begin(asking.archive, _issuer(asking))
    answer = RedirectResponse(begun.url, 303, headers={"Cache-Control": "no-store"})
    answer.set_cookie(_COOKIE, begun.secret, max_age=oidc.EXPECTED_S, path=_PATH, secure=by_https(asking),
                      httponly=True, samesite="lax")  # fmt: skip
    return answer


Said = Annotated[str, Query(max_length=2000, pattern=r"^[\x20-\x7e]*$")]


@router.get("/oidc/callback", response_class=HTMLResponse)
def come_from_issuer(
    asking: Anybody, request: Request, state: Said = "", code: Said = "", error: Said = "", iss: Said = ""
) -> Response:
    """Where the issuer sends people back to."""
    asking.changes = True
    issuer = _issuer(asking)
    issuer.must_be_there()
    if error or not code:
        raise Unknown(f"The issuer did not sign you in ({error[:80] or 'it sent no code'}); sign in again.")
    came = oidc.Came(request.cookies.get(_COOKIE, ""), state, code, iss)
    user = oidc.finish(asking.archive, issuer, came)
    asking.about = f"user={user}"
    answer = HTMLResponse(_HOME, headers=_SAFE)
    enter(asking, request, answer, user)
    answer.delete_cookie(_COOKIE, path=_PATH)
    return answer


def _issuer(asking: Asking) -> oidc.Issuer:
    """The issuer as this process knows it."""
    alongside = asking.served.alongside
    return alongside.setdefault(oidc.Issuer, oidc.Issuer(asking.served.settings))
