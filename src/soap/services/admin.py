"""Administration: opening an archive, checking and repairing it, backing it up and restoring it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from soap.archive import Archive
from soap.archive.backup import Copied
from soap.archive.backup import backup as _backup
from soap.archive.backup import restore as _restore
from soap.archive.named_keys import Progress
from soap.archive.query import quarantined
from soap.archive.records import SetAside
from soap.archive.verify import Loss, Verification
from soap.archive.verify import verify as _verify
from soap.core.settings import Settings
from soap.core.who import Viewer
from soap.services.composition import Composition
from soap.services.rebuild import rebuild

__all__ = [
    "Archive",
    "Copied",
    "Loss",
    "SetAside",
    "Verification",
    "backup",
    "open_archive",
    "quarantine",
    "restore",
    "verify",
]


def open_archive(settings: Settings, *, create: bool = False) -> Archive:
    """The archive that the settings name; made when absent and `create`, else `NotFound`."""
    return Archive.open(settings, create=create)


def verify(
    viewer: Viewer,
    archive: Archive,
    composition: Composition,
    *,
    repair: bool = False,
    progress: Progress | None = None,
) -> Verification:
    """Re-hash everything held, see `soap.archive.verify.verify`; `repair` also rebuilds lost objects from originals."""
    found = _verify(archive, viewer, repair=repair, progress=progress)
    if not repair or found.clean:
        return found
    rebuilt, remarks = rebuild(viewer, archive, composition, found.losses)
    left = tuple(loss for loss in found.losses if loss.key not in rebuilt)
    return replace(found, losses=left, rebuilt=rebuilt, remarks=remarks)


def quarantine(viewer: Viewer, archive: Archive) -> tuple[SetAside, ...]:
    """Files that could not be read, by name; `Refused` unless the viewer runs the archive."""
    return quarantined(archive, viewer)


def backup(
    viewer: Viewer, archive: Archive, target: str | Path, *, check: bool = False, progress: Progress | None = None
) -> Copied:
    """Copy what is new into the backup in a folder, see `soap.archive.backup.backup`."""
    return _backup(archive, viewer, Path(target), check=check, progress=progress)


def restore(
    viewer: Viewer, archive: Archive, source: str | Path, *, progress: Progress | None = None
) -> tuple[Copied, Verification]:
    """Copy a backup into an empty archive and verify it, see `soap.archive.backup.restore`."""
    return _restore(archive, viewer, Path(source), progress=progress)
