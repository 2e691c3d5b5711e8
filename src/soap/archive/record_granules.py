"""Writing drafts into the catalogue: collections, granules, versions, contributions, the place x time index."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, delete, insert, select, update

from soap.archive.block import Block
from soap.archive.draft import CHUNK, Draft
from soap.archive.finality import words_of
from soap.archive.footprint import Footprint, bounds, footprint, points_rows, span
from soap.archive.record_stations import place_of_code
from soap.archive.schema import FOREVER, collection, contribution, cover, event_key, granule, version
from soap.core.time import NS
from soap.observations import Earthquake, Quality


@dataclass(frozen=True)
class Written:
    """An object that lies in the store."""

    key: str
    sha256: str
    bytes: int


def record(connection: Connection, drafts: Mapping[str, Draft], written: Mapping[str, Written], now: int) -> None:
    """Make the drafts' new versions current; a draft that changed nothing only gets its contributions."""
    granules = {name: _granule(connection, one, now) for name, one in drafts.items()}
    for name, one in drafts.items():
        _contribute(connection, granules[name], one.contributors, now)
        if name in written:
            _version(connection, granules[name], one, written[name], now)
    _event_keys(connection, drafts, granules)


def _granule(connection: Connection, one: Draft, now: int) -> int:
    if one.head is not None:
        return one.head.granule
    held = connection.execute(select(collection.c.id).where(collection.c.collection_id == one.collection_id)).scalar()
    if held is None:
        row = {
            "collection_id": one.collection_id,
            "shape": one.shape,
            "domain": one.collection_id.split(".")[0],
            "simulated": one.simulated,
            "recorded_from": now,
            **one.described,
        }
        held = _inserted(connection, collection, row)
    row = {"granule_id": one.granule_id, "collection": held, "platform": one.platform, "period": one.period}
    return _inserted(connection, granule, row)


def _inserted(connection: Connection, table: Table, row: Mapping[str, Any]) -> int:
    """Insert a row and give its number."""
    return connection.execute(insert(table).values(dict(row)).returning(table.c.id)).scalar_one()


def _contribute(connection: Connection, owner: int, originals: tuple[str, ...], now: int) -> None:
    connection.execute(
        insert(contribution), [{"granule": owner, "original": one, "recorded_from": now} for one in originals]
    )


def _version(connection: Connection, owner: int, one: Draft, written: Written, now: int) -> None:
    if one.head is not None:
        connection.execute(delete(cover).where(cover.c.version == one.head.id))
        connection.execute(update(version).where(version.c.id == one.head.id).values(recorded_to=now))
    row, where = _of_events(one.earthquakes) if one.shape == "events" else _of_block(one)
    box = where.box
    row |= {
        "granule": owner,
        "number": one.head.number + 1 if one.head is not None else 1,
        "recorded_from": now,
        "recorded_to": FOREVER,
        "object_key": written.key,
        "object_sha256": written.sha256,
        "object_bytes": written.bytes,
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
    number = _inserted(connection, version, row)
    rows = where.rows
    if where.place == "station":
        rows = place_of_code(connection, where.code_scheme, where.code, row["first"], row["last"])
    if rows:
        connection.execute(insert(cover), [{"version": number, "cell": c, "t0": t0, "t1": t1} for c, t0, t1 in rows])


def _of_block(one: Draft) -> tuple[dict[str, Any], Footprint]:
    block = one.block
    first, last = span(block.time)
    ranks = {int(rank) for column in block.finality.values() for rank in np.unique(column)}
    row = {
        "first": first,
        "last": last,
        "count": len(block.time),
        "variables": f" {' '.join(block.values)} ",
        "maturity": words_of(one.maturities, ranks),
        "quality": json.dumps(_quality(block)),
    }
    return row, footprint(block)


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


def _quality(block: Block) -> dict[str, dict[str, int]]:
    """Number of values of each variable, and of those with each flag."""
    summary = {}
    for name, flags in block.flags.items():
        counts = {flag.name.lower(): int(((flags & int(flag)) != 0).sum()) for flag in Quality if flag and flag.name}
        summary[name] = {"values": int(flags.size)} | {flag: count for flag, count in counts.items() if count}
    return summary


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
