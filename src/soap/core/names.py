"""Names: one identifier, symbol and unit for each variable, used alike in code, datasets, API and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """A variable: lower_snake identifier, the field's symbol, the one canonical unit, its meaning, its plausible range.

    Values outside `plausible` are flagged in `quality`, never deleted. `units` is "1" for a pure number.
    """

    name: str
    symbol: str
    units: str
    meaning: str
    plausible: tuple[float, float] | None = None


def by_name(variables: Iterable[Variable]) -> Mapping[str, Variable]:
    """Variables keyed by identifier; a `ValueError` names one that is declared twice differently."""
    table: dict[str, Variable] = {}
    for variable in variables:
        if table.setdefault(variable.name, variable) != variable:
            raise ValueError(f"Variable {variable.name!r} is declared twice with different content: {variable}.")
    return table


B_TOTAL = Variable("b_total", "F", "nT", "total intensity", (15_000.0, 75_000.0))
"""Strength of the Earth's field, on the ground and at satellite height (18,000 to 68,000 nT, with room for storms)."""
