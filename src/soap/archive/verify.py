"""Checking an archive: every object and original against its checksum, losses by granule, and leavings."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from soap.archive.archive import Archive
from soap.archive.objects import sha256
from soap.archive.policy import must_publish
from soap.archive.publish import original_key, quarantine_key
from soap.archive.schema import contribution, granule, original, quarantine, version
from soap.core.errors import ArchiveError, NotFound
from soap.core.who import Viewer


@dataclass(frozen=True)
class Loss:
    """Something the catalogue names that is missing or damaged; `granules` are those it belongs to."""

    key: str
    what: str
    granules: tuple[str, ...]
    sha256: str
    """Of the bytes as they were recorded."""


@dataclass(frozen=True)
class Verification:
    """How many things were checked, what is lost, and what lies there that no row names."""

    objects: int
    originals: int
    quarantined: int
    losses: tuple[Loss, ...]
    orphans: tuple[str, ...]
    removed: int
    rebuilt: tuple[str, ...] = ()
    """Keys of lost objects that were made anew from their originals, byte for byte."""
    remarks: tuple[str, ...] = ()
    """Why others could not be."""

    @property
    def clean(self) -> bool:
        """True when nothing is lost."""
        return not self.losses


def verify(archive: Archive, viewer: Viewer, *, repair: bool = False) -> Verification:
    """Re-hash every object, original and quarantined file.

    `repair` removes what no row names (left behind by interrupted writers) while no other process publishes; it never
    removes what a row names, so that a loss stays visible until the file is ingested again.
    """
    must_publish(viewer)
    if repair:
        archive.must_be_writable()
    with archive.alone() as _:
        wanted = _wanted(archive)
        losses = [loss for key, (checksum, owners) in wanted.items() for loss in _check(archive, key, checksum, owners)]
        there = [key for prefix in ("objects", "originals", "quarantine") for key in archive.objects.keys(prefix)]
        orphans = tuple(sorted(key for key in there if key not in wanted))
        removed = 0
        if repair:
            for key in orphans:
                archive.objects.delete(key)
            removed = len(orphans) + archive.objects.sweep()
    kinds = [key.split("/", 1)[0] for key in wanted]
    return Verification(
        kinds.count("objects"),
        kinds.count("originals"),
        kinds.count("quarantine"),
        tuple(losses),
        () if repair else orphans,
        removed,
    )


def _wanted(archive: Archive) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Key of all that the catalogue names, with its checksum and the granules it belongs to."""
    wanted: dict[str, tuple[str, tuple[str, ...]]] = {}
    with archive.catalogue.reading() as connection:
        versions = select(version.c.object_key, version.c.object_sha256, granule.c.granule_id, version.c.number).join(
            granule, granule.c.id == version.c.granule
        )
        for key, checksum, name, number in connection.execute(versions):
            wanted[key] = (checksum, (*wanted.get(key, ("", ()))[1], f"{name}@{number}"))
        owners: dict[str, list[str]] = {}
        names = select(contribution.c.original, granule.c.granule_id).join(
            granule, granule.c.id == contribution.c.granule
        )
        for checksum, name in connection.execute(names):
            owners.setdefault(checksum, []).append(name)
        for checksum in connection.execute(select(original.c.sha256)).scalars():
            wanted[original_key(checksum)] = (checksum, tuple(owners.get(checksum, ())))
        for checksum in connection.execute(select(quarantine.c.sha256).where(quarantine.c.kept)).scalars():
            wanted[quarantine_key(checksum)] = (checksum, ())
    return wanted


def _check(archive: Archive, key: str, checksum: str, owners: tuple[str, ...]) -> list[Loss]:
    try:
        found = sha256(archive.objects.get(key))
    except NotFound:
        return [Loss(key, "missing", owners, checksum)]
    except ArchiveError as error:
        return [Loss(key, str(error), owners, checksum)]
    if found == checksum:
        return []
    return [Loss(key, f"damaged: its SHA-256 is {found}, recorded was {checksum}", owners, checksum)]
