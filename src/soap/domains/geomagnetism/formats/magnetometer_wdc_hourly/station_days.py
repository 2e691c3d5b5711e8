"""From records to days of each element: one row a day, repeated days resolved, absurd levels flagged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.domains.geomagnetism.formats.magnetometer_wdc_hourly.levels import FLOOR_DEG, FLOOR_NT, far_from_level
from soap.domains.geomagnetism.formats.magnetometer_wdc_hourly.records import ANGLES, ELEMENTS, Records
from soap.observations import Quality

LINES_AT_ONCE = 4096
"""Records that are turned into numbers together: few enough to stay in the processor's cache, 1.8 times as fast."""


@dataclass(frozen=True)
class StationDays:
    """One element of one station: `values` (days, 24), `flags` alike (uint8) or None where there are none.

    `repeated` are the days that come again and agree, `contradictory` those that do not.
    """

    values: np.ndarray
    flags: np.ndarray | None = None
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
            notes.append(f"{_listed(self.repeated)} comes more than once; the records agree or complete each other.")
        if self.contradictory:
            notes.append(f"{_listed(self.contradictory)} comes more than once, with different values; the first record"
                         " is kept, flagged clock.")  # fmt: skip
        jumps = np.zeros(0, bool) if self.flags is None else (self.flags & np.uint8(Quality.JUMP)) > 0
        if jumps.any():
            first = days[np.argmax(jumps.any(axis=1))]
            notes.append(f"{int(jumps.sum())} hourly value(s), the first on {first}, stand further from the level of"
                         " the days around than any storm; kept, flagged jump.")  # fmt: skip
        return notes


def by_element(records: Records) -> tuple[np.ndarray, dict[str, StationDays], int]:
    """One station's records laid on days: the days that have one (`datetime64[D]`, rising), each element on them.

    Also how many records give a daily mean beside missing hours. `BadFile` where a record holds no numbers.
    """
    first = records.day.min()
    offset = (records.day - first).astype(np.int64)
    present = np.bincount(offset) > 0
    row, days = (np.cumsum(present) - 1)[offset], first + np.flatnonzero(present)
    letters = [letter for letter in ELEMENTS if (records.element == letter).any()]
    place = np.zeros(256, np.int64)
    place[letters] = np.arange(len(letters))
    cell = place[records.element] * len(days) + row
    stands = _first_of_each(cell, len(letters) * len(days))
    values, beside_gap = _laid(records, cell, stands, len(letters) * len(days))
    again = np.flatnonzero(~stands)
    elements = {}
    for letter, hours in zip(letters, values.reshape(len(letters), len(days), 24), strict=True):
        own = again[records.element[again] == letter]
        elements[chr(letter)] = _element(hours, days, records, own, row[own], letter in ANGLES)
    return days, elements, beside_gap


def _first_of_each(cell: np.ndarray, count: int) -> np.ndarray:
    """True for the first record of each cell."""
    owner = np.empty(count, np.int64)
    owner[cell[::-1]] = np.arange(len(cell))[::-1]
    return owner[cell] == np.arange(len(cell))


def _laid(records: Records, cell: np.ndarray, stands: np.ndarray, count: int) -> tuple[np.ndarray, int]:
    """Hours (cells, 24) of the records that stand, NaN elsewhere; records with a daily mean beside missing hours."""
    values = np.full((count, 24), np.nan)
    beside_gap = 0
    for start in range(0, len(records), LINES_AT_ONCE):
        part = slice(start, start + LINES_AT_ONCE)
        block, found = records.values(part)
        standing = stands[part]
        if standing.all():
            values[cell[part]] = block
        else:
            values[cell[part][standing]] = block[standing]
        beside_gap += found
    return values, beside_gap


def _element(
    hours: np.ndarray, days: np.ndarray, records: Records, again: np.ndarray, row: np.ndarray, angle: bool
) -> StationDays:
    """One element on its days, with flags; the records `again` repeat the days `row`, see the package's text."""
    flags = np.zeros(hours.shape, np.uint8)
    repeated, contradictory = set(), set()
    for at, other in zip(row, records.values(again)[0] if len(again) else (), strict=True):
        if np.any((hours[at] != other) & ~np.isnan(hours[at]) & ~np.isnan(other)):
            contradictory.add(days[at])
            flags[at] |= np.uint8(Quality.CLOCK)
        else:
            repeated.add(days[at])
        hours[at] = np.where(np.isnan(hours[at]), other, hours[at])
    jumps = far_from_level(hours, FLOOR_DEG if angle else FLOOR_NT)
    if jumps is not None:
        flags[jumps] |= np.uint8(Quality.JUMP)
    marked = jumps is not None or contradictory
    return StationDays(hours, flags if marked else None, tuple(sorted(repeated)), tuple(sorted(contradictory)))


def _listed(days: tuple[np.datetime64, ...]) -> str:
    return ", ".join(str(day) for day in days[:3]) + (f" and {len(days) - 3} more days" if len(days) > 3 else "")
