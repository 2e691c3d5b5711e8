"""Several sources of orbits as one: the first that knows a place is asked first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from soap.domains.ionosphere.science.gnss.sampled_orbit import SampledOrbits


class JoinedOrbits:
    """Orbits from `parts` in order of preference, see `Orbits`; `notes` are theirs."""

    def __init__(self, parts: Sequence[SampledOrbits]):
        self._parts = tuple(parts)
        self.notes = tuple(note for part in parts for note in part.notes)

    @property
    def satellites(self) -> tuple[str, ...]:
        """Satellites that any part knows, sorted."""
        return tuple(sorted({sv for part in self._parts for sv in part.satellites}))

    def positions(self, time: np.ndarray, sv: Sequence[str]) -> np.ndarray:
        """Positions [m], shape (time, sv, 3), at GPS times; NaN where no part has one."""
        if not self._parts:
            return np.full((len(time), len(sv), 3), np.nan)
        first, *others = self._parts
        places = first.positions(time, sv)
        for part in others:
            lacking = [k for k, name in enumerate(sv) if name in part.satellites and np.isnan(places[:, k, 0]).any()]
            if lacking:
                more = part.positions(time, [sv[k] for k in lacking])
                held = places[:, lacking]
                places[:, lacking] = np.where(np.isnan(held), more, held)
        return places
