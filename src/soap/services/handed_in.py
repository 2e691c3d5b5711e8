"""Files that are handed in one by one, as bytes: each is read, then published together with those that wait with it.

A thread publishes: while one batch becomes durable the next gathers, so that a single file waits for nothing and many
at once share the cost of coming to the disk. Each gets its own answer, after what holds it was published.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from soap.archive import Archive, publish, uploads
from soap.archive.draft import Arrival
from soap.archive.uploads import DUPLICATE, PUBLISHED, QUARANTINED, Ended, Upload
from soap.core.errors import ArchiveError, SoapError
from soap.core.who import Viewer
from soap.services.composition import Composition
from soap.services.file_reading import BATCH_BYTES, BATCH_FILES, read_bytes, reason_of

SMALL_BYTES = 256 << 10
"""Larger files are read one at a time, so that no number of them fills the memory."""


@dataclass(frozen=True)
class Handed:
    """A file as bytes: who hands it in, for which provider, under which name."""

    viewer: Viewer
    provider: str | None
    name: str
    content: bytes = field(repr=False)
    sha256: str = ""
    upload: Upload | None = None
    """The upload that it was sent by, of which it is noted what became."""

    @property
    def together(self) -> tuple[str, frozenset[str], str | None]:
        """Files of which this is the same are published together: nothing else of a viewer matters there."""
        return self.viewer.member, self.viewer.roles, self.provider


@dataclass(frozen=True)
class Held:
    """A file that counts as held already, and need not be read."""


Readable = Arrival | publish.Unreadable | Held
"""What a reader made of a file."""


@dataclass
class _Waiting:
    handed: Handed
    read: Readable | None
    """None: not read yet."""
    answer: Future[Ended] = field(default_factory=Future)


class Publisher:
    """Publishes what is handed in, for as long as it is open."""

    def __init__(self, archive: Archive, composition: Composition, unpacked_bytes: int):
        self.archive, self.composition, self.unpacked_bytes = archive, composition, unpacked_bytes
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._large = threading.Semaphore(1)
        self._thread = threading.Thread(target=self._go_on, name="soap-publish", daemon=True)

    def __enter__(self) -> Publisher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Publish what waits, and take nothing more."""
        self._waiting.put(None)
        self._thread.join()

    def hand_in(self, one: Handed) -> Future[Ended]:
        """Have a file published; the answer says what became of it. One that is not `small` is read here and now.

        The answer fails with an `ArchiveError` when the archive cannot be written; then it was not published.
        """
        if not self._thread.is_alive():
            raise ArchiveError("The server is ending; hand it in again when it is back.")
        if small(len(one.content)):
            return self._wait(one, None)
        with self._large:
            if publish.known(self.archive, one.viewer, [one.sha256], one.provider):
                return self._wait(one, Held())
            return self._wait(one, self._read(one))

    def _read(self, one: Handed) -> Readable:
        try:
            reader, reading = read_bytes(self.composition, one.name, one.content, self.unpacked_bytes)
        except SoapError as error:
            return publish.Unreadable(one.name, one.content, reason_of(error))
        return Arrival(one.name, one.content, one.sha256, reader, reading)

    def _wait(self, one: Handed, read: Readable | None) -> Future[Ended]:
        waiting = _Waiting(one, read)
        self._waiting.put(waiting)
        return waiting.answer

    def _go_on(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch, over = self._gathered(first)
            groups: dict[tuple, list[_Waiting]] = {}
            for one in batch:
                groups.setdefault(one.handed.together, []).append(one)
            for group in groups.values():
                self._publish(group)
            if over:
                return

    def _gathered(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        """All that waits now, up to a batch; true where it was the last."""
        batch, size = [first], len(first.handed.content)
        while len(batch) < BATCH_FILES and size < BATCH_BYTES:
            try:
                one = self._waiting.get_nowait()
            except queue.Empty:
                break
            if one is None:
                return batch, True
            batch.append(one)
            size += len(one.handed.content)
        return batch, False

    def _publish(self, group: list[_Waiting]) -> None:
        try:
            for one in group:
                one.read = one.read or self._read(one.handed)
            ended = publish_together(self.archive, [(one.handed, one.read) for one in group if one.read])
            sent = [(one.handed.upload, what) for one, what in zip(group, ended, strict=True)]
            uploads.end(self.archive, [(upload, what) for upload, what in sent if upload is not None])
        except Exception as error:
            if len(group) > 1:  # one file's trouble is not the others'
                for one in group:
                    self._publish([one])
            else:
                group[0].answer.set_exception(error)
            return
        for one, what in zip(group, ended, strict=True):
            one.answer.set_result(what)


def publish_together(archive: Archive, files: Sequence[tuple[Handed, Readable]]) -> list[Ended]:
    """Publish files of one provider with what a reader made of each; what became of each."""
    viewer, provider = files[0][0].viewer, files[0][0].provider
    receipt = publish.publish(archive, viewer, [read for _, read in files if isinstance(read, Arrival)], provider)
    refused = {arrival.sha256: reason for arrival, reason in receipt.refused}
    unreadable = [read for _, read in files if isinstance(read, publish.Unreadable)]
    unreadable += [publish.Unreadable(one.name, one.content, refused[one.sha256]) for one, _ in receipt.refused]
    if unreadable:
        publish.quarantine_files(archive, viewer, unreadable)
    fresh, out = set(receipt.published), []
    for handed, read in files:
        if isinstance(read, publish.Unreadable):
            out.append(Ended(QUARANTINED, read.reason))
        elif handed.sha256 in refused:
            out.append(Ended(QUARANTINED, refused[handed.sha256]))
        elif handed.sha256 in fresh:
            fresh.remove(handed.sha256)
            out.append(Ended(PUBLISHED, "", receipt.into.get(handed.sha256, ())))
        else:
            publish.restore(archive, viewer, handed.sha256, handed.content, provider)
            out.append(Ended(DUPLICATE))
    return out


def small(size: int) -> bool:
    """True for a file that is read where it is published, with others."""
    return size <= SMALL_BYTES
