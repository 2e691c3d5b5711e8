"""Two or more nodes of a federation in this process: archives that serve each other without a network between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from sqlalchemy import ColumnElement, and_, select
from starlette.testclient import TestClient

from soap.archive import Archive, nodes, publish
from soap.archive.draft import Arrival
from soap.archive.objects import sha256
from soap.archive.policy import Terms
from soap.archive.schema import FOREVER, granule, mirrored, version
from soap.archive.terms import Subject, set_terms
from soap.core.errors import NotFound
from soap.core.who import Viewer
from soap.formats import Source
from soap.services.sync import telling
from soap.services.sync.link import Link
from soap.services.sync.run import SyncReport, sync
from soap.testing.tiny import COMPOSITION, READER, tiny
from soap.testing.web import OWNER, application, signed


@dataclass
class Node:
    """An archive, and a client of the application that serves it."""

    name: str
    archive: Archive
    client: TestClient

    @property
    def url(self) -> str:
        """Where it answers, for who asks by its own client."""
        return f"https://{self.name}.test"

    def hand_in(self, provider: str, **content: Any) -> None:
        """Publish a file of the tiny format for a provider."""
        self.hand_in_files(provider, [tiny(**content)])

    def hand_in_files(self, provider: str, files: Sequence[bytes]) -> None:
        """Publish files of the tiny format for a provider, together."""
        arrivals = []
        for content in files:
            reading = READER.read(Source.from_bytes("tiny.txt", content))
            arrivals.append(Arrival("tiny.txt", content, sha256(content), READER.name, reading))
        receipt = publish.publish(self.archive, OWNER, arrivals, provider)
        if receipt.refused:
            raise AssertionError(receipt.refused)

    def put_under(self, kind: str, name: str, provider: str | None = None, **change: Any) -> None:
        """Set terms on what a provider handed in."""
        set_terms(self.archive, OWNER, Subject(kind, name, provider), change)

    def open_all(self, collection_id: str, provider: str) -> None:
        """Let everybody see a collection."""
        set_terms(self.archive, OWNER, Subject("collection", collection_id, provider), Terms(provider, "open"))


@contextmanager
def serving_each_other(archives: Mapping[str, Archive]) -> Iterator[dict[str, Node]]:
    """Nodes by name, whose applications run while the block does."""
    found: dict[str, Node] = {}
    opened = []
    try:
        for name, archive in archives.items():
            opened.append(application(archive, COMPOSITION))
            found[name] = Node(name, archive, opened[-1].__enter__())
        yield found
    finally:
        for one in reversed(opened):
            one.__exit__(None, None, None)


def asked_as(archive: Archive, viewer: Viewer, fails: Callable[[], bool] = lambda: False) -> httpx2.Client:
    """A client that is told what the viewer is, without an application between; cut where `fails` says so."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        kind, asked = request.url.path.rpartition("/")[2], dict(request.url.params)
        headers: dict[str, str] = {}
        try:
            if kind == "object":
                told = telling.content(viewer, archive, asked["granule"], asked["sha256"])
                content = b"".join(telling.parts(archive, told, 0))
                headers[telling.TERMS_HEADER] = told.terms
            elif kind == "granules":
                page = (asked["collection"], asked["provider"], asked["after"], 3)
                content = telling.granules(viewer, archive, *page).model_dump_json().encode()
            elif kind == "stations":
                some = telling.stations(viewer, archive, asked["provider"], asked["after"], 1)
                content = some.model_dump_json().encode()
            elif kind == "contacts":
                some_told = telling.contacts(viewer, archive, asked["provider"], asked["after"], 1)
                content = some_told.model_dump_json().encode()
            else:
                content = telling.node(viewer, archive).model_dump_json().encode()
        except NotFound:
            return httpx2.Response(404)
        if fails():
            raise httpx2.ReadError("cut")
        return httpx2.Response(200, headers=headers, stream=httpx2.ByteStream(content))

    return httpx2.Client(transport=httpx2.MockTransport(answer))


def account_at(source: Node, user: str, member: str = "", roles: tuple[str, ...] = ("user",)) -> str:
    """The token of a new account for another node to ask with."""
    return signed(source.archive, user, member, roles)["Authorization"].split()[1]


def mirrors(mirror: Node, source: Node, *providers: str) -> None:
    """Say that the data of providers come to one node from the other."""
    nodes.add_node(mirror.archive, OWNER, source.name, source.url, providers)


def run_sync(
    mirror: Node, source: Node, token: str = "", client: httpx2.Client | None = None, **how: Any
) -> SyncReport:
    """One run of one node with another, over the other's own client or one that stands for a worse link."""
    link = Link(source.url, token, client=client or source.client, **how)
    return sync(OWNER, mirror.archive, source.name, link)


Holding = tuple[str, tuple[str, ...]]
"""A granule, and the SHA-256 of the objects that hold it, by time."""


def held(archive: Archive, provider: str | None = None) -> set[Holding]:
    """Each granule that is held and not withdrawn, with the objects that hold it now, read from the rows."""
    return _holdings(archive, provider, version.c.recorded_to == FOREVER, mirrored.c.withdrawn.is_(None))


def ever_held(archive: Archive) -> set[Holding]:
    """Each granule with the objects that hold it or held it: all states in which a reader has found it here."""
    return _holdings(archive, None)


def _holdings(archive: Archive, provider: str | None, *where: ColumnElement[bool]) -> set[Holding]:
    part = version.alias()
    query = (
        select(granule.c.granule_id, version.c.id, part.c.object_sha256)
        .join(version, version.c.granule == granule.c.id)
        .join(part, and_(part.c.granule == granule.c.id, part.c.number.between(version.c.base, version.c.number)))
        .join(mirrored, mirrored.c.granule == granule.c.id, isouter=True)
        .where(*where)
        .order_by(version.c.id, part.c.number)
    )
    found: dict[tuple[str, int], list[str]] = {}
    with archive.catalogue.reading() as connection:
        for name, number, checksum in connection.execute(query):
            if provider is None or name.endswith(f":{provider}"):
                found.setdefault((name, number), []).append(checksum)
    return {(name, tuple(checksums)) for (name, _), checksums in found.items()}
