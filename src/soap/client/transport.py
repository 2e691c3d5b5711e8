"""Asking a server over HTTP: again where it was busy or the connection broke, and its errors as SOAP's own."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar

from soap.core.errors import (
    ArchiveError,
    BadFile,
    BadParameter,
    Conflict,
    NotFound,
    Refused,
    SoapError,
    TooLarge,
    TooMany,
    Unknown,
)

if TYPE_CHECKING:
    import httpx2

Answer = TypeVar("Answer")

ATTEMPTS = 5
"""How often something is asked for before it is an error."""

PATIENCE_S = 120
"""The longest that a server is waited for when it says when to ask again."""

_FIRST_PAUSE_S = 0.5
_BUSY = (429, 503)
_KINDS: Mapping[int, type[SoapError]] = {
    400: BadParameter, 401: Unknown, 403: Refused, 404: NotFound, 409: Conflict, 413: TooLarge, 422: BadFile,
}  # fmt: skip


class Broken(Exception):
    """An answer did not come whole."""


class Transport:
    """One server; what is asked for by GET is asked for again when the answer did not come whole."""

    def __init__(self, url: str, token: str | None, timeout_s: float, pause: Callable[[float], None] = time.sleep):
        import httpx2

        if not url.startswith(("http://", "https://")):
            raise BadParameter(f"{url!r} is no URL of a server; write https://HOST.")
        headers = {"User-Agent": "soap-client", "Accept-Encoding": "identity"}
        headers |= {} if token is None else {"Authorization": f"Bearer {token}"}
        self._http = httpx2.Client(base_url=url.rstrip("/"), headers=headers, timeout=timeout_s)
        self._pause, self.url = pause, url
        weakref.finalize(self, self._http.close)  # a notebook closes nothing

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def get(self, path: str, parameters: Mapping[str, Any], read: Callable[[httpx2.Response], Answer]) -> Answer:
        """What `read` makes of the answer; `read` raises `Broken` for one that is not whole.

        Parameters that are None are left out. Raises the server's error as one of `soap.core.errors`, `ArchiveError`
        when it cannot be reached or its answers keep breaking off.
        """
        import httpx2

        asked = {name: value for name, value in parameters.items() if value is not None}
        fact = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                self._pause(_FIRST_PAUSE_S * 2 ** (attempt - 1))
            try:
                answer = self._http.get(f"/api/v1{path}", params=asked)
                if answer.status_code in _BUSY and attempt + 1 < ATTEMPTS:
                    self._wait(answer)
                    continue
                return read(_fine(answer))
            except (httpx2.TransportError, Broken) as error:
                fact = str(error) or type(error).__name__
        raise ArchiveError(f"{self.url} does not answer whole, asked {ATTEMPTS} times ({fact}). Is it running?")

    def send(self, method: str, path: str, content: Any = None) -> Any:
        """The JSON of the answer to what changes something: asked once, for it may have been done. Errors as `get`."""
        import httpx2

        try:
            answer = _fine(self._http.request(method, f"/api/v1{path}", json=content))
        except httpx2.TransportError as error:
            raise ArchiveError(
                f"{self.url} did not answer ({str(error) or type(error).__name__}); what was asked may have been done."
            ) from error
        return answer.json() if answer.content else None

    def _wait(self, answer: httpx2.Response) -> None:
        """As long as the server says, where it says so; its error where that is too long."""
        seconds = _retry_after(answer)
        if seconds > PATIENCE_S:
            _fine(answer)
        self._pause(seconds)


def _retry_after(answer: httpx2.Response) -> float:
    """Seconds until the server wants to be asked again (RFC 9110, 10.2.3); 0 where it does not say."""
    told = answer.headers.get("retry-after", "")
    if told.isdigit():
        return float(told)
    try:
        return max(parsedate_to_datetime(told).timestamp() - time.time(), 0.0) if told else 0.0
    except ValueError:
        return 0.0


def _fine(answer: httpx2.Response) -> httpx2.Response:
    """The answer, if it is none of an error; else the error, in the server's words."""
    if answer.is_success:
        return answer
    words = _words(answer)
    if answer.status_code == 429:
        raise TooMany(words, retry_after_s=int(_retry_after(answer)) or 1)
    kind = _KINDS.get(answer.status_code, ArchiveError)
    raise BadFile(words, next_step="Correct the file, or what is said of it.") if kind is BadFile else kind(words)


def _words(answer: httpx2.Response) -> str:
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        return str(answer.json().get("detail") or answer.reason_phrase)
    return f"The server answered {answer.status_code} {answer.reason_phrase}; is this the URL of a SOAP server?"
