"""Writing drafts into the catalogue: collections, granules, versions, contributions, the place x time index."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from soap.archive.block import Block
from soap.archive.draft import CHUNK, Draft
from soap.archive.finality import finality, words_of
from soap.archive.footprint import Footprint, Row, bounds, footprint, points_rows, span
from soap.archive.policy import Terms
from soap.archive.prepared import Prepared
from soap.archive.record_health import Judged, judge, record_health
from soap.archive.record_stations import station_rows
from soap.archive.schema import FOREVER, collection, contribution, cover, event_key, granule, version
from soap.archive.station_places import StationPlaces, station_places
from soap.archive.terms import number_of
from soap.core.time import NS
from soap.observations import Earthquake, Quality

_UNCOVER = delete(cover).where(cover.c.version.in_(bindparam("some", expanding=True)))
_END = Prepared(update(version).where(version.c.id == bindparam("ended")).values(recorded_to=bindparam("until")))
_FLAGS = {flag.name.lower(): np.uint8(flag) for flag in Quality if flag.name}
_COUNTS = ("values", *_FLAGS)
# What is added to a version is where that was: its index rows reach to the new last time.
_STRETCH = Prepared(
    update(cover).where(cover.c.version == bindparam("old")).values(version=bindparam("new"), t1=bindparam("last"))
)
_CONTRIBUTE, _COVER = Prepared(insert(contribution)), Prepared(insert(cover))
_ITS_GRANULE = {
    name: select(granule.c[name]).where(granule.c.id == bindparam("its")).scalar_subquery()
    for name in ("collection", "terms")
}
"""Columns that a version takes over from its granule, whose number is the parameter `its`."""


@dataclass(frozen=True)
class Told:
    """What the catalogue is to tell of a draft: columns of its version, where it lies, and its days' health."""

    columns: Mapping[str, Any]
    where: Footprint
    health: Judged | None


@dataclass(frozen=True)
class Written:
    """An object that lies in the store, and what the catalogue is to tell of it."""

    key: str
    sha256: str
    bytes: int
    told: Told


def tell(one: Draft) -> Told:
    """What a draft holds, worked out before the transaction that records it."""
    columns, where = _of_events(one.earthquakes) if one.shape == "events" else _of_block(one)
    return Told(columns, where, judge(one))


def record(connection: Connection, drafts: Mapping[str, Draft], written: Mapping[str, Written], now: int) -> None:
    """Make the drafts' new versions current; a draft that changed nothing only gets its contributions."""
    if not drafts:
        return
    granules = _granules(connection, drafts, now)
    contributions = [
        {"granule": granules[name], "original": checksum, "recorded_from": now}
        for name, one in drafts.items()
        for checksum in one.contributors
    ]
    if contributions:  # none where a granule came from another node without its files
        _CONTRIBUTE.run(connection, contributions)
    changed = {name: one for name, one in drafts.items() if name in written}
    if changed:
        _supersede(connection, changed.values(), now)
        _versions(connection, granules, changed, written, now)
        judged = {granules[name]: health for name in changed if (health := written[name].told.health) is not None}
        record_health(connection, judged, now)
    _event_keys(connection, drafts, granules)


def _granules(connection: Connection, drafts: Mapping[str, Draft], now: int) -> dict[str, int]:
    """Numbers of the drafts' granules, those that are new inserted."""
    numbers = {name: one.head.granule for name, one in drafts.items() if one.head is not None}
    new = {name: one for name, one in drafts.items() if one.head is None}
    owners = _collections(connection, new.values(), now)
    rows = [
        {"granule_id": name, "platform": one.platform, "period": one.period, **owners[one.collection_id]}
        for name, one in new.items()
    ]
    return numbers | dict(zip(new, _inserted(connection, granule, rows), strict=True))


def _collections(connection: Connection, drafts: Iterable[Draft], now: int) -> dict[str, dict[str, int]]:
    """Numbers and terms of the drafts' collections; those that are new are inserted, their provider's own."""
    wanted = {one.collection_id: one for one in drafts}
    if not wanted:
        return {}
    (provider,) = {one.provider for one in wanted.values()}
    here = (collection.c.provider == provider, collection.c.collection_id.in_(list(wanted)))
    held = {
        row.collection_id: {"collection": row.id, "terms": row.terms}
        for row in connection.execute(select(collection).where(*here))
    }
    new = {name: one for name, one in wanted.items() if name not in held}
    if not new:
        return held
    terms = number_of(connection, Terms(owner=provider))
    rows = [
        {
            "collection_id": name,
            "provider": provider,
            "terms": terms,
            "shape": one.shape,
            "domain": name.split(".")[0],
            "simulated": one.simulated,
            "recorded_from": now,
            **one.described,
        }
        for name, one in new.items()
    ]
    numbers = zip(new, _inserted(connection, collection, rows), strict=True)
    return held | {name: {"collection": number, "terms": terms} for name, number in numbers}


def _inserted(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> Sequence[int]:
    """Insert rows and give their numbers, in their order."""
    if not rows:
        return ()
    return _inserting(table).run(connection, rows).scalars().all()


@cache
def _inserting(table: Table) -> Prepared:
    one = insert(table).values(_ITS_GRANULE) if table is version else insert(table)
    return Prepared(one.returning(table.c.id, sort_by_parameter_order=True))


def _supersede(connection: Connection, drafts: Iterable[Draft], now: int) -> None:
    """End versions, and take them out of the place x time index, which knows only what holds now.

    The index rows of those that something is added to are left, to become its own.
    """
    heads = {one.head.id: one.adds for one in drafts if one.head is not None}
    whole = [head for head, adds in heads.items() if not adds]
    for start in range(0, len(whole), CHUNK):
        connection.execute(_UNCOVER, {"some": whole[start : start + CHUNK]})
    if heads:
        _END.run(connection, [{"ended": head, "until": now} for head in heads])


def _versions(
    connection: Connection,
    granules: Mapping[str, int],
    changed: Mapping[str, Draft],
    written: Mapping[str, Written],
    now: int,
) -> None:
    rows, places = [], []
    for name, one in changed.items():
        new = written[name]
        rows.append(
            {
                **new.told.columns,
                **_held_where(new.told.where),
                **_kept(one, new),
                "granule": granules[name],
                "its": granules[name],
                "recorded_from": now,
            }
        )
        places.append(new.told.where)
    numbers = _inserted(connection, version, rows)
    drafts = list(changed.values())
    _cover(connection, [one for one in zip(numbers, rows, places, drafts, strict=True) if not one[3].adds])
    stretched = [
        {"old": one.head.id, "new": number, "last": row["last"]}
        for number, row, one in zip(numbers, rows, drafts, strict=True)
        if one.adds and one.head is not None
    ]
    if stretched:
        _STRETCH.run(connection, stretched)


def _cover(connection: Connection, versions: Sequence[tuple[int, Mapping[str, Any], Footprint, Draft]]) -> None:
    """Index rows of versions that were written whole."""
    codes = {where.code for _, _, where, _ in versions if where.code is not None}
    stations = station_places(connection, codes, None)
    covers = [
        {"version": number, "cell": cell, "t0": t0, "t1": t1}
        for number, row, where, _ in versions
        for cell, t0, t1 in _cover_rows(stations, where, row)
    ]
    if covers:
        _COVER.run(connection, covers)


def _cover_rows(stations: StationPlaces, where: Footprint, row: Mapping[str, Any]) -> tuple[Row, ...]:
    if where.place == "station":
        held = stations.all_of(str(where.code_scheme), str(where.code))
        return station_rows(held, row["first"], row["last"])
    return where.rows


def _kept(one: Draft, written: Written) -> dict[str, Any]:
    number = one.head.number + 1 if one.head is not None else 1
    held = one.head if one.adds else None
    return {
        "number": number,
        "base": held.base if held is not None else number,
        "recorded_to": FOREVER,
        "object_key": written.key,
        "object_sha256": written.sha256,
        "object_bytes": written.bytes + (held.object_bytes if held is not None else 0),
    }


def _held_where(where: Footprint) -> dict[str, Any]:
    box = where.box
    return {
        "place": where.place,
        "latitude": where.latitude,
        "longitude": where.longitude,
        "west": box.west if box else None,
        "south": box.south if box else None,
        "east": box.east if box else None,
        "north": box.north if box else None,
        "code_scheme": where.code_scheme,
        "code": where.code,
    }


def _of_block(one: Draft) -> tuple[dict[str, Any], Footprint]:
    block, held = one.block, one.head if one.adds else None
    first, last = span(block.time)
    ranks = {rank for column in block.finality.values() for rank in _ranks(column)}
    quality, count = _quality(block), len(block.time)
    if held is not None:
        first, count = held.first, held.times + count
        ranks |= {finality(word) for word in held.maturity.split(", ") if word}
        quality = _summed(json.loads(held.quality), quality)
    row = {
        "first": first,
        "last": last,
        "count": count,
        "variables": f" {' '.join(block.values)} ",
        "maturity": words_of(one.maturities, ranks),
        "quality": json.dumps(quality),
    }
    return row, footprint(block, first)


def _of_events(events: Mapping[str, Earthquake]) -> tuple[dict[str, Any], Footprint]:
    row = {"count": len(events), "variables": " magnitude ", "maturity": "", "quality": "{}"}
    if not events:
        return row | {"first": 0, "last": 0}, Footprint("points")  # all its earthquakes have moved to another year
    time = np.array([event.time for event in events.values()], dtype=NS)
    latitude = np.array([event.latitude for event in events.values()])
    longitude = np.array([event.longitude for event in events.values()])
    first, last = span(np.sort(time))
    where = Footprint("points", points_rows(time, latitude, longitude), box=bounds(latitude, longitude))
    return row | {"first": first, "last": last}, where


def _ranks(column: np.ndarray) -> set[int]:
    """The different numbers in a column of finality."""
    ends = {int(column.min()), int(column.max())}
    return ends if len(ends) == 1 else set(np.unique(column).tolist())


def _quality(block: Block) -> dict[str, dict[str, int]]:
    """Number of values of each variable, and of those with each flag."""
    summary = {}
    for name, flags in block.flags.items():
        present = int(np.bitwise_or.reduce(flags, axis=None))
        counts = {word: int(np.count_nonzero(flags & bit)) for word, bit in _FLAGS.items() if bit & present}
        summary[name] = {"values": int(flags.size)} | counts
    return summary


def _summed(held: Mapping[str, Mapping[str, int]], more: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """Two summaries of the same variables together."""
    return {
        name: {count: held[name].get(count, 0) + counts.get(count, 0) for count in _COUNTS
               if count in held[name] or count in counts}
        for name, counts in more.items()
    }  # fmt: skip


def _event_keys(connection: Connection, drafts: Mapping[str, Draft], granules: Mapping[str, int]) -> None:
    """Forget, for all drafts, earthquakes that left; then note those that came."""
    events = {name: one for name, one in drafts.items() if one.shape == "events"}
    for name, one in events.items():
        _forget(connection, granules[name], [key for key in one.before_earthquakes if key not in one.earthquakes])
    for name, one in events.items():
        came = [key for key in one.earthquakes if key not in one.before_earthquakes]
        if came:
            owner = connection.execute(select(granule.c.collection).where(granule.c.id == granules[name])).scalar_one()
            rows = [{"collection": owner, "event_id": key, "granule": granules[name]} for key in came]
            connection.execute(insert(event_key), rows)


def _forget(connection: Connection, owner: int, ids: list[str]) -> None:
    for start in range(0, len(ids), CHUNK):
        some = event_key.c.event_id.in_(ids[start : start + CHUNK])
        connection.execute(delete(event_key).where(event_key.c.granule == owner, some))
