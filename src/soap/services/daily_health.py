"""Daily health: of every series, day by day, how complete, late and noisy it is, and whose station it is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from soap.archive import Archive, query
from soap.archive.health import DayHealth
from soap.core.errors import BadParameter
from soap.core.time import Window
from soap.core.who import Viewer
from soap.observations import Station
from soap.services.station_inventory import by_code, station_of

MOST_DAYS = 400
"""Longest window [days] in which all series are told of; of one collection, any."""


@dataclass(frozen=True)
class DailyHealth:
    """One series of one member; `days` are those with values, the others have none.

    `code_scheme` and `code` are those of the station where it stands, as `station_inventory` knows it.
    """

    collection_id: str
    provider: str
    platform: str
    code_scheme: str
    code: str
    since: np.datetime64
    days: tuple[DayHealth, ...]


def daily_health(
    viewer: Viewer, archive: Archive, window: Window, *, collection_id: str | None = None
) -> tuple[DailyHealth, ...]:
    """Days that begin within the window, of the series that the viewer may see, by collection, provider and platform.

    A series without a day in the window is left out. `BadParameter` for more than 400 days of all collections.
    """
    length = (window.stop - window.start) / np.timedelta64(1, "D")
    if collection_id is None and length > MOST_DAYS:
        raise BadParameter(
            f"{length:.0f} days of all series are more than a board shows; ask for at most {MOST_DAYS}, or for one"
            " collection."
        )
    listed = by_code(query.stations(archive, viewer))
    held = query.health(archive, viewer, window=window, collection_id=collection_id)
    groups = groupby(held, key=lambda one: (one.collection_id, one.provider, one.platform))
    return tuple(_series(tuple(days), listed) for _, days in groups)


def _series(days: tuple[DayHealth, ...], listed: dict[str, list[Station]]) -> DailyHealth:
    last = days[-1]
    scheme, code = station_of(last, listed)
    return DailyHealth(last.collection_id, last.provider, last.platform, scheme, code, last.since, days)
