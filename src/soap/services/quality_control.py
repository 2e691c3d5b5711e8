"""Quality control on ingest: the flags that the domains' quality controls set on what a file holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import xarray as xr

from soap.archive.periods import cadence_seconds
from soap.core.errors import BadFile
from soap.formats import Reading
from soap.observations.quality import SUFFIX
from soap.science.quality_control import QualityControl

APPLIED = "quality_control"
"""Attribute of an observation: what judged its values, one after another; absent where nothing did."""


def judged(file: str, reading: Reading, controls: Iterable[QualityControl]) -> Reading:
    """The reading of a file with flags added to its values; the values stay, and so do the flags they came with.

    A control that fails is a `BadFile` naming it, so that one file never stops the others.
    """
    controls = tuple(controls)
    return replace(reading, observations=tuple(_judged(file, one, controls) for one in reading.observations))


def _judged(file: str, observation: xr.Dataset, controls: tuple[QualityControl, ...]) -> xr.Dataset:
    times = observation.variables["time"].values
    cadence = _cadence_s(observation, times)
    mine = [one for one in controls if _applies(one, observation, cadence)]
    if not mine:
        return observation
    found: dict[str, np.ndarray] = {}
    for control in mine:
        for name, marked in _run(file, control, observation, times):
            if marked.any():
                before = found.get(name, observation.variables[name + SUFFIX].values)
                found[name] = before | np.where(marked, np.uint8(control.flag), np.uint8(0))
    out = observation.copy()
    for name, flags in found.items():
        out[name + SUFFIX] = observation[name + SUFFIX].copy(data=flags)
    out.attrs = dict(observation.attrs) | {APPLIED: "; ".join(dict.fromkeys(one.label for one in mine))}
    return out


def _cadence_s(observation: xr.Dataset, times: np.ndarray) -> float | None:
    """The cadence that the observation states, else the median step; None for a single time."""
    stated = cadence_seconds(str(observation.attrs.get("cadence", "")))
    if stated is not None or len(times) < 2:
        return stated
    return float(np.median(np.diff(times)) / np.timedelta64(1, "s"))


def _applies(control: QualityControl, observation: xr.Dataset, cadence: float | None) -> bool:
    low, high = control.cadence_s
    return (
        control.shape == observation.attrs["shape"]
        and cadence is not None
        and low <= cadence <= high
        and any(name in observation for name in control.variables)
    )


def _run(
    file: str, control: QualityControl, observation: xr.Dataset, times: np.ndarray
) -> list[tuple[str, np.ndarray]]:
    try:
        return list(_marked(control, observation, times))
    except Exception as error:
        raise BadFile(
            f"The quality control {control.method.name} failed on it ({type(error).__name__}: {error})",
            file=file,
            next_step="Report this with the file: a quality control must take every series.",
        ) from error


def _marked(control: QualityControl, observation: xr.Dataset, times: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """The control's variables that are here, each with what the control marks; a missing value is never marked."""
    names = [name for name in control.variables if name in observation]
    chosen = control.parameters.model_dump()
    if control.method.takes == "times":
        tags = control.method.run(times, **chosen)
        for name in names if tags.any() else ():
            yield name, tags & ~np.isnan(observation.variables[name].values)
        return
    for name in names:
        values = observation.variables[name].values  # without the array round it, which takes longer to make
        yield name, control.method.run(values, times, **chosen) & ~np.isnan(values)
