"""The windows of an earthquake's case study, before any of it is computed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from soap.core.time import Window, iso
from soap.faces.api.rest.places import Instant, instant
from soap.faces.api.rules import Anybody
from soap.services.study.control_windows import ControlWindows
from soap.services.study.control_windows import control_windows as service

router = APIRouter(tags=["studies"])

EventId = Annotated[str, Path(max_length=200, description="Identifier of the earthquake.")]


class Span(BaseModel):
    """A span of time, ISO 8601, UTC; its stop is not in it."""

    start: str
    stop: str


class PlaceSpans(BaseModel):
    """Days on which no earthquake was near a place."""

    name: str = Field(description="The station; overhead: the epicentre, for satellites and maps.")
    latitude: float
    longitude: float
    without_earthquake: list[Span]


class CaseWindows(BaseModel):
    """What is tested, and what stands beside it."""

    window: Span
    tested: Span = Field(description="Days of the primary statistic, of local mean time at the epicentre.")
    post_event: Span = Field(description="The same statistic after the earthquake.")
    n_shifts: int = Field(description="Other days to which the tested window is shifted: what chance is judged by.")
    places: list[PlaceSpans]
    declaration: dict[str, Any] = Field(description="The case study's declaration, with all its defaults.")


@router.get("/events/{event_id}/control-windows")
def control_windows(asking: Anybody, event_id: EventId, as_of: Instant = None) -> CaseWindows:
    """The windows that the case study of an earthquake takes: those tested, after it, and without an earthquake."""
    found = service(asking.viewer, asking.archive, event_id, instant(as_of))
    asking.tells_of(found.owners)
    return _told(found)


def _told(found: ControlWindows) -> CaseWindows:
    return CaseWindows(
        window=_span(found.window),
        tested=_span(found.tested),
        post_event=_span(found.post_event),
        n_shifts=found.n_shifts,
        places=[
            PlaceSpans(name=one.name, latitude=one.latitude, longitude=one.longitude,
                       without_earthquake=[_span(window) for window in one.clear])
            for one in found.places
        ],
        declaration=dict(found.declaration),
    )  # fmt: skip


def _span(window: Window) -> Span:
    return Span(start=iso(window.start), stop=iso(window.stop))
