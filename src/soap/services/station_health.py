"""Station health: of every series how complete, how late and how noisy it is, those silent for longest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from soap.archive import Archive, query
from soap.archive.health import DayHealth
from soap.core.time import Window
from soap.core.who import Viewer

LAST_DAYS = 30
"""Days looked at where no window is given."""

_ONE_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class StationHealth:
    """One series of one member over some days.

    `completeness` and `flagged` are shares of the expected and of the present values; `noise` [variable's unit] and
    `latency_s` [s] medians over the days; `days_with_values` of the `days` looked at have any. The place is as
    in `DayHealth`.
    """

    collection_id: str
    provider: str
    platform: str
    code_scheme: str
    code: str
    latitude: float | None
    longitude: float | None
    first_day: np.datetime64
    days: int
    days_with_values: int
    last_seen: np.datetime64
    completeness: float
    flagged: float
    latency_s: float | None
    noise: Mapping[str, float]


def station_health(
    viewer: Viewer,
    archive: Archive,
    *,
    start: np.datetime64 | None = None,
    stop: np.datetime64 | None = None,
    collection_id: str | None = None,
) -> tuple[StationHealth, ...]:
    """Health of the series that the viewer may see, last seen longest ago first.

    Looked at are the days that begin from `start` until before `stop`; without `start`, from the first day with values
    on, without `stop`, to the last, and without either the last 30 of these. Days without any value count as
    incomplete. Raises `BadParameter` when the window is empty.
    """
    window = None if start is None and stop is None else Window.between(start, stop)
    held = query.health(archive, viewer, window=window, last_days=LAST_DAYS, collection_id=collection_id)
    groups = groupby(held, key=lambda one: (one.collection_id, one.provider, one.platform))
    found = [_summary(tuple(days), start, stop) for _, days in groups]
    return tuple(sorted(found, key=lambda one: (one.last_seen, one.collection_id, one.provider, one.platform)))


def _summary(held: Sequence[DayHealth], start: np.datetime64 | None, stop: np.datetime64 | None) -> StationHealth:
    newest = held[-1]
    behind = newest.day + _ONE_DAY if stop is None else _day_from(stop)
    first = newest.since if start is None else _day_from(start)
    if start is None and stop is None:
        first = max(first, behind - LAST_DAYS * _ONE_DAY)
    days = int((behind - first).astype(int))
    present = sum(one.present for one in held)
    usual = float(np.median([one.expected for one in held]))
    expected = sum(one.expected for one in held) + usual * (days - len(held))
    latencies = [one.latency_s for one in held if one.latency_s is not None]
    names = dict.fromkeys(name for one in held for name in one.noise)
    return StationHealth(
        newest.collection_id,
        newest.provider,
        newest.platform,
        newest.code_scheme,
        newest.code,
        newest.latitude,
        newest.longitude,
        first,
        days,
        len(held),
        newest.last,
        present / expected,
        sum(one.flagged for one in held) / present,
        float(np.median(latencies)) if latencies else None,
        {name: float(np.median([one.noise[name] for one in held if name in one.noise])) for name in names},
    )


def _day_from(instant: np.datetime64) -> np.datetime64:
    """The first day that begins at or after an instant."""
    day = instant.astype("datetime64[D]")
    return day if day == instant else day + _ONE_DAY
