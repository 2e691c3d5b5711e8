"""Geomagnetic activity in a window: Kp and RC, and the days of local time that a storm vetoes in studies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.archive import Archive, citation, query
from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window, iso, utc
from soap.core.who import Viewer
from soap.services.study import holdings
from soap.services.study.activity import Index, LocalDays, local_days
from soap.services.study.observed import Reading

MOST_DAYS = 7400
"""Days of one window, some twenty years."""
MAX_KP, MIN_RC = 4.0, -30.0
"""The veto of a case study, and that of RC where it is asked for."""
_DAY = np.timedelta64(1, "D")
_INDICES = {"kp": ("PT3H", 3), "rc": ("PT1H", 1)}
"""Cadence and hours of the intervals of each index."""


@dataclass(frozen=True)
class HeldIndex:
    """An index in the window, and what to cite."""

    index: Index
    version: str


@dataclass(frozen=True)
class Activity:
    """Kp, RC where there is one, the local days of the window, and the rule that vetoes some of them."""

    kp: HeldIndex
    rc: HeldIndex | None
    days: LocalDays
    longitude: float
    max_kp: float
    min_rc: float | None
    owners: frozenset[str]


def activity(
    viewer: Viewer,
    archive: Archive,
    window: Window,
    *,
    longitude: float = 0.0,
    kp: str | None = None,
    rc: str | None = None,
    max_kp: float = MAX_KP,
    min_rc: float = MIN_RC,
    as_of: np.datetime64 | None = None,
) -> Activity:
    """Activity over the window, and the days of local time at `longitude` [degree east] by the rule of studies.

    `kp`, `rc` name collections; without `kp` it is the one that covers most of the window, without `rc` none vetoes.
    Raises `NotFound` where no Kp is held, `BadParameter` for a window of more than `MOST_DAYS`.
    """
    if window.stop - window.start > MOST_DAYS * _DAY:
        raise BadParameter(f"Activity is told of {MOST_DAYS:,} days at a time; ask for a shorter window.")
    state = citation.state_of(archive, viewer, as_of).as_of
    named = kp or holdings.index_collection(archive, viewer, "kp", "PT3H", window, state)
    if named is None:
        raise NotFound(
            f"No Kp is held from {iso(window.start)} to {iso(window.stop)}, so storms cannot be told apart; ingest a"
            " file of Kp (GFZ, WDC or CelesTrak)."
        )
    reading = Reading(viewer, archive, state)
    wide = Window(utc(window.start - 2 * _DAY), utc(window.stop + 2 * _DAY))
    indices = {name: reading.index(held, name, wide, _INDICES[name][1]) for name, held in (("kp", named), ("rc", rc))
               if held is not None}  # fmt: skip
    days = np.arange(*_dates(window, longitude))
    found = local_days(indices["kp"], days, longitude, max_kp, indices.get("rc"), min_rc)
    return Activity(
        kp=_held(reading, named, indices["kp"], window),
        rc=None if rc is None else _held(reading, rc, indices["rc"], window),
        days=found,
        longitude=longitude,
        max_kp=max_kp,
        min_rc=None if rc is None else min_rc,
        owners=frozenset(record.owner for record in reading.read.granules.values()),
    )


def _dates(window: Window, longitude: float) -> tuple[np.datetime64, np.datetime64]:
    """First date of local time that the window touches, and the one after the last."""
    shift = np.timedelta64(round(longitude / 15 * 3.6e12), "ns")
    last = window.stop + shift - np.timedelta64(1, "ns")
    return (window.start + shift).astype("datetime64[D]"), last.astype("datetime64[D]") + 1


def _held(reading: Reading, cited: str, index: Index, window: Window) -> HeldIndex:
    """The intervals that touch the window."""
    collection_id, as_of = reading.pinned(cited)
    touching = (index.time + np.timedelta64(index.interval_hours, "h") > window.start) & (index.time < window.stop)
    found = query.collections(reading.archive, reading.viewer, collection_id=collection_id, as_of=as_of)
    part = Index(index.time[touching], index.interval_hours, index.values[touching])
    return HeldIndex(part, citation.cite(collection_id, max(one.version for one in found)))
