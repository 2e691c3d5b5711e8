"""What one receiver observed, as arrays: one plane of time x satellite for each kind of observation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class SystemObservations:
    """Observations of the satellites of one system.

    `codes` are RINEX 3 observation codes (`C1C`, `L2W`, `S5X`; RINEX 2 types are translated), `sv` satellites in
    RINEX 3 spelling (`G05`), sorted. `values` has shape (code, time, sv): pseudorange [m], carrier phase [cycle],
    Doppler [Hz], signal strength as the file gives it; NaN where there is none. `lli` has the same shape: the loss of
    lock indicator, 0 where blank.
    """

    system: str
    codes: tuple[str, ...]
    sv: tuple[str, ...]
    values: np.ndarray
    lli: np.ndarray

    def plane(self, code: str) -> np.ndarray:
        """Values of one code, shape (time, sv); `KeyError` where the file has no such code."""
        if code not in self.codes:
            raise KeyError(code)
        return self.values[self.codes.index(code)]


@dataclass(frozen=True)
class Observations:
    """All that one observation file says.

    `time` is GPS time, rising strictly. `breaks` are indices into `time`: the file does not say whether phases are
    continuous from before such a time to it (power failure, new site, a splice of files). `position_m` is the
    approximate place of the marker, Earth-centred Earth-fixed, NaN where the file has none. `channels` are GLONASS
    frequency numbers by satellite.
    """

    station: str
    time: np.ndarray
    systems: Mapping[str, SystemObservations]
    position_m: np.ndarray
    interval_s: float
    breaks: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    channels: Mapping[str, int] = field(default_factory=dict)
    receiver: str = ""
    antenna: str = ""
    notes: tuple[str, ...] = ()
