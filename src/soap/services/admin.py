"""Administration: opening an archive, checking and repairing it."""

from __future__ import annotations

from dataclasses import replace

from soap.archive import Archive
from soap.archive.verify import Loss, Verification
from soap.archive.verify import verify as _verify
from soap.core.settings import Settings
from soap.core.who import Viewer
from soap.services.composition import Composition
from soap.services.rebuild import rebuild

__all__ = ["Archive", "Loss", "Verification", "open_archive", "verify"]


def open_archive(settings: Settings, *, create: bool = False) -> Archive:
    """The archive that the settings name; made when absent and `create`, else `NotFound`."""
    return Archive.open(settings, create=create)


def verify(viewer: Viewer, archive: Archive, composition: Composition, *, repair: bool = False) -> Verification:
    """Re-hash everything held, see `soap.archive.verify.verify`; `repair` also rebuilds lost objects from originals."""
    found = _verify(archive, viewer, repair=repair)
    if not repair or found.clean:
        return found
    rebuilt, remarks = rebuild(viewer, archive, composition, found.losses)
    left = tuple(loss for loss in found.losses if loss.key not in rebuilt)
    return replace(found, losses=left, rebuilt=rebuilt, remarks=remarks)
