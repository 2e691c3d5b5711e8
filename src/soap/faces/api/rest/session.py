"""Signing in and out with a browser, and the password that one signs in by."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, SecretStr

from soap.core.errors import Refused
from soap.core.who import Viewer
from soap.faces.api.asking import Asking
from soap.faces.api.credentials import by_https, cookie_name
from soap.faces.api.rest.fields import UserInPath, UserName
from soap.faces.api.rules import Anybody, InPerson
from soap.services import oidc, passwords, sign_in

router = APIRouter(tags=["session"])

Password = Annotated[SecretStr, Field(min_length=1, max_length=passwords.LONGEST)]


class Who(BaseModel):
    """Who one is here; a guest is the public."""

    user: str = Field(examples=["li.wei"])
    member: str = Field(description="Code of the member state, empty for nobody's people.", examples=["CHN"])
    roles: list[str] = Field(examples=[["user"]])
    csrf: str | None = Field(
        description="For a browser's session: what the header X-CSRF-Token of a change must say; else null."
    )
    institution: str | None = Field(
        description="Whose account one may sign in by with a browser, at /api/v1/oidc/login; null: a password alone."
    )


class SignIn(BaseModel):
    """Who one claims to be, and the proof."""

    user: UserName
    password: Password


class PasswordChange(BaseModel):
    """A new password, and the one that it follows."""

    old: Password
    new: Password


class NewPassword(BaseModel):
    """A password that somebody is given; they change it."""

    password: Password


@router.get("/session")
def who_am_i(asking: Anybody, request: Request, response: Response) -> Who:
    """Who asks."""
    response.headers["Cache-Control"] = "no-store"
    return _who(asking, asking.viewer, "" if "authorization" in request.headers else _cookie(asking, request))


@router.post("/session")
def sign_in_by_password(asking: Anybody, request: Request, response: Response, claim: SignIn) -> Who:
    """Sign in by a password, with a browser of this site; the answer sets a new session's cookie."""
    asking.changes, asking.about = True, f"user={claim.user}"
    must_be_ours(request)
    here = asking.served
    sign_in.by_password(here.archive, here.attempts, claim.user, claim.password.get_secret_value(), asking.address)
    return _who(asking, *enter(asking, request, response, claim.user))


@router.delete("/session", status_code=204)
def sign_out(asking: Anybody, request: Request, response: Response) -> None:
    """End the browser's session."""
    asking.changes = True
    sign_in.end(asking.archive, _cookie(asking, request))
    response.delete_cookie(cookie_name(asking), path="/", secure=by_https(asking), httponly=True, samesite="strict")


@router.post("/password", status_code=204)
def change_password(asking: InPerson, request: Request, change: PasswordChange) -> None:
    """Change one's password; one's other sessions end."""
    here, user = asking.served, asking.viewer.user
    sign_in.by_password(here.archive, here.attempts, user, change.old.get_secret_value(), asking.address)
    keep = sign_in.digest(_cookie(asking, request))
    passwords.set_password(asking.viewer, here.archive, user, change.new.get_secret_value(), keep)


@router.put("/accounts/{user}/password", status_code=204, tags=["administration"])
def set_password_of(asking: InPerson, user: UserInPath, wanted: NewPassword) -> None:
    """Set another's password, for who runs the archive; the user's sessions end."""
    if user == asking.viewer.user:
        raise Refused("One's own password is changed by /api/v1/password, which asks for the present one.")
    passwords.set_password(asking.viewer, asking.archive, user, wanted.password.get_secret_value())


def enter(asking: Asking, request: Request, response: Response, user: str) -> tuple[Viewer, str]:
    """Begin a session of a user who has proved who they are, and end the one that the browser had."""
    here, before = asking.served, _cookie(asking, request)
    if before:
        sign_in.end(here.archive, before)
    secret = sign_in.begin(here.archive, here.settings, user)
    held = sign_in.holder(here.archive, here.settings, secret)
    if held is None:
        raise Refused(f"The account {user} was removed meanwhile.")
    asking.viewer = held.viewer
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(cookie_name(asking), secret, path="/", secure=by_https(asking), httponly=True,
                        samesite="strict")  # fmt: skip
    return held.viewer, secret


def must_be_ours(request: Request) -> None:
    """`Refused` for a request that another site's page made: it would sign its reader in as somebody else."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin", "none"):
        raise Refused(f"This comes from a page of another site ({site[:40]}); sign in from a page of this server.")
    own = str(request.base_url)  # of the public name, where the server has one
    if origin is not None and _origin(origin) != _origin(own):
        raise Refused(f"This comes from a page of {origin[:100]!r}; sign in from a page of this server.")


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port (RFC 6454) of a URL; what is none has an empty host."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", "", None
    return parts.scheme, parts.hostname or "", port


def _cookie(asking: Asking, request: Request) -> str:
    return request.cookies.get(cookie_name(asking), "")


def _who(asking: Asking, viewer: Viewer, secret: str) -> Who:
    csrf = sign_in.csrf_of(secret) if secret and viewer.roles - {"guest"} else None
    by = oidc.institution(asking.served.settings)
    return Who(user=viewer.user, member=viewer.member, roles=sorted(viewer.roles), csrf=csrf, institution=by)
