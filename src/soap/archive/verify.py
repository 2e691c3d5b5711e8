"""Checking an archive: every object and original against its checksum, losses by granule, and leavings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select

from soap.archive.archive import Archive
from soap.archive.draft import CHUNK
from soap.archive.named_keys import (
    KeySet,
    NamedKey,
    Progress,
    checksum_there,
    count_named,
    keys_there,
    named_keys,
    several_at_once,
)
from soap.archive.objects import is_loss
from soap.archive.policy import must_run
from soap.archive.schema import contribution, granule, original, product, quarantine, version
from soap.core.errors import ArchiveError, Lost
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
    products: int = 0

    @property
    def clean(self) -> bool:
        """True when nothing is lost."""
        return not self.losses


def verify(archive: Archive, viewer: Viewer, *, repair: bool = False, progress: Progress | None = None) -> Verification:
    """Re-hash every object, original, quarantined file and product, while others may read and publish.

    `repair` removes what no row names (left behind by interrupted writers), for which publication waits a moment; it
    never removes what a row names, so that a loss stays visible until it is mended.
    """
    must_run(viewer)
    if repair:
        archive.must_be_writable()
    checked, found = _rehash(archive, progress)
    with archive.alone():
        with archive.catalogue.reading() as connection:
            losses = tuple(_losses(connection, found))
        named = KeySet(one.key for one in named_keys(archive.catalogue.reading))
        orphans = tuple(sorted(key for key in keys_there(archive.objects) if key not in named))
        removed = 0
        if repair:
            for key in orphans:
                archive.objects.delete(key)
            removed = len(orphans) + archive.objects.sweep()
    return Verification(
        checked["version"],
        checked["original"],
        checked["quarantine"],
        losses,
        () if repair else orphans,
        removed,
        products=checked["product"],
    )


def _rehash(archive: Archive, progress: Progress | None) -> tuple[Counter[str], dict[NamedKey, str]]:
    """How many of each kind were read, and what is wrong with some."""
    with archive.catalogue.reading() as connection:
        total = count_named(connection)
    checked: Counter[str] = Counter()
    found: dict[NamedKey, str] = {}
    wrongs = several_at_once(lambda one: what_is_wrong(archive, one), named_keys(archive.catalogue.reading))
    for done, (one, wrong) in enumerate(wrongs, 1):
        checked[one.table] += 1
        if wrong:
            found[one] = wrong
        if progress is not None:
            progress(done, max(total, done), one.key)
    return checked, found


def what_is_wrong(archive: Archive, one: NamedKey) -> str:
    """Why the bytes under a key are not those that were recorded; empty when they are.

    A store that does not answer ends the check with its `ArchiveError`: that is no loss.
    """
    try:
        found = checksum_there(archive.objects, one.key)
    except Lost:
        return "missing"
    except ArchiveError as error:
        if not is_loss(error):
            raise
        return str(error)
    return "" if found == one.sha256 else f"damaged: its SHA-256 is {found}, recorded was {one.sha256}"


def _losses(connection: Connection, found: dict[NamedKey, str]) -> Iterator[Loss]:
    """What is lost, by the names of its granules, without what no row names any more."""
    for kind, owners_of in _OWNERS.items():
        some = {one.key: one for one in found if one.table == kind}
        owners = owners_of(connection, some)
        for key, one in some.items():
            if key in owners:
                yield Loss(key, found[one], owners[key], one.sha256)


def _owners_of_versions(connection: Connection, some: dict[str, NamedKey]) -> dict[str, tuple[str, ...]]:
    """A version loses something with each object from its base's to its own."""
    owners: dict[str, tuple[str, ...]] = {}
    loser = version.alias()
    builds_on = and_(loser.c.granule == version.c.granule, version.c.number.between(loser.c.base, loser.c.number))
    statement = (
        select(version.c.object_key, granule.c.granule_id, loser.c.number)
        .distinct()
        .join(granule, granule.c.id == version.c.granule)
        .join(loser, builds_on)
        .order_by(granule.c.granule_id, loser.c.number)
    )
    for keys in _chunks(some):
        for key, name, number in connection.execute(statement.where(version.c.object_key.in_(keys))):
            owners[key] = (*owners.get(key, ()), f"{name}@{number}")
    return owners


def _owners_of_originals(connection: Connection, some: dict[str, NamedKey]) -> dict[str, tuple[str, ...]]:
    keys = {one.sha256: one.key for one in some.values()}
    owners: dict[str, tuple[str, ...]] = {}
    statement = (
        select(original.c.sha256, granule.c.granule_id)
        .outerjoin(contribution, contribution.c.original == original.c.sha256)
        .outerjoin(granule, granule.c.id == contribution.c.granule)
        .order_by(granule.c.granule_id)
    )
    for checksums in _chunks(keys):
        for checksum, name in connection.execute(statement.where(original.c.sha256.in_(checksums))):
            owners[keys[checksum]] = (*owners.get(keys[checksum], ()), *([name] if name else []))
    return owners


def _owners_of_quarantined(connection: Connection, some: dict[str, NamedKey]) -> dict[str, tuple[str, ...]]:
    keys = {one.sha256: one.key for one in some.values()}
    statement = select(quarantine.c.sha256).where(quarantine.c.kept)
    return {
        keys[checksum]: ()
        for checksums in _chunks(keys)
        for checksum in connection.execute(statement.where(quarantine.c.sha256.in_(checksums))).scalars()
    }


def _owners_of_products(connection: Connection, some: dict[str, NamedKey]) -> dict[str, tuple[str, ...]]:
    """A product stands in no granule; its own name is told instead."""
    owners: dict[str, tuple[str, ...]] = {}
    statement = select(product.c.object_key, product.c.product_id)
    for keys in _chunks(some):
        for key, name in connection.execute(statement.where(product.c.object_key.in_(keys))):
            owners[key] = (*owners.get(key, ()), name)
    return owners


_OWNERS = {
    "version": _owners_of_versions,
    "original": _owners_of_originals,
    "quarantine": _owners_of_quarantined,
    "product": _owners_of_products,
}


def _chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    wanted = list(keys)
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]
