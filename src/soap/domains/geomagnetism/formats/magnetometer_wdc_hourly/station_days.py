"""From records to days of each element: one row a day, duplicates resolved, absurd levels flagged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.domains.geomagnetism.formats.magnetometer_wdc_hourly.records import ANGLES, ELEMENTS, Records
from soap.observations import Quality

LEVEL_DAYS = 31
"""Days around, whose median is the level that a value is compared with."""

RANGES = 10.0
"""How many usual daily ranges a value may stand from the level: the largest storms of 1957 to 2014 stay below nine."""

FLOOR_NT, FLOOR_DEG = 500.0, 1.0
"""A value nearer to the level than this is never a jump."""


@dataclass(frozen=True)
class StationDays:
    """One element of one station: `values` and `flags` (uint8) of shape (days, 24), and the days that came twice."""

    values: np.ndarray
    flags: np.ndarray
    repeated: tuple[np.datetime64, ...] = ()
    contradictory: tuple[np.datetime64, ...] = ()

    def span(self, days: np.ndarray) -> str:
        """First and last day with a value, as text."""
        known = np.flatnonzero(~np.isnan(self.values).all(axis=1))
        return f"from {days[known[0]]} to {days[known[-1]]}" if len(known) else "without any value"

    def notes(self, days: np.ndarray) -> list[str]:
        """What a person should hear about it."""
        notes = []
        if self.repeated:
            notes.append(f"{len(self.repeated)} day(s) come twice ({_listed(self.repeated)}); the values agree or complete"
                         " each other.")  # fmt: skip
        if self.contradictory:
            notes.append(f"{len(self.contradictory)} day(s) come twice with different values ({_listed(self.contradictory)});"
                         " the first is kept, flagged clock.")  # fmt: skip
        jumps = (self.flags & Quality.JUMP).astype(bool)
        if jumps.any():
            first = days[np.argmax(jumps.any(axis=1))]
            notes.append(f"{int(jumps.sum())} hourly value(s), the first on {first}, stand further from the level of the"
                         " days around than any storm; kept, flagged jump.")  # fmt: skip
        return notes


def by_element(records: Records) -> tuple[np.ndarray, dict[str, StationDays]]:
    """The days that have a record (`datetime64[D]`, rising), and each element on all of them, for one station."""
    first = records.day.min()
    offset = (records.day - first).astype(np.int64)
    present = np.bincount(offset) > 0
    row = (np.cumsum(present) - 1)[offset]
    days = first + np.flatnonzero(present)
    elements = {}
    for letter in ELEMENTS:
        chosen = np.flatnonzero(records.element == letter)
        if len(chosen):
            elements[chr(letter)] = _one_row_a_day(records, chosen, row[chosen], days, letter in ANGLES)
    return days, elements


def _one_row_a_day(records: Records, chosen: np.ndarray, row: np.ndarray, days: np.ndarray, angle: bool) -> StationDays:
    """Records `chosen` laid on the days; where a day comes again, see the package's text."""
    values = np.full((len(days), 24), np.nan)
    flags = np.zeros(values.shape, np.uint8)
    owner = np.empty(len(days), np.int64)
    owner[row[::-1]] = np.arange(len(row))[::-1]  # of several, the first stays
    again = np.flatnonzero(owner[row] != np.arange(len(row)))
    values[row] = records.values[chosen]
    repeated, contradictory = [], []
    for later in again:
        kept, other = records.values[chosen[owner[row[later]]]], records.values[chosen[later]]
        at = row[later]
        values[at] = kept if later == again[row[again] == at][0] else values[at]
        contradiction = (values[at] != other) & ~np.isnan(values[at]) & ~np.isnan(other)
        values[at] = np.where(np.isnan(values[at]), other, values[at])
        (contradictory if contradiction.any() else repeated).append(days[at])
        flags[at] |= np.uint8(Quality.CLOCK if contradiction.any() else 0)
    jumps = far_from_level(values, FLOOR_DEG if angle else FLOOR_NT)
    if jumps is not None:
        flags[jumps] |= np.uint8(Quality.JUMP)
    return StationDays(values, flags, tuple(repeated), tuple(contradictory))


def far_from_level(values: np.ndarray, floor: float) -> np.ndarray | None:
    """True where hours (days, 24) stand absurdly far from the level of the days around; None where none can.

    The level is the median, over `LEVEL_DAYS` rows, of the days' medians; the limit `RANGES` times the median of
    their ranges, but at least `floor`. Only days near a step of more than `floor` between successive values are examined.
    """
    flat = values.ravel()
    known = np.flatnonzero(flat == flat)  # not NaN
    steps = np.flatnonzero(np.abs(np.diff(flat[known])) > floor)
    if not len(steps):
        return None
    half = LEVEL_DAYS // 2
    near = np.concatenate([known[steps], known[steps + 1]]) // 24
    examined = np.unique(np.clip(near[:, None] + np.arange(-half, half + 1), 0, len(values) - 1))
    around = examined[:, None] + np.arange(-half, half + 1)
    beyond = (around < 0) | (around >= len(values))
    needed, position = np.unique(np.where(beyond, examined[:, None], around), return_inverse=True)
    sorted_hours = np.sort(values[needed], axis=1)  # NaN last
    position = position.reshape(around.shape)
    ranges = np.fmax.reduce(sorted_hours, axis=1) - sorted_hours[:, 0]
    level = _median(np.sort(np.where(beyond, np.nan, _median(sorted_hours)[position]), axis=1))
    usual = _median(np.sort(np.where(beyond, np.nan, ranges[position]), axis=1))
    limit = np.fmax(floor, RANGES * usual)
    jumps = np.zeros(values.shape, bool)
    jumps[examined] = np.abs(values[examined] - level[:, None]) > limit[:, None]
    return jumps


def _median(rows: np.ndarray) -> np.ndarray:
    """Median of each sorted row, NaN (at the end of the row) left out."""
    count = (~np.isnan(rows)).sum(axis=1)
    at = np.arange(len(rows))
    low, high = rows[at, np.maximum(count - 1, 0) // 2], rows[at, np.minimum(count // 2, rows.shape[1] - 1)]
    return (low + high) / 2


def _listed(days: tuple[np.datetime64, ...]) -> str:
    return ", ".join(str(day) for day in days[:3]) + (", …" if len(days) > 3 else "")
