"""Methods as they declare themselves: parameters, papers, lead-in, and how often they fire on noise."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from pydantic import ValidationError

from soap.core.errors import BadParameter
from soap.core.time import duration
from soap.core.who import Viewer
from soap.science.method import Method, NullRate, Parameters
from soap.services.composition import Composition

NULL_SAMPLES = 20_000
"""Samples of noise by which a detector's null rate is measured."""


def methods(viewer: Viewer, composition: Composition) -> tuple[Method, ...]:
    """All methods, by name; anybody may know them."""
    return tuple(sorted(composition.methods, key=lambda one: one.name))


def usual(method: Method) -> Any | None:
    """The parameters that a method has unless told otherwise; None where some must be told."""
    try:
        return method.parameters()
    except ValidationError:
        return None


def lead_in(method: Method) -> str | None:
    """What a method with its usual parameters needs before the window, as an ISO 8601 duration."""
    chosen = usual(method)
    return None if chosen is None else duration(float(method.lead_in(chosen) / np.timedelta64(1, "s")))


def null_rate(method: Method) -> NullRate | None:
    """How often a detector with its usual parameters fires on noise, measured; None for what is no detector."""
    chosen = usual(method)
    return None if method.null_rate is None or chosen is None else null_rate_of(method, chosen)


@lru_cache(maxsize=256)
def null_rate_of(method: Method, chosen: Parameters) -> NullRate:
    """How often a detector with these parameters fires on noise, measured; `BadParameter` for what is no detector."""
    if method.null_rate is None:
        raise BadParameter(f"{method.name} is no detector: it marks nothing.")
    return method.null_rate(chosen, NULL_SAMPLES, 0)
