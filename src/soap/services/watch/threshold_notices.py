"""Told of: days on which a parameter went beyond a threshold, and how often it does when nothing is up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np
from pydantic import Field, model_validator

from soap.archive import Archive, query
from soap.core.time import Window, iso
from soap.core.who import Viewer
from soap.services.watch.kind import Conditions, Found, Kind, Look, Message
from soap.services.watch.quiet_share import Exceedance, exceedances, quiet_share

_ONE_DAY = np.timedelta64(1, "D")
_LAST_DAYS = 3


class ThresholdConditions(Conditions):
    """A variable of a collection of series below `below`, or above `above` [the variable's unit].

    Of a collection of several stations, of one `station`. The last three days that the collection has are looked at
    whenever it has changed; values against which a flag stands do not count. Each day is told of once.
    """

    collection: str = Field(max_length=200)
    variable: str = Field(max_length=80)
    above: float | None = None
    below: float | None = None
    station: str | None = Field(default=None, max_length=80)

    @model_validator(mode="after")
    def some_limit(self) -> Self:
        """There is a limit, and what is beyond both is not everything."""
        if self.above is None and self.below is None:
            raise ValueError("give above or below")
        if self.above is not None and self.below is not None and self.above < self.below:
            raise ValueError("above is less than below: every value would be beyond")
        return self

    @property
    def limits(self) -> tuple[float, float]:
        """Least and greatest value that is not told of."""
        return (-np.inf if self.below is None else self.below, np.inf if self.above is None else self.above)

    @property
    def told(self) -> str:
        """The threshold in words."""
        parts = [f"above {self.above:g}" if self.above is not None else "",
                 f"below {self.below:g}" if self.below is not None else ""]  # fmt: skip
        return " or ".join(part for part in parts if part)


def _look(look: Look) -> Iterator[Found]:
    asked: ThresholdConditions = look.conditions
    for one in query.collections(look.archive, look.viewer, shape="series", collection_id=asked.collection):
        if one.version <= look.since or asked.variable not in one.variables:
            continue
        last = one.last.astype("datetime64[D]")
        window = Window(
            (last - (_LAST_DAYS - 1) * _ONE_DAY).astype("datetime64[ns]"), one.last + np.timedelta64(1, "ns")
        )
        found, _ = exceedances(look.viewer, look.archive, asked.collection, asked.variable, window, asked.limits,
                               asked.station)  # fmt: skip
        for day in found:
            yield Found(f"{asked.collection} {asked.variable} {day.day}", {"day": str(day.day)})


def _tell(viewer: Viewer, archive: Archive, asked: ThresholdConditions, about: Mapping[str, Any]) -> Message | None:
    day = np.datetime64(about["day"], "D")
    window = Window(day.astype("datetime64[ns]"), (day + _ONE_DAY).astype("datetime64[ns]"))
    series = (viewer, archive, asked.collection, asked.variable)
    found, _ = exceedances(*series, window, asked.limits, asked.station)
    if not found:
        return None
    (one,) = found
    quiet = quiet_share(*series, day, asked.limits, asked.station)
    facts = {"collection_id": asked.collection, "variable": asked.variable, "day": str(day), "values": one.count,
             "furthest": one.furthest, "at": iso(one.at), "quiet_days": quiet.days,
             "quiet_days_exceeded": quiet.exceeded, "kp_known": quiet.kp_known,
             "false_alarm_rate": quiet.share}  # fmt: skip
    return Message(f"{asked.variable} of {asked.collection} {asked.told} on {day}", f"{_text(asked, one)} {quiet.text}",
                   facts, f"/api/v1/collections/{asked.collection}")  # fmt: skip


def _text(asked: ThresholdConditions, one: Exceedance) -> str:
    times = "1 value" if one.count == 1 else f"{one.count} values"
    return (
        f"{asked.variable} of {asked.collection} was {asked.told} on {one.day}: {times}, the furthest"
        f" {one.furthest:g} at {iso(one.at)}."
    )


THRESHOLD = Kind("threshold", "a parameter beyond a threshold", ThresholdConditions, _look, _tell)
