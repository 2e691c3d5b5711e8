"""Day-to-day weather for simulators: a random field over the globe, correlated over a distance and from day to day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.core.place import EARTH_RADIUS_KM, unit_vectors

_WAVES = 256


@dataclass(frozen=True)
class DailyField:
    """A Gaussian field of zero mean and unit variance over the globe, one a day; made by `daily_field`."""

    wave_numbers: np.ndarray
    phases: np.ndarray
    weights: np.ndarray

    def daily(self, latitude, longitude) -> np.ndarray:
        """The field of every day at places [degree], shape (days, places)."""
        return self.weights @ self._waves(latitude, longitude)

    def maps(self, day: np.ndarray, latitude, longitude) -> np.ndarray:
        """The field at positions `day` (0 is the first day's, 0.5 half way to the next), shape (day, places)."""
        return self._weights_at(day) @ self._waves(latitude, longitude)

    def along(self, day: np.ndarray, latitude, longitude) -> np.ndarray:
        """The field along a track: `day`, `latitude`, `longitude` and the result have one shape (time,)."""
        return np.einsum("tw,wt->t", self._weights_at(day), self._waves(latitude, longitude))

    def _waves(self, latitude, longitude) -> np.ndarray:
        places = unit_vectors(np.atleast_1d(latitude), np.atleast_1d(longitude))
        return np.sqrt(2.0 / _WAVES) * np.cos(self.wave_numbers @ places.T + self.phases[:, None])

    def _weights_at(self, day: np.ndarray) -> np.ndarray:
        last = len(self.weights) - 1
        below = np.clip(np.floor(day).astype(int), 0, last)
        share = np.clip(day - below, 0.0, 1.0)[:, None]
        return (1 - share) * self.weights[below] + share * self.weights[np.minimum(below + 1, last)]


def daily_field(
    rng: np.random.Generator, days: int, *, length_km: float = 2000.0, persistence: float = 0.4
) -> DailyField:
    """A random field for `days` days.

    The correlation between two places a chord d apart is exp(-d²/2L²) with L = `length_km`, that from one day to the
    next `persistence` (0 <= persistence < 1). Random Fourier features on the sphere's chords: A. Rahimi and B. Recht,
    Advances in Neural Information Processing Systems 20, 1177, 2007.
    """
    wave_numbers = rng.normal(scale=EARTH_RADIUS_KM / length_km, size=(_WAVES, 3))
    phases = rng.uniform(0.0, 2 * np.pi, _WAVES)
    weights = rng.normal(size=(days, _WAVES))
    for day in range(1, days):
        weights[day] = persistence * weights[day - 1] + np.sqrt(1 - persistence**2) * weights[day]
    return DailyField(wave_numbers, phases, weights)


def autocorrelated(rng: np.random.Generator, count: int, decay_steps: float) -> np.ndarray:
    """First-order autoregressive noise of unit variance, shape (count,), correlation exp(-lag/`decay_steps`)."""
    from scipy.signal import lfilter  # slow to import

    keep = np.exp(-1.0 / decay_steps)
    noise = rng.normal(size=count)
    noise[1:] *= np.sqrt(1 - keep**2)
    return lfilter([1.0], [1.0, -keep], noise)
