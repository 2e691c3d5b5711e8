"""Backup and restore: an archive copied into another, objects first, then all rows in one transaction.

A backup is itself an archive, in a folder, whatever the back ends of the one it was made of. Until its transaction
commits it is what it was before, so that it may be killed at any moment; the next run copies what is missing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, select

from soap.archive.archive import Archive
from soap.archive.catalogue import read_only_uri
from soap.archive.named_keys import (
    FOLDERS,
    KeySet,
    NamedKey,
    Progress,
    count_named,
    keys_there,
    named_keys,
    several_at_once,
)
from soap.archive.objects import FolderObjects, is_loss, sha256
from soap.archive.passing_folder import passing_folder
from soap.archive.policy import must_run
from soap.archive.publish import original_key
from soap.archive.schema import archive_fact, audit, metadata, original, quarantine, version
from soap.archive.verify import Verification, what_is_wrong
from soap.archive.verify import verify as _verify
from soap.core.errors import ArchiveError, BadParameter, Lost, NotFound
from soap.core.settings import Settings
from soap.core.who import Viewer

_ROWS = 5000


@dataclass(frozen=True)
class Copied:
    """What was copied: `losses` are keys and why they could not be, because the source has lost them."""

    objects: int
    """Number of keys copied."""
    bytes: int
    held: int
    """Number of keys that were there already."""
    mended: int
    """Number of keys that were there damaged, and are whole now."""
    losses: tuple[tuple[str, str], ...]
    catalogue: bool
    """False when the rows were there already."""
    recorded_to: int
    """Time of recording of the latest change that the copy holds [µs since 1970]."""

    @property
    def clean(self) -> bool:
        """True when nothing is missing from the copy."""
        return not self.losses


def backup(
    archive: Archive, viewer: Viewer, target: Path, *, check: bool = False, progress: Progress | None = None
) -> Copied:
    """Copy the archive into the folder `target`, which becomes, or is brought up to, an archive of the same state.

    Others may publish meanwhile. Every byte is checked against its SHA-256 as it is copied; `check` also re-hashes
    what was there, and copies it anew where it is damaged. What the source has lost is reported, and the rest copied.
    Raises `Refused` when the viewer does not run the archive, `BadParameter` for a target in the archive's own
    folder, `ArchiveError` when the target cannot be written, or is an archive of its own or of a later state.
    """
    must_run(viewer)
    target = Path(target).absolute()
    _check_apart(archive, target)
    with _opened_target(target) as copy:
        _check_same_archive(archive, copy)
        return _copy(archive, copy, check=check, progress=progress)


def restore(
    archive: Archive, viewer: Viewer, source: Path, *, progress: Progress | None = None
) -> tuple[Copied, Verification]:
    """Copy the backup in the folder `source` into this archive, which must be empty, and verify it.

    The backup is only read. Objects that an earlier, interrupted run brought are kept where they are whole. Raises
    `Refused`, `NotFound` where there is no backup, `ArchiveError` when this archive holds something.
    """
    must_run(viewer)
    archive.must_be_writable()
    with archive.catalogue.reading() as connection:
        if not _empty(connection):
            raise ArchiveError(
                f"The archive {archive.catalogue.place} holds something; a backup is restored into an empty one"
                " only. Name another in SOAP_ARCHIVE or SOAP_CATALOGUE.",
                command="`--archive DIR` names it, too.",
            )
    with _opened_source(Path(source).absolute()) as kept, archive.while_publishing():
        copied = _copy(kept, archive, check=True, progress=progress, into_empty=True)
    return copied, _verify(archive, viewer, progress=progress)


def _check_apart(archive: Archive, target: Path) -> None:
    """`BadParameter` where a part of the backup would lie in the archive, also by way of links, or the other way."""
    objects = {archive.objects.folder} if isinstance(archive.objects, FolderObjects) else set()
    own = {folder.resolve() for folder in {archive.folder} | objects}
    parts = [(target / name).resolve() for name in ("", *FOLDERS, "catalogue.sqlite")]
    inside = any(home == part or home in part.parents for home in own for part in parts)
    if inside or any(part in home.parents for home in own for part in parts[1:]):
        raise BadParameter(f"The backup {target} would lie in the archive itself; give a folder elsewhere.")


@contextmanager
def _opened_target(folder: Path) -> Iterator[Archive]:
    """The backup, alone; a new one may be entered by its owner only, for it holds what the archive hides."""
    if not folder.exists():
        try:
            folder.mkdir(mode=0o700, parents=True)
        except OSError as error:
            raise ArchiveError(f"The backup's folder {folder} cannot be made ({error.strerror}).") from error
    copy = Archive.open(Settings(archive=folder, catalogue="", objects=""))
    copy.must_be_writable()
    with copy.alone(wait=False) as nobody_writes:
        if not nobody_writes:
            raise ArchiveError(f"Another process writes to the backup {folder}; wait until it has ended.")
        copy.objects.sweep()
        yield copy
    copy.catalogue.engine.dispose()


@contextmanager
def _opened_source(folder: Path) -> Iterator[Archive]:
    """A backup opened by a copy of its catalogue, so that it stays as it is, and of any format we can migrate."""
    there = folder / "catalogue.sqlite"
    if not (there.is_file() and there.stat().st_size):
        raise NotFound(f"There is no backup in {folder}; a backup is a folder with a catalogue.sqlite.")
    with passing_folder("soap-restore-") as place:
        try:
            with (
                closing(sqlite3.connect(read_only_uri(there), uri=True)) as held,
                closing(sqlite3.connect(place / "catalogue.sqlite")) as copy,
            ):
                held.backup(copy)
        except sqlite3.Error as error:
            raise ArchiveError(f"The backup's catalogue {there} cannot be read ({error}).") from error
        try:
            opened = Archive.open(Settings(archive=place, catalogue="", objects=""))
        except ArchiveError as error:
            said = str(error).replace(str(place / "catalogue.sqlite"), str(there))
            raise ArchiveError(f"The backup cannot be restored. {said}") from error
        yield replace(opened, objects=FolderObjects(folder))
        opened.catalogue.engine.dispose()


def _copy(
    source: Archive, target: Archive, *, check: bool, progress: Progress | None, into_empty: bool = False
) -> Copied:
    """Bring what the target lacks: most of it while the source goes on, the rest and the rows as of one moment."""
    errand = _Errand(source, target)
    if check or not _same_state(source, target):
        with source.catalogue.reading() as connection:
            total = count_named(connection)
        errand.bring(named_keys(source.catalogue.reading), check=check, progress=progress, total=total)
    with source.catalogue.reading() as moment:
        before = errand.copied
        errand.bring(named_keys(lambda: nullcontext(moment)))
        changed = not _same_state(source, target, moment)
        if changed:
            with target.catalogue.publishing() as connection:
                if into_empty and not _empty(connection):
                    raise ArchiveError("Somebody published into this archive meanwhile; restore into an empty one.")
                _copy_rows(moment, connection)
                _set_sequences(connection)
        clock = _facts(moment)["clock"]
    losses = tuple(sorted(errand.losses.items()))
    held = errand.held - before - errand.mended
    return Copied(errand.copied, errand.bytes, held, errand.mended, losses, changed, clock)


class _Errand:
    """What passes over the named keys have brought to the target; `held` is of the last pass."""

    def __init__(self, source: Archive, target: Archive):
        self.source, self.target = source, target
        self.copied = self.bytes = self.held = self.mended = 0
        self.losses: dict[str, str] = {}

    def bring(
        self, wanted: Iterator[NamedKey], *, check: bool = False, progress: Progress | None = None, total: int = 0
    ) -> None:
        """One pass; with `check` what is there already is re-hashed and mended."""
        there = KeySet(keys_there(self.target.objects))
        self.held = 0

        def one_key(one: NamedKey) -> tuple[bool, int | str | None]:
            held = one.key in there
            return held, None if held and not (check and what_is_wrong(self.target, one)) else self._put(one)

        for done, (one, (held, outcome)) in enumerate(several_at_once(one_key, wanted), 1):
            if outcome is None:
                self.held += 1
            elif isinstance(outcome, str):
                self.losses[one.key] = outcome
            else:
                self.copied, self.mended = self.copied + (not held), self.mended + held
                self.bytes += outcome
            if progress is not None:
                progress(done, max(total, done), one.key)

    def _put(self, one: NamedKey) -> int | str:
        """Number of bytes copied, or why they cannot be."""
        content = _content(self.source, one)
        if isinstance(content, str):
            return content
        self.target.objects.put(one.key, content)
        return len(content)


def _content(source: Archive, one: NamedKey) -> bytes | str:
    """The recorded bytes, or why the source has them no longer.

    The bytes of a quarantined file that has been read meanwhile lie among the originals. A store that does not
    answer ends the copy: that is no loss.
    """
    keys = [one.key, original_key(one.sha256)] if one.table == "quarantine" else [one.key]
    why = "missing"
    for key in keys:
        try:
            content = source.objects.get(key)
        except Lost:
            continue
        except ArchiveError as error:
            if not is_loss(error):
                raise
            why = str(error)
            continue
        if sha256(content) == one.sha256:
            return content
        why = f"damaged: its SHA-256 is {sha256(content)}, recorded was {one.sha256}"
    return why


def _check_same_archive(source: Archive, target: Archive) -> None:
    """`ArchiveError` unless the target is empty, or an earlier state of the source."""
    with source.catalogue.reading() as mine, target.catalogue.reading() as theirs:
        if _empty(theirs):
            return
        if _facts(mine)["identity"] != _facts(theirs)["identity"]:
            raise ArchiveError(
                f"{target.folder} holds another archive, or a backup of another; give an empty or absent folder."
            )
        last = theirs.execute(select(original).order_by(original.c.recorded_from.desc()).limit(1)).one_or_none()
        same = (
            mine.execute(select(original.c.recorded_from).where(original.c.sha256 == last.sha256)).scalar()
            if last is not None
            else None
        )
        if _facts(mine)["clock"] < _facts(theirs)["clock"] or (last is not None and same != last.recorded_from):
            raise ArchiveError(
                f"The backup {target.folder} holds what this archive has not: it was written to, or this archive was"
                " since restored from an earlier backup. Keep it, and give an empty or absent folder."
            )


def _empty(connection: Connection) -> bool:
    """True when nothing was ever published: what is there is what an archive is made with."""
    if _facts(connection)["clock"] > 0:
        return False
    return all(connection.execute(select(table).limit(1)).first() is None for table in (original, quarantine, version))


def _same_state(source: Archive, target: Archive, moment: Connection | None = None) -> bool:
    """True when the target holds the source's rows.

    Every change of the catalogue advances its clock, but for what goes on around it, of which only the audit log is
    worth a copy by itself.
    """
    with nullcontext(moment) if moment is not None else source.catalogue.reading() as mine:
        wanted = _facts(mine), _newest_entry(mine)
    with target.catalogue.reading() as theirs:
        return wanted == (_facts(theirs), _newest_entry(theirs))


def _newest_entry(connection: Connection) -> int:
    """Number of the newest entry in the audit log."""
    return connection.execute(select(func.coalesce(func.max(audit.c.id), 0))).scalar_one()


def _facts(connection: Connection) -> dict[str, int]:
    return {row.name: row.value for row in connection.execute(select(archive_fact))}


def _copy_rows(source: Connection, target: Connection) -> None:
    """Replace all rows of all tables by the source's."""
    for table in reversed(metadata.sorted_tables):
        target.execute(delete(table))
    for table in metadata.sorted_tables:
        rows = source.execute(
            select(table).order_by(*table.primary_key.columns), execution_options={"yield_per": _ROWS}
        )
        for some in rows.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in some])


def _set_sequences(connection: Connection) -> None:
    """Rows came with their numbers; PostgreSQL counts on from the highest."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        highest = select(func.max(column)).scalar_subquery()
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        connection.execute(select(func.setval(sequence, func.coalesce(highest, 1), highest.is_not(None))))
