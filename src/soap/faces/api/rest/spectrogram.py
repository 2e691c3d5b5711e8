"""Spectrograms: the power of a series over time and frequency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from soap.core.time import Window, iso, utc
from soap.faces.api.asking import Asking
from soap.faces.api.json_answer import Json
from soap.faces.api.rest.places import Instant, instant
from soap.faces.api.rest.values import Collection, Edge, Provider, Station
from soap.faces.api.rules import Anybody
from soap.services.get import Wanted, wanted
from soap.services.rights import rights_of
from soap.services.spectrum import HeldSpectrogram, held_spectrogram

router = APIRouter(tags=["values"])

_DIGITS = 4

METHOD = "Welch (1967), doi:10.1109/TAU.1967.1161901: Hann windows, half overlapping, each less its straight line"

Name = Annotated[str, Query(max_length=80, pattern=r"^[A-Za-z0-9_]+$", description="Variable.")]
Segment = Annotated[float | None, Query(gt=0, le=1e9, description="Length of a segment [s].")]
Columns = Annotated[int, Query(ge=1, le=1000, description="Stretches of time.")]
Rows = Annotated[int, Query(ge=1, le=400, description="Frequencies, at most.")]


class Spectrogram(BaseModel):
    """Power spectral density; `power[c][r]` is that of stretch c and frequencies r, null where too much is missing."""

    collection_id: str
    version: str = Field(description="What to cite, and to ask for again: `collection_id@T`.")
    variable: str
    units: str = Field(description="Of the power.", examples=["(nT)2/Hz"])
    simulated: bool
    segment_s: float = Field(description="Length of the segments whose periodograms are averaged, s.")
    step_s: float = Field(description="Time from one value to the next, s.")
    method: str
    time_edges: list[str] = Field(description="Where each stretch begins, and the last ends.")
    frequency_edges_hz: list[float]
    power: list[list[float | None]]
    provider: str = ""
    licence: str = ""
    citation: str = ""


@dataclass(frozen=True)
class Question:
    """Of which series' variable, in which window, and how fine."""

    start: Edge
    stop: Edge
    variable: Name
    collection: Collection = None
    station: Station = None
    provider: Provider = None
    as_of: Instant = None
    segment_s: Segment = None
    columns: Columns = 300
    rows: Rows = 100

    def found(self, asking: Asking) -> tuple[Wanted, HeldSpectrogram]:
        """What is wanted, and its spectrogram."""
        which = wanted(
            asking.viewer, asking.archive, self.collection, Window(utc(self.start), utc(self.stop)), (self.variable,),
            provider=self.provider, as_of=instant(self.as_of), station=self.station,
        )  # fmt: skip
        return which, held_spectrogram(which, segment_s=self.segment_s, columns=self.columns, rows=self.rows)


@router.get("/spectrogram", response_model=Spectrogram)
def spectrogram(asking: Anybody, asked: Annotated[Question, Depends()]) -> Response:
    """Spectrogram of one variable of a series; values with a flag against them count as missing."""
    which, found = asked.found(asking)
    asking.tells_of(found.owners)
    told = {
        "collection_id": which.held.collection_id,
        "version": which.version,
        "variable": found.variable,
        "units": found.units,
        "simulated": which.held.simulated,
        "segment_s": found.segment_s,
        "step_s": found.step_s,
        "method": METHOD,
        "time_edges": [iso(edge) for edge in found.time_edges],
        "frequency_edges_hz": _rounded(found.found.frequency_edges),
        "power": [_rounded(row) for row in found.found.power],
        **rights_of(which.held),
    }
    return Json(told, headers={"Cache-Control": "private, no-cache"})


def _rounded(values: np.ndarray) -> list[float | None]:
    """Numbers of four digits, null for none."""
    return [float(f"{value:.{_DIGITS}g}") if np.isfinite(value) else None for value in values.tolist()]
