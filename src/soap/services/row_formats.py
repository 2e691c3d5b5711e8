"""Rows on their way out: columns as CSV, JSON and binary records, times as ISO 8601, made without a loop over rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from soap.core.errors import ArchiveError

DATE, CLOCK = 10, 10
"""Characters of `2016-04-13` and of `T13:55:17Z`."""

_SPECIAL = re.compile('[",\\r\\n]')
_JSON_ROWS = 2048  # as many objects of Python as are in memory at a time
_TEN = np.dtype("V10")
_SECONDS_A_DAY, _NS = 86_400, 10**9
_DAY_NS = _SECONDS_A_DAY * _NS


def iso_width(decimals: int) -> int:
    """Characters of a time with so many decimals of a second: 20 with none, 30 with nine."""
    return DATE + CLOCK + (decimals + 1 if decimals else 0)


def decimals_of_times(time: np.ndarray) -> int:
    """Decimals of a second that these times (`datetime64[ns]`, none missing) need: none, or nine."""
    return 9 if (time.view(np.int64) % _NS).any() else 0


def iso_characters(time: np.ndarray, decimals: int) -> np.ndarray:
    """Times (`datetime64[ns]`) in ISO 8601 as bytes, uint8 of shape (n, `iso_width`); `decimals` is 0 or 9.

    Dates are spelled once for each day, and the time of day is looked up. `ArchiveError` for a time with a part of a
    second that no decimals are there for.
    """
    out = np.empty((len(time), iso_width(decimals)), np.uint8)
    write_iso(out, time, decimals)
    return out


def write_iso(out: np.ndarray, time: np.ndarray, decimals: int) -> None:
    """`iso_characters` into `out`, uint8 of shape (n, `iso_width`), which may be a part of longer records."""
    stamps = time.view(np.int64)
    step = _step(stamps)
    if step and not decimals:
        _write_evenly(out, int(stamps[0]), step)
        return
    seconds = stamps // _NS  # by a number: far faster than with the rest at once
    days = seconds // _SECONDS_A_DAY
    begins = np.flatnonzero(days[1:] != days[:-1]) + 1
    edges = [0, *begins.tolist(), len(time)]
    day = out[:, :DATE].view(_TEN)[:, 0]
    for first, last in pairwise(edges if len(time) else ()):
        day[first:last] = np.frombuffer(str(days[first].astype("datetime64[D]")).encode(), _TEN)[0]
    seconds -= days * _SECONDS_A_DAY
    out[:, DATE : DATE + CLOCK].view(_TEN)[:, 0] = _clock().take(seconds)
    rest = stamps % _NS if decimals else None
    if rest is None:
        _check_whole(stamps, days, seconds)
        return
    out[:, DATE + CLOCK - 1] = ord(".")
    for place in range(decimals):
        out[:, DATE + CLOCK + place] = rest // 10 ** (decimals - 1 - place) % 10 + ord("0")
    out[:, -1] = ord("Z")


def _step(stamps: np.ndarray) -> int:
    """Nanoseconds from one time to the next, where these are whole seconds of which a day has a number; else 0."""
    if len(stamps) < 2 or stamps[0] % _NS:
        return 0
    step = int(stamps[1] - stamps[0])
    if step <= 0 or step % _NS or _DAY_NS % step or not (np.diff(stamps) == step).all():
        return 0
    return step


def _write_evenly(out: np.ndarray, first: int, step: int) -> None:
    """Times from `first` on, so many nanoseconds apart: the times of one day, and the dates, are spelled once."""
    clock = _clock().take((first % step + step * np.arange(_DAY_NS // step)) // _NS)
    before = first % _DAY_NS // step  # times that the first day would have had
    days = -(-(before + len(out)) // len(clock))
    dates = (first // _DAY_NS + np.arange(days)).astype("datetime64[D]").astype("S10").view(_TEN)
    date, time = (out[:, part].view(_TEN)[:, 0] for part in (slice(DATE), slice(DATE, DATE + CLOCK)))
    begin = min(-before % len(clock), len(out))
    end = begin + (len(out) - begin) // len(clock) * len(clock)
    date[:begin], time[:begin] = dates[0], clock[before : before + begin]
    whole = dates[1 if begin else 0 :][: (end - begin) // len(clock), np.newaxis]
    date[begin:end].reshape(-1, len(clock))[:] = whole
    time[begin:end].reshape(-1, len(clock))[:] = clock
    date[end:], time[end:] = dates[-1], clock[: len(out) - end]


def _check_whole(stamps: np.ndarray, days: np.ndarray, seconds: np.ndarray) -> None:
    """`ArchiveError` for a time with a part of a second that no decimals are there for."""
    odd = (days * _SECONDS_A_DAY + seconds) * _NS != stamps
    if odd.any():
        raise ArchiveError(f"{stamps[odd].view('datetime64[ns]')[0]} has a part of a second, among whole seconds.")


@cache
def _clock() -> np.ndarray:
    """Every second of a day as `T13:55:17Z`, ten bytes each."""
    out = np.empty((_SECONDS_A_DAY, CLOCK), np.uint8)
    out[:] = np.frombuffer(b"T00:00:00Z", np.uint8)
    number = np.arange(_SECONDS_A_DAY)
    for place, size, turns in ((1, 36_000, 10), (2, 3600, 10), (4, 600, 6), (5, 60, 10), (7, 10, 6), (8, 1, 10)):
        out[:, place] += (number // size % turns).astype(np.uint8)
    return out.view(_TEN).ravel()


def csv_rows(columns: Mapping[str, np.ndarray], decimals: int, *, absent: str = "NaN") -> bytes:
    """Rows as CSV (RFC 4180) without a header, `time` first; a missing value is written as `absent`."""
    import pyarrow as pa
    import pyarrow.csv

    arrays = [_text(iso_characters(columns["time"], decimals))]
    special = False
    for name, values in columns.items():
        if name != "time":
            special |= values.dtype.kind in "OU" and any(_SPECIAL.search(word) for word in set(values.tolist()))
            arrays.append(pa.array(values, from_pandas=True))  # from_pandas: NaN is missing
    sink = pa.BufferOutputStream()
    options = pyarrow.csv.WriteOptions(
        include_header=False, batch_size=4096, quoting_style="needed" if special else "none", null_string=absent
    )
    pyarrow.csv.write_csv(pa.RecordBatch.from_arrays(arrays, names=list(columns)), sink, options)
    return sink.getvalue().to_pybytes()


def _text(characters: np.ndarray):
    """Rows of characters as a column of text, without a copy."""
    import pyarrow as pa

    count, width = characters.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), count, [None, pa.py_buffer(offsets), pa.py_buffer(characters)])


def json_rows(columns: Mapping[str, np.ndarray], decimals: int) -> bytes:
    """Rows as JSON arrays, between commas; a missing value is null."""
    import orjson

    pieces = []
    for begin in range(0, len(columns["time"]), _JSON_ROWS):
        part = slice(begin, begin + _JSON_ROWS)
        times = _spelled(columns["time"][part], decimals)
        others = [_plain(values[part]) for name, values in columns.items() if name != "time"]
        pieces.append(orjson.dumps(list(zip(times, *others, strict=True)))[1:-1])
    return b",\n".join(pieces)


def _spelled(time: np.ndarray, decimals: int) -> list[str]:
    return iso_characters(time, decimals).view(f"S{iso_width(decimals)}").ravel().astype(str).tolist()


def _plain(values: np.ndarray) -> list[Any]:
    """Values as JSON has them; a time that is none is null, as a number that is none."""
    if values.dtype.kind != "M":
        return values.tolist()
    known = ~np.isnat(values)
    out: list[Any] = [None] * len(values)
    for at, text in zip(np.flatnonzero(known), _spelled(values[known], decimals_of_times(values[known])), strict=True):
        out[at] = text
    return out


def binary_rows(columns: Mapping[str, np.ndarray], decimals: int, lengths: Mapping[str, int]) -> memoryview:
    """Rows as records without a gap: time as text, text of `lengths` bytes, integers of 4 and floats of 8, LSB first.

    `ArchiveError` for a text that is longer than is said.
    """
    width = iso_width(decimals)
    fields: list[tuple[str, str]] = [("time", f"S{width}")]
    fields += [(name, _field(values, lengths.get(name, 0))) for name, values in columns.items() if name != "time"]
    out = np.empty(len(columns["time"]), np.dtype(fields))
    plain = out.view(np.uint8).reshape(len(out), out.dtype.itemsize)
    write_iso(plain[:, :width], columns["time"], decimals)
    for name, values in columns.items():
        if name != "time":
            out[name] = encoded(values, lengths[name]) if name in lengths else values
    return plain.data.cast("B")


def _field(values: np.ndarray, length: int) -> str:
    if length:
        return f"S{length}"
    return "<f8" if values.dtype.kind == "f" else "<i4"


def encoded(values: Sequence[str] | np.ndarray, length: int) -> np.ndarray:
    """Texts as UTF-8; `ArchiveError` where one is longer than `length` bytes."""
    found = np.array([value.encode() for value in values], dtype=bytes)
    if found.dtype.itemsize > length:
        raise ArchiveError(f"{max(values, key=len)!r} is longer than the {length} bytes that were said of it.")
    return found
