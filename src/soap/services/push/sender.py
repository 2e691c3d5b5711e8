"""Sending one content to a server, resumable (tus 1.0.0), and what the answer means for who sends."""

from __future__ import annotations

import base64
import hashlib
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2

import soap
from soap.core.errors import BadParameter
from soap.services.push.ledger import SUPERSEDED, Item
from soap.services.push.pace import Bucket

WHOLE_BYTES = 256 << 10
"""Smaller content goes with its announcement: one round trip."""

_PIECE = 16 << 10
_TUS = {"Tus-Resumable": "1.0.0"}
_BYTES = _TUS | {"Content-Type": "application/offset+octet-stream"}
_ENDED = ("published", "duplicate", "quarantined")
_LOCAL = ("localhost", "127.0.0.1", "::1")


class Later(Exception):
    """It did not work now; `wait_s` is how long the server asks to wait, if it does.

    `alone`: it may be this content's trouble only, and others may go.
    """

    def __init__(self, why: str, wait_s: float | None = None, *, alone: bool = False):
        self.why, self.wait_s, self.alone = why, wait_s, alone
        super().__init__(why)


class Never(Exception):
    """The server will never take this content."""


class Unwelcome(Exception):
    """The server does not know who sends, or they may not: nothing goes until somebody changes that."""


@dataclass(frozen=True)
class Address:
    """A server and how to speak to it; `BadParameter` for what is none, or would send a token in the clear."""

    url: str
    token: str = field(repr=False)
    authority: Path | None = None
    """Certificates of who vouches for the server, a PEM file; None: those that the machine trusts."""
    insecure_http: bool = False
    timeout_s: float = 30.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise BadParameter(f"{parts.scheme}://{parts.hostname or ''} is no server's address; write https://HOST.")
        if parts.scheme == "http" and parts.hostname not in _LOCAL and not self.insecure_http:
            raise BadParameter(
                f"http://{parts.hostname} would send the token in the clear. Write https://.",
                command="Within a network that nobody else reaches, `--insecure-http` lets it.",
            )
        if not self.token or not self.token.isprintable() or " " in self.token:
            raise BadParameter("The token file holds no token; make one.", command="`soap admin token make` does.")

    @property
    def uploads(self) -> str:
        """Where files are announced."""
        return f"{self.url.rstrip('/')}/api/v1/uploads"

    def client(self) -> httpx2.Client:
        """A client that speaks to it."""
        try:
            verify: Any = True if self.authority is None else ssl.create_default_context(cafile=str(self.authority))
        except (OSError, ssl.SSLError) as error:
            raise BadParameter(f"{self.authority} holds no certificates ({error}).") from error
        headers = {"Authorization": f"Bearer {self.token}", "User-Agent": f"soap-push/{soap.__version__}"}
        timeout = httpx2.Timeout(self.timeout_s, read=max(120.0, self.timeout_s))
        return httpx2.Client(verify=verify, headers=headers, timeout=timeout, trust_env=True)


@dataclass(frozen=True)
class Outcome:
    """What became of a content: a state in the server's words, or `refused`, and why."""

    state: str
    reason: str = ""


_CHANGED = Outcome(SUPERSEDED, "It changed where it lies before it was sent; as it is now it is sent by itself.")


class Sender:
    """Sends contents to a server, one after another; `told` are words about this agent that go with each."""

    def __init__(self, address: Address, bucket: Bucket, told: Callable[[], str] = lambda: ""):
        self.address, self._bucket, self._told = address, bucket, told
        self._client = address.client()
        self.skew_s: float | None = None
        """How far this machine's clock is ahead of the server's [s], as far as the last answer told."""
        self.agreed = 0
        """How many requests the server agreed to."""

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def send(self, one: Item, content: Path, announced: Callable[[str], None]) -> Outcome:
        """Send a content, from where it was left; `announced` is told where its bytes go, or that it is nowhere.

        `Later` when it did not work now, `Unwelcome` when nothing will until somebody does something.
        """
        if one.bytes <= WHOLE_BYTES and not one.location:
            return self._whole(one, content.read_bytes())
        location = one.location or self._announce(one, announced)
        head = self._ask("HEAD", location, _TUS)
        if head.status_code in (404, 410):
            announced("")
            location, offset = self._announce(one, announced), 0
        else:
            offset = int(self._good(head).headers["Upload-Offset"])
        if offset == one.bytes and one.bytes:
            return self._ended(location)
        answer = self._ask(
            "PATCH",
            location,
            _BYTES | {"Upload-Offset": str(offset), "Content-Length": str(one.bytes - offset)},
            self._bucket.paced(_from(content, offset, one.bytes)),
        )
        if answer.status_code == 460:
            announced("")
            if _sha256(content) != one.sha256:
                return _CHANGED
            raise Later("it came damaged, and is sent again", alone=True)
        if answer.status_code in (404, 409, 410, 423):
            raise Later("the server has another part of it than was thought", alone=True)
        self._good(answer)
        return self._ended(location)

    def _whole(self, one: Item, content: bytes) -> Outcome:
        if hashlib.sha256(content).hexdigest() != one.sha256:
            return _CHANGED
        headers = _BYTES | _announcement(one) | {"Content-Length": str(len(content))}
        answer = self._ask("POST", self.address.uploads, headers, self._bucket.paced([content]))
        if answer.status_code in (400, 413, 422):
            raise Never(_detail(answer))
        told = self._good(answer).json()
        return Outcome(told["state"], told["reason"])

    def _announce(self, one: Item, announced: Callable[[str], None]) -> str:
        answer = self._ask("POST", self.address.uploads, _TUS | _announcement(one) | {"Content-Length": "0"})
        if answer.status_code in (400, 413, 422):
            raise Never(_detail(answer))
        location = urljoin(self.address.uploads, self._good(answer).headers["Location"])
        if urlsplit(location)[:2] != urlsplit(self.address.uploads)[:2]:
            raise Later("the server sent the upload to another server; ask who runs it")
        announced(location)
        return location

    def _ended(self, location: str) -> Outcome:
        told = self._good(self._ask("GET", location, {})).json()
        if told["state"] not in _ENDED:
            raise Later(f"the server has all of it, and says {told['state']}", alone=True)
        return Outcome(told["state"], told["reason"])

    def _ask(self, method: str, url: str, headers: dict[str, str], content: Any = None) -> httpx2.Response:
        try:
            answer = self._client.request(method, url, headers=headers | {"Soap-Sender": self._told()}, content=content)
        except (httpx2.TransportError, OSError) as error:
            raise Later(f"no answer from {urlsplit(self.address.url).netloc} ({type(error).__name__}: {error})") from (
                error
            )
        self._compare_clocks(answer)
        return answer

    def _good(self, answer: httpx2.Response) -> httpx2.Response:
        if answer.is_success:
            self.agreed += 1
            return answer
        if answer.status_code in (401, 403):
            raise Unwelcome(_detail(answer))
        wait = answer.headers.get("Retry-After", "")
        raise Later(
            f"the server says {answer.status_code}: {_detail(answer)}",
            float(wait) if wait.isdigit() else None,
            alone=answer.status_code not in (429, 503),
        )

    def _compare_clocks(self, answer: httpx2.Response) -> None:
        """By the server's time when it answered; a `Date` of whole seconds tells the middle of its second."""
        here = time.time()
        try:
            exact = answer.headers.get("Soap-Time")
            there = float(exact) if exact else parsedate_to_datetime(answer.headers["Date"]).timestamp() + 0.5
        except (KeyError, ValueError):
            return
        self.skew_s = here - there


def _announcement(one: Item) -> dict[str, str]:
    words = {"filename": one.name.encode(), "sha256": one.sha256.encode()}
    told = ",".join(f"{key} {base64.b64encode(value).decode()}" for key, value in words.items())
    return {"Upload-Length": str(one.bytes), "Upload-Metadata": told}


def _sha256(content: Path) -> str:
    with content.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _from(content: Path, offset: int, end: int) -> Iterator[bytes]:
    with content.open("rb") as stream:
        stream.seek(offset)
        while offset < end and (part := stream.read(min(_PIECE, end - offset))):
            offset += len(part)
            yield part


def _detail(answer: httpx2.Response) -> str:
    try:
        return str(answer.json()["detail"])[:500]
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase or "no reason given"
