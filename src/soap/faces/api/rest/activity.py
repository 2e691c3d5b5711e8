"""Geomagnetic activity: Kp and RC of a window, and the days that studies leave out for it."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from soap.core.time import Window, iso, utc
from soap.faces.api.json_answer import Json
from soap.faces.api.rest.places import Instant, instant
from soap.faces.api.rest.values import Edge
from soap.faces.api.rules import Anybody
from soap.services.activity import MAX_KP, MIN_RC, Activity, HeldIndex
from soap.services.activity import activity as service
from soap.services.study.activity import LocalDays

router = APIRouter(tags=["activity"])

_DAY = np.timedelta64(1, "D")
_INDEX = Query(max_length=260, pattern=r"^[A-Za-z0-9_.@:+-]*$")


class IndexValues(BaseModel):
    """An index of activity, interval by interval."""

    version: str = Field(description="What to cite, `collection_id@T`.")
    interval_hours: int
    time: list[str] = Field(description="Start of each interval, ISO 8601, UTC.")
    values: list[float | None] = Field(description="null: not known.")


class LocalDay(BaseModel):
    """A day of local mean solar time."""

    start: str
    stop: str
    max_kp: float | None = Field(description="Largest Kp that touches it; null: one is not known.")
    min_rc: float | None = Field(description="Smallest RC [nT], where RC was asked for; null: one is not known.")
    vetoed: bool = Field(description="Left out by studies: of a storm, or of activity that is not known.")


class GeomagneticActivity(BaseModel):
    """Activity in a window, and what studies leave out by it."""

    longitude: float
    max_kp: float = Field(description="A day of a larger Kp is vetoed.")
    min_rc: float | None = Field(description="A day of a smaller RC [nT] is vetoed; null: RC vetoes none.")
    kp: IndexValues
    rc: IndexValues | None
    days: list[LocalDay]


@router.get("/activity", response_model=GeomagneticActivity)
def activity(
    asking: Anybody,
    start: Edge,
    stop: Edge,
    longitude: Annotated[float, Query(ge=-180, le=180, description="Whose local time days are of [degree].")] = 0.0,
    kp: Annotated[str | None, _INDEX] = None,
    rc: Annotated[str | None, _INDEX] = None,
    max_kp: Annotated[float, Query(ge=0, le=9)] = MAX_KP,
    min_rc: Annotated[float, Query(ge=-500, le=0, description="nT")] = MIN_RC,
    as_of: Instant = None,
) -> Response:
    """Kp over a window, RC where its collection is named, and the local days that a study's storm veto takes out."""
    found = service(
        asking.viewer, asking.archive, Window(utc(start), utc(stop)), longitude=longitude, kp=kp, rc=rc,
        max_kp=max_kp, min_rc=min_rc, as_of=instant(as_of),
    )  # fmt: skip
    asking.tells_of(found.owners)
    return Json(_told(found))


def _told(found: Activity) -> dict[str, Any]:
    return {
        "longitude": found.longitude,
        "max_kp": found.max_kp,
        "min_rc": found.min_rc,
        "kp": _index(found.kp),
        "rc": None if found.rc is None else _index(found.rc),
        "days": _days(found.days),
    }


def _index(held: HeldIndex) -> dict[str, Any]:
    return {
        "version": held.version,
        "interval_hours": held.index.interval_hours,
        "time": [iso(one) for one in held.index.time],
        "values": _known(held.index.values),
    }


def _days(found: LocalDays) -> list[dict[str, Any]]:
    columns = (found.start, _known(found.max_kp), _known(found.min_rc), found.calm)
    return [
        {"start": iso(start), "stop": iso(start + _DAY), "max_kp": kp, "min_rc": rc, "vetoed": not calm}
        for start, kp, rc, calm in zip(*columns, strict=True)
    ]


def _known(values: np.ndarray) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.tolist()]
