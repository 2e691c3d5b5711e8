"""Where satellites are: what every source of orbits answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class Orbits(Protocol):
    """Satellite positions from precise orbits (SP3) or broadcast messages."""

    @property
    def satellites(self) -> tuple[str, ...]:
        """Satellites it knows, RINEX 3 spelling, sorted."""

    def positions(self, time: np.ndarray, sv: Sequence[str]) -> np.ndarray:
        """Earth-centred Earth-fixed positions [m], shape (time, sv, 3), at GPS times; NaN where unknown or unusable.

        The frame is that of the given time itself: light time and Earth rotation are the caller's.
        """
