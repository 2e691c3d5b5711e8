"""Administration: opening an archive, checking it, removing what interrupted writers left."""

from __future__ import annotations

from soap.archive import Archive
from soap.archive.verify import Loss, Verification
from soap.archive.verify import verify as _verify
from soap.core.settings import Settings
from soap.core.who import Viewer

__all__ = ["Archive", "Loss", "Verification", "open_archive", "verify"]


def open_archive(settings: Settings, *, create: bool = False) -> Archive:
    """The archive that the settings name; made when absent and `create`, else `NotFound`."""
    return Archive.open(settings, create=create)


def verify(viewer: Viewer, archive: Archive, *, repair: bool = False) -> Verification:
    """Re-hash everything held; see `soap.archive.verify.verify`."""
    return _verify(archive, viewer, repair=repair)
