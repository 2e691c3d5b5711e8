"""Ingest: files and folders into the archive, each file once, what cannot be read set aside with the reason."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soap.archive import Archive, publish, query
from soap.archive.draft import Arrival
from soap.core.errors import BadFile, SoapError
from soap.core.who import Viewer
from soap.formats import Reading, Source, detect
from soap.formats.source import packed_bytes
from soap.services.composition import Composition
from soap.services.file_walk import Found, shown, walk
from soap.services.quality_control import judged

Progress = Callable[[int, int, int, int, str], None]
"""Called before each file with files done, files in all, bytes done, bytes in all, and the file's name."""

_BATCH_FILES = 64
_BATCH_BYTES = 64 << 20


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
) -> IngestReport:
    """Bring files and folders, in any mix, into the archive; running it again adds nothing.

    What they hold becomes the `provider`'s: a member's code, empty for the archive itself, None for the viewer's own
    member.

    A file that cannot be read, or fits nowhere, is quarantined (its bytes are kept) and the others go on; the next
    ingest tries it again. Files are published in batches, each batch visible all at once. Raises `Refused` when the
    viewer may not, `ArchiveError` when the archive cannot be written; what was published before stays.
    """
    publish.for_whom(archive, viewer, provider)
    archive.must_be_writable()
    archive.sweep()
    found, notes = walk(paths, leave_out=archive.folder)
    run = _Run(viewer, archive, composition, provider)
    run.report.files = len(found)
    run.report.notes.extend(notes)
    total, done = sum(one.size for one in found), 0
    for number, one in enumerate(found):
        if progress is not None:
            progress(number, len(found), done, total, shown(one.path))
        run.take(one)
        done += one.size
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

    def take(self, found: Found) -> None:
        """Read a file; publish when enough are waiting."""
        if found.refusal:
            self._quarantine(found.path, found.refusal)
            return
        try:
            content = packed_bytes(found.path, shown(found.path))
        except BadFile as error:
            self._quarantine(found.path, _reason(error))
            return
        checksum = hashlib.sha256(content).hexdigest()
        if checksum in self.paths:
            self.report.duplicates += 1
            return
        if publish.known(self.archive, self.viewer, [checksum], self.provider):
            self._held_already(found, checksum, content)
            return
        try:
            reader, reading = read_bytes(self.composition, shown(found.path.name), content)
        except SoapError as error:
            self._quarantine(found.path, _reason(error), content)
            self._wait(len(content))
            return
        self.report.notes.extend(f"{shown(found.path)}: {note}" for note in reading.notes)
        self.paths[checksum] = found.path
        self.waiting.append(Arrival(shown(found.path.name), content, checksum, reader, reading))
        self._wait(len(content))

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

    def _held_already(self, found: Found, checksum: str, content: bytes) -> None:
        self.report.duplicates += 1
        if publish.restore(self.archive, self.viewer, checksum, content, self.provider):
            self.report.notes.append(
                f"{shown(found.path)}: the archive had lost these bytes, and has them again;"
                " `soap verify --repair` rebuilds what was made of them."
            )

    def _quarantine(self, path: Path, reason: str, content: bytes | None = None) -> None:
        self.report.quarantined.append(Quarantined(shown(path), reason))
        if content is not None:
            self.unreadable.append(publish.Unreadable(shown(path.name), content, reason))

    def _wait(self, size: int) -> None:
        self.bytes += size
        if len(self.waiting) + len(self.unreadable) >= _BATCH_FILES or self.bytes >= _BATCH_BYTES:
            self.flush()


def read_bytes(composition: Composition, name: str, content: bytes) -> tuple[str, Reading]:
    """Name of the reader that recognises a file, and what it reads, judged; any failure is a `BadFile`.

    A failure that no reader should have is one too, naming the reader, so that one bad file never stops the others.
    """
    source = Source.from_bytes(name, content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of arithmetic on the way to a verdict on the file
        reader = detect(source, composition.readers)
        try:
            return reader.name, judged(name, reader.read(source), composition.quality_controls)
        except SoapError:
            raise
        except Exception as error:
            raise BadFile(
                f"The reader {reader.name} failed on it ({type(error).__name__}: {error})",
                file=name,
                next_step="Report this with the file: a reader must say what is wrong.",
            ) from error


def _reason(error: SoapError) -> str:
    """The reason without the file's name, which stands beside it."""
    return f"{error.fact}. {error.next_step}" if isinstance(error, BadFile) else str(error)
