"""An archive: a catalogue, a store of objects, and the lock that keeps repair and publication apart."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from soap.archive.catalogue import Catalogue, sqlite_url
from soap.archive.objects import FolderObjects, Objects, StoreObjects
from soap.core.errors import ArchiveError, NotFound
from soap.core.settings import Settings


@dataclass(frozen=True)
class Archive:
    """An open archive. Use `soap.archive.query` and `soap.archive.publish` with it."""

    folder: Path
    catalogue: Catalogue
    objects: Objects
    settings: Settings
    """What it was opened by; in another process it is opened by them again, once."""

    def __reduce__(self) -> tuple:
        return opened, (self.settings.model_copy(update={"archive": self.folder}),)

    @classmethod
    def open(cls, settings: Settings, *, create: bool = True) -> Archive:
        """Open the archive that the settings name.

        An absent one is made, or, without `create`, a `NotFound` that says how to make one. `ArchiveError` when the
        folder cannot be used or the archive is of another format.
        """
        folder = Path(settings.archive).absolute()
        here = folder / "catalogue.sqlite"
        if not settings.catalogue:
            _check_not_lost(here)
        if not create and not settings.catalogue and not _holds_something(here):
            raise NotFound(
                f"There is no archive in {folder}. `soap ingest PATH…` makes one;"
                " `--archive DIR` or SOAP_ARCHIVE says where it is."
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"The archive's folder {folder} cannot be made ({error.strerror}).") from error
        url = settings.catalogue or sqlite_url(here, read_only=_read_only(folder))
        objects = StoreObjects(settings.objects) if settings.objects else FolderObjects(folder)
        return cls(folder, Catalogue.open(url), objects, settings)

    @property
    def read_only(self) -> bool:
        """True when the folder may not be written: it can be asked, and nothing else."""
        return _read_only(self.folder)

    @contextmanager
    def while_publishing(self) -> Iterator[None]:
        """Many may publish at once, none while an `alone` goes on."""
        with self._lock() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield

    @contextmanager
    def alone(self, *, wait: bool = True) -> Iterator[bool]:
        """True while nobody publishes; without `wait`, False when somebody does. A killed process holds no lock.

        In a folder that may not be written there is no lock to take.
        """
        if self.read_only:
            yield True
            return
        with self._lock() as lock:
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

    def must_be_writable(self) -> None:
        """`ArchiveError` when the folder may not be written."""
        if self.read_only:
            raise ArchiveError(
                f"The archive's folder {self.folder} may not be written; it can only be asked."
                " Get write permission, or choose another with `--archive DIR`."
            )

    def _lock(self) -> IO[str]:
        try:
            return (self.folder / "lock").open("a")
        except OSError as error:
            raise ArchiveError(
                f"The archive's lock {self.folder / 'lock'} cannot be taken ({error.strerror})."
                " Check that you may write there."
            ) from error


_OPENED: dict[str, Archive] = {}


def opened(settings: Settings) -> Archive:
    """The archive that the settings name, opened once in this process; it must be there."""
    key = settings.model_dump_json()
    if key not in _OPENED:
        _OPENED[key] = Archive.open(settings, create=False)
    return _OPENED[key]


def _read_only(folder: Path) -> bool:
    return not os.access(folder, os.W_OK)


def _holds_something(catalogue: Path) -> bool:
    return catalogue.is_file() and catalogue.stat().st_size > 0


def _check_not_lost(catalogue: Path) -> None:
    """`ArchiveError` where a new catalogue would make orphans of the originals that are there."""
    originals = catalogue.parent / "originals"
    if any(originals.glob("*/*")) and not _holds_something(catalogue):
        raise ArchiveError(
            f"There are originals in {originals}, but the catalogue {catalogue} is lost. Put a backup of it there,"
            f" or build another archive: `soap ingest {originals} --archive NEW`."
        )
