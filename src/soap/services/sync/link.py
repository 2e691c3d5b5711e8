"""The link to another node: its answers within bounds, cut transfers gone on with, and never more than is allowed.

The other node is not trusted: what it says is judged by `wire`, it cannot make us ask elsewhere (no redirects), fill
the memory (answers have a largest size, and are not unpacked), or keep us waiting (who speaks too slowly is left).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from soap.archive.changes import HeldPart
from soap.archive.contacts import HeldContacts
from soap.archive.foreign_object import MOST_BYTES
from soap.archive.objects import sha256
from soap.core.errors import BadFile, BadParameter, Conflict, NotFound, Refused, WorkFailed
from soap.services.sync.telling import TERMS_HEADER
from soap.services.sync.wire import ContactsTold, GranulesTold, GranuleTold, NodeTold, StationsTold, StationTold, Words

if TYPE_CHECKING:
    import httpx2

MOST_ANSWER = 64 << 20
"""Most bytes of an answer that is not an object."""

MOST_MORE = 10_000
"""Granules that may have come, beside as many again, since it was told how many there are."""

MOST_STATIONS = 1_000_000
"""Most stations that one provider may list, and most that may have contacts."""

_TRIES = 6
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 60.0
_SILENCE_S = 30.0
_GRACE_S, _SLOWEST = 60.0, 256
"""An answer that has taken so long must have come with so many bytes a second."""
_PIECE = 64 << 10
_LOOPBACK = ("127.0.0.1", "::1", "localhost")

_Answer = TypeVar("_Answer", bound=Words)
_Stations = TypeVar("_Stations", StationsTold, ContactsTold)
_Told = TypeVar("_Told")


class Changed(Conflict):
    """What was told a moment ago no longer is so; it is asked for again."""


class _Cut(Exception):
    """The link failed; worth another try, `after` so many seconds where the node said so."""

    def __init__(self, fact: str, after: float | None = None):
        super().__init__(fact)
        self.after = after


def checked_url(url: str) -> str:
    """A node's URL as it is kept; `BadParameter` unless HTTPS, or on this machine, without secrets or a query."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadParameter(f"{url[:200]!r} is no URL ({error}); write https://HOST.") from error
    plain = parts.scheme == "http" and host in _LOOPBACK
    if not host or not (plain or parts.scheme == "https"):
        raise BadParameter(f"{url[:200]!r} is no node's URL; write https://HOST. http:// goes to this machine only.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise BadParameter(
            "A node's URL is scheme, host, port and path; the token is read from a file.",
            command="`--token-file FILE` names it.",
        )
    return url.rstrip("/")


class Link:
    """Asks one node. `rate` is the most bytes a second that come over it; None: no limit."""

    def __init__(
        self, url: str, token: str, *, rate: float | None = None, client: httpx2.Client | None = None,
        tries: int = _TRIES,
    ):  # fmt: skip
        import httpx2

        self.url, self.rate, self.tries = checked_url(url), rate, tries
        self.bytes = 0
        self._begun = time.monotonic()
        self._paced = 0
        self._headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._client = client or httpx2.Client(timeout=httpx2.Timeout(_SILENCE_S, connect=10), follow_redirects=False)

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    def node(self) -> NodeTold:
        """Which archive answers, and a digest of each collection that it tells of."""
        told = self._answer("", {}, NodeTold)
        keys = {(one.collection_id, one.provider) for one in told.collections}
        if len(keys) != len(told.collections):
            raise self._bad("tells of a collection twice")
        return told

    def granules(self, collection_id: str, provider: str, expected: int) -> Iterator[list[GranuleTold]]:
        """All granules of a collection, page by page; `BadFile` for pages that do not end, or go back."""
        most = 2 * expected + MOST_MORE
        asked = {"collection": collection_id, "provider": provider}
        names: set[str] = set()
        after = ""
        while True:
            page = self._answer("/granules", asked | {"after": after}, GranulesTold)
            here = [one.granule_id for one in page.granules]
            if len({*names, *here}) != len(names) + len(here):
                raise self._bad(f"tells of a granule of {collection_id} twice")
            names.update(here)
            if len(names) > most or (page.next is not None and not here):
                raise self._bad(f"does not end telling of {collection_id}: {len(names)} granules, {expected} announced")
            yield page.granules
            if page.next is None:
                return
            after = page.next

    def stations(self, provider: str) -> list[StationTold]:
        """All stations of a provider's lists; `BadFile` as `granules`."""
        key = attrgetter("code_scheme", "code")
        return self._every("/stations", provider, StationsTold, lambda page: {key(one): one for one in page.stations})

    def contacts(self, provider: str) -> list[HeldContacts]:
        """Contacts of all of a provider's stations; `BadFile` as `granules`."""
        key = attrgetter("code_scheme", "code", "listed")
        found = self._every("/contacts", provider, ContactsTold, lambda page: {key(one): one for one in page.stations})
        return [one.held(provider) for one in found]

    def _every(
        self, path: str, provider: str, kind: type[_Stations], keyed: Callable[[_Stations], dict[tuple, _Told]]
    ) -> list[_Told]:
        """All that is told of a provider's stations, page by page."""
        found: dict[tuple, _Told] = {}
        after = ""
        while True:
            page = self._answer(path, {"provider": provider, "after": after}, kind)
            some = keyed(page)
            if len(some) != len(page.stations) or some.keys() & found.keys():
                raise self._bad(f"tells of a station of {provider!r} twice")
            found |= some
            if len(found) > MOST_STATIONS or (page.next is not None and not some):
                raise self._bad(f"does not end telling of stations of {provider!r}")
            if page.next is None:
                return list(found.values())
            after = page.next

    def content(self, granule_id: str, part: HeldPart, terms: str, spool: Path) -> bytes:
        """The bytes of an object, verified; what came before a cut lies in the folder `spool`, and is gone on with.

        `Changed` where it is no longer given under these terms (their digest), `BadFile` where it is not what it is
        told to be.
        """
        if part.bytes > MOST_BYTES:
            raise self._bad(
                f"tells of {part.bytes} bytes for an object of {granule_id}; at most {MOST_BYTES} are taken"
            )
        lies = spool / f"{part.sha256}.part"
        asked = {"granule": granule_id, "sha256": part.sha256}
        for again in (True, False):
            self._tried(lambda: self._fetch(asked, part, terms, lies))
            content = lies.read_bytes()
            lies.unlink()
            if sha256(content) == part.sha256:
                return content
            if not again:
                break
        raise self._bad(
            f"gives {len(content)} bytes for an object of {granule_id} whose SHA-256 is {sha256(content)}, not"
            f" {part.sha256} as it told"
        )

    def _fetch(self, asked: dict[str, str], part: HeldPart, terms: str, lies: Path) -> None:
        """Ask for what is lacking of an object, and write it behind what there is."""
        there = lies.stat().st_size if lies.exists() else 0
        if there >= part.bytes:
            if there > part.bytes:
                lies.unlink()
            else:
                return
        there = lies.stat().st_size if lies.exists() else 0
        more = {"Range": f"bytes={there}-"} if there else {}
        try:
            with self._asked("/object", asked, more) as answer, lies.open("ab" if there else "wb") as file:
                if answer.headers.get(TERMS_HEADER) != terms:
                    raise Changed(f"{asked['granule']} is under other terms now.")
                if there and answer.status_code != 206:
                    file.truncate(0)
                    there = 0
                for piece in self._pieces(answer, part.bytes - there):
                    file.write(piece)
        except NotFound as error:
            raise Changed(str(error)) from error
        if lies.stat().st_size < part.bytes:
            raise _Cut(f"only {lies.stat().st_size} of {part.bytes} bytes came")

    def _answer(self, path: str, asked: dict[str, str], kind: type[_Answer]) -> _Answer:
        def once() -> bytes:
            with self._asked(path, asked, {}) as answer:
                return b"".join(self._pieces(answer, MOST_ANSWER))

        content = self._tried(once)
        try:
            return kind.model_validate_json(content)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise self._bad(f"says at {path or '/'} what no node says ({where}: {first['msg']})") from error

    def _tried(self, once):
        """What `once` gives, tried again with growing pauses where the link fails; `WorkFailed` when it goes on so."""
        wait = _FIRST_WAIT_S
        for tries_left in range(self.tries - 1, -1, -1):
            try:
                return once()
            except _Cut as cut:
                if not tries_left:
                    raise WorkFailed(
                        f"The link to {self.url} failed {self.tries} times, last: {cut}. What came is kept;"
                        " synchronise again, and it goes on from there."
                    ) from cut
                time.sleep(min(_LONGEST_WAIT_S, wait if cut.after is None else cut.after))
                wait *= 2
        raise AssertionError("a try returns or raises")

    @contextmanager
    def _asked(self, path: str, asked: dict[str, str], more: dict[str, str]) -> Iterator[httpx2.Response]:
        """The answer to a request, its body yet to come."""
        import httpx2

        url = f"{self.url}/api/v1/changes{path}"
        try:
            with self._client.stream("GET", url, params=asked, headers=self._headers | more) as answer:
                self._judge(answer)
                yield answer
        except httpx2.TransportError as error:
            raise _Cut(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__) from error

    def _judge(self, answer: httpx2.Response) -> None:
        status = answer.status_code
        if status in (200, 206):
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise self._bad("packs its answers, though it was asked not to")
            return
        if status == 429 or status >= 500:
            after = answer.headers.get("retry-after", "")
            raise _Cut(f"HTTP status {status}", float(after) if after.isdigit() else None)
        if status == 404:
            raise NotFound(f"The node {self.url} does not know what was asked for ({answer.url.path}).")
        if status in (401, 403):
            raise Refused(f"The node {self.url} refuses this token (HTTP status {status}); ask its keeper for another.")
        if 300 <= status < 400:
            raise self._bad("leads elsewhere, and is not followed: give the URL at which it answers")
        raise self._bad(f"answers with the HTTP status {status}")

    def _pieces(self, answer: httpx2.Response, most: int) -> Iterator[bytes]:
        """The body, as it comes and at most at the rate; `BadFile` where it has more than `most` bytes."""
        begun, came = time.monotonic(), 0
        for piece in answer.iter_raw(_PIECE):
            came += len(piece)
            self.bytes += len(piece)
            if came > most:
                raise self._bad(f"sends more than {most} bytes where no more are taken")
            yield piece
            self._pace(len(piece))
            passed = time.monotonic() - begun
            if passed > _GRACE_S and came / passed < min(_SLOWEST, (self.rate or _SLOWEST) / 2):
                raise _Cut(f"only {came} bytes came in {passed:.0f} s")

    def _pace(self, size: int) -> None:
        if self.rate is None:
            return
        self._paced += size
        ahead = self._paced / self.rate - (time.monotonic() - self._begun)
        if ahead > 0:
            time.sleep(ahead)
        else:  # nothing is saved up while nothing comes
            self._begun, self._paced = time.monotonic(), 0

    def _bad(self, fact: str) -> BadFile:
        return BadFile(f"The node {self.url} {fact}", next_step="Nothing of it was taken; ask who runs the node.")
