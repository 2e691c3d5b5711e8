"""Counts of what was asked for, in memory: in the last minutes, and on this day (UTC).

The count of the last minute is that of the clock's minute that goes on, and of the minute before as much as is left of
it, as if it had come evenly; of the last quarter of an hour likewise. So nobody has twice as much where one minute ends
and the next begins, and a key costs two numbers, however often it is asked for. Why this is no library's:
docs/decisions/0012-own-request-counts.md.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

MINUTE_S, DAY_S = 60.0, 86_400
_INSTANT_S = 1e-3
"""What is waited for at least: at the very moment when one more may be counted it is not yet."""

_SWEPT_AT = 1_000
"""Keys from which on those of the past are looked for and forgotten."""


@dataclass
class _Count:
    """What was counted in the period of that number, and in the one before."""

    period: int
    here: int = 0
    before: int = 0

    def move(self, period: int) -> _Count:
        """The same in a later period."""
        if period != self.period:
            self.here, self.before = 0, self.here if period == self.period + 1 else 0
            self.period = period
        return self


class _Counts:
    """Counts by key, of periods of a length [s]."""

    def __init__(self, length_s: float):
        self._length_s, self._lock = length_s, threading.Lock()
        self._kept: dict[tuple[str, ...], _Count] = {}
        self._sweep_at = _SWEPT_AT

    def _of(self, key: tuple[str, ...], period: int) -> _Count:
        """The key's count; called with the lock held."""
        count = self._kept.get(key)
        if count is not None:
            return count.move(period)
        if len(self._kept) >= self._sweep_at:
            self._kept = {name: one for name, one in self._kept.items() if one.period >= period - 1}
            self._sweep_at = max(_SWEPT_AT, 2 * len(self._kept))
        count = self._kept[key] = _Count(period)
        return count


class Minutes(_Counts):
    """Counts of the last minute, or of the last so many, by kind and key."""

    def __init__(self, minutes: int = 1):
        super().__init__(minutes * MINUTE_S)

    def take(self, most: int, *key: str) -> bool:
        """Count one more, unless it would be more than `most`."""
        period, over = _now(self._length_s)
        with self._lock:
            count = self._of(key, period)
            if int(count.before * (1 - over) + count.here) >= most:
                return False
            count.here += 1
            return True

    def wait_s(self, most: int, *key: str) -> float:
        """Seconds until one more may be counted, if none is counted meanwhile; 0 where it may now."""
        period, over = _now(self._length_s)
        with self._lock:
            count = self._of(key, period)
            here, before = count.here, count.before
        if int(before * (1 - over) + here) < most:
            return 0.0
        left = 1 - over - (most - here) / before if here < most else 1 - over + max(0.0, 1 - most / here)
        return max(_INSTANT_S, self._length_s * left)

    def forget(self, *key: str) -> None:
        """What was counted of a key counts no longer."""
        with self._lock:
            self._kept.pop(key, None)


class Days(_Counts):
    """Amounts of this day, by kind and key."""

    def __init__(self) -> None:
        super().__init__(DAY_S)

    def add(self, amount: int, *key: str) -> None:
        """Add to the day's amount."""
        day, _ = _now(self._length_s)
        with self._lock:
            self._of(key, day).here += amount

    def amount(self, *key: str) -> int:
        """The day's amount."""
        day, _ = _now(self._length_s)
        with self._lock:
            return self._of(key, day).here


def _now(length_s: float) -> tuple[int, float]:
    """Number of the period that goes on, and how much of it is over."""
    whole, over = divmod(time.time(), length_s)
    return int(whole), over / length_s
