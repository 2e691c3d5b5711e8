"""Products: what was made from granules (a study, a map, an export) and is kept in the archive.

A product is seen by who may see all that it was made of, and by everybody once every owner of an input has released
it. Both are judged at each question: an embargo that comes later hides it, and what its owner does to the terms of an
input after releasing takes the release back.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, exists, insert, literal, or_, select

from soap.archive.archive import Archive
from soap.archive.catalogue import recording_time
from soap.archive.objects import sha256
from soap.archive.policy import sees_all, visible
from soap.archive.schema import collection, granule, product_input, product_release, terms, terms_change, version
from soap.archive.schema import product as product_table
from soap.core.errors import ArchiveError, BadParameter, NotFound, Refused
from soap.core.time import NS
from soap.core.who import MEMBER_ADMIN, Viewer

ENDINGS = {"application/zip": "zip", "application/json": "json", "text/html": "html", "application/x-netcdf": "nc"}
"""Media types that a product can be of, and how its object's key ends."""

_KIND = re.compile(r"[a-z][a-z_]{0,19}")
_LONGEST_TITLE = 200


@dataclass(frozen=True)
class Product:
    """A product without its bytes; `inputs` are those of its granules' versions that the viewer may see."""

    product_id: str
    kind: str
    title: str
    media: str
    made_by: str
    recorded_from: np.datetime64
    bytes: int
    sha256: str
    object_key: str
    inputs: tuple[str, ...]
    released: bool
    """True when every owner of an input has released it, so that everybody sees it."""


def keep(
    archive: Archive, viewer: Viewer, kind: str, title: str, content: bytes, media: str, inputs: Iterable[str]
) -> str:
    """Keep a product; its identifier, which is the same when the same is kept again.

    `inputs` are the versions of the granules it was made of, `granule_id@number`. Raises `Refused` for who has no
    account, `NotFound` for an input that the viewer may not see, `BadParameter` when one of the other parts is none.
    """
    names = sorted(set(inputs))
    must_keep(viewer)
    _check(kind, title, media, names)
    checksum = sha256(content)
    identity = json.dumps([kind, title, media, viewer.user, checksum, names])
    name = f"{kind}-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"
    key = f"products/{kind}/{name}.{checksum[:16]}.{ENDINGS[media]}"
    with archive.catalogue.reading() as connection:
        _input_numbers(connection, viewer, names)
    archive.must_be_writable()
    with archive.while_publishing():
        archive.objects.put(key, content)
        with archive.catalogue.publishing() as connection:
            now = recording_time(connection)
            numbers = _input_numbers(connection, viewer, names)
            if connection.execute(select(product_table.c.id).where(product_table.c.product_id == name)).scalar():
                return name
            row = {
                "product_id": name,
                "kind": kind,
                "title": title,
                "made_by": viewer.user,
                "object_key": key,
                "object_sha256": checksum,
                "object_bytes": len(content),
                "recorded_from": now,
            }
            statement = insert(product_table).values(row).returning(product_table.c.id)
            number = connection.execute(statement).scalar_one()
            connection.execute(insert(product_input), [{"product": number, "version": one} for one in numbers])
    return name


def products(archive: Archive, viewer: Viewer, *, kind: str | None = None) -> tuple[Product, ...]:
    """Products that the viewer may see, first made first."""
    with archive.catalogue.reading() as connection:
        query = _seen(connection, viewer).order_by(product_table.c.recorded_from, product_table.c.product_id)
        if kind is not None:
            query = query.where(product_table.c.kind == kind)
        return tuple(_product(connection, viewer, row) for row in connection.execute(query).all())


def product(archive: Archive, viewer: Viewer, product_id: str) -> Product:
    """One product; `NotFound` when there is none, or the viewer may not see it."""
    with archive.catalogue.reading() as connection:
        query = _seen(connection, viewer).where(product_table.c.product_id == product_id)
        row = connection.execute(query).one_or_none()
        if row is None:
            raise _absent(product_id)
        return _product(connection, viewer, row)


def product_content(archive: Archive, viewer: Viewer, product_id: str) -> bytes:
    """The bytes of a product; errors as `product`, `ArchiveError` when they are damaged."""
    found = product(archive, viewer, product_id)
    content = archive.objects.get(found.object_key)
    if sha256(content) != found.sha256:
        raise ArchiveError(f"The product {product_id} is damaged; `soap verify` lists all losses.")
    return content


def release(archive: Archive, viewer: Viewer, product_id: str, owner: str | None = None) -> bool:
    """Let everybody see a product, for an owner of inputs; True when they do now, every owner having released it.

    A member's data officer releases for their member, also a product that other inputs hide from them; who runs the
    archive for `owner`, without one for the archive itself. It holds until the owner sets other terms on an input.
    `NotFound` when the viewer sees no such product and their member owns no input of it, `Refused` when they own none.
    """
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        now = recording_time(connection)
        number, owner = _releasable(connection, viewer, product_id, owner)
        _forget(connection, number, owner)
        row = {"product": number, "owner": owner, "made_by": viewer.user, "recorded_from": now}
        connection.execute(insert(product_release).values(row))
        return _is_released(connection, number)


def withdraw(archive: Archive, viewer: Viewer, product_id: str, owner: str | None = None) -> None:
    """Take a release back; the product hides again from who may not see all its inputs. Errors as `release`."""
    archive.must_be_writable()
    with archive.catalogue.publishing() as connection:
        recording_time(connection)
        _forget(connection, *_releasable(connection, viewer, product_id, owner))


def must_keep(viewer: Viewer) -> None:
    """`Refused` for who has no account here: they may not keep anything."""
    if not sees_all(viewer) and not viewer.member:
        raise Refused(f"{viewer.user or 'Nobody'} may not keep anything in this archive; who has an account may.")


def _check(kind: str, title: str, media: str, inputs: list[str]) -> None:
    if not _KIND.fullmatch(kind):
        raise BadParameter(f"{kind!r} is no kind of product; write at most 20 small letters and _, as in study.")
    if not title.strip() or len(title) > _LONGEST_TITLE or not title.isprintable():
        raise BadParameter(f"A product's title is one line of at most {_LONGEST_TITLE} characters, not {title!r}.")
    if media not in ENDINGS:
        raise BadParameter(f"A product is no {media!r}; there are {', '.join(ENDINGS)}.")
    if not inputs:
        raise BadParameter("A product is made of something: name the versions of granules that it was made of.")


def _input_numbers(connection: Connection, viewer: Viewer, names: Iterable[str]) -> list[int]:
    """Numbers of versions named `granule_id@number`; `NotFound` for those that the viewer may not see."""
    seen = visible(connection, viewer)
    numbers = []
    for name in names:
        granule_id, _, number = name.rpartition("@")
        query = (
            select(version.c.id, granule.c.terms)
            .join(granule, granule.c.id == version.c.granule)
            .where(granule.c.granule_id == granule_id, version.c.number == (int(number) if number.isdecimal() else -1))
        )
        row = connection.execute(query).one_or_none()
        if row is None or (seen is not None and row.terms not in seen):
            raise NotFound(f"There is no version {name!r} here; a product is made of versions of granules that are.")
        numbers.append(row.id)
    return numbers


def _inputs() -> Select:
    """Inputs of the product at hand, with whose they are."""
    return (
        select(product_input.c.version)
        .join(version, version.c.id == product_input.c.version)
        .join(granule, granule.c.id == version.c.granule)
        .join(collection, collection.c.id == granule.c.collection)
        .join(terms, terms.c.id == granule.c.terms)
        .where(product_input.c.product == product_table.c.id)
        .correlate(product_table)
    )


def _released() -> ColumnElement[bool]:
    """True where every owner of an input has released it and has not set other terms on the input since."""
    its_own = literal("granule:") + granule.c.granule_id
    collections = literal("collection:") + collection.c.collection_id + ":" + collection.c.provider
    changed_since = exists().where(
        terms_change.c.recorded_from > product_release.c.recorded_from,
        or_(
            terms_change.c.subject == its_own,
            and_(~granule.c.own_terms, terms_change.c.subject == collections),
        ),
    )
    standing = exists().where(
        product_release.c.product == product_input.c.product,
        product_release.c.owner == terms.c.owner,
        ~changed_since.correlate(product_release, granule, collection),
    )
    return ~_inputs().where(~standing.correlate(product_input, terms, granule, collection)).exists()


def _seen(connection: Connection, viewer: Viewer) -> Select:
    """Statement of the products that the viewer may see."""
    released = _released().label("released")
    query = select(product_table, released)
    seen = visible(connection, viewer)
    if seen is None:
        return query
    return query.where(or_(~_inputs().where(granule.c.terms.not_in(seen)).exists(), _released()))


def _product(connection: Connection, viewer: Viewer, row: Row) -> Product:
    query = (
        select(granule.c.granule_id, version.c.number)
        .join_from(product_input, version, version.c.id == product_input.c.version)
        .join(granule, granule.c.id == version.c.granule)
        .where(product_input.c.product == row.id)
        .order_by(granule.c.granule_id, version.c.number)
    )
    seen = visible(connection, viewer)
    if seen is not None:
        query = query.where(granule.c.terms.in_(seen))
    ending = row.object_key.rpartition(".")[2]
    return Product(
        row.product_id,
        row.kind,
        row.title,
        next(media for media, known in ENDINGS.items() if known == ending),
        row.made_by,
        np.datetime64(row.recorded_from, "us").astype(NS),
        row.object_bytes,
        row.object_sha256,
        row.object_key,
        tuple(f"{one.granule_id}@{one.number}" for one in connection.execute(query)),
        bool(row.released),
    )


def _releasable(connection: Connection, viewer: Viewer, product_id: str, owner: str | None) -> tuple[int, str]:
    """Number of the product, and the owner for whom the viewer releases it."""
    query = select(product_table.c.id, terms.c.owner).distinct().join_from(product_table, product_input)
    query = query.join(version, version.c.id == product_input.c.version)
    query = query.join(granule, granule.c.id == version.c.granule).join(terms, terms.c.id == granule.c.terms)
    rows = connection.execute(query.where(product_table.c.product_id == product_id)).all()
    owners = sorted({row.owner for row in rows})
    if not sees_all(viewer):
        mine = MEMBER_ADMIN in viewer.roles and viewer.member in owners and bool(viewer.member)
        if not mine:
            known = _seen(connection, viewer).where(product_table.c.product_id == product_id)
            if connection.execute(known).first() is None:
                raise _absent(product_id)
        if not mine or owner not in (None, viewer.member):
            raise Refused(
                f"{viewer.user or 'Nobody'} may not release {product_id} for {owner or 'its owners'}; data officers of"
                " the members that own its inputs do, each for their own."
            )
        owner = viewer.member
    if not rows:
        raise _absent(product_id)
    owner = owner or ""
    if owner not in owners:
        named = ", ".join(one or "the archive itself" for one in owners)
        raise BadParameter(f"{owner or 'The archive itself'} owns no input of {product_id}; its inputs' are {named}.")
    return rows[0].id, owner


def _forget(connection: Connection, number: int, owner: str) -> None:
    here = (product_release.c.product == number, product_release.c.owner == owner)
    connection.execute(delete(product_release).where(*here))


def _is_released(connection: Connection, number: int) -> bool:
    query = select(_released()).select_from(product_table).where(product_table.c.id == number)
    return bool(connection.execute(query).scalar_one())


def _absent(product_id: str) -> NotFound:
    return NotFound(f"There is no product {product_id!r} here. `soap study list` lists those there are.")
