"""Told of: stations that have been silent for longer than they should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

import numpy as np
from pydantic import Field, model_validator

from soap.archive import Archive, query
from soap.archive.health import DayHealth
from soap.core.time import iso, utc
from soap.core.who import Viewer
from soap.services.watch.kind import Conditions, Found, Kind, Look, Message

_ENDED = np.timedelta64(30, "D")


class SilenceConditions(Conditions):
    """Series, of one `collection` or of one `station` (its platform), without a value for `longer_than_hours`.

    One that was silent for 30 days more has ended, and is not told of.
    """

    longer_than_hours: float = Field(default=24.0, gt=0, le=8784)
    collection: str | None = Field(default=None, max_length=200)
    station: str | None = Field(default=None, max_length=80)

    @model_validator(mode="after")
    def something(self) -> Self:
        """One of both is told."""
        if self.collection is None and self.station is None:
            raise ValueError("name a collection or a station")
        return self


def _look(look: Look) -> Iterator[Found]:
    asked: SilenceConditions = look.conditions
    longest = np.timedelta64(round(asked.longer_than_hours * 3600), "s")
    for one in _newest(look.viewer, look.archive, asked):
        if longest < look.now - one.last <= longest + _ENDED:
            about = {"collection_id": one.collection_id, "provider": one.provider, "platform": one.platform,
                     "last": iso(one.last)}  # fmt: skip
            yield Found(f"silent {one.collection_id}:{one.platform}:{one.provider} since {iso(one.last)}", about)


def _tell(viewer: Viewer, archive: Archive, asked: SilenceConditions, about: Mapping[str, Any]) -> Message | None:
    for one in _newest(viewer, archive, asked):
        if (one.collection_id, one.provider, one.platform) != tuple(
            about[name] for name in ("collection_id", "provider", "platform")
        ):
            continue
        if one.last > utc(about["last"]):
            return None  # it has spoken since
        whose = f" of {one.provider}" if one.provider else ""
        text = (
            f"{one.platform}{whose} ({one.collection_id}) had its last value at {iso(one.last)}, and none for more than"
            f" {asked.longer_than_hours:g} hours after. Whether the station or the way from it failed is not known."
        )
        return Message(f"{one.platform.upper()} is silent", text, dict(about), "/api/v1/health")
    return None


def _newest(viewer: Viewer, archive: Archive, asked: SilenceConditions) -> Iterator[DayHealth]:
    """The last day with values of each series asked for."""
    days = query.health(archive, viewer, last_days=1, collection_id=asked.collection)
    for one in days:
        if asked.station is None or one.platform.lower() == asked.station.lower():
            yield one


SILENCE = Kind("silence", "a silent station", SilenceConditions, _look, _tell, by_time=True)
