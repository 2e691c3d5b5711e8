"""The reception: takes in what is sent for as long as a server runs, and has it published."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from concurrent.futures import Future
from dataclasses import replace

from soap.archive import Archive, senders, uploads
from soap.archive.senders import Sender
from soap.archive.spool import Spool
from soap.archive.uploads import DAMAGED, Ended, Upload
from soap.core.errors import ArchiveError, BadParameter, TooLarge
from soap.core.settings import Settings
from soap.core.who import Viewer
from soap.services.composition import Composition
from soap.services.handed_in import Handed, Publisher, small
from soap.services.uploads.incoming import Checksum, Incoming

UNPACKED = 4
"""A file's content may unpack to so many times what may be sent."""

TOLD_S = 86_400.0
"""Seconds for which it is told what became of an upload."""

_CLEANED_S, _NOTED_S = 300.0, 10.0
_MIB = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONGEST_NAME = 200


class Reception:
    """Takes in files that are sent, until it is closed."""

    def __init__(self, archive: Archive, composition: Composition, settings: Settings):
        self.archive, self.settings = archive, settings
        self.limit = settings.upload_mib * _MIB
        self._publisher = Publisher(archive, composition, UNPACKED * self.limit)
        self._heard: dict[str, Sender] = {}
        self._over = threading.Event()
        self._cleaner = threading.Thread(target=self._clean, name="soap-uploads", daemon=True)

    def __enter__(self) -> Reception:
        self._publisher.__enter__()
        self._cleaner.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Publish what waits, and take in nothing more."""
        self._over.set()
        self._publisher.close()
        self._cleaner.join()
        self.note_senders()

    def hear(self, viewer: Viewer, told: str | None) -> None:
        """What an agent says of itself, to be noted with others' in a while."""
        one = senders.heard(viewer, told, time.time_ns() // 1000) if told else None
        if one is not None:
            self._heard[viewer.user] = one

    @property
    def idle_s(self) -> float:
        """Seconds after which an upload that nobody goes on with is forgotten."""
        return self.settings.upload_idle_hours * 3600

    def announced(
        self, viewer: Viewer, name: str, size: int, sha256: str = "", told: str = "", provider: str | None = None
    ) -> Upload:
        """An upload that nothing is kept of yet; `TooLarge`, `Refused` or `BadParameter` where it may not be."""
        if size > self.limit:
            raise TooLarge(
                f"A file of {size:,} bytes is more than the {self.limit:,} that are taken. Split it, one day a file,"
                " or have it ingested where the archive is.",
                command="`soap ingest` does.",
            )
        if sha256 and not _SHA256.fullmatch(sha256):
            raise BadParameter(f"{sha256[:80]!r} is no SHA-256 in hexadecimal, 64 digits and small letters.")
        owner = uploads.provider_of(self.archive, viewer, provider)
        return uploads.announced(viewer, safe_name(name), size, sha256, told, owner)

    def begin(self, viewer: Viewer, one: Upload) -> Upload:
        """Keep an announced upload; `TooMany` when the user has too many that are not finished."""
        return uploads.begin(self.archive, viewer, one, self.settings.upload_most_open)

    def incoming(self, viewer: Viewer, one: Upload, offset: int, checksum: Checksum | None = None) -> Incoming:
        """What a request brings of an upload from `offset` on.

        `Busy` while another request writes to it, `Conflict` unless it stands at that offset.
        """
        held = Incoming(self.archive, one, checksum)
        try:
            held.upload = uploads.found(self.archive, viewer, one.upload_id)
            held.at = held.upload.offset
            held.fresh(offset)
        except BaseException:
            held.close()
            raise
        return held

    def hand_in(self, viewer: Viewer, one: Upload, content: bytes) -> Future[Ended]:
        """Have a whole file published; the answer comes when it is, and when what became of it can be asked for."""
        checksum = hashlib.sha256(content).hexdigest()
        if one.sha256 and checksum != one.sha256:
            ended = Ended(DAMAGED, f"The file's SHA-256 is {checksum}, not {one.sha256} as was told. Send it again.")
            uploads.end(self.archive, [(one, ended)])
            answer: Future[Ended] = Future()
            answer.set_result(ended)
            return answer
        return self._publisher.hand_in(Handed(viewer, one.provider, one.name, content, checksum, one))

    def at_once(self, size: int) -> bool:
        """True for a file so small that to hand it in takes no time; others are read before they wait."""
        return small(size)

    def clear(self, one: Upload) -> None:
        """The bytes of an upload that has ended are needed no longer."""
        Spool.of(self.archive).remove(one.upload_id)

    def ended(self, one: Upload, ended: Ended) -> Upload:
        """The upload as it is known now."""
        return replace(one, offset=one.bytes, state=ended.state, reason=ended.reason, granules=ended.granules)

    def note_senders(self) -> None:
        """Note what agents said of themselves since this was last done."""
        heard, self._heard = self._heard, {}
        try:
            senders.note(self.archive, heard.values())
        except ArchiveError:
            self._heard = heard | self._heard
            raise

    def _clean(self) -> None:
        due = time.monotonic() + _CLEANED_S
        while not self._over.wait(_NOTED_S):
            try:
                self.note_senders()
                if time.monotonic() >= due:
                    due += _CLEANED_S
                    uploads.expire(self.archive, self.idle_s, TOLD_S)
            except ArchiveError:  # said to whom asks next; tried again
                continue


def safe_name(told: str) -> str:
    """A file's name as it is kept and shown: the last part of what a sender calls it, and no control characters."""
    last = re.split(r"[/\\]", told)[-1]
    shown = "".join(one for one in last if one.isprintable())[:_LONGEST_NAME].strip()
    return shown if shown.strip(".") else "unnamed"
