"""Variables: what the identifiers in all answers mean."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from soap.faces.api.rules import Anybody
from soap.services import variables as service

router = APIRouter(tags=["collections"])


class Variable(BaseModel):
    """A variable, called alike in files, tables and answers."""

    name: str = Field(examples=["b_horizontal"])
    symbol: str = Field(description="As the field writes it.", examples=["H"])
    units: str = Field(description="`1` for a pure number.", examples=["nT"])
    meaning: str
    plausible: tuple[float, float] | None = Field(description="Values outside are flagged, never deleted.")


@router.get("/variables")
def variables(asking: Anybody) -> list[Variable]:
    """All variables that this server knows, by name."""
    return [
        Variable(name=one.name, symbol=one.symbol, units=one.units, meaning=one.meaning, plausible=one.plausible)
        for one in service.variables(asking.viewer, asking.composition)
    ]
