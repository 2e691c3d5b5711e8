"""That a notice was not delivered, and when it is tried again."""

from __future__ import annotations

MOST_ATTEMPTS = 10
_FIRST_S, _LONGEST_S = 60.0, 21_600.0


class Undelivered(Exception):
    """A notice was not taken; `for_good` where its receiver wants no more."""

    def __init__(self, fact: str, *, for_good: bool = False):
        super().__init__(fact)
        self.for_good = for_good


def again_in_s(attempts: int) -> float | None:
    """Seconds until a notice is tried again that was tried so often: twice as long each time; None: no more."""
    return None if attempts >= MOST_ATTEMPTS else min(_FIRST_S * 2 ** (attempts - 1), _LONGEST_S)
