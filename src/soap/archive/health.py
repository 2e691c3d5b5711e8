"""Questions about the health of stations: how complete, how late, how noisy each day of a series is.

Answered from what was recorded with the values now held; there is no asking as of an earlier time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Row, Select, Subquery, and_, func, select

from soap.archive.archive import Archive
from soap.archive.policy import visible
from soap.archive.schema import FOREVER, collection, granule, station_day, version
from soap.core.time import Window
from soap.core.who import Viewer

_DAY_NS = 86_400_000_000_000


@dataclass(frozen=True)
class DayHealth:
    """One day of one series: of `expected` times `present` have a value, and against `flagged` of these a flag stands.

    `noise` is keyed by variable, in its unit; `last` is the last time with a value; `latency_s` [s] from then to when
    the day was first recorded. A series that states its own place has `latitude` and `longitude` [degree], another one
    the station's `code` in `code_scheme`. `since` is the first day of values of the series at all.
    """

    collection_id: str
    provider: str
    platform: str
    code_scheme: str
    code: str
    latitude: float | None
    longitude: float | None
    since: np.datetime64
    day: np.datetime64
    expected: int
    present: int
    flagged: int
    noise: Mapping[str, float]
    last: np.datetime64
    latency_s: float | None


def health(
    archive: Archive,
    viewer: Viewer,
    *,
    window: Window | None = None,
    last_days: int = 30,
    collection_id: str | None = None,
) -> tuple[DayHealth, ...]:
    """Days of series that the viewer may see, by collection, provider, platform and day; days without values have none.

    Days that begin within `window`; without one, of each series the `last_days` that end with its last day of values.
    What several members hand in under one name is told apart. Series with less than two values a day, and indices of
    the whole globe, have no health.
    """
    with archive.catalogue.reading() as connection:
        numbers = visible(connection, viewer)
        held = _held(numbers, collection_id)
        same = and_(held.c.collection == granule.c.collection, held.c.platform == granule.c.platform)
        current = and_(version.c.granule == granule.c.id, version.c.recorded_to == FOREVER)
        place = (version.c.code_scheme, version.c.code, version.c.latitude, version.c.longitude)
        columns = (station_day, collection, granule.c.platform, *place, held.c.since)
        query = (
            _joined(select(*columns), numbers, collection_id)
            .join(version, current)
            .join(held, same)
            .order_by(collection.c.collection_id, collection.c.provider, granule.c.platform, station_day.c.day)
        )
        if window is None:
            query = query.where(station_day.c.day > held.c.until - last_days)
        else:
            query = query.where(
                station_day.c.day >= _day_from(window.start), station_day.c.day < _day_from(window.stop)
            )
        return tuple(_day(row) for row in connection.execute(query))


def _joined(query: Select, numbers: frozenset[int] | None, collection_id: str | None) -> Select:
    """From the days to granules and collections, as far as they are under terms of these `numbers`."""
    query = (
        query.select_from(station_day)
        .join(granule, granule.c.id == station_day.c.granule)
        .join(collection, collection.c.id == granule.c.collection)
    )
    if numbers is not None:
        query = query.where(granule.c.terms.in_(numbers))
    return query if collection_id is None else query.where(collection.c.collection_id == collection_id)


def _held(numbers: frozenset[int] | None, collection_id: str | None) -> Subquery:
    """First and last day of each series that is seen."""
    days = station_day.c.day
    columns = (granule.c.collection, granule.c.platform, func.min(days).label("since"), func.max(days).label("until"))
    query = _joined(select(*columns), numbers, collection_id)
    return query.group_by(granule.c.collection, granule.c.platform).subquery()


def _day_from(instant: np.datetime64) -> int:
    """The first day [since 1970] that begins at or after an instant."""
    return -int(-instant.astype("datetime64[ns]").astype(np.int64) // _DAY_NS)


def _day(row: Row) -> DayHealth:
    return DayHealth(
        row.collection_id,
        row.provider,
        row.platform,
        row.code_scheme or "",
        row.code or "",
        row.latitude,
        row.longitude,
        np.datetime64(row.since, "D"),
        np.datetime64(row.day, "D"),
        row.expected,
        row.present,
        row.flagged,
        json.loads(row.noise),
        np.datetime64(row.last, "ns"),
        row.latency_s,
    )
