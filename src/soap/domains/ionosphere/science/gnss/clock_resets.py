"""Resets of a receiver's clock: all pseudoranges jump together, the phases do not (or do, which cancels).

Many receivers keep their clock within a millisecond by steps of one. Held against the phases such a step is a slip of
millions of wide lanes on every satellite, and none in truth.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_LEAST_M = 1000.0
"""A clock's step [m]; one of a millisecond is 299,792 m, while codes are wrong by far less."""

_ALIKE_M = 50.0
"""The satellites' steps agree within this, multipath and noise of both codes included."""

_LEAST_SATELLITES = 3
_MOST = 0.75
"""Share of the satellites that must show the step."""


def clock_steps(wide_lanes_m: Sequence[np.ndarray]) -> np.ndarray:
    """What resets of the clock add to every wide lane [m], shape (time,): to be taken off.

    `wide_lanes_m`: Melbourne-Wuebbena combinations [m], shape (sv, time), of all pairs of signals of one receiver.
    """
    n_time = wide_lanes_m[0].shape[1] if wide_lanes_m else 0
    steps = np.zeros(n_time)
    if n_time < 2:
        return steps
    change = np.concatenate([np.diff(lanes, axis=1) for lanes in wide_lanes_m])
    with np.errstate(invalid="ignore"):
        suspects = np.flatnonzero((np.abs(change) > _LEAST_M).sum(axis=0) >= _LEAST_SATELLITES)
    for at in suspects:
        known = change[np.isfinite(change[:, at]), at]
        step = float(np.median(known))
        if abs(step) > _LEAST_M and (np.abs(known - step) < _ALIKE_M).mean() >= _MOST:
            steps[at + 1] = step
    return np.cumsum(steps)
