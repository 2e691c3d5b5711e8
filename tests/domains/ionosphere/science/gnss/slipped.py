"""Slips put into real phases, and what the search makes of them."""

from dataclasses import dataclass, replace

import numpy as np

from soap.domains.ionosphere.science.gnss.combinations import combine
from soap.domains.ionosphere.science.gnss.cycle_slips import GOOD, SLIPPED, find_slips
from soap.domains.ionosphere.science.gnss.signals import choose_pairs
from tests.domains.ionosphere.science.gnss.receivers import observed, sky


@dataclass(frozen=True)
class Sample:
    """One receiver's satellites of one system: its observations, pair, satellites, times, states as they are."""

    receiver: str
    system: str

    def __post_init__(self):
        seen = observed(self.receiver)
        pair, svs = next(iter(choose_pairs(seen.systems[self.system]).items()))
        angles = sky(self.receiver)
        elevation = angles[self.system][0].T[svs] if angles else np.full((len(svs), len(seen.time)), 90.0)
        for name, value in (("seen", seen), ("pair", pair), ("svs", svs), ("elevation", elevation)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "seconds", (seen.time - seen.time[0]) / np.timedelta64(1, "s"))
        object.__setattr__(self, "state", self.search(seen.systems[self.system]))

    def search(self, observations, breaks=None):
        combined = combine(observations, self.pair, self.svs, self.seen.channels)
        return find_slips(self.seconds, combined, self.seen.breaks if breaks is None else breaks)

    def phase_tec(self):
        return combine(self.seen.systems[self.system], self.pair, self.svs, self.seen.channels).phase_tec

    def places(self, rng, above=10.0, apart=45):
        """Pairs of satellite and time, all `apart` samples or more from each other and any flagged sample."""
        found = []
        for sv, state in enumerate(self.state):
            there = np.flatnonzero(state > 0)
            at = int(rng.integers(20, 40))
            while at < len(there) - 20:
                around = there[at - 20 : at + 20]
                if (state[around] == GOOD).all() and self.elevation[sv, there[at]] >= above:
                    found.append((sv, int(there[at])))
                at += int(rng.integers(apart, apart + 30))
        return found

    def slipped(self, places, cycles):
        """The observations with slips (n, 2) [cycle] of both phases from these places on."""
        original = self.seen.systems[self.system]
        values = original.values.copy()
        for (sv, at), slip in zip(places, cycles, strict=True):
            for phase, size in zip((self.pair.phase_1, self.pair.phase_2), slip, strict=True):
                values[original.codes.index(phase), at:, self.svs[sv]] += size
        return replace(original, values=values)

    def trial(self, rng, slip=None, above=10.0):
        """Share of slips found within one sample, and false alarms they gave rise to; `slip` None: 1 to 10 cycles."""
        places = self.places(rng, above)
        cycles = [slip or tuple(rng.choice([-1, 1], 2) * rng.integers(1, 11, 2)) for _ in places]
        state = self.search(self.slipped(places, cycles))
        found = [(state[sv, at - 1 : at + 2] == SLIPPED).any() for sv, at in places]
        elsewhere = (state == SLIPPED) & (self.state != SLIPPED)
        for sv, at in places:
            elsewhere[sv, at - 5 : at + 6] = False
        return float(np.mean(found)), len(places), int(elsewhere.sum())
