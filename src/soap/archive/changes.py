"""What another node is told of what is held: as whom it asks, which objects make up each granule, under which terms.

Nothing is told but what the viewer sees now, and the same of what was never there as of what is hidden since. So a
node knows what it may no longer show by what it is no longer told, and no list of departures has to be kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Row, Select, and_, select

from soap.archive.archive import Archive
from soap.archive.contacts import HeldContacts, contacts_told
from soap.archive.objects import PART
from soap.archive.policy import Terms, terms_of, visible
from soap.archive.schema import FOREVER, collection, granule, mirrored, station, terms, version
from soap.core.errors import NotFound
from soap.core.who import Viewer
from soap.observations import Station

MOST = 1000
"""Granules, stations, or stations' contacts, told at once."""

_ROWS = 5000
_DIGITS = 2**256
_PART = version.alias("part")
_TERMS = [column for column in terms.c if column.name not in ("id", "digest")]


@dataclass(frozen=True)
class HeldPart:
    """One of the objects that hold a granule's values, and when it was recorded [µs since 1970]."""

    sha256: str
    bytes: int
    recorded_from: int


@dataclass(frozen=True)
class HeldGranule:
    """A granule as it is told: its name, the source's words for its maturity, its terms, and its objects in order."""

    granule_id: str
    platform: str
    period: str
    maturity: str
    terms: Terms
    parts: tuple[HeldPart, ...]


@dataclass(frozen=True)
class HeldStation:
    """A row of a member's station list, its terms, and when it was recorded [µs since 1970]."""

    station: Station
    simulated: bool
    terms: Terms
    recorded_from: int


@dataclass(frozen=True)
class HeldCollection:
    """What a provider's collection is, how many of its granules are seen, and the digest of what is told of them.

    The digest is the same for the same granules, made of the same objects under the same terms, in any archive.
    """

    collection_id: str
    provider: str
    shape: str
    simulated: bool
    cadence: str
    level: str
    granules: int
    digest: str


def collections(archive: Archive, viewer: Viewer, providers: Iterable[str] | None = None) -> tuple[HeldCollection, ...]:
    """Collections of which the viewer sees granules, of these providers or of all; by name and provider.

    What was mirrored and is no longer given by its source is left out for everybody.
    """
    with archive.catalogue.reading() as connection:
        query = _restricted(_parts(), visible(connection, viewer))
        if providers is not None:
            query = query.where(collection.c.provider.in_(list(providers)))
        query = query.add_columns(granule.c.collection, terms.c.digest)
        query = query.order_by(granule.c.collection, granule.c.id, _PART.c.number)
        rows = connection.execute(query, execution_options={"yield_per": _ROWS})
        sums = {number: _summed(some) for number, some in groupby(rows, key=lambda row: row.collection)}
        found = connection.execute(select(collection)).all()
    told = [
        HeldCollection(row.collection_id, row.provider, row.shape, bool(row.simulated), row.cadence, row.level,
                       *sums[row.id])
        for row in found if row.id in sums
    ]  # fmt: skip
    return tuple(sorted(told, key=lambda one: (one.collection_id, one.provider)))


def granules(
    archive: Archive, viewer: Viewer, collection_id: str, provider: str, after: str = "", most: int = MOST
) -> tuple[HeldGranule, ...]:
    """The next granules of a provider's collection that the viewer sees, by name; of none, nothing."""
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        here = (collection.c.collection_id == collection_id, collection.c.provider == provider)
        names = (
            _restricted(_heads(), seen)
            .where(*here, granule.c.granule_id > after)
            .order_by(granule.c.granule_id)
            .limit(most)
        )
        wanted = list(connection.execute(names).scalars())
        query = _restricted(_parts(), seen).where(granule.c.granule_id.in_(wanted))
        query = query.add_columns(granule.c.platform, granule.c.period, version.c.maturity, *_TERMS)
        rows = connection.execute(query.order_by(granule.c.granule_id, _PART.c.number)).all()
    return tuple(_granule(list(some)) for _, some in groupby(rows, key=lambda row: row.granule_id))


def names_held(archive: Archive, collection_id: str, provider: str) -> set[str]:
    """Names of all granules of a provider's collection that are held and were not withdrawn, for who mirrors it."""
    with archive.catalogue.reading() as connection:
        here = (collection.c.collection_id == collection_id, collection.c.provider == provider)
        return set(connection.execute(_heads().where(*here)).scalars())


def stations(
    archive: Archive, viewer: Viewer, provider: str, after: str = "", most: int = MOST
) -> tuple[HeldStation, ...]:
    """The next stations of a provider's lists that the viewer sees, by `scheme:code`."""
    name = station.c.code_scheme + ":" + station.c.code
    query = (
        select(station, *_TERMS)
        .join(terms, terms.c.id == station.c.terms)
        .where(station.c.provider == provider, station.c.recorded_to == FOREVER, name > after)
        .order_by(name)
        .limit(most)
    )
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        rows = connection.execute(query if seen is None else query.where(station.c.terms.in_(seen))).all()
    return tuple(_station(row) for row in rows)


def station_providers(archive: Archive, viewer: Viewer) -> tuple[str, ...]:
    """Providers of whose station lists the viewer sees something."""
    query = select(station.c.provider).distinct().where(station.c.recorded_to == FOREVER)
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        query = query if seen is None else query.where(station.c.terms.in_(seen))
        return tuple(sorted(connection.execute(query).scalars()))


def contacts(
    archive: Archive, viewer: Viewer, provider: str, after: str = "", most: int = MOST
) -> tuple[HeldContacts, ...]:
    """The next contacts of a provider's stations that the viewer is told, by `contacts_key`."""
    with archive.catalogue.reading() as connection:
        every = contacts_told(connection, viewer, provider=provider)
    return tuple(sorted((one for one in every if contacts_key(one) > after), key=contacts_key)[:most])


def contacts_key(one: HeldContacts) -> str:
    """What tells contacts of a provider's stations apart: `scheme:code:listed`, or `scheme:code:set`."""
    return f"{one.code_scheme}:{one.code}:{'listed' if one.listed else 'set'}"


def contact_providers(archive: Archive, viewer: Viewer) -> tuple[str, ...]:
    """Providers of whose stations' contacts the viewer is told some."""
    with archive.catalogue.reading() as connection:
        return tuple(sorted({one.provider for one in contacts_told(connection, viewer)}))


@dataclass(frozen=True)
class Told:
    """An object that may be given: where it lies, its size, whose it is, and the digest of the terms it is under."""

    key: str
    sha256: str
    bytes: int
    owner: str
    terms: str


def object_of(archive: Archive, viewer: Viewer, granule_id: str, sha256: str) -> Told:
    """One of the objects that hold a granule now; `NotFound` where there is none that the viewer may see."""
    with archive.catalogue.reading() as connection:
        query = _restricted(_parts(), visible(connection, viewer))
        query = query.where(granule.c.granule_id == granule_id)
        query = query.add_columns(_PART.c.object_key, terms.c.owner, terms.c.digest).order_by(_PART.c.number)
        before = 0
        for row in connection.execute(query):
            if row.object_sha256 == sha256:
                return Told(row.object_key, sha256, row.object_bytes - before, row.owner, row.digest)
            before = row.object_bytes
    raise NotFound(f"The granule {granule_id!r} is not here, or is no longer made of {sha256!r}; ask what it is now.")


def content_of(archive: Archive, told: Told, start: int = 0) -> Iterator[bytes]:
    """The bytes of an object from `start` on, in parts of a few MiB."""
    for part in archive.objects.parts(told.key):
        if start < len(part):
            for at in range(start, len(part), PART):
                yield part[at : at + PART]
        start = max(0, start - len(part))


def _heads() -> Select:
    """Names of granules that hold something now, but those that their source no longer gives."""
    return (
        select(granule.c.granule_id)
        .join(collection, collection.c.id == granule.c.collection)
        .join(terms, terms.c.id == granule.c.terms)
        .join(version, and_(version.c.granule == granule.c.id, version.c.recorded_to == FOREVER))
        .join(mirrored, mirrored.c.granule == granule.c.id, isouter=True)
        .where(mirrored.c.withdrawn.is_(None))
    )


def _parts() -> Select:
    """The objects of each: those of the versions from its base on."""
    part = and_(_PART.c.granule == version.c.granule, _PART.c.number.between(version.c.base, version.c.number))
    return _heads().add_columns(_PART.c.object_sha256, _PART.c.object_bytes, _PART.c.recorded_from).join(_PART, part)


def _restricted(query: Select, seen: frozenset[int] | None) -> Select:
    return query if seen is None else query.where(granule.c.terms.in_(seen))


def _summed(rows: Iterable[Row]) -> tuple[int, str]:
    """Number of granules, and the sum of their lines' SHA-256: the same in whatever order they come."""
    count = total = 0
    for name, some in groupby(rows, key=lambda row: row.granule_id):
        parts = list(some)
        line = "\n".join((name, parts[0].digest, *(part.object_sha256 for part in parts)))
        total += int.from_bytes(hashlib.sha256(line.encode()).digest())
        count += 1
    return count, f"{total % _DIGITS:064x}"


def _granule(rows: list[Row]) -> HeldGranule:
    sizes = [0, *(row.object_bytes for row in rows)]
    parts = tuple(
        HeldPart(row.object_sha256, size - before, row.recorded_from)
        for row, before, size in zip(rows, sizes, sizes[1:], strict=False)
    )
    first = rows[0]
    return HeldGranule(first.granule_id, first.platform, first.period, first.maturity, terms_of(first), parts)


def _station(row: Row) -> HeldStation:
    height = float("nan") if row.height_m is None else row.height_m
    one = Station(
        row.code, row.latitude, row.longitude, height_m=height, name=row.name, region=row.region,
        code_scheme=row.code_scheme, place_grade=row.place_grade,
    )  # fmt: skip
    return HeldStation(one, bool(row.simulated), terms_of(row), row.recorded_from)
