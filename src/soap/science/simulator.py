"""What a simulator is: a pure function (place or orbit, times, drivers, rng) → observation, and its record.

The drivers are real (Kp, ap, F10.7); chance comes from generators keyed by a seed and a name, so that what one
station shows depends neither on which other stations are simulated, nor on their order, nor on who does the work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Drivers:
    """What drives the simulated world.

    `time` (n,) `datetime64[ns]`: starts of three-hour intervals, without gaps, from before the first simulated
    instant; `kp` (n,) in thirds, 0 to 9; `ap` (n,) [nT]; `day` (k,) `datetime64[D]` and `f107` (k,) [sfu]; `seed`
    of all chance.
    """

    time: np.ndarray
    kp: np.ndarray
    ap: np.ndarray
    day: np.ndarray
    f107: np.ndarray
    seed: int

    def rng(self, *names: str) -> np.random.Generator:
        """The generator of that name: always the same numbers for the same seed and names."""
        return np.random.default_rng([self.seed, *"/".join(names).encode()])

    @property
    def days(self) -> int:
        """Number of UTC days that are driven."""
        return -(-len(self.time) // 8)

    @property
    def steady_f107(self) -> np.ndarray:
        """`f107` as the median of three days, so that a burst (938.6 sfu on 7 March 2011) is not taken for EUV."""
        padded = np.pad(self.f107, 1, mode="edge")
        return np.median([padded[:-2], padded[1:-1], padded[2:]], axis=0)

    def days_since_noon(self, times: np.ndarray) -> np.ndarray:
        """Days from noon of the first driven day to each time."""
        return (times - self.time[0].astype("datetime64[D]")) / np.timedelta64(1, "D") - 0.5

    def ap_of_past_day(self, times: np.ndarray) -> np.ndarray:
        """Mean ap of the 24 h before each time [nT], of whole three-hour intervals."""
        total = np.concatenate([[0.0], np.cumsum(self.ap)])
        stop = np.clip(((times - self.time[0]) // np.timedelta64(3, "h")).astype(int), 1, len(self.ap))
        start = np.maximum(stop - 8, 0)
        return (total[stop] - total[start]) / (stop - start)


@dataclass(frozen=True)
class Grid:
    """Where a map is made: `latitude` rising and `longitude` [degree], shapes (nlat,), (nlon,)."""

    latitude: np.ndarray
    longitude: np.ndarray


@dataclass(frozen=True)
class HalfOrbit:
    """One half-orbit of a satellite: `time` (n,), `latitude`, `longitude` [degree], `height_km`, and its number.

    `orbit_number` counts revolutions; `orbit_state` is ascending or descending; `platform` as in collection ids.
    """

    time: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    height_km: np.ndarray
    orbit_number: int
    orbit_state: Literal["ascending", "descending"]
    platform: str

    @property
    def half_orbit_id(self) -> str:
        """Revolution number and direction, as in CSES file names: last digit 1 ascending, 0 descending."""
        return f"{self.orbit_number:05d}{int(self.orbit_state == 'ascending')}"


@dataclass(frozen=True)
class Injection:
    """How a signal of known size is put into a simulated dataset, and in what unit its size is counted.

    `quantity` says in words what grows; `sigma(dataset, quiet_days)` is the day-to-day standard deviation of its
    natural logarithm without signal; `enlarge(dataset, days, factor)` multiplies it on the given local days.
    """

    quantity: str
    sigma: Callable[[xr.Dataset, np.ndarray], float]
    enlarge: Callable[[xr.Dataset, np.ndarray, float], xr.Dataset]


@dataclass(frozen=True)
class Simulator:
    """A simulator's record.

    `run(where, times, drivers, rng)` gives a checked dataset marked simulated; `where` is a `Station`, a `Grid` or a
    `HalfOrbit` as `place` says; `cadence` is the step of its times; `reader` names the format it is written in, and
    `file_name(dataset)` the file, as that format's producers name theirs; `packed` where those are sent gzipped;
    `injection` where a signal can be put in.
    """

    title: str
    place: Literal["station", "grid", "half_orbit"]
    cadence: np.timedelta64
    reader: str
    file_name: Callable[[xr.Dataset], str]
    run: Callable[[Any, np.ndarray, Drivers, np.random.Generator], xr.Dataset]
    reference: str
    packed: bool = False
    injection: Injection | None = None
