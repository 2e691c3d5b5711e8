"""Products: what was made from granules (a study, a map, an export) and is kept in the archive.

A product is seen by who may see all that it was made of, and by everybody once every owner of an input has released
it. Both are judged at each question: an embargo that comes later hides it, and what its owner does to the terms of an
input after releasing takes the release back.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass

import numpy as np
from sqlalchemy import CompoundSelect, Connection, Row, Select, delete, insert, or_, select, union

from soap.archive.archive import Archive
from soap.archive.catalogue import recording_time
from soap.archive.objects import PART, damaged, sha256
from soap.archive.policy import sees_all, visible
from soap.archive.product_inputs import (
    ListedStation,
    all_seen,
    input_numbers,
    released,
    stations_of_product,
    versions_of_product,
)
from soap.archive.schema import granule, product_input, product_release, product_station, station, terms, version
from soap.archive.schema import product as product_table
from soap.core.errors import BadParameter, NotFound, Refused
from soap.core.time import NS
from soap.core.who import MEMBER_ADMIN, Viewer

ENDINGS = {
    "application/zip": "zip",
    "application/json": "json",
    "text/html": "html",
    "application/x-netcdf": "nc",
    "application/vnd.apache.parquet": "parquet",
    "application/xml": "xml",
    "text/plain": "txt",
}
"""Media types that a product can be of, and how its object's key ends."""

_KIND = re.compile(r"[a-z][a-z_]{0,19}")
_LONGEST_TITLE = 200


@dataclass(frozen=True)
class Product:
    """A product without its bytes.

    `inputs` are those of its granules' versions that the viewer may see, `stations` (`scheme:code`) those that placed
    series of it.
    """

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
    stations: tuple[str, ...]
    released: bool
    """True when every owner of an input has released it, so that everybody sees it."""


def keep(
    archive: Archive,
    viewer: Viewer,
    kind: str,
    title: str,
    content: bytes,
    media: str,
    inputs: Iterable[str],
    stations: Iterable[ListedStation] = (),
    also: Callable[[Connection, str], None] = lambda connection, product_id: None,
) -> str:
    """Keep a product; its identifier, which is the same when the same is kept again.

    `inputs` are the versions of the granules it was made of, `granule_id@number`; `stations` those of station lists
    that placed series of them. What is `also` to be done to the catalogue is done together with it, or, where that
    raises, neither. Raises `Refused` for who has no account, `NotFound` for an input that the viewer may not
    see, `BadParameter` when one of the other parts is none.
    """
    names, places = sorted(set(inputs)), sorted(set(stations))
    must_keep(viewer)
    _check(kind, title, media, names)
    checksum = sha256(content)
    identity = json.dumps([kind, title, media, viewer.user, checksum, names, [astuple(one) for one in places]])
    name = f"{kind}-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"
    key = f"products/{kind}/{name}.{checksum[:16]}.{ENDINGS[media]}"
    with archive.catalogue.reading() as connection:
        input_numbers(connection, viewer, names, places)
    archive.must_be_writable()
    with archive.while_publishing():
        archive.objects.put(key, content)
        with archive.catalogue.publishing() as connection:
            now = recording_time(connection)
            numbers = input_numbers(connection, viewer, names, places)
            also(connection, name)
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
            connection.execute(insert(product_input), [{"product": number, "version": one} for one in numbers.versions])
            if numbers.stations:
                placed = [{"product": number, "station": one} for one in numbers.stations]
                connection.execute(insert(product_station), placed)
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
        raise damaged(f"product {product_id}")
    return content


def owners(archive: Archive, viewer: Viewer, product_id: str) -> frozenset[str]:
    """Whose data a product was made of: members' codes, empty the archive's own; errors as `product`."""
    with archive.catalogue.reading() as connection:
        if (
            connection.execute(_seen(connection, viewer).where(product_table.c.product_id == product_id)).first()
            is None
        ):
            raise _absent(product_id)
        return frozenset(row.owner for row in connection.execute(_owners(product_id)))


def parts(
    archive: Archive, viewer: Viewer, product_id: str, start: int = 0, stop: int | None = None
) -> Iterator[bytes]:
    """The bytes of a product from `start` to before `stop`, in parts of a few MiB; errors as `product`."""
    found = product(archive, viewer, product_id)
    with archive.objects.opened(found.object_key) as stream:
        stream.seek(start)
        left = (found.bytes if stop is None else min(stop, found.bytes)) - start
        while left > 0 and (part := stream.read(min(PART, left))):
            left -= len(part)
            yield part


def discard(connection: Connection, names: Iterable[str]) -> list[str]:
    """Forget products in a transaction that goes on; keys of their objects, to be deleted when it has ended."""
    here = product_table.c.product_id.in_(list(names))
    rows = connection.execute(select(product_table.c.id, product_table.c.object_key).where(here)).all()
    numbers = [row.id for row in rows]
    for table in (product_release, product_input, product_station):
        connection.execute(delete(table).where(table.c.product.in_(numbers)))
    connection.execute(delete(product_table).where(product_table.c.id.in_(numbers)))
    return [row.object_key for row in rows]


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


def _seen(connection: Connection, viewer: Viewer) -> Select:
    """Statement of the products that the viewer may see."""
    query = select(product_table, released().label("released"))
    seen = visible(connection, viewer)
    if seen is None:
        return query
    return query.where(or_(all_seen(seen), released()))


def _product(connection: Connection, viewer: Viewer, row: Row) -> Product:
    here = product_table.c.id == row.id
    inputs = versions_of_product(granule.c.granule_id, version.c.number).correlate(None).where(here)
    placed = stations_of_product(station.c.code_scheme, station.c.code).correlate(None).where(here).distinct()
    seen = visible(connection, viewer)
    if seen is not None:
        inputs, placed = inputs.where(granule.c.terms.in_(seen)), placed.where(station.c.terms.in_(seen))
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
        tuple(f"{name}@{number}" for name, number in sorted(map(tuple, connection.execute(inputs)))),
        tuple(sorted(f"{one.code_scheme}:{one.code}" for one in connection.execute(placed))),
        bool(row.released),
    )


def _releasable(connection: Connection, viewer: Viewer, product_id: str, owner: str | None) -> tuple[int, str]:
    """Number of the product, and the owner for whom the viewer releases it."""
    rows = connection.execute(_owners(product_id)).all()
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


def _owners(product_id: str) -> CompoundSelect:
    """Statement of the product's number, and the owner, of each owner of inputs."""
    return union(
        *(
            inputs(product_table.c.id, terms.c.owner).correlate(None).where(product_table.c.product_id == product_id)
            for inputs in (versions_of_product, stations_of_product)
        )
    )


def _forget(connection: Connection, number: int, owner: str) -> None:
    here = (product_release.c.product == number, product_release.c.owner == owner)
    connection.execute(delete(product_release).where(*here))


def _is_released(connection: Connection, number: int) -> bool:
    query = select(released()).select_from(product_table).where(product_table.c.id == number)
    return bool(connection.execute(query).scalar_one())


def _absent(product_id: str) -> NotFound:
    return NotFound(f"There is no product {product_id!r} here.", command="`soap study list` lists the studies.")
