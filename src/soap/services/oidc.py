"""Signing in by an OpenID Connect issuer: code flow with PKCE, state and nonce (RFC 6749, RFC 7636, OIDC Core 1.0).

What is kept of a sign-in that has begun is a cookie of the browser that began it: a random secret, from which state,
nonce and the verifier of PKCE follow, each by a word of its own. The catalogue knows a digest of the state, and takes
it once. Who the issuer says it is, is an account that exists, or one that the settings say is to be made.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import secrets
import ssl
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import httpx2

from soap.archive import Archive, identities
from soap.archive import accounts as held
from soap.archive.tokens import digest
from soap.core.errors import BadParameter, NotFound, Refused, Unknown, WorkFailed
from soap.core.settings import Settings
from soap.core.who import PROJECT_ADMIN, folder_owner

__all__ = ["CALLBACK", "EXPECTED_S", "Begun", "Came", "Issuer", "begin", "finish", "institution"]

CALLBACK = "/api/v1/oidc/callback"
EXPECTED_S = 600
"""Seconds that people have to sign in at the issuer."""

ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
"""Of signatures; none of them is made with a secret that both sides know, nor is `none` one."""

LEEWAY_S = 60
_KEPT_S = 3600
_AGAIN_S = 30
_WAIT_S = 10
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Begun:
    """Where the browser is to go, and the secret that it keeps meanwhile."""

    url: str
    secret: str


@dataclass(frozen=True)
class Came:
    """What the issuer sent the browser back with, and the secret that the browser had kept."""

    secret: str
    state: str
    code: str
    issuer: str = ""


class Issuer:
    """The issuer that the settings name, as it describes itself; that is kept for an hour."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self._described: tuple[float, dict[str, Any]] = (0.0, {})
        self._keys: tuple[float, dict[str, Any]] = (0.0, {})

    @property
    def redirect(self) -> str:
        """Where the issuer sends people back to."""
        return self.settings.public_url.rstrip("/") + CALLBACK

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """Whose certificates are believed: those that this machine believes."""
        return ssl.create_default_context()

    def must_be_there(self) -> None:
        """`NotFound` where no issuer is configured; `BadParameter` where the settings are not whole."""
        settings = self.settings
        if not settings.oidc_issuer:
            raise NotFound("Nobody signs in here by an issuer; sign in by a password.")
        if not (settings.oidc_client and settings.public_url):
            raise BadParameter("SOAP_OIDC_ISSUER needs SOAP_OIDC_CLIENT and SOAP_PUBLIC_URL beside it.")

    def described(self) -> dict[str, Any]:
        """What the issuer says of itself (OIDC Discovery 1.0); `WorkFailed` when it does not, or of another."""
        until, found = self._described
        if time.monotonic() < until:
            return found
        issuer = self.settings.oidc_issuer
        found = self._json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise WorkFailed(f"The issuer {issuer} says that it is {str(found.get('issuer'))[:100]!r}.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            _must_be_safe(str(found.get(name, "")))
        self._described = (time.monotonic() + _KEPT_S, found)
        return found

    def keys(self, *, anew: bool = False) -> dict[str, Any]:
        """The issuer's public keys; asked for `anew` where one is missing, but not more often than every 30 s."""
        asked, found = self._keys
        age = time.monotonic() - asked
        if not found or age > _KEPT_S or (anew and age > _AGAIN_S):
            found = self._json(self.described()["jwks_uri"])
            self._keys = (time.monotonic(), found)
        return found

    def _json(self, url: str) -> dict[str, Any]:
        _must_be_safe(url)
        try:
            with (
                httpx2.Client(timeout=_WAIT_S, follow_redirects=False, trust_env=False, verify=self.tls) as client,
                client.stream("GET", url) as answer,
            ):
                answer.raise_for_status()
                content = b""
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > _LARGEST:
                        raise WorkFailed(f"The issuer sends more than {_LARGEST} bytes from {url}.")
            found = httpx2.Response(200, content=content).json()
        except (httpx2.HTTPError, ValueError) as error:
            raise WorkFailed(f"The issuer does not answer at {url}; sign in later, or by a password.") from error
        if not isinstance(found, dict):
            raise WorkFailed(f"The issuer sends no JSON object from {url}.")
        return found


def institution(settings: Settings) -> str | None:
    """What people call the issuer that signs them in here; None where the settings name none, or not all of it."""
    if not (settings.oidc_issuer and settings.oidc_client and settings.public_url):
        return None
    return settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or settings.oidc_issuer


def begin(archive: Archive, issuer: Issuer) -> Begun:
    """Send somebody to the issuer."""
    issuer.must_be_there()
    secret = secrets.token_urlsafe(32)
    endpoint = issuer.described()["authorization_endpoint"]
    state = _of(secret, "state")
    identities.expect(archive, digest(state), _now(), EXPECTED_S)
    with _client(issuer) as client:
        url, _ = client.create_authorization_url(
            endpoint, state=state, nonce=_of(secret, "nonce"), code_verifier=_of(secret, "verifier")
        )
    return Begun(url, secret)


def finish(archive: Archive, issuer: Issuer, came: Came) -> str:
    """The user who was signed in. `Unknown` where the answer is not the one that was waited for or proves nothing;
    `NotFound` where they have no account here, `Refused` where the account is somebody else's.
    """
    issuer.must_be_there()
    if not came.secret or not hmac.compare_digest(_of(came.secret, "state").encode(), came.state.encode()):
        raise Unknown("This sign-in was begun by another browser, or not at all; sign in again.")
    if came.issuer and came.issuer != issuer.settings.oidc_issuer:
        raise Unknown("Another issuer answers than the one that was asked (RFC 9207); sign in again.")
    identities.came(archive, digest(came.state), _now())
    return _user(archive, issuer.settings, _claims(issuer, came))


def _claims(issuer: Issuer, came: Came) -> dict[str, Any]:
    """What the issuer says of who signed in, its signature and every condition checked."""
    from authlib.common.errors import AuthlibBaseError

    with _client(issuer) as client:
        try:
            answer = client.fetch_token(
                issuer.described()["token_endpoint"], code=came.code, code_verifier=_of(came.secret, "verifier"),
                grant_type="authorization_code", redirect_uri=issuer.redirect,
            )  # fmt: skip
        except (AuthlibBaseError, ValueError) as error:
            raise Unknown("The issuer does not take the code that it gave; sign in again.") from error
        except httpx2.HTTPError as error:
            raise WorkFailed("The issuer does not answer; sign in again, or by a password.") from error
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise Unknown("The issuer does not say who signed in; ask who runs this server about SOAP_OIDC_SCOPES.")
    return _checked(issuer, token, _of(came.secret, "nonce"), answer.get("access_token"))


def _checked(issuer: Issuer, token: str, nonce: str, access_token: str | None) -> dict[str, Any]:
    """Claims of an ID token (OIDC Core 1.0, 3.1.3.7)."""
    from authlib.oidc.core import CodeIDToken
    from joserfc.errors import InvalidKeyIdError, JoseError

    settings = issuer.settings
    options = {name: {"essential": True, "value": value}
               for name, value in (("iss", settings.oidc_issuer), ("aud", settings.oidc_client))}  # fmt: skip
    options |= {name: {"essential": True} for name in ("sub", "exp", "iat", "nonce")}
    params = {"nonce": nonce, "client_id": settings.oidc_client, "access_token": access_token}
    try:
        try:
            decoded = _decoded(token, issuer.keys())
        except (InvalidKeyIdError, ValueError):  # the issuer may have new keys
            decoded = _decoded(token, issuer.keys(anew=True))
        claims = CodeIDToken(decoded.claims, decoded.header, options=options, params=params)
        claims.validate(leeway=LEEWAY_S)
    except (JoseError, ValueError, TypeError) as error:
        raise Unknown("What the issuer says of who signed in does not hold; sign in again.") from error
    return dict(claims)


def _decoded(token: str, keys: Any):
    from joserfc import jwt
    from joserfc.jwk import KeySet

    return jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)


def _user(archive: Archive, settings: Settings, claims: dict[str, Any]) -> str:
    """The account of who signed in: known from an earlier time, or found by the claim that names it, or made."""
    issuer, subject = settings.oidc_issuer, str(claims["sub"])
    user = identities.user_of(archive, issuer, subject)
    if user is not None:
        return user
    user = _named(settings, claims)
    granted = _granted(settings, claims)
    try:
        held.viewer_of(archive, user)
    except NotFound:
        if granted is None:
            raise NotFound(f"There is no account {user!r} here; ask who runs the archive for one.") from None
        held.add_account(archive, folder_owner("oidc"), user, granted[1:], granted[0])
    identities.bind(archive, issuer, subject, user)
    return user


def _named(settings: Settings, claims: dict[str, Any]) -> str:
    name = claims.get(settings.oidc_claim)
    if not isinstance(name, str) or not name or name == held.PUBLIC.user:
        raise Unknown(f"The issuer does not say who signed in: the claim {settings.oidc_claim} is missing.")
    if settings.oidc_claim != "email":
        return name
    if claims.get("email_verified") is not True:
        raise Unknown("The issuer has not verified the e-mail address; verify it there, and sign in again.")
    return name.lower()


def _granted(settings: Settings, claims: dict[str, Any]) -> list[str] | None:
    """Member and roles of an account that is to be made; None: none is."""
    if not settings.oidc_member_claim:
        return None
    said = claims.get(settings.oidc_member_claim)
    for value in said if isinstance(said, list) else [said]:
        granted = settings.oidc_members.get(value, "").split() if isinstance(value, str) else []
        if PROJECT_ADMIN in granted:
            raise Refused("SOAP_OIDC_MEMBERS makes project administrators; make their accounts on the command line.")
        if len(granted) > 1:
            return granted
    return None


def _client(issuer: Issuer):
    from authlib.integrations.httpx_client import OAuth2Client

    settings = issuer.settings
    return OAuth2Client(
        settings.oidc_client, settings.oidc_secret or None, scope=settings.oidc_scopes, redirect_uri=issuer.redirect,
        token_endpoint_auth_method="client_secret_basic" if settings.oidc_secret else "none",
        code_challenge_method="S256", timeout=_WAIT_S, follow_redirects=False, trust_env=False, verify=issuer.tls,
    )  # fmt: skip


def _must_be_safe(url: str) -> None:
    """`WorkFailed` for a URL that others on the way could answer: without TLS, and not of this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and _is_loopback(parts.hostname or ""):
        return
    raise WorkFailed(f"The issuer's URL {url[:200]!r} is not one of https.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _of(secret: str, word: str) -> str:
    """What follows from the secret under a word: 43 characters of base64url, as RFC 7636 has a verifier."""
    told = hmac.digest(secret.encode("utf-8", "surrogateescape"), word.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


def _now() -> int:
    return time.time_ns() // 1000
