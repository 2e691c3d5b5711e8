"""Uploads: files that are sent in parts, resumable, and told of as published only when they are."""

from __future__ import annotations

from soap.archive import Archive
from soap.archive import senders as senders_held
from soap.archive import uploads as held
from soap.archive.senders import Sender
from soap.archive.spool import Busy
from soap.archive.uploads import DAMAGED, OPEN, STATES, Ended, Upload
from soap.core.who import Viewer
from soap.services.uploads.incoming import ALGORITHMS, Checksum, Incoming, Mismatch
from soap.services.uploads.reception import Reception

__all__ = [
    "ALGORITHMS",
    "DAMAGED",
    "OPEN",
    "STATES",
    "Busy",
    "Checksum",
    "Ended",
    "Incoming",
    "Mismatch",
    "Reception",
    "Sender",
    "Upload",
    "forget",
    "found",
    "listed",
    "senders",
]


def found(viewer: Viewer, archive: Archive, upload_id: str) -> Upload:
    """The viewer's upload of that number; `NotFound` when there is none, or it is another's."""
    return held.found(archive, viewer, upload_id)


def listed(viewer: Viewer, archive: Archive, most: int = 100) -> tuple[Upload, ...]:
    """The viewer's latest uploads, the newest first; all users' for who runs the archive."""
    return held.listed(archive, viewer, most)


def forget(viewer: Viewer, archive: Archive, upload_id: str) -> None:
    """End the viewer's upload before it is whole, or forget one that is; what was published stays."""
    held.forget(archive, viewer, upload_id)


def senders(viewer: Viewer, archive: Archive) -> tuple[Sender, ...]:
    """Agents of the viewer's member, silent for longest first; all members' for who runs the archive."""
    return senders_held.senders(archive, viewer)
