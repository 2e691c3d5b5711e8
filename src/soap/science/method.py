"""What a method is: a pure function and the record that declares it to commands, API, forms and provenance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict


class Parameters(BaseModel):
    """Base of a method's parameters: typed, bounded, described, frozen; an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True)
class NullRate:
    """How often a detector marks what is only noise: the share `value` of `n` samples of the named `noise`."""

    value: float
    n: int
    noise: str
    seed: int


@dataclass(frozen=True)
class Method:
    """A method: `run(values, **parameters)`, what it needs before the window (`lead_in`), and where it comes from.

    `name` is `<subject>_<author>_<year>`; `takes` and `gives` are shapes (`series`, `track`, `field`, `number`);
    `reference` is a DOI or a full citation; `null_rate(parameters, n, seed)` is present exactly when the method is a
    detector, and measures, with the same `run`, how often it fires on noise.
    """

    name: str
    title: str
    takes: str
    gives: str
    parameters: type[Parameters]
    run: Callable[..., Any]
    reference: str
    lead_in: Callable[[Any], np.timedelta64] = lambda parameters: np.timedelta64(0, "D")
    null_rate: Callable[[Any, int, int], NullRate] | None = None
    version: str = "1"
