"""A small OpenID Connect issuer on this machine, for tests: it signs everybody in, and can be told to cheat.

Its tokens are made with `cryptography` alone, so that what checks them is another library.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT, SECRET = "soap", "the-client's-secret"


@cache
def new_key(kid: str) -> rsa.RSAPrivateKey:
    """A key for each name, made once a session: that takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Issuer:
    """`claims` go over those that are right (None: leaves one out); `algorithm` is RS256, none, or HS256, made with
    the public key; `key` signs, and `published` is told.
    """

    def __init__(self) -> None:
        self.key = self.published = new_key("first")
        self.kid, self.algorithm = "first", "RS256"
        self.claims: dict[str, Any] = {}
        self.says: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        handler = type("Handler", (_Handler,), {"issuer": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        """Where it listens, which is its name."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def description(self) -> dict[str, Any]:
        """What it says of itself; `says` goes over it."""
        endpoints = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.url} | {name: f"{self.url}/{path}" for name, path in endpoints.items()} | self.says

    def keys(self) -> dict[str, Any]:
        """Its public key (RFC 7517)."""
        numbers = self.published.public_key().public_numbers()
        key = {"kty": "RSA", "kid": self.kid, "alg": "RS256", "use": "sig"}
        return {"keys": [key | {name: _base64(_bytes(getattr(numbers, name))) for name in ("n", "e")}]}

    def token(self, asked: dict[str, str]) -> str:
        """An ID token for who asked."""
        now = int(time.time())
        right: dict[str, Any] = {
            "iss": self.url, "sub": "person-1", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "email": "li.wei@example.org", "email_verified": True,
        }  # fmt: skip
        claims = {name: value for name, value in (right | self.claims).items() if value is not None}
        head = {"alg": self.algorithm, "kid": self.kid, "typ": "JWT"}
        signed = ".".join(_base64(json.dumps(part).encode()) for part in (head, claims))
        return f"{signed}.{_base64(self._signature(signed.encode()))}"

    def _signature(self, signed: bytes) -> bytes:
        if self.algorithm == "none":
            return b""
        if self.algorithm == "HS256":
            known = self.published.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            return hmac.digest(known, signed, hashlib.sha256)
        return self.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())


class _Handler(BaseHTTPRequestHandler):
    issuer: Issuer

    def log_message(self, *_: Any) -> None:
        """Nothing is logged."""

    def do_GET(self) -> None:
        """Discovery, keys, and the page where people sign in, which sends them back at once."""
        url = urlsplit(self.path)
        if url.path == "/.well-known/openid-configuration":
            self._answer(200, self.issuer.description())
        elif url.path == "/keys":
            self._answer(200, self.issuer.keys())
        elif url.path == "/authorize":
            asked = dict(parse_qsl(url.query))
            code = secrets.token_urlsafe(8)
            self.issuer.codes[code] = asked
            self.send_response(302)
            self.send_header(
                "Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
            )
            self.end_headers()
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        """A token for a code, once, for the client with its secret and the verifier (RFC 7636)."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        asked = self.issuer.codes.pop(form["code"][0], None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = _base64(hashlib.sha256(form["code_verifier"][0].encode()).digest())
        if (
            asked is None
            or self.headers["Authorization"] != f"Basic {basic}"
            or asked.get("code_challenge_method") != "S256"
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form["redirect_uri"][0]
        ):
            self._answer(400, {"error": "invalid_grant"})
            return
        self._answer(200, {"access_token": "x", "token_type": "Bearer", "id_token": self.issuer.token(asked)})

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def issuing() -> Iterator[Issuer]:
    """An issuer that listens until the block is left."""
    issuer = Issuer()
    threading.Thread(target=issuer.server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield issuer
    finally:
        issuer.server.shutdown()
        issuer.server.server_close()


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
