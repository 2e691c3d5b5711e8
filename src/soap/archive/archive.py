"""An archive: a catalogue, a store of objects, and the lock that keeps repair and publication apart."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from soap.archive.catalogue import Catalogue
from soap.archive.objects import FolderObjects, Objects, StoreObjects
from soap.core.errors import ArchiveError, NotFound
from soap.core.settings import Settings


@dataclass(frozen=True)
class Archive:
    """An open archive. Use `soap.archive.query` and `soap.archive.publish` with it."""

    folder: Path
    catalogue: Catalogue
    objects: Objects

    @classmethod
    def open(cls, settings: Settings, *, create: bool = True) -> Archive:
        """Open the archive that the settings name.

        An absent one is made, or, without `create`, a `NotFound` that says how to make one. `ArchiveError` when the
        folder cannot be used or the archive is of another format.
        """
        folder = Path(settings.archive).absolute()
        here = folder / "catalogue.sqlite"
        if not create and not settings.catalogue and not here.is_file():
            raise NotFound(
                f"There is no archive in {folder}. `soap ingest PATH…` makes one;"
                " `--archive DIR` or SOAP_ARCHIVE says where it is."
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"The archive's folder {folder} cannot be made ({error.strerror}).") from error
        catalogue = Catalogue.open(settings.catalogue or f"sqlite:///{here}")
        objects = StoreObjects(settings.objects) if settings.objects else FolderObjects(folder)
        return cls(folder, catalogue, objects)

    @contextmanager
    def while_publishing(self) -> Iterator[None]:
        """Many may publish at once, none while an `alone` goes on."""
        with (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield

    @contextmanager
    def alone(self, *, wait: bool = True) -> Iterator[bool]:
        """True while nobody publishes; without `wait`, False when somebody does. A killed process holds no lock."""
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def sweep(self) -> None:
        """Remove what interrupted writers left behind, unless somebody is writing now."""
        with self.alone(wait=False) as nobody_publishes:
            if nobody_publishes:
                self.objects.sweep()
