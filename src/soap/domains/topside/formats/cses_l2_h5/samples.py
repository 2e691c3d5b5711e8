"""When and where the samples of a half-orbit are: time from two clocks, positions with their glitches taken out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from soap.core.errors import BadFile
from soap.core.place import distance_km
from soap.core.time import NS
from soap.formats import hdf5
from soap.formats.source import Source

if TYPE_CHECKING:
    import h5py

_VERSE_START = np.datetime64("2009-01-01T00:00:00", "ns")
"""VERSE_TIME counts milliseconds from here, leap seconds ignored."""

_VERSE_LATEST = 2_900_000_000_000
"""VERSE_TIME at the end of the year 2100 [ms]."""

_RANGES = (("GEO_LAT", -90.0, 90.0), ("GEO_LON", -180.0, 360.0), ("ALTITUDE", 50.0, 3000.0))
"""Places that are possible [degree, degree, km]; what is outside and no fill value is damage."""

_CLOCKS_AGREE = np.timedelta64(1, "s")
_FASTEST_KM_S = 20.0
"""No satellite in low orbit is this fast over ground (it is 7.1 km/s at 500 km)."""


@dataclass(frozen=True)
class Samples:
    """Times (rising), places, and `kept`: the rows of the file they are, in that order; `doubtful` clocks."""

    time: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    height_km: np.ndarray
    kept: np.ndarray
    doubtful: np.ndarray
    row_count: int
    notes: list[str] = field(default_factory=list)


def column(file: h5py.File, name: str, source: Source) -> np.ndarray:
    """A dataset of shape (N,), (N, 1) or (1, N) as (N,)."""
    values = hdf5.numbers(file, name, source)
    if values.ndim > 2 or (values.ndim == 2 and 1 not in values.shape and values.size):
        raise BadFile(f"{name} has the shape {values.shape}; one value per sample is expected", file=source.name)
    return values.reshape(-1)


def samples(file: h5py.File, source: Source) -> Samples:
    """Times and places of all usable rows; `BadFile` when there are fewer than two, or content is damaged."""
    utc = column(file, "UTC_TIME", source)
    if len(utc) < 2:
        raise BadFile(
            f"The half-orbit holds {'no sample' if not len(utc) else 'a single sample'}", file=source.name,
            next_step="Such fragments accompany the full file of the same half-orbit; use that one.",
        )  # fmt: skip
    place = [column(file, name, source) for name, _, _ in _RANGES]
    has_verse = "VERSE_TIME" in hdf5.names(file, source)
    verse = column(file, "VERSE_TIME", source) if has_verse else np.zeros(len(utc), np.int64)
    lengths = {len(part) for part in (utc, verse, *place)}
    if len(lengths) != 1:
        raise BadFile(f"Time and place have different lengths ({sorted(lengths)})", file=source.name)
    time, doubtful, notes = _instants(utc, verse, source)
    kept = _rising(time, notes)
    if len(kept) < 2:
        raise BadFile(f"Only {len(kept)} of {len(time)} samples have a time", file=source.name)
    latitude, longitude, height = _places(place, source)
    latitude, longitude, height, time = (part[kept] for part in (latitude, longitude, height, time))
    _drop_glitches(time, latitude, longitude, notes)
    if np.isnan(latitude).all():
        raise BadFile("No sample has a position", file=source.name)
    return Samples(time, latitude, longitude, height, kept, doubtful[kept], len(utc), notes)


def _instants(utc, verse, source: Source) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Time of each row (NaT where neither clock tells), rows where the clocks disagree by over a second, notes."""
    by_utc, has_ms = _from_utc(_whole(utc), source)
    by_verse = _from_verse(_whole(verse), source)
    notes = []
    with np.errstate(invalid="ignore"):
        apart = ~(np.abs(by_verse - by_utc) <= _CLOCKS_AGREE) & ~np.isnat(by_verse) & ~np.isnat(by_utc)
    time = np.where(np.isnat(by_utc) | (~has_ms & ~apart & ~np.isnat(by_verse)), by_verse, by_utc)
    if apart.any():
        notes.append(f"UTC_TIME and VERSE_TIME differ by over a second in {apart.sum()} samples; UTC_TIME is taken.")
    if np.isnat(time).any():
        notes.append(f"{np.isnat(time).sum()} of {len(time)} samples have no time and were left out.")
    return time, apart, notes


def _whole(values: np.ndarray) -> np.ndarray:
    """As int64; what is no number counts as 0 (no time)."""
    if values.dtype.kind == "f":
        values = np.where(np.isfinite(values) & (np.abs(values) < 9e18), values, 0.0)
    return values.astype(np.int64)


def _from_utc(compact: np.ndarray, source: Source) -> tuple[np.ndarray, np.ndarray]:
    """Compact decimal times YYYYMMDDHHMMSS[mmm] as datetime64, NaT for 0 and below; and which have milliseconds."""
    known = compact > 0
    has_ms = compact >= 10**16
    second, ms = np.where(has_ms, compact // 1000, compact), np.where(has_ms, compact % 1000, 0)
    date, clock = second // 10**6, second % 10**6
    year, month, day = date // 10**4, date // 100 % 100, date % 100
    hour, minute, second = clock // 10**4, clock // 100 % 100, clock % 100
    possible = (year >= 1990) & (year <= 2100) & (month >= 1) & (month <= 12) & (day >= 1)
    possible &= (hour <= 23) & (minute <= 59) & (second <= 60)
    months = np.where(possible, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(possible, day - 1, 0)
    possible &= days.astype("datetime64[M]") == months
    if (known & ~possible).any():
        wrong = compact[known & ~possible][0]
        raise BadFile(f"UTC_TIME holds {wrong}, which is no YYYYMMDDHHMMSS[mmm]", file=source.name)
    milliseconds = ((hour * 60 + minute) * 60 + second) * 1000 + ms
    time = days.astype(NS) + milliseconds.astype("timedelta64[ms]")
    time[~known] = np.datetime64("NaT")
    return time, has_ms


def _from_verse(verse: np.ndarray, source: Source) -> np.ndarray:
    """Milliseconds since 2009 as datetime64, NaT for 0 and below, which occurs in real files."""
    if (verse > _VERSE_LATEST).any():
        raise BadFile(f"VERSE_TIME holds {verse.max()} ms, which is after the year 2100", file=source.name)
    time = _VERSE_START + np.clip(verse, 0, None).astype("timedelta64[ms]")
    time[verse <= 0] = np.datetime64("NaT")
    return time


def _rising(time: np.ndarray, notes: list[str]) -> np.ndarray:
    """Rows in order of time, each instant once."""
    order = np.argsort(time, kind="stable")  # NaT goes last
    order = order[: int((~np.isnat(time)).sum())]
    if (np.diff(order) < 0).any():
        notes.append(f"{int((np.diff(order) < 0).sum())} breaks in the order of time were sorted.")
    first = np.concatenate([[True], np.diff(time[order]) > np.timedelta64(0)]) if len(order) else np.zeros(0, bool)
    if not first.all():
        notes.append(f"{int((~first).sum())} samples repeat the time of another; the first of each is kept.")
    return order[first]


def _places(place, source: Source) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Float64 places; NaN for fill values, `BadFile` for what is neither a place nor a fill."""
    cleaned = []
    for raw, (name, low, high) in zip(place, _RANGES, strict=True):
        values = filled(raw)
        wrong = (values < low) | (values > high)
        if wrong.any():
            raise BadFile(f"{name} holds {values[wrong][0]:g}; {low:g} to {high:g} is possible", file=source.name)
        cleaned.append(values)
    cleaned[1] = np.where(cleaned[1] > 180.0, cleaned[1] - 360.0, cleaned[1])
    return cleaned[0], cleaned[1], cleaned[2]


def filled(values: np.ndarray) -> np.ndarray:
    """As float64, with NaN for the fill values that occur: -9999, -99999, -1e31, not a number, infinite."""
    with np.errstate(invalid="ignore"):  # signalling NaN in damaged float32
        values = values.astype(float)
        values[np.isin(values, (-9999.0, -99999.0)) | ~np.isfinite(values) | (np.abs(values + 1e31) < 1e26)] = np.nan
    return values


def _drop_glitches(time, latitude, longitude, notes: list[str]) -> None:
    """Set to NaN the position of single samples that leap away and back faster than any orbit allows (in place)."""
    if len(time) < 3:
        return
    seconds = np.diff(time) / np.timedelta64(1, "s")
    fast = distance_km(latitude[:-1], longitude[:-1], latitude[1:], longitude[1:]) > _FASTEST_KM_S * seconds
    across = distance_km(latitude[:-2], longitude[:-2], latitude[2:], longitude[2:])
    glitch = np.concatenate(
        [[False], fast[:-1] & fast[1:] & (across <= _FASTEST_KM_S * (seconds[:-1] + seconds[1:])), [False]]
    )
    if glitch.any():
        latitude[glitch] = longitude[glitch] = np.nan
        notes.append(f"{int(glitch.sum())} samples lie far off the track; their position is left out.")
