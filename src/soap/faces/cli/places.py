"""Places and times as they are written on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    import numpy as np

    from soap.core.place import Box


def near(text: str | None, radius_km: float | None) -> tuple[float, float, float] | None:
    """`LAT,LON` and a radius."""
    if (text is None) != (radius_km is None):
        raise typer.BadParameter("--near LAT,LON and --radius-km R go together.")
    if text is None or radius_km is None:
        return None
    latitude, longitude = _numbers(text, "--near", "LAT,LON", 2)
    return latitude, longitude, radius_km


def box(text: str | None) -> Box | None:
    """`W,S,E,N`; west > east crosses 180 degrees."""
    if text is None:
        return None
    from soap.core.place import Box

    return Box(*_numbers(text, "--box", "W,S,E,N", 4))


def instant(text: str | None) -> np.datetime64 | None:
    """A time in UTC."""
    if text is None:
        return None
    from soap.core.time import utc

    return utc(text)


def _numbers(text: str, option: str, form: str, count: int) -> list[float]:
    parts = text.split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) != count or any(number != number for number in numbers):
        raise typer.BadParameter(f"{option} {text!r} is not {form} in decimal degrees.")
    return numbers
