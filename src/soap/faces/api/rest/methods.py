"""Methods: what can be computed, from which papers, and how often a detector fires on noise."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from soap.faces.api.rules import Anybody
from soap.science.method import Method as Record
from soap.services import methods as service
from soap.services.study.holdings import gives_daily_values

router = APIRouter(tags=["methods"])


class NullRate(BaseModel):
    """How often a detector marks what is only noise."""

    value: float = Field(ge=0, le=1, description="Share of the samples that it marks.")
    n: int = Field(description="Samples of noise.")
    noise: str = Field(description="What the noise is.")
    seed: int


class Method(BaseModel):
    """A method, as it declares itself."""

    name: str
    title: str
    takes: str = Field(description="series, track, field or number.")
    gives: str
    version: str
    reference: str = Field(description="DOI or full citation of its paper.")
    parameters: dict[str, Any] = Field(description="JSON schema of its parameters.")
    lead_in: str | None = Field(
        description="What it needs before the window, by its usual parameters, ISO 8601 duration; null: it depends."
    )
    daily: bool = Field(description="Makes one value a local day of a series, as a study's quantity must.")
    null_rate: NullRate | None = Field(description="By its usual parameters, measured here; null: it is no detector.")


@router.get("/methods")
def methods(asking: Anybody) -> list[Method]:
    """All methods, by name."""
    return [_told(one) for one in service.methods(asking.viewer, asking.composition)]


def _told(one: Record) -> Method:
    rate = service.null_rate(one)
    return Method(
        name=one.name,
        title=one.title,
        takes=one.takes,
        gives=one.gives,
        version=one.version,
        reference=one.reference,
        parameters=one.parameters.model_json_schema(),
        lead_in=service.lead_in(one),
        daily=gives_daily_values(one),
        null_rate=None if rate is None else NullRate(value=rate.value, n=rate.n, noise=rate.noise, seed=rate.seed),
    )
