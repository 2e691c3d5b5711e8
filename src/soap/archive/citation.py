"""Citing what is held: `collection_id@T` means the collection as it was at the time of recording T, for ever.

A later release makes new versions and leaves the earlier ones, so that what is cited stays what it was. T is ISO 8601,
UTC, to the microsecond.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select

from soap.archive.archive import Archive
from soap.archive.policy import visible
from soap.archive.schema import archive_fact, granule, station, version
from soap.core.errors import BadParameter
from soap.core.time import iso, utc
from soap.core.who import Viewer


@dataclass(frozen=True)
class State:
    """Which archive, and everything recorded in it up to when: no later change is seen in it."""

    identity: str
    as_of: np.datetime64


def parse(text: str) -> tuple[str, np.datetime64 | None]:
    """Collection and time of recording of `collection_id` or `collection_id@T`; `BadParameter` when T is no time."""
    collection_id, at, instant = text.partition("@")
    if not at:
        return collection_id, None
    try:
        return collection_id, utc(instant).astype("datetime64[us]")
    except BadParameter as error:
        raise BadParameter(f"{text!r} cites no version: {error}", command="`soap find` shows what to cite.") from error


def cite(collection_id: str, as_of: np.datetime64) -> str:
    """`collection_id@T`."""
    return f"{collection_id}@{iso(as_of)}"


def state(archive: Archive) -> State:
    """The archive as it is now, to be asked for by its `as_of` while others go on publishing."""
    with archive.catalogue.reading() as connection:
        facts = {row.name: row.value for row in connection.execute(select(archive_fact))}
    return State(f"{facts['identity']:016x}", np.datetime64(facts["clock"], "us"))


def state_of(archive: Archive, viewer: Viewer, as_of: np.datetime64 | None) -> State:
    """The archive as it was at `as_of`, or as it is now: at the latest change that the viewer sees.

    The archive's clock, which runs ahead of the machine's where that was set back, would tell them when others last
    recorded something. Raises `BadParameter` when `as_of` is yet to come, or nothing that the viewer sees had been
    recorded by then.
    """
    now, latest = state(archive), _latest_seen(archive, viewer)
    if as_of is None:
        return State(now.identity, latest)
    instant = as_of.astype("datetime64[us]")
    latest = max(latest, np.datetime64(time.time_ns() // 1000, "us"))
    if instant > latest:
        raise BadParameter(f"The time of recording {iso(instant)} is yet to come; give one up to {iso(latest)}.")
    _must_hold_something(archive, viewer, instant)
    return State(now.identity, instant)


def _latest_seen(archive: Archive, viewer: Viewer) -> np.datetime64:
    """When the latest that the viewer sees was recorded, of values and of stations; 1970 when that is nothing."""
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        values = select(func.max(version.c.recorded_from)).join(granule, granule.c.id == version.c.granule)
        places = select(func.max(station.c.recorded_from))
        if seen is not None:
            values = values.where(granule.c.terms.in_(seen))
            places = places.where(station.c.terms.in_(seen))
        latest = max(connection.execute(query).scalar() or 0 for query in (values, places))
    return np.datetime64(latest, "us")


def _must_hold_something(archive: Archive, viewer: Viewer, instant: np.datetime64) -> None:
    with archive.catalogue.reading() as connection:
        seen = visible(connection, viewer)
        held = select(version.c.recorded_from).join(granule, granule.c.id == version.c.granule)
        if seen is not None:
            held = held.where(granule.c.terms.in_(seen))
        before = held.where(version.c.recorded_from <= instant.astype(np.int64).item()).limit(1)
        if connection.execute(before).first() is not None:
            return
        first = connection.execute(held.order_by(version.c.recorded_from).limit(1)).scalar()
    said = "nothing is held" if first is None else f"the first was recorded at {iso(np.datetime64(first, 'us'))}"
    raise BadParameter(f"Nothing had been recorded here by {iso(instant)}; {said}.")
