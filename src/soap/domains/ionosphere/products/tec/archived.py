"""What an archive holds of a receiver, as observations again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from soap.core.errors import BadParameter
from soap.core.time import utc_to_gps
from soap.domains.ionosphere.names import OBSERVATION_CODES
from soap.domains.ionosphere.science.gnss.observation import Observations, SystemObservations
from soap.observations.quality import SUFFIX, Quality
from soap.science.ellipsoid import earth_fixed

if TYPE_CHECKING:
    import xarray as xr

_CODES = {variable.name: variable.symbol for variable in OBSERVATION_CODES}


def takes(shape: str, variables: Collection[str]) -> bool:
    """True of rays that hold pseudoranges and phases."""
    kinds = {name[0] for name in variables if name in _CODES}
    return shape == "rays" and {"c", "l"} <= kinds


def uses(variable: str) -> bool:
    """True of pseudoranges and phases."""
    return variable in _CODES and variable[0] in "cl"


def observations_of(datasets: Sequence[xr.Dataset]) -> Observations:
    """One receiver's observations from the datasets of its systems; `BadParameter` when they are of several receivers.

    A value that is flagged out of range is left out; a phase that is flagged as jumping has lost its lock.
    """
    stations = {str(one.attrs["platform"]) for one in datasets}
    if len(stations) != 1:
        raise BadParameter(f"These observations are of {len(stations)} stations; TEC is computed of one at a time.")
    time = np.unique(np.concatenate([one["time"].values for one in datasets]))
    systems: dict[str, SystemObservations] = {}
    for dataset in datasets:
        for system in sorted({str(sv)[0] for sv in dataset["sv"].values}):
            systems[system] = _system(dataset, system, time)
    attrs = datasets[-1].attrs
    steps, counts = np.unique(np.diff(time), return_counts=True)
    interval = float(steps[counts.argmax()] / np.timedelta64(1, "s")) if len(steps) else float("nan")
    return Observations(
        station=stations.pop().upper(),
        time=utc_to_gps(time),
        systems=systems,
        position_m=_position(attrs),
        interval_s=interval,
        channels=_channels(datasets),
    )


def _system(dataset: xr.Dataset, system: str, time: np.ndarray) -> SystemObservations:
    of = np.flatnonzero([str(sv)[0] == system for sv in dataset["sv"].values])
    at = np.searchsorted(time, dataset["time"].values)
    names = [name for name in _CODES if name in dataset and uses(name)]
    values = np.full((len(names), len(time), len(of)), np.nan)
    lli = np.zeros(values.shape, dtype=np.uint8)
    for number, name in enumerate(names):
        flags = dataset[name + SUFFIX].values[:, of]
        known = dataset[name].values[:, of].copy()
        known[(flags & np.uint8(Quality.OUT_OF_RANGE)) != 0] = np.nan
        values[number][at] = known
        lli[number][at] = (flags & np.uint8(Quality.JUMP)) != 0
    sv = tuple(str(one) for one in dataset["sv"].values[of])
    return SystemObservations(system, tuple(_CODES[name] for name in names), sv, values, lli)


def _position(attrs: Mapping) -> np.ndarray:
    if "latitude" not in attrs:
        return np.full(3, np.nan)
    return earth_fixed(float(attrs["latitude"]), float(attrs["longitude"]), float(attrs.get("height_m", 0.0)))


def _channels(datasets: Sequence[xr.Dataset]) -> dict[str, int]:
    """GLONASS frequency numbers, as the attribute `glonass_channels` tells them (`R01:1 R02:-4`)."""
    told = " ".join(str(one.attrs.get("glonass_channels", "")) for one in datasets)
    return {sv: int(number) for sv, _, number in (pair.partition(":") for pair in told.split())}
