"""An archive: a catalogue, a store of objects, and the lock that keeps repair and publication apart."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from soap.archive.catalogue import Catalogue, sqlite_url
from soap.archive.locks import folder_lock
from soap.archive.objects import FolderObjects, Objects
from soap.archive.store_objects import StoreObjects
from soap.core.errors import ArchiveError, NotFound
from soap.core.settings import Settings


@dataclass(frozen=True)
class Archive:
    """An open archive. Use `soap.archive.query` and `soap.archive.publish` with it.

    `folder` is where catalogue and objects are unless a server holds them; where it holds both, there need be none.
    """

    folder: Path
    catalogue: Catalogue
    objects: Objects
    settings: Settings
    """What it was opened by; in another process it is opened by them again, once."""

    def __reduce__(self) -> tuple:
        return opened, (self.settings.model_copy(update={"archive": self.folder, "oidc_secret": ""}),)  # none of theirs

    @classmethod
    def open(cls, settings: Settings, *, create: bool = True) -> Archive:
        """Open the archive that the settings name.

        An absent one is made, or, without `create`, a `NotFound` that says how to make one. `ArchiveError` when the
        folder or a server cannot be used or the archive is of another format.
        """
        folder = Path(settings.archive).absolute()
        here = folder / "catalogue.sqlite"
        objects = _objects(settings.objects, folder)
        if not settings.catalogue and not _holds_something(here):
            _check_not_lost(objects, here)
            if not create:
                raise _no_archive(f"in {folder}")
        for own in ({folder} if not settings.catalogue else set()) | _folders(objects):
            _make(own)
        url = settings.catalogue or sqlite_url(here, read_only=_read_only(folder))
        return cls(folder, Catalogue.open(url, partial(_before_making, settings, objects, create)), objects, settings)

    @property
    def read_only(self) -> bool:
        """True when the archive may not be written: it can be asked, and nothing else."""
        return any(_read_only(folder) for folder in self._own_folders()) or not self.catalogue.writable()

    @contextmanager
    def while_publishing(self) -> Iterator[None]:
        """Many may publish at once, none while an `alone` goes on."""
        with self._lock(shared=True):
            yield

    @contextmanager
    def alone(self, *, wait: bool = True) -> Iterator[bool]:
        """True while nobody publishes; without `wait`, False when somebody does. A killed process holds no lock.

        In an archive that may not be written there is no lock to take.
        """
        if self.read_only:
            yield True
            return
        with self._lock(shared=False, wait=wait) as got:
            yield got

    def sweep(self) -> None:
        """Remove what interrupted writers left behind, unless somebody is writing now."""
        with self.alone(wait=False) as nobody_publishes:
            if nobody_publishes:
                self.objects.sweep()

    def must_be_writable(self) -> None:
        """`ArchiveError` when the archive may not be written."""
        for folder in self._own_folders():
            if _read_only(folder):
                raise ArchiveError(
                    f"The archive's folder {folder} may not be written; it can only be asked."
                    " Get write permission, or choose another.",
                    command="`--archive DIR` says which.",
                )
        if not self.catalogue.writable():
            raise ArchiveError(
                f"The archive's catalogue {self.catalogue.place} may not be written; it can only be asked."
                " Ask who runs the server for rights, or for the name of the primary server."
            )

    def _lock(self, *, shared: bool, wait: bool = True):
        if self.catalogue.remote:
            return self.catalogue.locked(shared=shared, wait=wait)
        return folder_lock(self.catalogue.file.parent, shared=shared, wait=wait)

    def _own_folders(self) -> set[Path]:
        """The folders that must be writable for the archive to be."""
        return _folders(self.objects) | (set() if self.catalogue.remote else {self.catalogue.file.parent})


_OPENED: dict[str, Archive] = {}


def opened(settings: Settings) -> Archive:
    """The archive that the settings name, opened once in this process; it must be there."""
    key = settings.model_dump_json()
    if key not in _OPENED:
        _OPENED[key] = Archive.open(settings, create=False)
    return _OPENED[key]


def _objects(url: str, folder: Path) -> Objects:
    """The store that a URL names; the archive's folder without one. A `file:` URL is a folder as durable as it."""
    if not url:
        return FolderObjects(folder)
    if url.startswith("file:"):
        return FolderObjects(Path(unquote(urlsplit(url).path)))
    return StoreObjects(url)


def _folders(objects: Objects) -> set[Path]:
    return {objects.folder} if isinstance(objects, FolderObjects) else set()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveError(f"The archive's folder {folder} cannot be made ({error.strerror}).") from error


def _read_only(folder: Path) -> bool:
    return not os.access(folder, os.W_OK)


def _holds_something(catalogue: Path) -> bool:
    return catalogue.is_file() and catalogue.stat().st_size > 0


def _no_archive(where: str) -> NotFound:
    return NotFound(
        f"There is no archive {where}. SOAP_ARCHIVE says where it is, or SOAP_CATALOGUE and SOAP_OBJECTS, on servers.",
        command="`soap ingest PATH…` makes one; `--archive DIR` says where it is, too.",
    )


def _check_not_lost(objects: Objects, catalogue: Path) -> None:
    """`ArchiveError` where a new catalogue would make orphans of the originals that are there."""
    originals = next(objects.keys("originals"), None)
    if originals is not None and not _holds_something(catalogue):  # asked last: another process may be making it
        raise _lost(str(catalogue))


def _before_making(settings: Settings, objects: Objects, create: bool) -> None:
    """Refuses to make a catalogue that was not asked for, or beside originals that belong to another."""
    where = "in the catalogue that SOAP_CATALOGUE names" if settings.catalogue else f"in {settings.archive}"
    if not create:
        raise _no_archive(where)
    if settings.catalogue and next(objects.keys("originals"), None) is not None:
        raise _lost("that SOAP_CATALOGUE names")


def _lost(catalogue: str) -> ArchiveError:
    return ArchiveError(
        f"There are originals, but the catalogue {catalogue} holds nothing of them: it is lost, or another one is"
        " theirs. Name that one, or put a backup of it there, or build another archive from the originals.",
        command="`soap ingest ORIGINALS --archive NEW` builds it.",
    )
