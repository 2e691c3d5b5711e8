"""What a product was made of, and who must see it: versions of granules, and the stations that placed their series."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Exists, Select, and_, exists, literal, or_, select

from soap.archive.draft import CHUNK
from soap.archive.policy import visible
from soap.archive.schema import (
    collection,
    granule,
    product,
    product_input,
    product_release,
    product_station,
    station,
    terms,
    terms_change,
    version,
)
from soap.core.errors import NotFound
from soap.core.who import Viewer

_NUMBER = re.compile(r"[0-9]{1,9}")
"""Numbers of versions; one that is longer fits into no column."""


@dataclass(frozen=True, order=True)
class ListedStation:
    """A station as a list with the SHA-256 `original`, of a provider (empty: the archive itself), gave it."""

    code_scheme: str
    code: str
    provider: str
    original: str


@dataclass(frozen=True)
class InputNumbers:
    """Rows of the catalogue of which a product was made."""

    versions: tuple[int, ...]
    stations: tuple[int, ...]


def input_numbers(
    connection: Connection, viewer: Viewer, names: Iterable[str], stations: Iterable[ListedStation]
) -> InputNumbers:
    """Numbers of versions named `granule_id@number` and of stations; `NotFound` for what the viewer may not see."""
    seen = visible(connection, viewer)
    return InputNumbers(
        _version_numbers(connection, list(names), seen),
        tuple(_station_number(connection, one, seen) for one in stations),
    )


def _version_numbers(connection: Connection, names: list[str], seen: frozenset[int] | None) -> tuple[int, ...]:
    """Numbers of the versions, in their order."""
    wanted = [_parsed(name) for name in names]
    ids, found = sorted({granule_id for granule_id, _ in wanted}), dict[tuple[str, int], int]()
    for start in range(0, len(ids), CHUNK):
        query = (
            select(granule.c.granule_id, version.c.number, version.c.id)
            .join(granule, granule.c.id == version.c.granule)
            .where(granule.c.granule_id.in_(ids[start : start + CHUNK]))
        )
        rows = connection.execute(query if seen is None else query.where(granule.c.terms.in_(seen)))
        found |= {(row.granule_id, row.number): row.id for row in rows}
    for name, key in zip(names, wanted, strict=True):
        if key not in found:
            raise NotFound(f"There is no version {name!r} here; a product is made of versions of granules that are.")
    return tuple(dict.fromkeys(found[key] for key in wanted))  # `@1` and `@01` are one


def _parsed(name: str) -> tuple[str, int]:
    """Granule and number of a version; a number that none has where it is written as none."""
    granule_id, _, text = name.rpartition("@")
    return granule_id, int(text) if _NUMBER.fullmatch(text) else -1


def _station_number(connection: Connection, one: ListedStation, seen: frozenset[int] | None) -> int:
    query = select(station.c.id, station.c.terms).where(
        station.c.code_scheme == one.code_scheme,
        station.c.code == one.code,
        station.c.provider == one.provider,
        station.c.original == one.original,
    )
    row = connection.execute(query).first()
    if row is None or (seen is not None and row.terms not in seen):
        raise NotFound(
            f"There is no station {one.code_scheme}:{one.code} of the list {one.original[:16]} here; a product is made"
            " with stations that are."
        )
    return row.id


def versions_of_product(*columns: ColumnElement) -> Select:
    """These columns of the versions of the product at hand, their granules, collections and terms."""
    return (
        select(*(columns or (product_input.c.version,)))
        .join_from(product_input, version, version.c.id == product_input.c.version)
        .join(granule, granule.c.id == version.c.granule)
        .join(collection, collection.c.id == granule.c.collection)
        .join(terms, terms.c.id == granule.c.terms)
        .where(product_input.c.product == product.c.id)
        .correlate(product)
    )


def stations_of_product(*columns: ColumnElement) -> Select:
    """These columns of the stations that placed series of the product at hand, and of their terms."""
    return (
        select(*(columns or (product_station.c.station,)))
        .join_from(product_station, station, station.c.id == product_station.c.station)
        .join(terms, terms.c.id == station.c.terms)
        .where(product_station.c.product == product.c.id)
        .correlate(product)
    )


def all_seen(seen: Iterable[int]) -> ColumnElement[bool]:
    """True where all that a product was made of is under terms of these numbers."""
    numbers = list(seen)
    return and_(
        ~versions_of_product().where(granule.c.terms.not_in(numbers)).exists(),
        ~stations_of_product().where(station.c.terms.not_in(numbers)).exists(),
    )


def released() -> ColumnElement[bool]:
    """True where every owner of an input has released a product, and has not set other terms on the input since."""
    its_own = literal("granule:") + granule.c.granule_id
    collections = literal("collection:") + collection.c.collection_id + ":" + collection.c.provider
    of_granule = or_(
        terms_change.c.subject == its_own, and_(~granule.c.own_terms, terms_change.c.subject == collections)
    )
    listed = literal("station:") + station.c.code_scheme + ":" + station.c.code + ":" + station.c.provider
    of_station = terms_change.c.subject == listed
    by_granules = _standing(of_granule).correlate(product, terms, granule, collection)
    by_stations = _standing(of_station).correlate(product, terms, station)
    return and_(
        ~versions_of_product().where(~by_granules).exists(), ~stations_of_product().where(~by_stations).exists()
    )


def _standing(change: ColumnElement[bool]) -> Exists:
    """The owner of the input at hand has released the product, and made no such change since."""
    changed_since = exists().where(terms_change.c.recorded_from > product_release.c.recorded_from, change)
    return exists().where(
        product_release.c.product == product.c.id,
        product_release.c.owner == terms.c.owner,
        ~changed_since.correlate(product_release, granule, collection, station),
    )
