"""Broadcast orbits of GLONASS: a state and the acceleration by Sun and Moon, integrated."""

from __future__ import annotations

import numpy as np

GRAVITATION = 3.9860044e14
EARTH_RADIUS = 6_378_136.0
EARTH_ROTATION = 7.292115e-5
OBLATENESS = 1_082_625.75e-9
"""Constants of PZ-90 (GLONASS ICD, edition 5.1, 2008, section 3.3.3): m3/s2, m, rad/s, second zonal coefficient."""

STEP_S = 60.0


def glonass_positions(position_m: np.ndarray, velocity: np.ndarray, acceleration: np.ndarray, reach: int, every: int):
    """Earth-fixed positions [m], shape (n, 2 * reach + 1, 3), around the reference times of n messages.

    `position_m`, `velocity` [m/s] and `acceleration` [m/s2] by Sun and Moon, shape (n, 3), PZ-90. Positions are given
    every `every` steps of 60 s, `reach` of them before and after. Runge-Kutta of fourth order on the equations of the
    GLONASS ICD, edition 5.1, appendix 3.1.2; PZ-90.11 agrees with ITRF to 0.1 m or better (PZ-90 before 2007: to 1 m).
    """
    state = np.concatenate([position_m, velocity], axis=1)
    forward, backward = (_integrated(state, acceleration, sign * STEP_S, reach, every) for sign in (1.0, -1.0))
    return np.concatenate([backward[:, :0:-1], forward], axis=1)


def _integrated(state: np.ndarray, acceleration: np.ndarray, step: float, reach: int, every: int) -> np.ndarray:
    places = [state[:, :3]]
    for _ in range(reach):
        for _ in range(every):
            k1 = _rate(state, acceleration)
            k2 = _rate(state + 0.5 * step * k1, acceleration)
            k3 = _rate(state + 0.5 * step * k2, acceleration)
            k4 = _rate(state + step * k3, acceleration)
            state = state + step / 6.0 * (k1 + 2 * k2 + 2 * k3 + k4)
        places.append(state[:, :3])
    return np.stack(places, axis=1)


def _rate(state: np.ndarray, acceleration: np.ndarray) -> np.ndarray:
    """Velocity and acceleration in the frame that turns with the Earth."""
    x, y, z, vx, vy, _ = state.T
    r2 = x * x + y * y + z * z
    central = GRAVITATION / (r2 * np.sqrt(r2))
    oblate = 1.5 * OBLATENESS * central * EARTH_RADIUS**2 / r2
    tilt = 5.0 * z * z / r2
    rotation = EARTH_ROTATION
    ax = (-central - oblate * (1 - tilt) + rotation**2) * x + 2 * rotation * vy
    ay = (-central - oblate * (1 - tilt) + rotation**2) * y - 2 * rotation * vx
    az = (-central - oblate * (3 - tilt)) * z
    return np.concatenate([state[:, 3:], np.stack([ax, ay, az], axis=1) + acceleration], axis=1)
