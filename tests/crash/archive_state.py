"""What an archive says, without when and in which order it was told: equal archives give equal text."""

import hashlib
import json

from sqlalchemy import select

from soap.archive import Archive
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
    quarantine,
    station,
    station_day,
    terms,
    terms_change,
    version,
)

_NAMED = (collection.c.collection_id, collection.c.provider, granule.c.granule_id)
_DESCRIBED = (version.c.object_sha256, version.c.first, version.c.last, version.c.count, version.c.variables)
_PLACED = (version.c.latitude, version.c.longitude, version.c.code, version.c.place, version.c.quality)


def _granules(*columns):
    return select(*columns).join(collection, collection.c.id == granule.c.collection)


def _statements(history: bool):
    """`history` tells all versions and their numbers, which depend on what was published together."""
    versions = _granules(*_NAMED, *_DESCRIBED, *_PLACED, *((version.c.number,) if history else ()))
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
    }


def state(archive: Archive, *, history: bool = False) -> dict[str, list[str]]:
    """Every fact by table, sorted."""
    with archive.catalogue.reading() as connection:
        return {
            name: sorted(repr(tuple(row)) for row in connection.execute(statement))
            for name, statement in _statements(history).items()
        }


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
