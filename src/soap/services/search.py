"""Search: granules in pages, one granule and its values as a file, original files; what a web of data asks for."""

from __future__ import annotations

import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from soap.archive import Archive, CollectionRecord, GranuleRecord, query
from soap.archive import ground_lines as lines
from soap.archive import originals as files
from soap.archive.absent import no_collection
from soap.archive.conditions import Both, Compare, Condition, Not
from soap.archive.cover import Near, Place
from soap.archive.cursor import BY_ID, EARLIEST, LATEST, ORDERS
from soap.archive.extents import extents, state_seen
from soap.archive.originals import Original
from soap.archive.outline import Outline, outline
from soap.archive.page import MOST, Page, Question, granule_named
from soap.archive.page import page as archive_page
from soap.core.errors import NotFound
from soap.core.place import Box
from soap.core.who import Viewer
from soap.services import get
from soap.services.composition import Composition

__all__ = [
    "BY_ID",
    "EARLIEST",
    "LATEST",
    "MOST",
    "ORDERS",
    "Both",
    "CollectionRecord",
    "Compare",
    "Condition",
    "GranuleRecord",
    "Holding",
    "Near",
    "Not",
    "Original",
    "Outline",
    "Page",
    "Place",
    "Question",
    "file_of",
    "granule",
    "ground_line",
    "holding",
    "holdings",
    "must_know",
    "original",
    "original_bytes",
    "originals",
    "outline",
    "page",
]


def page(
    viewer: Viewer,
    archive: Archive,
    question: Question,
    *,
    order: str = LATEST,
    limit: int = 100,
    token: str | None = None,
    originals: bool = False,
    files: bool = False,
) -> Page:
    """A page of the granules that answer; see `soap.archive.page.page`."""
    return archive_page(
        archive, viewer, question, order=order, limit=limit, token=token, originals=originals or files, files=files
    )


def granule(viewer: Viewer, archive: Archive, granule_id: str, as_of: np.datetime64 | None = None) -> GranuleRecord:
    """The granule of a public name; `NotFound` where there is none that the viewer sees."""
    found = granule_named(archive, viewer, granule_id, as_of=as_of)
    if found is None:
        raise NotFound(f"There is no granule {granule_id!r} here.")
    return found


@dataclass(frozen=True)
class Holding:
    """What is held under a collection's name, of each kind, and the box it lies in, where that is known."""

    kinds: tuple[CollectionRecord, ...]
    box: Box | None


def holdings(viewer: Viewer, archive: Archive) -> tuple[Holding, ...]:
    """All collections that the viewer sees something of, by name.

    To sum up a large archive takes seconds: the sums are kept until something is recorded, or the viewer sees others.
    """
    return _SUMS.of(archive, viewer, None)


def holding(viewer: Viewer, archive: Archive, collection_id: str) -> Holding:
    """One collection; `NotFound` where the viewer sees nothing of it."""
    found = _SUMS.of(archive, viewer, collection_id)
    if not found:
        raise no_collection(collection_id)
    return found[0]


def must_know(viewer: Viewer, archive: Archive, collection_id: str) -> None:
    """`NotFound` where the viewer sees nothing of a collection."""
    if not page(viewer, archive, Question(collections=(collection_id,)), limit=1).granules:
        raise no_collection(collection_id)


class _Sums:
    """The sums last asked for, by what the viewer sees and until when nothing changed."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple, tuple[Holding, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, archive: Archive, viewer: Viewer, collection_id: str | None) -> tuple[Holding, ...]:
        key = (*state_seen(archive, viewer), collection_id)
        kept = self._kept.get(key)
        if kept is None:
            kept = tuple(_holdings(archive, viewer, collection_id))
            with self._lock:
                self._kept[key] = kept
                while len(self._kept) > _MOST_SUMS:
                    self._kept.popitem(last=False)
        return kept


_MOST_SUMS = 256
_SUMS = _Sums()


def _holdings(archive: Archive, viewer: Viewer, collection_id: str | None) -> Iterator[Holding]:
    boxes = extents(archive, viewer, collection_id)
    names: dict[str, list[CollectionRecord]] = {}
    for one in query.collections(archive, viewer, collection_id=collection_id):
        names.setdefault(one.collection_id, []).append(one)
    for name in sorted(names):
        yield Holding(tuple(names[name]), boxes.get(name))


def ground_line(archive: Archive, record: GranuleRecord) -> tuple[tuple[float, float], ...]:
    """Where a track that the viewer was given went, as (longitude, latitude) [degree]."""
    return lines.ground_line(archive, record)


def originals(viewer: Viewer, archive: Archive, records: Iterable[GranuleRecord]) -> dict[str, Original]:
    """The files that granules were made of, as far as the viewer may have them, by checksum."""
    return files.originals(archive, viewer, (checksum for one in records for checksum in one.originals))


def original(viewer: Viewer, archive: Archive, checksum: str) -> Original:
    """An original file; `NotFound` where there is none that the viewer may have."""
    return files.original_named(archive, viewer, checksum)


def original_bytes(archive: Archive, one: Original, start: int, stop: int) -> Iterator[bytes]:
    """Some bytes of an original that the viewer was given."""
    return files.original_bytes(archive, one, start, stop)


@dataclass(frozen=True)
class GranuleFile:
    """A granule's values as a file: a name for it, its bytes, and of which version they are."""

    name: str
    content: bytes
    record: GranuleRecord


def file_of(
    viewer: Viewer, archive: Archive, composition: Composition, granule_id: str, format_name: str
) -> GranuleFile:
    """The granule's values in a format that `get` writes; `NotFound` for no such granule, errors as `get.get`."""
    record = granule(viewer, archive, granule_id)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "granule"
        station = None if record.shape == "events" else record.platform
        get.get(
            viewer, archive, composition, record.collection_id, record.window, format_name=format_name, out=path,
            provider=record.provider, station=station,
        )  # fmt: skip
        return GranuleFile(f"{record.granule_id}.{format_name}", path.read_bytes(), record)
