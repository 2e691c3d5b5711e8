"""Numbers between commas, as addresses tell places."""

from __future__ import annotations

import math

from soap.core.errors import BadParameter


def numbers_in(name: str, told: str, *counts: int) -> list[float]:
    """The finite numbers of the parameter `name`, as many as one of `counts`; `BadParameter` for anything else."""
    try:
        numbers = [float(word) for word in told.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in counts or not all(math.isfinite(number) for number in numbers):
        wanted = " or ".join(str(count) for count in counts)
        raise BadParameter(f"{name}: {told[:80]!r} is not {wanted} numbers between commas.")
    return numbers
