"""The facts that the simulated network stands on: places, earthquakes and space weather, shipped with the package."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import xarray as xr

from soap.core.errors import BadParameter, NotFound
from soap.core.time import Window
from soap.formats import Reading, Source, detect
from soap.observations import Earthquake, Station
from soap.science.simulator import Drivers
from soap.services.composition import Composition

WINDOW = Window(np.datetime64("2016-03-01"), np.datetime64("2016-05-01"))
"""The span of the simulated network; the space weather shipped begins a month before it."""


def window(start: np.datetime64 | None, stop: np.datetime64 | None) -> Window:
    """The span from `start` to `stop`, `WINDOW`'s own end where one is not given."""
    return Window(WINDOW.start if start is None else start, WINDOW.stop if stop is None else stop)


_STATIONS, _EARTHQUAKES, _SPACE_WEATHER = "stations.csv", "earthquakes_2016.csv", "space_weather_2016.txt"
SPACE_WEATHER_FILE = "SW-2016-02-05_celestrak.txt"


@dataclass(frozen=True)
class Shipped:
    """`stations` of the network; `earthquakes`, the reading of the real catalogue; `space_weather`, a file's bytes."""

    stations: tuple[Station, ...]
    earthquakes: Reading
    space_weather: bytes

    def events(self, window: Window) -> tuple[Earthquake, ...]:
        """The earthquakes of a window, in order of time."""
        chosen = [event for event in self.earthquakes.events if window.start <= event.time < window.stop]
        return tuple(sorted(chosen, key=lambda event: (event.time, event.event_id)))

    def chosen(self, codes: tuple[str, ...]) -> tuple[Station, ...]:
        """The stations of these codes, all of them when none is named; `BadParameter` for a code there is not."""
        known = {station.code: station for station in self.stations}
        unknown = [code for code in codes if code.upper() not in known]
        if unknown:
            raise BadParameter(f"There is no simulated station {', '.join(unknown)}; there are: {', '.join(known)}.")
        return tuple(known[code] for code in dict.fromkeys(code.upper() for code in codes)) or self.stations

    def drivers(self, composition: Composition, seed: int) -> Drivers:
        """The space weather as simulators take it."""
        observed = _read(composition, SPACE_WEATHER_FILE, self.space_weather).observations
        activity, flux = _holding(observed, "ap"), _holding(observed, "f107")
        return Drivers(
            activity["time"].values, activity["kp"].values, activity["ap"].values,
            flux["time"].values.astype("datetime64[D]"), flux["f107"].values, seed,
        )  # fmt: skip


def shipped(composition: Composition) -> Shipped:
    """The shipped facts, read by the composition's own readers."""
    rows = csv.DictReader(line for line in _text(_STATIONS).splitlines() if not line.startswith("#"))
    stations = tuple(
        Station(row["iaga_code"], float(row["latitude_deg"]), float(row["longitude_deg"]), name=row["name"],
                region=row["region"], place_grade=row["grade"])
        for row in rows
    )  # fmt: skip
    bare = "".join(line for line in _text(_EARTHQUAKES).splitlines(keepends=True) if not line.startswith("#"))
    earthquakes = _read(composition, _EARTHQUAKES, bare.encode())
    return Shipped(stations, earthquakes, _text(_SPACE_WEATHER).encode())


def station_list(stations: tuple[Station, ...]) -> bytes:
    """The stations as a list in the format of `observatories.csv`."""
    lines = ["iaga_code,name,region,latitude_deg,longitude_deg,grade"]
    lines += [f"{s.code},{s.name},{s.region},{s.latitude},{s.longitude},{s.place_grade}" for s in stations]
    return ("\n".join(lines) + "\n").encode()


def _text(name: str) -> str:
    return (files("soap.services.simulate") / name).read_text("utf-8")


def _read(composition: Composition, name: str, data: bytes) -> Reading:
    source = Source(name, data)
    return detect(source, composition.readers).read(source)


def _holding(observations: tuple[xr.Dataset, ...], variable: str) -> xr.Dataset:
    for observation in observations:
        if variable in observation:
            return observation
    raise NotFound(f"The shipped space weather holds no {variable!r}.")
