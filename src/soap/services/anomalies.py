"""Anomalies at once: what a detector marks of a series, or of what is overhead, and how often it marks noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from soap.archive import Archive, Selection, query
from soap.core.checked import checked
from soap.core.errors import BadParameter, NotFound, TooLarge
from soap.core.time import Window, duration
from soap.core.who import Viewer
from soap.science.method import Method, NullRate
from soap.services import methods
from soap.services.composition import Composition
from soap.services.get import Wanted, wanted
from soap.services.overhead import Place, map_values, passes_of_days
from soap.services.study.blocks import Series
from soap.services.study.holdings import alike
from soap.services.study.observed import parts_of, variable_of

MOST_DAYS = 400
"""Days of one question, the background's among them."""
STEPS_S = (60, 300, 900, 3600, 7200, 10800, 86400)
"""Lengths of the intervals [s] whose means a detector may be given; all divide a day."""
_LEAST_SHARE = 0.5
_DAY = np.timedelta64(1, "D")
_NS = np.timedelta64(1, "ns")


@dataclass(frozen=True)
class Asked:
    """Which values, in which window, and by which detector; `place` and `part` for what is overhead."""

    collection_id: str | None
    variable: str
    window: Window
    method: str
    parameters: Mapping[str, Any]
    step_s: int = 3600
    provider: str | None = None
    station: str | None = None
    as_of: np.datetime64 | None = None
    place: Place | None = None
    part: Literal["night", "day"] = "night"


@dataclass(frozen=True)
class Judged:
    """Values on a grid (day, interval), or (day,), as detectors take them, and the start of each."""

    time: np.ndarray
    values: np.ndarray
    units: str
    simulated: bool


@dataclass(frozen=True)
class Anomalies:
    """What a detector says of each interval in the window, and how often it says so of noise.

    `time` start of each interval, `values` its mean, `outside` the signed distance outside the detector's band, 0
    inside it, NaN where it is not known; all (interval,), in `units`.
    """

    method: Method
    parameters: Mapping[str, Any]
    version: str
    units: str
    time: np.ndarray
    values: np.ndarray
    outside: np.ndarray
    null_rate: NullRate
    simulated: bool
    owners: frozenset[str]

    @property
    def n_judged(self) -> int:
        """Intervals of which the detector can say something."""
        return int(np.isfinite(self.outside).sum())

    @property
    def n_marked(self) -> int:
        """Intervals that it marks."""
        return int(np.count_nonzero(np.isfinite(self.outside) & (self.outside != 0)))


def anomalies(viewer: Viewer, archive: Archive, composition: Composition, asked: Asked) -> Anomalies:
    """Run a detector on means over intervals, its background read from before the window.

    Of a series the intervals are `step_s` long; of maps too, at the grid point nearest to the place; of tracks each
    day's median in the place is one value, night and day apart. Values with any flag against them are left out; an
    interval with fewer than half of its values is unknown. Raises `NotFound` for what is not held, `BadParameter` for
    a method that is no detector of series, parameters that it does not take, or what is overhead without a place,
    `TooLarge` for more than `MOST_DAYS`.
    """
    method = composition.method(asked.method)
    if method.null_rate is None or (method.takes, method.gives) != ("series", "series"):
        raise BadParameter(
            f"{method.name} is no detector of series; choose a method that has a null rate.",
            command="`soap methods` lists them.",
        )
    chosen = checked(method.parameters, asked.parameters, f"parameters of {method.name}")
    first = (asked.window.start - method.lead_in(chosen)).astype("datetime64[D]").astype("datetime64[ns]")
    wide = Window(first, asked.window.stop)
    if wide.stop - wide.start > MOST_DAYS * _DAY:
        raise TooLarge(
            f"With its background this is {(wide.stop - wide.start) / _DAY:.0f} days; anomalies are told of"
            f" {MOST_DAYS} at once. Ask for a shorter window, or let a study answer."
        )
    which = wanted(viewer, archive, asked.collection_id, wide, (asked.variable,), provider=asked.provider,
                   station=asked.station, as_of=asked.as_of)  # fmt: skip
    judged = _judged(which, asked)
    outside = np.asarray(method.run(judged.values, **chosen.model_dump())).ravel()
    time, values = judged.time.ravel(), judged.values.ravel()
    inside = asked.window.holds(time)
    return Anomalies(
        method, chosen.model_dump(), which.version, judged.units, time[inside], values[inside], outside[inside],
        methods.null_rate_of(method, chosen), judged.simulated, _owners(which),
    )  # fmt: skip


def by_day(series: Series, first: np.datetime64, stop: np.datetime64, step_s: int) -> tuple[np.ndarray, np.ndarray]:
    """Start and mean of the known values of each interval of the days from `first` to before `stop`, (day, interval).

    `first` is a midnight, `step_s` one of `STEPS_S`. NaN where fewer than half of an interval's values are known; how
    many there should be is told from the median distance of two. `BadParameter` for intervals shorter than that.
    """
    if step_s not in STEPS_S:
        raise BadParameter(f"Intervals of {step_s} s are none; give one of {', '.join(map(str, STEPS_S))}.")
    step = step_s * 1_000_000_000 * _NS
    n_days, slots = int(np.ceil((stop - first) / _DAY)), int(_DAY / step)
    time = series.time.astype("datetime64[ns]")
    cadence = np.median(np.diff(time)) if len(time) > 1 else step
    if cadence > step:
        raise BadParameter(
            f"There is a value every {duration(float(cadence / np.timedelta64(1, 's')))}, less often than intervals of"
            f" {duration(step_s)}; ask for longer ones."
        )
    place = ((time - first) // step).astype(np.int64)
    known = np.isfinite(series.values) & (place >= 0) & (place < n_days * slots)
    count = np.bincount(place[known], minlength=n_days * slots)
    total = np.bincount(place[known], series.values[known], minlength=n_days * slots)
    enough = (count > 0) & (count * (cadence / step) >= _LEAST_SHARE)
    values = np.divide(total, count, out=np.full(n_days * slots, np.nan), where=enough)
    starts = first + np.arange(n_days * slots) * step
    return starts.reshape(n_days, slots), values.reshape(n_days, slots)


def _judged(which: Wanted, asked: Asked) -> Judged:
    """The values that are judged, as the collection's shape gives them."""
    held = which.held
    names = parts_of(asked.variable, held.variables) if held.shape == "series" else ()
    if not names and asked.variable not in held.variables:
        known = alike(asked.variable, held.variables, "it holds")
        raise NotFound(f"{held.collection_id} holds no {asked.variable}; {known}")
    if held.shape == "series":
        dataset = query.series(which.archive, which.viewer, held.collection_id, which.window, names, as_of=which.as_of,
                               provider=which.provider, station=which.station)  # fmt: skip
        series = variable_of(dataset, asked.variable)
    elif held.shape == "field" and asked.place is not None:
        series = map_values(which, asked.variable, asked.place)
    elif held.shape == "track" and asked.place is not None:
        time, values, units = passes_of_days(which, asked.variable, asked.place, asked.part)
        return Judged(time, values, units, held.simulated)
    else:
        raise BadParameter(f"{held.collection_id} is of shape {held.shape}; of tracks and maps give the place as well.")
    if series is None:
        raise NotFound(f"{held.collection_id} holds no {asked.variable} in this window.")
    time, values = by_day(series, which.window.start, which.window.stop, asked.step_s)
    return Judged(time, values, series.units, held.simulated)


def _owners(which: Wanted) -> frozenset[str]:
    selection = Selection(which.held.collection_id, window=which.window, as_of=which.as_of, provider=which.provider,
                          station=which.station)  # fmt: skip
    return frozenset(record.owner for record in query.granules(which.archive, which.viewer, selection))
