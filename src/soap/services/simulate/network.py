"""Making the simulated network: run every simulator of the composition and write what it gives in its real format."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import xarray as xr

from soap.core.errors import BadParameter
from soap.core.time import Window, iso, period_starts, period_window
from soap.core.who import Viewer
from soap.formats import Reading
from soap.observations import Station
from soap.science.simulator import Drivers, Grid
from soap.services.composition import Composition
from soap.services.simulate import folder, orbit, plan, truth
from soap.services.simulate.shipped import SPACE_WEATHER_FILE, WINDOW, Shipped, shipped, station_list

GRID = Grid(np.arange(-87.5, 87.51, 2.5), np.arange(-180.0, 180.01, 5.0))
"""Grid of the maps, that of the global ionosphere maps of the analysis centres."""
NEAR_KM = 50.0
"""Half-orbits are written that come so near to a station of the network."""
DEFAULT_SEED = 20160413

_GZIP_LEVEL = 4
_PLACE = ("latitude", "longitude")

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Simulated:
    """What one run wrote: `observations` is the folder to ingest, `truth` the file that says what is in it.

    `files` and `octets` count what lies in `observations`; `counts` the datasets of each simulator; `targets` the
    earthquakes whose stations carry the signal (none when `inject_sigma` is 0).
    """

    observations: Path
    truth: Path
    files: int
    octets: int
    counts: dict[str, int]
    targets: tuple[plan.Target, ...]

    def as_json(self) -> dict:
        """The outcome as plain values."""
        return {
            "simulated": True, "observations": str(self.observations), "truth": str(self.truth), "files": self.files,
            "bytes": self.octets, "datasets": dict(self.counts),
            "injected_events": [target.event.event_id for target in self.targets],
        }  # fmt: skip


@dataclass(frozen=True)
class _Run:
    """The choices of one run, and the facts it stands on."""

    composition: Composition
    facts: Shipped
    drivers: Drivers
    window: Window
    stations: tuple[Station, ...]
    targets: tuple[plan.Target, ...]
    inject_sigma: float
    near_km: float

    @cached_property
    def half_orbits(self) -> tuple[tuple[int, orbit.State], ...]:
        """Number and state of the half-orbits that come near a station."""
        latitudes, longitudes = (np.array([getattr(station, name) for station in self.stations]) for name in _PLACE)
        return tuple(orbit.half_orbits(self.window, latitudes, longitudes, self.near_km))


def simulate(viewer: Viewer, composition: Composition, out: Path, *, window: Window = WINDOW,
             stations: tuple[str, ...] = (), inject_sigma: float = 0.0, seed: int = DEFAULT_SEED,
             near_km: float = NEAR_KM, progress: Progress | None = None) -> Simulated:  # fmt: skip
    """Write the simulated network of `window` into the folder `out`, as files that the ordinary readers read.

    `stations` are codes, none for all; `inject_sigma` (0 to 10) is the size of the signal put into the daily range
    before earthquakes, in day-to-day standard deviations of its logarithm (see `plan`); `near_km` how near a half-orbit
    must come to a station to be written. The same choices and seed give the same bytes; a station's values depend
    neither on the window nor on which others are chosen. What an earlier run wrote into `out` is replaced;
    `BadParameter` when anything else is there, or a choice is out of its bounds. `viewer` asks; everything is public.
    """
    _check(window, inject_sigma, seed, near_km)
    facts = shipped(composition)
    chosen = facts.chosen(stations)
    found = plan.targets(facts.events(WINDOW), chosen, window) if inject_sigma else ()
    run = _Run(composition, facts, facts.drivers(composition, seed), window, chosen, found, inject_sigma, near_km)
    place = folder.prepared(out)
    counts: dict[str, int] = {}
    signals: dict[str, truth.Signal] = {}
    written: dict[str, str] = {}
    octets = 0
    steps = list(_steps(run, signals))
    for number, (kind, datasets) in enumerate(steps):
        if progress:
            progress(kind, number, len(steps))
        for dataset in datasets():
            name, data = _file(run, kind, dataset)
            written[name], octets = folder.put(place, name, data), octets + len(data)
            counts[kind] = counts.get(kind, 0) + 1
    for name, data in _facts(run):
        written[name], octets = folder.put(place, name, data), octets + len(data)
    told = truth.write(out, _choices(run, seed), found, signals, written)
    return Simulated(place, told, len(written), octets, counts, found)


def _check(window: Window, inject_sigma: float, seed: int, near_km: float) -> None:
    if window.start < WINDOW.start or window.stop > WINDOW.stop:
        raise BadParameter(
            f"The network is simulated from {iso(WINDOW.start)} to {iso(WINDOW.stop)};"
            f" {iso(window.start)} to {iso(window.stop)} reaches beyond. Choose a window within."
        )
    if not 0 <= inject_sigma <= 10:
        raise BadParameter(f"A signal of {inject_sigma:g} sigma is none to look for; give 0 (none) to 10.")
    if not 0 <= seed < 2**32:
        raise BadParameter(f"The seed {seed} is out of bounds; give a whole number from 0 to 4294967295.")
    if not 0 <= near_km <= 21_000:
        raise BadParameter(f"A distance of {near_km:g} km is out of bounds; give 0 to 21000.")


def _steps(run: _Run, signals: dict[str, truth.Signal]) -> Iterator[tuple[str, Callable[[], Iterator[xr.Dataset]]]]:
    """Every piece of work, with the simulator's name: a station, a month of maps, or a half-orbit."""
    for kind, simulator in sorted(run.composition.simulators.items()):
        if simulator.place == "station":
            for station in run.stations:
                yield kind, partial(_station, run, kind, station, signals)
        elif simulator.place == "grid":
            for month in np.unique(period_starts(_times(run.window, simulator.cadence), "month")):
                yield kind, partial(_maps, run, kind, month)
        else:
            for number, state in run.half_orbits:
                yield kind, partial(_half_orbit, run, kind, number, state)


def _times(window: Window, cadence: np.timedelta64) -> np.ndarray:
    return np.arange(window.start, window.stop, cadence.astype("timedelta64[ns]"))


def _station(run: _Run, kind: str, station: Station, signals: dict[str, truth.Signal]) -> Iterator[xr.Dataset]:
    """A station's months, with the signal in them; made for the whole span, so that no choice of window changes it."""
    simulator = run.composition.simulators[kind]
    dataset = simulator.run(
        station, _times(WINDOW, simulator.cadence), run.drivers, run.drivers.rng(kind, station.code)
    )
    days = plan.days_of(station, run.targets)
    if simulator.injection and len(days):
        sigma = simulator.injection.sigma(dataset, plan.quiet_days(station, run.drivers))
        factor = float(np.exp(run.inject_sigma * sigma))
        dataset = simulator.injection.enlarge(dataset, days, factor)
        told = truth.Signal(simulator.injection.quantity, station.code, sigma, factor, days)
        signals[f"{kind} {station.code}"] = told
    inside = np.flatnonzero(run.window.holds(dataset["time"].values))
    yield from _periods(dataset.isel(time=slice(inside[0], inside[-1] + 1)), "month")


def _maps(run: _Run, kind: str, month: np.datetime64) -> Iterator[xr.Dataset]:
    """The days of a month of maps."""
    simulator, whole = run.composition.simulators[kind], period_window(month, "month")
    window = Window(max(whole.start, run.window.start), min(whole.stop, run.window.stop))
    times = _times(window, simulator.cadence)
    yield from _periods(simulator.run(GRID, times, run.drivers, run.drivers.rng(kind, str(month))), "day")


def _half_orbit(run: _Run, kind: str, number: int, state: orbit.State) -> Iterator[xr.Dataset]:
    simulator = run.composition.simulators[kind]
    half = orbit.half_orbit(number, state, simulator.cadence)
    yield simulator.run(half, half.time, run.drivers, run.drivers.rng(kind, half.half_orbit_id))


def _periods(dataset: xr.Dataset, period: str) -> Iterator[xr.Dataset]:
    """The dataset cut into calendar periods."""
    starts = period_starts(dataset["time"].values, period)
    for start in np.unique(starts):
        here = np.flatnonzero(starts == start)
        yield dataset.isel(time=slice(here[0], here[-1] + 1))


def _file(run: _Run, kind: str, dataset: xr.Dataset) -> tuple[str, bytes]:
    """Path below the folder of observations, and content, of a simulated dataset in its real format."""
    simulator = run.composition.simulators[kind]
    write = run.composition.reader(simulator.reader).write
    if write is None:
        raise BadParameter(f"The format {simulator.reader!r} of the simulator {kind!r} cannot be written.")
    data, name = write(Reading((dataset,))), f"{kind}/{simulator.file_name(dataset)}"
    return (f"{name}.gz", gzip.compress(data, _GZIP_LEVEL, mtime=0)) if simulator.packed else (name, data)


def _facts(run: _Run) -> Iterator[tuple[str, bytes]]:
    """The real earthquakes and space weather, and the list of the simulated stations."""
    catalogue = next(reader for reader in run.composition.readers if reader.shape == "events" and reader.write)
    events = run.facts.events(run.window)
    if events and catalogue.write:
        found = Reading(events=events, events_collection_id=run.facts.earthquakes.events_collection_id)
        yield "facts/earthquakes.xml", catalogue.write(found)
    yield f"facts/{SPACE_WEATHER_FILE}", run.facts.space_weather
    yield "facts/observatories.csv", station_list(run.stations)


def _choices(run: _Run, seed: int) -> dict:
    return {
        "start": iso(run.window.start), "stop": iso(run.window.stop), "seed": seed,
        "stations": [station.code for station in run.stations],
        "inject_sigma": float(run.inject_sigma), "near_km": float(run.near_km),
    }  # fmt: skip
