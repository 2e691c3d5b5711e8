"""What an archive says, without when and in which order it was told: equal archives give equal text.

What was told together decides which objects hold a series, and not what they hold: of that the values are told, as the
one object that holds them all.
"""

import hashlib
import json

from sqlalchemy import select

from soap.archive import Archive
from soap.archive.encoding import encode
from soap.archive.parts import held_values, parts_of
from soap.archive.schema import (
    FOREVER,
    collection,
    contribution,
    cover,
    deposit,
    event_key,
    granule,
    original,
    product,
    product_input,
    product_station,
    quarantine,
    station,
    station_day,
    terms,
    terms_change,
    version,
)

_NAMED = (collection.c.collection_id, collection.c.provider, granule.c.granule_id)
_DESCRIBED = (version.c.first, version.c.last, version.c.count, version.c.variables)
_STORED = (version.c.number, version.c.base, version.c.object_sha256)
_PLACED = (version.c.latitude, version.c.longitude, version.c.code, version.c.place, version.c.quality)


def _granules(*columns):
    return select(*columns).join(collection, collection.c.id == granule.c.collection)


def _statements(history: bool):
    """`history` tells all versions and their numbers, which depend on what was published together."""
    versions = _granules(*_NAMED, *_DESCRIBED, *_PLACED, *(_STORED if history else ()))
    versions = versions.join(version, version.c.granule == granule.c.id)
    stations = select(station.c.code, station.c.provider, station.c.latitude, station.c.original)
    return {
        "original": select(original.c.sha256, original.c.name, original.c.reader),
        "deposit": select(deposit.c.original, deposit.c.provider, deposit.c.name),
        "quarantine": select(quarantine.c.sha256, quarantine.c.reason, quarantine.c.kept),
        "version": versions if history else versions.where(version.c.recorded_to == FOREVER),
        "contribution": _granules(*_NAMED, contribution.c.original).join(
            contribution, contribution.c.granule == granule.c.id
        ),
        "cover": _granules(*_NAMED, cover.c.cell, cover.c.t0, cover.c.t1)
        .join(version, version.c.granule == granule.c.id)
        .join(cover, cover.c.version == version.c.id),
        "event_key": _granules(*_NAMED, event_key.c.event_id).join(event_key, event_key.c.granule == granule.c.id),
        "station": stations if history else stations.where(station.c.recorded_to == FOREVER),
        "station_day": _granules(
            *_NAMED, station_day.c.day, station_day.c.expected, station_day.c.present, station_day.c.noise
        ).join(station_day, station_day.c.granule == granule.c.id),
        "terms": _granules(*_NAMED, granule.c.own_terms, terms.c.digest).join(terms, terms.c.id == granule.c.terms),
        "terms_change": select(terms_change.c.subject, terms.c.digest).join(terms, terms.c.id == terms_change.c.terms),
        "product": select(product.c.product_id, product.c.object_sha256),
        "product_input": select(product.c.product_id, granule.c.granule_id, version.c.number)
        .join(product_input, product_input.c.product == product.c.id)
        .join(version, version.c.id == product_input.c.version)
        .join(granule, granule.c.id == version.c.granule),
        "product_station": select(product.c.product_id, station.c.code, station.c.provider, station.c.original)
        .join(product_station, product_station.c.product == product.c.id)
        .join(station, station.c.id == product_station.c.station),
    }


def state(archive: Archive, *, history: bool = False) -> dict[str, list[str]]:
    """Every fact by table, sorted; and the values of each granule, unless its objects are told."""
    with archive.catalogue.reading() as connection:
        facts = {
            name: sorted(repr(tuple(row)) for row in connection.execute(statement))
            for name, statement in _statements(history).items()
        }
        return facts if history else facts | {"values": sorted(map(repr, _values(archive, connection)))}


def _values(archive, connection):
    """Name of each granule, and the checksum of the object that would hold all that it holds."""
    statement = _granules(granule.c.granule_id, collection.c.shape, version).where(version.c.recorded_to == FOREVER)
    rows = connection.execute(statement.join(version, version.c.granule == granule.c.id)).all()
    parts = parts_of(connection, rows)
    for row in rows:
        content = archive.objects.get(row.object_key)
        if row.shape != "events":
            content = encode(held_values(archive.objects, row.object_key, parts.get(row.id, ())))
        yield row.granule_id, hashlib.sha256(content).hexdigest()


def digest(archive: Archive, *, history: bool = False) -> str:
    """The state in short."""
    return hashlib.sha256(json.dumps(state(archive, history=history)).encode()).hexdigest()


def files(archive: Archive) -> dict[str, list[str]]:
    """Granules of values that each file held went into. (Of earthquakes they depend on what went before.)"""
    statement = (
        select(original.c.sha256, granule.c.granule_id)
        .join(contribution, contribution.c.original == original.c.sha256)
        .join(granule, granule.c.id == contribution.c.granule)
        .join(collection, collection.c.id == granule.c.collection)
        .where(collection.c.shape != "events")
    )
    with archive.catalogue.reading() as connection:
        made: dict[str, list[str]] = {}
        for checksum, name in connection.execute(statement):
            made.setdefault(checksum, []).append(name)
        held = connection.execute(select(original.c.sha256)).scalars()
        return {checksum: sorted(made.get(checksum, ())) for checksum in held}
