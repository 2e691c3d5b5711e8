"""Departures: stretches of an arc where codes and phase part company, though no single value stands out.

Files packed by differences carry one wrong digit on and on, growing: the phase or the code of a satellite bends away
so smoothly that no step shows it. Code minus phase, and the wide lane, know nothing of the ionosphere and stay where
they are over a whole arc.
"""

from __future__ import annotations

import numpy as np

from soap.domains.ionosphere.science.gnss.levelling import zenith_weight

_BLOCK_S = 600.0

_TIMES_USUAL = 8.0
"""Blocks are off by more than so many of the receiver's usual departures where something is wrong."""

_TECU = 3.0, 10.0
_WIDE_CYCLE = 0.25, 0.7
"""Least and most that ten minutes may be off at the zenith, in code minus phase [TECU] and in the wide lane [cycle].
Of 30,000 blocks of ten real station-days 99 in 100 were within 3 TECU and 0.2 cycle; what was farther off than the most
were arcs with slips that nobody found, and BeiDou's codes at some low elevations."""


def departures(
    seconds: np.ndarray, code_less_phase: np.ndarray, wide_lane: np.ndarray, arc: np.ndarray, elevation_deg: np.ndarray
) -> np.ndarray:
    """True (sv, time) where ten minutes say another level than the rest of their arc does.

    `code_less_phase` [TECU] and `wide_lane` [cycle], shape (sv, time), are NaN where a code does not count; `seconds`
    (time,); `arc` -1 where a sample is in none. Which of code and phase is wrong is not told: neither is to be used.
    An unknown elevation counts as 30 degrees.
    """
    weight = zenith_weight(elevation_deg)
    inside = arc >= 0
    told = _departing(seconds, code_less_phase, weight, arc, _TECU)
    return inside & (told | _departing(seconds, wide_lane, weight, arc, _WIDE_CYCLE))


def _departing(
    seconds: np.ndarray, level: np.ndarray, weight: np.ndarray, arc: np.ndarray, bounds: tuple[float, float]
) -> np.ndarray:
    """True (sv, time) in the blocks whose `level` is off by more than is usual at this receiver, within `bounds`."""
    from soap.domains.ionosphere.science.gnss.arcs_kernel import block_departures

    away = np.zeros(arc.shape)
    block_departures(seconds, level, weight, arc, _BLOCK_S, away)
    found = away[away > 0.0]
    usual = 1.48 * float(np.median(found)) if len(found) else 0.0
    return away > np.clip(_TIMES_USUAL * usual, *bounds)
