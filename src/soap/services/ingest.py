"""Ingest: files and folders into the archive, each file once, what cannot be read set aside with the reason."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soap.archive import Archive, publish, query
from soap.archive.draft import Arrival
from soap.core.errors import SoapError
from soap.core.who import Viewer
from soap.services.composition import Composition
from soap.services.file_reading import BATCH_BYTES, BATCH_FILES, Brought, Outcome, Unread, bring, read_one, reason_of
from soap.services.file_walk import Found, shown, walk
from soap.services.work import HERE, Workers

Progress = Callable[[int, int, int, int, str], None]
"""Called before each file with files done, files in all, bytes done, bytes in all, and the file's name."""


@dataclass(frozen=True)
class Quarantined:
    """A file that could not be read, and why."""

    file: str
    reason: str


@dataclass
class IngestReport:
    """What became of the files: `files` = `new` + `duplicates` + number of `quarantined`."""

    files: int = 0
    new: int = 0
    duplicates: int = 0
    granules: set[str] = field(default_factory=set)
    """Granules created or given a new version."""
    quarantined: list[Quarantined] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "files": self.files,
            "new": self.new,
            "granules": len(self.granules),
            "duplicates": self.duplicates,
            "quarantined": [{"file": one.file, "reason": one.reason} for one in self.quarantined],
            "notes": self.notes,
        }


def ingest(
    viewer: Viewer,
    archive: Archive,
    composition: Composition,
    paths: Iterable[str | Path],
    progress: Progress | None = None,
    provider: str | None = None,
    workers: Workers = HERE,
) -> IngestReport:
    """Bring files and folders, in any mix, into the archive; running it again adds nothing.

    What they hold becomes the `provider`'s: a member's code, empty for the archive itself, None for the viewer's own
    member.

    A file that cannot be read, or fits nowhere, is quarantined (its bytes are kept) and the others go on; the next
    ingest tries it again. Files are read by the `workers` and published here, in their order, in batches, each batch
    visible all at once. Raises `Refused` when the viewer may not, `ArchiveError` when the archive cannot be written;
    what was published before stays.
    """
    publish.for_whom(archive, viewer, provider)
    archive.must_be_writable()
    archive.sweep()
    found, notes = walk(paths, leave_out=archive.folder)
    run = _Run(viewer, archive, composition, provider)
    run.report.files = len(found)
    run.report.notes.extend(notes)
    total, done = sum(one.size for one in found), 0
    for number, (one, outcome) in enumerate(run.read(found, workers)):
        if progress is not None:
            progress(number, len(found), done, total, shown(one.found.path))
        run.take(one, outcome)
        done += one.found.size
    run.flush()
    if progress is not None:
        progress(len(found), len(found), total, total, "")
    run.note_unplaced()
    return run.report


class _Run:
    """One ingest: files read and waiting to be published together, and the report so far."""

    def __init__(self, viewer: Viewer, archive: Archive, composition: Composition, provider: str | None = None):
        self.viewer, self.archive, self.composition, self.provider = viewer, archive, composition, provider
        self.report = IngestReport()
        self.waiting: list[Arrival] = []
        self.unreadable: list[publish.Unreadable] = []
        self.paths: dict[str, Path] = {}
        self.bytes = 0

    def read(self, found: Sequence[Found], workers: Workers) -> Iterator[tuple[Brought, Outcome | None]]:
        """Each file with what a reader makes of it, in order; None for a file that no reader need see."""
        ahead: deque[Brought] = deque()
        portable = self.composition.portable

        def tasks() -> Iterator[Unread]:
            for one in bring(found, self._known):
                ahead.append(one)
                yield Unread(self.composition, shown(one.found.path.name), one.content if one.fresh else None)

        for outcome in (workers if portable else HERE).each(read_one, tasks(), len(found)):
            yield ahead.popleft(), outcome

    def take(self, one: Brought, outcome: Outcome | None) -> None:
        """Sort a file in; publish when enough are waiting."""
        path, content = one.found.path, one.content
        if one.refusal or content is None:
            self._quarantine(path, one.refusal)
        elif one.checksum in self.paths:
            self.report.duplicates += 1
        elif outcome is None:
            self._held_already(path, one.checksum, content)
        elif isinstance(outcome, SoapError):
            self._quarantine(path, reason_of(outcome), content)
            self._wait(len(content))
        else:
            self.report.notes.extend(f"{shown(path)}: {note}" for note in outcome.reading.notes)
            self.paths[one.checksum] = path
            self.waiting.append(Arrival(shown(path.name), content, one.checksum, outcome.reader, outcome.reading))
            self._wait(len(content))

    def _known(self, checksums: list[str]) -> set[str]:
        return publish.known(self.archive, self.viewer, checksums, self.provider)

    def flush(self) -> None:
        """Publish what is waiting."""
        if self.waiting:
            receipt = publish.publish(self.archive, self.viewer, self.waiting, self.provider)
            self.report.new += len(receipt.published)
            self.report.duplicates += len(receipt.duplicates)
            self.report.granules |= receipt.granules
            for arrival, reason in receipt.refused:
                self._quarantine(self.paths.pop(arrival.sha256), reason, arrival.content)
        if self.unreadable:
            publish.quarantine_files(self.archive, self.viewer, self.unreadable)
        self.waiting, self.unreadable, self.bytes = [], [], 0

    def note_unplaced(self) -> None:
        """Say which series of this ingest no place query will find."""
        touched = {name.split(":", 1)[0] for name in self.report.granules}
        for collection_id, code in query.unplaced(self.archive, self.viewer):
            if collection_id in touched:
                self.report.notes.append(
                    f"{collection_id}: no station list here knows the code {code}; kept without place, and left out"
                    " of place queries until a list that knows it is ingested."
                )

    def _held_already(self, path: Path, checksum: str, content: bytes) -> None:
        self.report.duplicates += 1
        if publish.restore(self.archive, self.viewer, checksum, content, self.provider):
            self.report.notes.append(
                f"{shown(path)}: the archive had lost these bytes, and has them again; verifying with"
                " repair rebuilds what was made of them."
            )

    def _quarantine(self, path: Path, reason: str, content: bytes | None = None) -> None:
        self.report.quarantined.append(Quarantined(shown(path), reason))
        if content is not None:
            self.unreadable.append(publish.Unreadable(shown(path.name), content, reason))

    def _wait(self, size: int) -> None:
        self.bytes += size
        if len(self.waiting) + len(self.unreadable) >= BATCH_FILES or self.bytes >= BATCH_BYTES:
            self.flush()
