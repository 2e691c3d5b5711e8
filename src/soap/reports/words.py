"""Numbers, times and names as a reader meets them."""

from __future__ import annotations

import html
import math
from typing import Any

VARIABLE_NAMES = {
    "b_horizontal": ("H", "horizontal field"),
    "b_down": ("Z", "downward field"),
    "b_north": ("X", "northward field"),
    "b_east": ("Y", "eastward field"),
    "b_total": ("F", "total field"),
    "electron_density": ("Ne", "electron density at the satellite"),
    "vtec": ("VTEC", "vertical electron content"),
}
OVERHEAD_QUANTITIES = {"electron_density": "median of the passes in the zone", "vtec": "daily mean at the epicentre"}
SURROGATE_NAMES = {
    "circular_shift": "whole catalogue shifted in time",
    "random_times": "clusters at random times",
    "random_epicentres": "clusters at other places",
    "pair_permutation": "station–event pairs permuted (invalid)",
}
MINUS = "−"


def symbol(variable: str) -> str:
    """The field's own symbol of a variable, or its identifier."""
    return VARIABLE_NAMES.get(variable, (variable, variable))[0]


def quantity(variable: str) -> str:
    """What a study takes of a variable each day."""
    return OVERHEAD_QUANTITIES.get(variable, "daily range")


def surrogate(name: str) -> str:
    """What a surrogate does, in words."""
    return SURROGATE_NAMES.get(name, name.replace("_", " "))


def number(value: float | None, digits: int = 2) -> str:
    """A number with so many decimals and a true minus sign; an en dash where there is none."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "–"
    text = f"{value:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def count(value: int | None) -> str:
    """A whole number with separators."""
    return "–" if value is None else f"{value:,}"


def many(value: int, thing: str) -> str:
    """A number of things: one event, two events."""
    return f"{count(value)} {thing}{'' if value == 1 else 's'}"


def probability(value: float | None) -> str:
    """A p-value: two decimals, three below 0.1, never 0."""
    if value is None:
        return "–"
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3f}" if value >= 0.001 else "≤ 0.001"


def percent(value: float | None, digits: int = 0) -> str:
    """A share as per cent."""
    return "–" if value is None else f"{number(100 * value, digits)}\u00a0%"


def day(value: int) -> str:
    """A day relative to the earthquake."""
    return f"{value}".replace("-", MINUS)


def bound(text: str) -> str:
    """A bound of a window: the date alone where it is midnight."""
    return text[:10] if text[10:] in ("", "T00:00:00Z", "T00:00:00") else instant(text)


def instant(text: str) -> str:
    """An ISO instant as people write it, to the minute."""
    return text[:16].replace("T", " ") + " UTC"


def escape(value: Any) -> str:
    """Text that is safe in HTML."""
    return html.escape(str(value), quote=True)


def relative_size(size_sigma: float | None, scatter: float | None) -> float | None:
    """Factor minus one by which a daily range grows under an effect of `size_sigma` at a log scatter of `scatter`."""
    if size_sigma is None or scatter is None:
        return None
    return math.exp(size_sigma * scatter) - 1


def variables(result: dict[str, Any]) -> list[str]:
    """Variables that a study has tested, in the order it declares them, the primary one first."""
    study = result["study"]
    declared = study["quantity"]["variables"] if "quantity" in study else study["variables"]
    return [name for name in declared if name not in result.get("untested", ())]


def per_variable(result: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Each tested variable of a superposed epoch study with its numbers, the primary one first."""
    return [(name, result["variables"][name]) for name in variables(result)]
