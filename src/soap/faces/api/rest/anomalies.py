"""Anomalies of a series at once, never without how often the detector marks noise."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import orjson
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from soap.core.errors import BadParameter
from soap.core.time import Window, iso, utc
from soap.faces.api.json_answer import Json
from soap.faces.api.rest.methods import NullRate
from soap.faces.api.rest.places import Circle, Instant, Radius, circle, instant
from soap.faces.api.rest.values import Collection, Edge, Provider, Station
from soap.faces.api.rules import Anybody
from soap.services.anomalies import STEPS_S, Anomalies, Asked
from soap.services.anomalies import anomalies as service
from soap.services.overhead import Place

router = APIRouter(tags=["anomalies"])

_MOST_TEXT = 2000


class DetectorMarks(BaseModel):
    """What a detector marks, and how often it marks noise."""

    method: str
    title: str
    reference: str
    parameters: dict[str, Any]
    version: str = Field(description="What to cite, `collection_id@T`.")
    units: str
    simulated: bool
    n_judged: int = Field(description="Intervals of which the detector can say something.")
    n_marked: int
    null_rate: NullRate
    time: list[str] = Field(description="Start of each interval, ISO 8601, UTC.")
    values: list[float | None] = Field(description="Mean of each interval; null: fewer than half of it is known.")
    outside: list[float | None] = Field(
        description="Signed distance outside the detector's band, 0 inside; null: not known, which is not quiet."
    )


@router.get("/anomalies", response_model=DetectorMarks)
def anomalies(
    asking: Anybody,
    start: Edge,
    stop: Edge,
    variable: Annotated[str, Query(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_]*$")],
    method: Annotated[str, Query(max_length=80, pattern=r"^[a-z0-9_]*$", description="A detector of /methods.")],
    collection: Collection = None,
    station: Station = None,
    parameters: Annotated[
        str, Query(max_length=_MOST_TEXT, description="The detector's parameters as a JSON object.")
    ] = "{}",
    step_s: Annotated[int, Query(description=f"Length of the intervals [s]: {', '.join(map(str, STEPS_S))}.")] = 3600,
    provider: Provider = None,
    near: Circle = None,
    radius_km: Radius = None,
    part: Annotated[Literal["night", "day"], Query(description="Of the passes of tracks.")] = "night",
    as_of: Instant = None,
) -> Response:
    """Run a detector on interval means; of maps at a place, of tracks on each day's median in it."""
    if collection is None and station is None:
        raise BadParameter("Name a collection, or a station.")
    ring = circle(near, radius_km)
    asked = Asked(
        collection, variable, Window(utc(start), utc(stop)), method, _object(parameters), step_s, provider, station,
        instant(as_of), None if ring is None else Place(*ring), part,
    )  # fmt: skip
    found = service(asking.viewer, asking.archive, asking.composition, asked)
    asking.tells_of(found.owners)
    return Json(_told(found))


def _object(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadParameter(f"parameters: this is no JSON ({error}).") from error
    if not isinstance(found, dict):
        raise BadParameter('parameters: give a JSON object, as {"window_days": 15}.')
    return found


def _told(found: Anomalies) -> dict[str, Any]:
    rate = found.null_rate
    return {
        "method": found.method.name,
        "title": found.method.title,
        "reference": found.method.reference,
        "parameters": dict(found.parameters),
        "version": found.version,
        "units": found.units,
        "simulated": found.simulated,
        "n_judged": found.n_judged,
        "n_marked": found.n_marked,
        "null_rate": {"value": rate.value, "n": rate.n, "noise": rate.noise, "seed": rate.seed},
        "time": [iso(one) for one in found.time],
        "values": _known(found.values),
        "outside": _known(found.outside),
    }


def _known(values: np.ndarray) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.tolist()]
