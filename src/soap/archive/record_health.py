"""Health of stations, written when their values are published: a row for every day of a series.

Judged are series of several values a day from one place; an index of the whole globe is no instrument. When a granule
is published again, only the days whose values changed are worked out anew, and their latency stays what it was when
the day was first recorded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, bindparam, delete, insert, select

from soap.archive.block import Block, in_succession
from soap.archive.draft import CHUNK, Draft
from soap.archive.periods import cadence_seconds
from soap.archive.prepared import Prepared, PreparedSelect
from soap.archive.schema import station_day
from soap.observations import Quality
from soap.science.quality_control.neighbours import gaps, usual_step
from soap.science.quality_control.noise import difference_noise

_DAY_S = 86_400
_SLOWEST_NOISE_S = 300
"""Longest cadence [s] that tells a noise level; the differences of slower values are the field's own."""

_FORGET = Prepared(
    delete(station_day).where(
        station_day.c.granule == bindparam("of"), station_day.c.day.between(bindparam("low"), bindparam("high"))
    )
)
_JUDGE = Prepared(insert(station_day))
_LATENCIES = PreparedSelect(
    select(station_day.c.granule, station_day.c.day, station_day.c.latency_s).where(
        station_day.c.granule.in_(bindparam("granules", expanding=True))
    )
)

_AGAINST = np.uint8(255 - int(Quality.MISSING))


@dataclass(frozen=True)
class Judged:
    """Days from `low` to `high` [days since 1970] of a granule: rows without its number and the latency."""

    low: int
    high: int
    rows: Sequence[Mapping[str, Any]]
    again: bool
    """True when some of these days may have been judged before."""


def judge(one: Draft) -> Judged | None:
    """The days that a draft changes; None where it is no station's series."""
    if one.shape != "series" or not _is_station(one.block):
        return None
    before = one.before if isinstance(one.before, Block) else None
    after = in_succession((before, one.block)) if one.adds and before is not None else one.block
    low, high = _changed_days(before, after)
    again = before is not None and low <= int(before.time[-1].astype("datetime64[D]").astype(np.int64))
    return Judged(low, high, days(after, low, high), again)


def record_health(connection: Connection, judged: Mapping[int, Judged], now: int) -> None:
    """Write the judged days of granules, keyed by their number; `now` is the time of recording [µs].

    What is written of days that were judged before is replaced.
    """
    replaced = [number for number, one in judged.items() if one.again]
    latencies = _latencies(connection, replaced)
    if replaced:
        gone = [{"of": number, "low": judged[number].low, "high": judged[number].high} for number in replaced]
        _FORGET.run(connection, gone)
    rows = [
        {**row, "granule": number, "latency_s": latencies.get((number, row["day"]), now / 1e6 - row["last"] / 1e9)}
        for number, one in judged.items()
        for row in one.rows
    ]
    if rows:
        _JUDGE.run(connection, rows)


def days(block: Block, low: int, high: int) -> list[dict[str, Any]]:
    """Rows of the days from `low` to `high` [days since 1970], both included, in which the block has times."""
    first, last = np.searchsorted(block.time, np.array([low, high + 1]).astype("datetime64[D]"))
    part = block[first:last]
    if first == last:
        return []
    number = part.time.astype("datetime64[D]").astype(np.int64)
    starts = np.flatnonzero(np.concatenate([[True], number[1:] != number[:-1]]))
    values, flags = (np.stack(list(of.values())) for of in (part.values, part.flags))
    known = ~np.isnan(values)
    present = known.any(axis=0)
    against = (known & ((flags & _AGAINST) != 0)).any(axis=0)
    noise = _noise(part, values, flags, starts) if _cadence_s(block) <= _SLOWEST_NOISE_S else {}
    counts, flagged = (np.add.reduceat(marks, starts, dtype=np.int64) for marks in (present, against))
    at_value = np.where(present, part.time.astype(np.int64), np.iinfo(np.int64).min)
    ends = np.maximum.reduceat(at_value, starts)
    expected = _expected(block)
    return [
        {
            "day": int(day),
            "expected": max(expected, int(counts[at])),
            "present": int(counts[at]),
            "flagged": int(flagged[at]),
            "noise": json.dumps(
                {name: float(f"{levels[at]:.4g}") for name, levels in noise.items() if np.isfinite(levels[at])}
            ),
            "last": int(ends[at]),
        }
        for at, day in enumerate(number[starts])
        if counts[at]
    ]


def _is_station(block: Block) -> bool:
    return block.attrs.get("place") != "global" and 0 < _cadence_s(block) < _DAY_S


def _cadence_s(block: Block) -> float:
    """The stated cadence, else the median step [s]; 0 when neither tells."""
    return cadence_seconds(str(block.attrs.get("cadence", ""))) or usual_step(block.time) / 1e9


def _expected(block: Block) -> int:
    return max(1, round(_DAY_S / _cadence_s(block)))


def _noise(block: Block, values: np.ndarray, flags: np.ndarray, starts: np.ndarray) -> dict[str, np.ndarray]:
    """Noise level of each variable and day, from the values against which nothing is flagged.

    `values` and `flags` are the block's, (variables, times).
    """
    lengths = np.diff(np.append(starts, len(block.time)))
    sound = np.where(flags == 0, values, np.nan) if flags.any() else values
    differences = np.empty(values.shape)
    np.subtract(sound[:, 1:], sound[:, :-1], out=differences[:, 1:])
    differences[:, _apart(block.time, starts, lengths)] = np.nan
    if (lengths == lengths[0]).all():
        laid = differences
    else:
        place = np.arange(lengths.max()) < lengths[:, None]
        laid = np.full((len(values), *place.shape), np.nan)
        laid[:, place] = differences
    levels = difference_noise(laid.reshape(len(values) * len(starts), -1)).reshape(len(values), -1)
    return dict(zip(block.values, levels, strict=True))


def _apart(time: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """True for each day's first time, and for those behind a gap: a day is judged alone, however much came with it."""
    apart = np.zeros(len(time), dtype=bool)
    apart[starts] = True
    steps = np.diff(time)
    if len(steps) and (steps != steps[0]).any():
        for begin, count in zip(starts.tolist(), lengths.tolist(), strict=True):
            apart[begin + 1 : begin + count] = gaps(time[begin : begin + count])
    return apart


def _changed_days(before: Block | None, after: Block) -> tuple[int, int]:
    """First and last day [since 1970] of which the two differ; all days where there was nothing before."""
    low, high = 0, 0
    if before is not None and before.values.keys() == after.values.keys():
        pairs = [(before.time, after.time)]
        pairs += [(getattr(before, part)[key], getattr(after, part)[key]) for part in ("values", "flags")
                  for key in after.values]  # fmt: skip
        low = min(_alike(one, two) for one, two in pairs)
        high = min(_alike(one[::-1], two[::-1]) for one, two in pairs)
    touched = after.time[low : len(after.time) - high] if low + high < len(after.time) else after.time[-1:]
    first, last = touched[[0, -1]].astype("datetime64[D]").astype(np.int64)
    return int(first), int(last)


def _alike(one: np.ndarray, two: np.ndarray) -> int:
    """How many leading elements of the two have the same bits."""
    count = min(len(one), len(two))
    bits = f"u{one.dtype.itemsize}"
    differs = one[:count].view(bits) != two[:count].view(bits)
    return int(np.argmax(differs)) if differs.any() else count


def _latencies(connection: Connection, granules: list[int]) -> dict[tuple[int, int], float]:
    found: dict[tuple[int, int], float] = {}
    for start in range(0, len(granules), CHUNK):
        rows = _LATENCIES.rows(connection, {"granules": granules[start : start + CHUNK]})
        found |= {(row.granule, row.day): row.latency_s for row in rows}
    return found
