"""Geomagnetic activity as a condition: when the three-hour index Kp is in a range, and when it is unknown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.archive.absent import known_shape
from soap.archive.archive import Archive
from soap.archive.holdings import held_collections
from soap.archive.periods import cadence_seconds
from soap.archive.policy import visible
from soap.archive.records import Selection
from soap.archive.values import series
from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window
from soap.core.who import Viewer

_TOLERANCE = 0.01
"""Kp comes in thirds; 4.667 and 5- are the same however they were rounded."""

_LENGTH = np.timedelta64(3, "h")
_BEFORE_STAMP = {word: np.timedelta64(part, "m") for word, part in (("start", 0), ("centre", 90), ("end", 180))}
"""How much of its interval lies before a value's time stamp, by what the stamp says."""

UNKNOWN, OUTSIDE, WITHIN = 0, 1, 2


@dataclass(frozen=True)
class Activity:
    """Kp over time: interval k begins at `start[k]` (rising), lasts three hours, and has the `state[k]`.

    A state is `UNKNOWN`, `OUTSIDE` or `WITHIN` the range asked for; a time in no interval is unknown too.
    """

    start: np.ndarray
    state: np.ndarray

    def at(self, time: np.ndarray) -> np.ndarray:
        """State at each time, int8."""
        if not len(self.start):
            return np.full(len(time), UNKNOWN, dtype=np.int8)
        index = np.searchsorted(self.start, time, side="right") - 1
        inside = (index >= 0) & (time < self.start[index] + _LENGTH)
        return np.where(inside, self.state[index], UNKNOWN).astype(np.int8)

    def may_hold(self, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """False for the spans, ends included, that intervals outside the range cover without a gap."""
        begin = np.searchsorted(self.start, first, side="right") - 1
        end = np.searchsorted(self.start, last, side="right")
        outside = np.concatenate([[0], np.cumsum(self.state == OUTSIDE)])
        known = (begin >= 0) & (begin < end)
        begin = np.maximum(begin, 0)
        # n intervals, all outside, that begin at n different three-hour steps up to the last time leave no gap
        through = np.zeros(len(first), dtype=bool)
        some = np.flatnonzero(known)
        covered = self.start[end[some] - 1] - self.start[begin[some]] == (end - begin - 1)[some] * _LENGTH
        reaches = last[some] < self.start[end[some] - 1] + _LENGTH
        through[some] = covered & reaches & ((outside[end] - outside[begin])[some] == (end - begin)[some])
        return ~through


def held_activity(
    archive: Archive,
    viewer: Viewer,
    kp: tuple[float, float],
    collection_id: str | None,
    window: Window,
    as_of: np.datetime64 | None,
) -> Activity:
    """Where Kp is `low` to `high`, both included, in the window, by an index collection that the viewer may see.

    Without `collection_id`, by the only one that holds `kp` every three hours: several are not chosen among.
    `BadParameter` for a range that is none and for several collections, `NotFound` for none.
    """
    low, high = kp
    if not 0 <= low <= high <= 9:
        raise BadParameter(f"Kp from {low:g} to {high:g} is no range; give two numbers from 0 to 9, the lower first.")
    chosen = _only_collection(archive, viewer) if collection_id is None else collection_id
    around = Window(window.start - _LENGTH, window.stop + _LENGTH)
    try:
        index = series(archive, viewer, chosen, around, ["kp"], as_of=as_of)
    except NotFound:
        with archive.catalogue.reading() as connection:
            known_shape(connection, visible(connection, viewer), Selection(chosen))
        return Activity(np.array([], "datetime64[ns]"), np.array([], np.int8))  # nothing of it in this window
    if cadence_seconds(str(index.attrs.get("cadence", ""))) != 10_800:
        raise BadParameter(f"{chosen} is not given every three hours (PT3H), as Kp is.")
    before = _BEFORE_STAMP.get(str(index.attrs["time_stamp"]), np.timedelta64(0, "m"))
    values = index["kp"].values
    within = (values >= low - _TOLERANCE) & (values <= high + _TOLERANCE)
    state = np.where(np.isnan(values), UNKNOWN, np.where(within, WITHIN, OUTSIDE)).astype(np.int8)
    return Activity(index["time"].values - before, state)


def _only_collection(archive: Archive, viewer: Viewer) -> str:
    with archive.catalogue.reading() as connection:
        three_hourly = {"shape": "series", "cadence": "PT3H"}
        found = held_collections(connection, visible(connection, viewer), three_hourly)
    names = sorted({one.collection_id for one in found if "kp" in one.variables})
    if not names:
        raise NotFound(
            "No collection here holds Kp. An index file must be handed in first.",
            command="`soap formats` lists what is read.",
        )
    if len(names) > 1:
        raise BadParameter(f"Kp is held in {', '.join(names)}; name the collection to go by.")
    return names[0]
