"""Broadcast orbits of GLONASS: a state and the acceleration by Sun and Moon, integrated."""

from __future__ import annotations

import numpy as np

GRAVITATION = 3.9860044e14
EARTH_RADIUS = 6_378_136.0
EARTH_ROTATION = 7.292115e-5
OBLATENESS = 1_082_625.75e-9
"""Constants of PZ-90 (GLONASS ICD, edition 5.1, 2008, section 3.3.3): m3/s2, m, rad/s, second zonal coefficient."""

STEP_S = 100.0
"""Step of integration; at 100 s its error stays at 1 cm over half an hour."""


def glonass_positions(position_m: np.ndarray, velocity: np.ndarray, acceleration: np.ndarray, reach: int, every: int):
    """Earth-fixed positions [m], shape (n, 2 * reach + 1, 3), around the reference times of n messages.

    `position_m`, `velocity` [m/s] and `acceleration` [m/s2] by Sun and Moon, shape (n, 3), PZ-90. Positions are given
    every `every` steps of 100 s, `reach` of them before and after. Runge-Kutta of fourth order on the equations of the
    GLONASS ICD, edition 5.1, appendix 3.1.2; PZ-90.11 agrees with ITRF to 0.1 m or better (PZ-90 before 2007: to 1 m).
    """
    state = np.concatenate([position_m.T, velocity.T])
    pull = acceleration.T
    forward, backward = (_integrated(state, pull, sign * STEP_S, reach, every) for sign in (1.0, -1.0))
    return np.moveaxis(np.concatenate([backward[:0:-1], forward]), -1, 0)


def glonass_position_at(position_m: np.ndarray, velocity: np.ndarray, acceleration: np.ndarray, elapsed_s: np.ndarray):
    """Earth-fixed positions [m], shape (n, 3), `elapsed_s` (n,) after the reference times; see `glonass_positions`.

    Steps of up to 300 s: good to 10 m over three hours, which is enough to compare messages.
    """
    steps = max(int(np.ceil(np.abs(elapsed_s).max(initial=0.0) / (3 * STEP_S))), 1)
    state = np.concatenate([position_m.T, velocity.T])
    return _integrated(state, acceleration.T, elapsed_s / steps, 1, steps)[1].T


def _integrated(state: np.ndarray, pull: np.ndarray, step: float | np.ndarray, reach: int, every: int) -> np.ndarray:
    """Positions, shape (reach + 1, 3, n), of states (6, n) carried on by `every` steps at a time."""
    places = [state[:3]]
    for _ in range(reach):
        for _ in range(every):
            k1 = _rate(state, pull)
            k2 = _rate(state + 0.5 * step * k1, pull)
            k3 = _rate(state + 0.5 * step * k2, pull)
            k4 = _rate(state + step * k3, pull)
            state = state + step / 6.0 * (k1 + 2 * k2 + 2 * k3 + k4)
        places.append(state[:3])
    return np.stack(places)


def _rate(state: np.ndarray, pull: np.ndarray) -> np.ndarray:
    """Velocity and acceleration (6, n) in the frame that turns with the Earth."""
    x, y, z, vx, vy, _ = state
    r2 = x * x + y * y + z * z
    central = GRAVITATION / (r2 * np.sqrt(r2))
    oblate = 1.5 * OBLATENESS * EARTH_RADIUS**2 * central / r2
    tilt = 5.0 * z * z / r2
    along = EARTH_ROTATION**2 - central - oblate * (1 - tilt)
    rate = np.empty_like(state)
    rate[:3] = state[3:]
    rate[3] = along * x + 2 * EARTH_ROTATION * vy + pull[0]
    rate[4] = along * y - 2 * EARTH_ROTATION * vx + pull[1]
    rate[5] = (-central - oblate * (3 - tilt)) * z + pull[2]
    return rate
