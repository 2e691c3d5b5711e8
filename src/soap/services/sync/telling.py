"""What is told to another node that asks: as whom it asks decides what."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from soap.archive import Archive, changes, citation
from soap.archive.changes import Told
from soap.core.errors import Lost, NotFound
from soap.core.who import Viewer
from soap.services.sync.wire import (
    CollectionTold,
    ContactsTold,
    GranulesTold,
    GranuleTold,
    NodeTold,
    StationContactsTold,
    StationsTold,
    StationTold,
)

TERMS_HEADER = "SOAP-Terms"
"""Header of an object's answer: the digest of the terms that it is given under."""


def node(viewer: Viewer, archive: Archive) -> NodeTold:
    """This archive, and the collections, station lists and contacts of which the viewer sees something."""
    return NodeTold(
        identity=citation.state(archive).identity,
        collections=[CollectionTold.of(one) for one in changes.collections(archive, viewer)],
        station_providers=list(changes.station_providers(archive, viewer)),
        contact_providers=list(changes.contact_providers(archive, viewer)),
    )


def granules(
    viewer: Viewer, archive: Archive, collection_id: str, provider: str, after: str, most: int
) -> GranulesTold:
    """The next granules of a provider's collection that the viewer sees."""
    found = changes.granules(archive, viewer, collection_id, provider, after, most)
    return GranulesTold(
        granules=[GranuleTold.of(one) for one in found], next=found[-1].granule_id if len(found) == most else None
    )


def stations(viewer: Viewer, archive: Archive, provider: str, after: str, most: int) -> StationsTold:
    """The next stations of a provider's lists that the viewer sees."""
    found = changes.stations(archive, viewer, provider, after, most)
    last = f"{found[-1].station.code_scheme}:{found[-1].station.code}" if len(found) == most else None
    return StationsTold(stations=[StationTold.of(one) for one in found], next=last)


def contacts(viewer: Viewer, archive: Archive, provider: str, after: str, most: int) -> ContactsTold:
    """The next contacts of a provider's stations that the viewer is told."""
    found = changes.contacts(archive, viewer, provider, after, most)
    last = changes.contacts_key(found[-1]) if len(found) == most else None
    return ContactsTold(stations=[StationContactsTold.of(one) for one in found], next=last)


def content(viewer: Viewer, archive: Archive, granule_id: str, sha256: str) -> Told:
    """One of the objects that hold a granule now, see `soap.archive.changes.object_of`."""
    return changes.object_of(archive, viewer, granule_id, sha256)


def parts(archive: Archive, told: Told, start: int) -> Iterator[bytes]:
    """The bytes of what `content` gave, from `start` on; `ArchiveError` before any where they are damaged.

    `NotFound` where they are lost: who mirrors goes on with the rest, and asks for these another time.
    """
    pieces = changes.content_of(archive, told, start)
    try:
        first = next(pieces, b"")
    except Lost as error:
        raise NotFound(str(error)) from error
    return chain([first], pieces)
