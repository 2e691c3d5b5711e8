"""Pace: how fast to send, and when to try again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator

FIRST_S, LONGEST_S = 2.0, 300.0


class Bucket:
    """A token bucket: lets `rate` bytes a second through, and a burst of one second's worth; no rate, no limit."""

    def __init__(
        self,
        rate: float | None,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.rate, self._now, self._sleep = rate, now, sleep
        self._left, self._at = rate or 0.0, now()

    def take(self, size: int) -> None:
        """Wait until so many bytes may go."""
        if self.rate is None:
            return
        at = self._now()
        self._left = min(self.rate, self._left + (at - self._at) * self.rate) - size
        self._at = at
        if self._left < 0:
            self._sleep(-self._left / self.rate)

    def paced(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        """The parts, each when it may go."""
        for part in parts:
            self.take(len(part))
            yield part


def back_off(attempts: int, chance: random.Random) -> float:
    """Seconds to wait after so many failures: twice as long each time, and by chance between half of that and all.

    So stations that lost their server together do not come back together.
    """
    longest: float = min(LONGEST_S, FIRST_S * 2.0 ** min(attempts, 16))
    return longest * (0.5 + chance.random() / 2)
