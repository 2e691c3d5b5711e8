"""What a quality control is: a method that judges values as they come in, and where it is applied."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

from soap.observations import Quality
from soap.science.method import Method, Parameters


@dataclass(frozen=True)
class QualityControl:
    """Which values a method judges on ingest, with which thresholds, and the flag it sets on those it marks.

    `method.run` takes (values, times, **parameters), or (times, **parameters) where `method.takes` is `times`, and
    gives True where it marks; values are never changed. Judged are the `variables`, where an observation of that
    `shape` has them and its cadence [s] lies within `cadence_s`, both ends included.
    """

    method: Method
    flag: Quality
    variables: tuple[str, ...]
    parameters: Parameters
    cadence_s: tuple[float, float]
    shape: str = "series"

    def __post_init__(self) -> None:
        if not isinstance(self.parameters, self.method.parameters):
            raise ValueError(f"{self.method.name} takes {self.method.parameters.__name__}, not {self.parameters!r}.")
        if self.flag not in Quality or self.flag in (Quality.GOOD, Quality.MISSING):
            raise ValueError(f"{self.method.name} cannot set {self.flag!r}; one flag, and not missing, is possible.")

    @cached_property
    def label(self) -> str:
        """What was applied, as observations record it: method, version, parameters."""
        chosen = json.dumps(self.parameters.model_dump(), sort_keys=True, separators=(", ", "="))
        return f"{self.method.name}@{self.method.version}({chosen[1:-1].replace(chr(34), '')})"
