"""Spectrograms of what is held: a variable of a series, its power over time and frequency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from soap.archive import query
from soap.archive.decimate import DOUBTFUL
from soap.core.errors import BadParameter, TooLarge
from soap.core.time import Window
from soap.observations.quality import SUFFIX
from soap.science.quality_control.neighbours import usual_step
from soap.science.spectrogram import LEAST_SEGMENT, Spectrogram, spectrogram
from soap.services.datasets import step_of
from soap.services.get import Wanted
from soap.services.values import granules_of

MOST_VALUES = 4_000_000
"""Times that one spectrogram is made of while somebody waits."""

_USUAL_SEGMENTS = 64
_USUAL_LENGTHS = (64, 4096)


@dataclass(frozen=True)
class HeldSpectrogram:
    """A variable's spectrogram: `time_edges` (columns + 1,) of its stretches, `segment_s` [s] of its segments."""

    variable: str
    units: str
    segment_s: float
    step_s: float
    time_edges: np.ndarray
    found: Spectrogram
    owners: tuple[str, ...]


def held_spectrogram(
    asked: Wanted, *, segment_s: float | None = None, columns: int = 300, rows: int = 100
) -> HeldSpectrogram:
    """The spectrogram of the one variable that is wanted, in `columns` equal stretches of the window.

    Values with a flag against them (`decimate.DOUBTFUL`) count as missing. `segment_s` [s] is the length of the
    segments whose periodograms are taken; without it, about a 64th of the window, 64 to 4096 samples. Frequencies are
    put together into at most `rows`. Raises `NotFound` when nothing is there, `BadParameter` when it is no series of
    one variable or too short, `TooLarge` beyond 4,000,000 times.
    """
    names = asked.variables or asked.held.variables
    if len(names) != 1 or asked.held.shape != "series":
        raise BadParameter(f"A spectrogram is of one variable of a series; name one of {', '.join(names)}.")
    records = granules_of(asked)
    count = sum(record.count for record in records)
    if count > MOST_VALUES:
        raise TooLarge(f"These are up to {count:,} times; a spectrogram is made of {MOST_VALUES:,}. Ask for less time.")
    window = _held_part(asked)
    step_ns = _step_ns(asked, window)
    number = int((window.stop - window.start).astype(np.int64)) // step_ns
    if number > MOST_VALUES:
        raise TooLarge(f"These are {number:,} steps; a spectrogram is made of {MOST_VALUES:,}. Ask for less time.")
    segment = _segment(number, segment_s, step_ns)
    dataset = _read(asked, _widened(window, segment * step_ns))
    values = _grid(dataset, names[0], window.start - np.timedelta64(segment * step_ns, "ns"), step_ns,
                   number + 2 * segment)  # fmt: skip
    edges = np.linspace(0, number, min(columns, number) + 1).round().astype(int)
    return HeldSpectrogram(
        variable=names[0],
        units=f"({dataset[names[0]].attrs.get('units', '1')})2/Hz",
        segment_s=segment * step_ns / 1e9,
        step_s=step_ns / 1e9,
        time_edges=window.start + edges * np.timedelta64(step_ns, "ns"),
        found=spectrogram(values, step_ns / 1e9, segment, edges + segment, rows),
        owners=tuple(sorted({record.owner for record in records})),
    )


def _held_part(asked: Wanted) -> Window:
    """The window as far as the collection reaches."""
    after = asked.held.last + np.timedelta64(1, "ns")
    return Window(max(asked.window.start, asked.held.first), min(asked.window.stop, after))


def _widened(window: Window, by_ns: int) -> Window:
    margin = np.timedelta64(by_ns, "ns")
    return Window(window.start - margin, window.stop + margin)


def _read(asked: Wanted, window: Window) -> xr.Dataset:
    return query.series(
        asked.archive, asked.viewer, asked.held.collection_id, window, asked.variables, as_of=asked.as_of,
        provider=asked.provider, station=asked.station,
    )  # fmt: skip


def _step_ns(asked: Wanted, window: Window) -> int:
    """The stated cadence [ns], else the usual step of the values; `BadParameter` where neither tells."""
    told = step_of(asked.held)
    step = usual_step(_read(asked, window)["time"].values) if told is None else int(told.astype(np.int64))
    if not step:
        raise BadParameter("One time has no spectrum; ask for a longer window.")
    return step


def _segment(number: int, segment_s: float | None, step_ns: int) -> int:
    """Samples of a segment; `BadParameter` where the window is shorter or the segment too short."""
    if number < LEAST_SEGMENT:
        raise BadParameter(f"{number} values have no spectrum; ask for at least {LEAST_SEGMENT} steps.")
    if segment_s is None:
        usual = 2 ** round(np.log2(max(number / _USUAL_SEGMENTS, 1)))
        return min(number, max(_USUAL_LENGTHS[0], min(usual, _USUAL_LENGTHS[1])))
    wanted = round(segment_s * 1e9 / step_ns)
    if not LEAST_SEGMENT <= wanted <= number:
        low, high = (count * step_ns / 1e9 for count in (LEAST_SEGMENT, number))
        raise BadParameter(f"Segments of {segment_s:g} s do not fit; here they have {low:g} to {high:g} s.")
    return wanted


def _grid(dataset: xr.Dataset, name: str, start: np.datetime64, step_ns: int, count: int) -> np.ndarray:
    """Values (count,) at steps from `start` on, each at the step nearest to it; what is missing or doubtful is NaN."""
    since = (dataset["time"].values - start).astype(np.int64)
    place = (since - since[0] % step_ns + step_ns // 2) // step_ns
    flags = dataset[name + SUFFIX].values
    sound = np.where(flags & np.uint8(DOUBTFUL), np.nan, dataset[name].values)
    inside = (place >= 0) & (place < count)
    values = np.full(count, np.nan)
    values[place[inside]] = sound[inside]
    return values
