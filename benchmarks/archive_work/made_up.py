"""Observations made up for the benchmark: a network's minute values and a satellite's half-orbits, the same each run.

Minute values have the instruments' resolution (0.1 nT), a diurnal variation, slow drift, noise, and gaps. Half-orbits
are those of a satellite in a sun-synchronous orbit at two and fourteen o'clock, as CSES's, from 65 S to 65 N.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import xarray as xr

from soap.archive.draft import Arrival
from soap.core.time import Window
from soap.core.who import folder_owner
from soap.formats import Reading
from soap.observations import quality

ME = folder_owner("benchmark")
COMPONENTS = {"b_north": 29_000.0, "b_east": -3_500.0, "b_down": 36_000.0, "b_total": 46_500.0}
YEAR = 2016
PLASMA = {
    "electron_density": ("m-3", 4e10, 8e9),
    "electron_temperature": ("K", 2_200.0, 150.0),
    "ion_density": ("m-3", 4.2e10, 7e9),
    "ion_temperature": ("K", 1_100.0, 80.0),
    "spacecraft_potential": ("V", -1.2, 0.1),
    "b_north": ("nT", 24_000.0, 900.0),
    "b_east": ("nT", 300.0, 700.0),
    "b_down": ("nT", 12_000.0, 900.0),
    "e_x": ("mV/m", 0.0, 3.0),
    "e_y": ("mV/m", 0.0, 3.0),
}
PER_DAY = 30
"""Half-orbits a day."""

TRACKS = "topside.made_up.lap.l2"
FIRST_DAY = np.datetime64("2018-08-01", "ns")
EPICENTRE = 23.1, 94.9
_REACH_DEG = 65.0
_DURATION_S = 2_880.0


@dataclass(frozen=True)
class Size:
    """How much is made up."""

    stations: int = 50
    months: int = 12
    half_orbits: int = 2_000
    samples: int = 20_000
    granules: int = 1_000_000
    questions: int = 1_000

    @property
    def minutes(self) -> int:
        """Times of one station."""
        return int((self.stop - start_of(1)) / np.timedelta64(1, "m"))

    @property
    def stop(self) -> np.datetime64:
        """End of the minute values."""
        return start_of(self.months + 1)

    @property
    def values(self) -> int:
        """Minute values of all stations."""
        return self.stations * self.minutes * len(COMPONENTS)


QUICK = Size(stations=3, months=2, half_orbits=960, samples=400, granules=4_000, questions=60)


def start_of(month: int) -> np.datetime64:
    """First instant of a month of the year, 13 being the next year's first."""
    return (np.datetime64(f"{YEAR}-01", "M") + (month - 1)).astype("datetime64[ns]")


def station(number: int) -> str:
    """Code of a station."""
    return f"s{number:02d}"


def collection(number: int) -> str:
    """Identifier of a station's series."""
    return f"geomagnetism.{station(number)}.pt1m"


def minute_values(number: int, start: np.datetime64, stop: np.datetime64) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Times and the components [nT] of a station."""
    count = int((stop - start) / np.timedelta64(1, "m"))
    time = start + np.arange(count) * np.timedelta64(60 * 10**9, "ns")
    rng = np.random.default_rng([number, int(start.astype(np.int64) // 10**9)])
    phase = 2 * np.pi * np.arange(count) / 1440 + number
    columns = {}
    for place, (name, level) in enumerate(COMPONENTS.items()):
        drift = np.cumsum(rng.standard_normal(count, dtype=np.float32)) * 0.15
        noise = rng.standard_normal(count, dtype=np.float32) * 0.3
        values = level + 10 * number + 25 * np.sin(phase + place) + 8 * np.sin(2 * phase) + drift + noise
        columns[name] = np.round(values, 1)
    for _ in range(3 if count > 1440 else 0):
        at = int(rng.integers(0, count - 300))
        for values in columns.values():
            values[at : at + 240] = np.nan
    return time, columns


def minute_series(number: int, start: np.datetime64, stop: np.datetime64) -> xr.Dataset:
    """A station's values as a reader gives them."""
    time, columns = minute_values(number, start, stop)
    attrs = {
        "shape": "series",
        "collection_id": collection(number),
        "platform": station(number),
        "cadence": "PT1M",
        "maturity": "variation",
        "time_stamp": "start",
        "level": "L1",
        "simulated": True,
        "latitude": -60.0 + 2.4 * number,
        "longitude": -170.0 + 6.8 * number,
    }
    return xr.Dataset(_variables(columns, dict.fromkeys(columns, "nT")), coords={"time": time}, attrs=attrs)


def half_orbit(number: int, samples: int) -> tuple[np.ndarray, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Times, place (latitude, longitude [degree], height [km]) and values of a half-orbit; even ones are by night.

    Place and values are exact in float32, as the instruments' files hold them.
    """
    rng = np.random.default_rng([number, samples])
    along = np.arange(samples) / samples
    start = FIRST_DAY + np.timedelta64(number * 86_400 // PER_DAY, "s")
    time = start + (along * _DURATION_S * 1e9).astype("timedelta64[ns]")
    night = number % 2 == 0
    latitude = _REACH_DEG * (2 * along - 1) * (1 if night else -1)
    local = (2.0 if night else 14.0) + 0.2 * np.tan(np.radians(latitude))
    universal = (time - FIRST_DAY) / np.timedelta64(1, "h")
    longitude = ((local - universal) * 15.0 + 180.0) % 360.0 - 180.0
    height = 507.0 + 3.0 * np.cos(np.radians(latitude))
    shape = np.cos(np.radians(2 * latitude))
    values = {
        name: (level + spread * (shape + 0.1 * rng.standard_normal(samples, dtype=np.float32))).astype(np.float32)
        for name, (_, level, spread) in PLASMA.items()
    }
    place = {"latitude": latitude, "longitude": longitude, "height_km": height}
    return time, {name: one.astype(np.float32) for name, one in place.items()}, values


def track(number: int, samples: int) -> xr.Dataset:
    """A half-orbit as a reader gives it."""
    time, place, values = half_orbit(number, samples)
    attrs = {
        "shape": "track",
        "collection_id": TRACKS,
        "platform": "made_up",
        "half_orbit_id": f"{number:06d}",
        "maturity": "unknown",
        "time_stamp": "centre",
        "level": "L2",
        "simulated": True,
    }
    columns = {name: one.astype(np.float64) for name, one in values.items()}
    coords = {"time": time} | {name: ("time", one.astype(np.float64)) for name, one in place.items()}
    units = {name: unit for name, (unit, _, _) in PLASMA.items()}
    return xr.Dataset(_variables(columns, units), coords=coords, attrs=attrs)


def days_of_tracks(first: int, days: int) -> Window:
    """A window of half-orbits."""
    start = FIRST_DAY + np.timedelta64(first, "D")
    return Window(start, start + np.timedelta64(days, "D"))


def arrival(name: str, observation: xr.Dataset) -> Arrival:
    """An observation as if read from a file of that name, whose bytes are the name alone."""
    content = name.encode()
    reading = Reading(observations=(observation,), simulated=True)
    return Arrival(name, content, hashlib.sha256(content).hexdigest(), "benchmark", reading)


def _variables(columns: dict[str, np.ndarray], units: dict[str, str]) -> dict:
    out = {}
    for name, values in columns.items():
        flags = np.isnan(values).astype(np.uint8)
        out[name] = ("time", values, {"units": units[name]})
        out[name + quality.SUFFIX] = ("time", flags, quality.attributes(name))
    return out
