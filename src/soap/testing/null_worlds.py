"""Made-up worlds in which earthquakes have no bearing on the series, for measuring false-positive rates.

Nothing here uses the code under test. Series: storms common to all stations (Poisson onsets, exponential recovery) and
slow common variation, seen by each station with its own gain; a season; station noise with memory; gaps, stations that
open late or close early. Earthquakes: a Neyman-Scott process, parents uniform in time along Asia-Pacific trenches,
children soon after and nearby, Gutenberg-Richter magnitudes. Made up throughout: only the rough places are real.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

# Latitude, longitude of observatories between 70 and 180 degrees east, rounded to whole degrees.
STATIONS = np.array(
    [
        (43, 77), (19, 73), (-24, 134), (40, 116), (27, 142), (30, 103), (44, 124), (-13, 131), (14, 121), (23, 113),
        (17, 78), (34, 109), (36, 140), (53, 158), (31, 131), (39, 76), (-43, 173), (-32, 116), (37, 80), (43, 144),
        (44, 132), (25, 92), (22, 106), (-5, 120), (47, 107),
    ],
    dtype=float,
)  # fmt: skip

# Ends of straight trench segments: latitude, longitude at both ends, and their shares of the earthquakes.
TRENCHES = np.array(
    [
        (-9, 105, 5, 94, 0.15), (-9, 108, -9, 125, 0.1), (5, 127, 18, 121, 0.15), (23, 121, 30, 131, 0.1),
        (33, 141, 43, 146, 0.2), (44, 148, 54, 161, 0.1), (-5, 145, -10, 160, 0.15), (27, 87, 36, 72, 0.05),
    ],
    dtype=float,
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """Series (station, day) with their places, and earthquakes with times in days, none of which knows of the other."""

    values: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    time_days: np.ndarray
    event_latitude: np.ndarray
    event_longitude: np.ndarray
    magnitude: np.ndarray


def series(rng: np.random.Generator, n_days: int, *, trend: float = 0.0) -> np.ndarray:
    """Residuals (station, day): heavy-tailed, correlated between days and stations, with gaps."""
    n, warm = len(STATIONS), 100
    onsets = (rng.random(n_days + warm) < 1 / 25) * rng.gamma(1.0, 2.0, n_days + warm)
    storms = lfilter([1.0], [1.0, -np.exp(-1 / 2.5)], onsets)[warm:]
    slow = lfilter([np.sqrt(1 - 0.95**2)], [1.0, -0.95], rng.standard_normal(n_days + warm))[warm:]
    noise = lfilter([np.sqrt(1 - 0.5**2)], [1.0, -0.5], rng.standard_normal((n, n_days + warm)), axis=1)[:, warm:]
    gain = rng.uniform(0.5, 1.5, (n, 1))
    season = 0.2 * np.cos(2 * np.pi * (np.arange(n_days) / 365.25 - rng.random((n, 1)) * 0.1))
    values = gain * (storms + 0.4 * slow) + season + rng.uniform(0.5, 1.5, (n, 1)) * noise
    values += trend * np.linspace(-1, 1, n_days)
    return np.where(gaps(rng, n_days), np.nan, values)


def gaps(rng: np.random.Generator, n_days: int) -> np.ndarray:
    """True (station, day) where there is no value: single days, outages, and stations that open late or close early."""
    missing = rng.random((len(STATIONS), n_days)) < 0.05
    day = np.arange(n_days)
    for station in missing:
        for start in rng.integers(0, n_days, rng.poisson(n_days / 700)):
            station[start : start + rng.geometric(1 / 40)] = True
        if rng.random() < 0.3:
            station[day < rng.integers(0, n_days * 2 // 3)] = True
        if rng.random() < 0.2:
            station[day > rng.integers(n_days // 3, n_days)] = True
    return missing


def earthquakes(
    rng: np.random.Generator, n_days: int, parents: float, *, children: float = 0.7, swarm_days: float = 12.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Times [day], latitudes, longitudes and magnitudes of a Neyman-Scott catalogue with about `parents` clusters."""
    lead = 100
    n = rng.poisson(parents * (n_days + lead) / n_days)
    segment = TRENCHES[rng.choice(len(TRENCHES), n, p=TRENCHES[:, 4])]
    along = rng.random((n, 1))
    place = segment[:, :2] * (1 - along) + segment[:, 2:4] * along + rng.normal(0, 0.7, (n, 2))
    time = rng.uniform(-lead, n_days, n)
    own = np.repeat(np.arange(n), rng.poisson(rng.gamma(0.7, children / 0.7, n)))
    delay = swarm_days * (rng.random(len(own)) ** 2)
    time = np.concatenate([time, time[own] + delay])
    place = np.concatenate([place, place[own] + rng.normal(0, 0.5, (len(own), 2))])
    magnitude = np.minimum(6.0 + rng.exponential(1 / np.log(10), len(time)), 9.0)
    inside = (time >= 0) & (time < n_days)
    return time[inside], place[inside, 0], place[inside, 1], magnitude[inside]


def world(seed: int, n_days: int = 2000, parents: float = 60.0) -> World:
    """One world, by its seed."""
    rng = np.random.default_rng(np.random.SeedSequence([2016, seed]))
    return World(series(rng, n_days), STATIONS[:, 0], STATIONS[:, 1], *earthquakes(rng, n_days, parents))
