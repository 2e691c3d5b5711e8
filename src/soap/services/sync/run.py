"""One run of synchronisation: first what may be shown, then what is new; again, until both hold the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from soap.archive import Archive, changes, mirror, nodes
from soap.archive.changes import HeldCollection, HeldGranule, HeldPart
from soap.archive.locks import folder_lock
from soap.archive.mirror import Source
from soap.archive.mirror_contacts import take_contacts
from soap.archive.policy import must_run
from soap.archive.terms import digest_of
from soap.core.errors import BadFile, BadObservation, BadParameter, Conflict
from soap.core.who import Viewer
from soap.services.sync.link import Changed, Link
from soap.services.sync.wire import GranuleTold, NodeTold

_PASSES = 4

Progress = Callable[[int, int, str], None]
"""Called with granules done, granules that are to be looked at, and a granule's name."""

_Key = tuple[str, str]


@dataclass
class SyncReport:
    """What a run took and hid; `converged` when both nodes hold the same of what this one may have."""

    node: str
    url: str
    collections: int = 0
    """Number of collections that the node gives, of the providers whose data come from it."""
    granules: int = 0
    objects: int = 0
    bytes: int = 0
    """What came over the link."""
    stations: int = 0
    terms: int = 0
    """Number of granules whose terms changed."""
    withdrawn: int = 0
    """Number of granules and stations that the node no longer gives, and that are hidden since."""
    left_out: int = 0
    """Number of collections of providers whose data do not come from this node."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """What could not be taken, and why."""
    converged: bool = False


def sync(
    viewer: Viewer, archive: Archive, node: str, link: Link, progress: Progress = lambda done, total, name: None
) -> SyncReport:
    """Make what is held of a node's providers what the node gives now; running it again takes nothing.

    What the node no longer gives is hidden, and terms are set, before anything new is taken. May be stopped at any
    moment, and goes on from there. Raises `Refused` unless the viewer runs the archive, or when the node refuses;
    `NotFound` for a node that was not added, `WorkFailed` when the link fails, `BadFile` for what no node says,
    `Conflict` while another run goes on.
    """
    must_run(viewer)
    archive.must_be_writable()
    known = nodes.find_node(archive, viewer, node)
    if link.url != known.url:
        raise BadParameter(f"The link leads to {link.url}, and the node {known.name} is {known.url}.")
    with _spool(archive, known.name) as spool:
        run = _Run(viewer, archive, known, link, spool, progress)
        for _ in range(_PASSES):
            told = link.node()
            nodes.meet(archive, viewer, known.name, int(told.identity, 16))
            if run.converged(told) and run.stations_done:
                break
            run.once(told)
        run.report.converged = run.converged(link.node()) and not run.report.refused
        run.report.bytes = link.bytes
        if run.report.converged:
            nodes.note_seen(archive, viewer, known.name)
            for left in spool.glob("*.part"):
                left.unlink()
        return run.report


@contextmanager
def _spool(archive: Archive, name: str) -> Iterator[Path]:
    """Where parts of objects lie until they are whole; for one run at a time."""
    folder = archive.folder / "sync" / name
    folder.mkdir(parents=True, exist_ok=True)
    with folder_lock(folder, shared=False, wait=False) as alone:
        if not alone:
            raise Conflict(f"Another run synchronises with {name}; wait until it has ended.")
        yield folder


class _Run:
    """One run, and its report so far."""

    def __init__(self, viewer: Viewer, archive: Archive, node: nodes.Node, link: Link, spool: Path, progress: Progress):
        self.viewer, self.archive, self.node, self.link = viewer, archive, node, link
        self.spool, self.progress = spool, progress
        self.report = SyncReport(node.name, node.url)
        self.stations_done = False
        self.done = 0
        self.refused: set[str] = set()

    def once(self, told: NodeTold) -> None:
        """What may be shown, stations and their contacts, then what is new."""
        theirs = self._theirs(told)
        self._hide_and_set(theirs)
        self._take_stations(told)
        differing = [one for key, one in theirs.items() if self._mine().get(key) != one.digest]
        total = self.done + sum(one.granules for one in differing)
        for one in differing:
            self._take_collection(one, total)

    def converged(self, told: NodeTold) -> bool:
        """True when all that the node gives is held as it is there, under its terms, and nothing else is shown."""
        return self._mine() == {key: one.digest for key, one in self._theirs(told).items()}

    def _theirs(self, told: NodeTold) -> dict[_Key, HeldCollection]:
        ours = {
            (one.collection_id, one.provider): one.collection()
            for one in told.collections
            if one.provider in self.node.providers and one.granules
        }
        self.report.collections, self.report.left_out = len(ours), len(told.collections) - len(ours)
        return ours

    def _mine(self) -> dict[_Key, str]:
        held = changes.collections(self.archive, self.viewer, self.node.providers)
        return {(one.collection_id, one.provider): one.digest for one in held}

    def _hide_and_set(self, theirs: Mapping[_Key, HeldCollection]) -> None:
        """Hide what is no longer given, and set terms of what is."""
        for key, digest in self._mine().items():
            held = theirs.get(key)
            if held is not None and held.digest == digest:
                continue
            names: set[str] = set()
            source = Source(self.node.name, held or _gone(key))
            if held is not None:
                for page in self._pages(held):
                    self.report.terms += mirror.under_terms(self.archive, self.viewer, source, page)
                    names.update(one.granule_id for one in page)
            gone = changes.names_held(self.archive, *key) - names
            self.report.withdrawn += mirror.withdraw(self.archive, self.viewer, source, gone)

    def _take_stations(self, told: NodeTold) -> None:
        for provider in self.node.providers:
            some = self.link.stations(provider) if provider in told.station_providers else []
            found = [one.station() for one in some]
            changed, gone = mirror.take_stations(self.archive, self.viewer, self.node.name, provider, found)
            self.report.stations += changed
            self.report.withdrawn += gone
            told_of = self.link.contacts(provider) if provider in told.contact_providers else []
            take_contacts(self.archive, self.viewer, self.node.name, provider, told_of)
        self.stations_done = True

    def _take_collection(self, held: HeldCollection, total: int) -> None:
        source = Source(self.node.name, held)
        for page in self._pages(held):
            self.report.terms += mirror.under_terms(self.archive, self.viewer, source, page)
            for one in mirror.lacking(self.archive, self.viewer, page):
                self.progress(self.done, max(total, self.done), one.granule_id)
                self._take(source, one)
            self.done += len(page)

    def _take(self, source: Source, one: HeldGranule) -> None:
        digest = digest_of(one.terms)

        def fetch(part: HeldPart) -> bytes:
            return self.link.content(one.granule_id, part, digest, self.spool)

        try:
            objects = mirror.take(self.archive, self.viewer, source, one, fetch)
        except Changed:
            return  # the next pass asks what it is now
        except (BadFile, BadObservation) as error:
            self._refuse(one.granule_id, str(error))
        else:
            self.report.objects += objects
            self.report.granules += 1

    def _pages(self, held: HeldCollection) -> Iterator[list[HeldGranule]]:
        """What the node tells of a collection, without what cannot be."""
        source = Source(self.node.name, held)
        for page in self.link.granules(held.collection_id, held.provider, held.granules):
            yield list(self._possible(source, page))

    def _possible(self, source: Source, page: Iterable[GranuleTold]) -> Iterator[HeldGranule]:
        for told in page:
            try:
                one = told.granule()
                mirror.claim_of(source, one)
            except (BadFile, BadObservation, BadParameter) as error:
                self._refuse(told.granule_id, str(error))
            else:
                yield one

    def _refuse(self, subject: str, reason: str) -> None:
        if subject in self.refused:
            return
        self.refused.add(subject)
        self.report.refused.append((subject, reason))
        mirror.note_refused(self.archive, self.viewer, self.node.name, subject, reason)


def _gone(key: _Key) -> HeldCollection:
    """A collection of which nothing is told any more."""
    return HeldCollection(*key, shape="", simulated=False, cadence="", level="", granules=0, digest="")
