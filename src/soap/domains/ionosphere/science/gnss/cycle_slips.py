"""Cycle slips: where the carrier phase of a satellite lost count.

After G. Blewitt, "An automatic editing algorithm for GPS data", Geophys. Res. Lett. 17, 199-202, 1990,
doi:10.1029/GL017i003p00199: the wide lane (Melbourne-Wuebbena) is held against its running mean, the geometry-free
phase against a prediction; a value that stands alone is an outlier, one that the next values agree with is a slip.
Unlike there, the prediction is a line through the last samples, and its tolerance follows how rough the TEC is on
both sides, so that scintillation is not taken for slips; and slips are not repaired: the arc is split.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.combinations import Combined

NONE, GOOD, FIRST, SLIPPED, WARNED, SPIKE, WILD_CODE = 0, 1, 2, 3, 4, 5, 6
"""What a sample is: not there; goes on; begins an arc after a gap or break; begins one after a slip, or where the
receiver warned and continuity could not be shown; a phase that stands alone; good but for its code."""

_USUAL_S = 30.0
"""Tolerances hold for steps up to this long, and grow in proportion for longer ones."""


@dataclass(frozen=True)
class SlipSearch:
    """What is taken for a slip.

    Steps of the geometry-free phase against the line before them count from `least_tecu`, or `factor` robust standard
    deviations of the TEC's roughness, and always from `most_tecu` within half a minute. Shifts of the wide lane's
    level count from `least_wide_cycle`, or `wide_factor` of its standard deviations. A gap above `max_gap_s` ends an
    arc.
    """

    least_tecu: float = 0.2
    most_tecu: float = 2.5
    factor: float = 5.0
    least_wide_cycle: float = 0.7
    wide_factor: float = 3.0
    max_gap_s: float = 100.0

    def __post_init__(self) -> None:
        for name in ("least_tecu", "most_tecu", "factor", "least_wide_cycle", "wide_factor", "max_gap_s"):
            if not getattr(self, name) > 0:
                raise BadParameter(f"{name} is {getattr(self, name)}; it must be above 0.")


def find_slips(
    seconds: np.ndarray, combined: Combined, breaks: np.ndarray, how: SlipSearch | None = None
) -> np.ndarray:
    """What each sample is, shape (sv, time), uint8: NONE to WILD_CODE.

    `seconds` (time,) rise strictly. Across the times at indices `breaks` an arc goes on only where both combinations
    show that the phase does: files spliced hour by hour often have no gap in their phases.
    """
    from soap.domains.ionosphere.science.gnss.cycle_slips_kernel import search_all

    how = how or SlipSearch()
    apart = np.zeros(len(seconds), dtype=bool)
    apart[np.asarray(breaks, dtype=np.int64)] = True
    state = np.zeros(combined.phase_tec.shape, dtype=np.uint8)
    limits = (
        how.max_gap_s, _USUAL_S, how.least_tecu, how.most_tecu, how.factor, how.least_wide_cycle, how.wide_factor,
    )  # fmt: skip
    blind = how.least_wide_cycle * blind_shift(combined, 0.5 * how.least_tecu)
    search_all(seconds, combined.phase_tec, combined.wide_lane, combined.warned, apart, limits, blind, state)
    return state


def blind_shift(combined: Combined, unseen_tecu: float) -> np.ndarray:
    """Smallest shift of the wide lane [cycle] by slips that move the geometry-free phase by at most `unseen_tecu`.

    Shape (sv,). GPS L1 and L2: 2, by slips of 9 and 7 cycles; L1 and L5: 1, by 4 and 3.
    """
    one, two = combined.wavelengths[:, 0], combined.wavelengths[:, 1]
    shifts = np.arange(1, 6)
    cycles = np.arange(-40, 41)[:, None, None]
    steps = combined.tecu_per_metre[:, None] * (one[:, None] * (cycles + shifts) - two[:, None] * cycles)
    unseen = (np.abs(steps) <= unseen_tecu).any(axis=0)
    return np.where(unseen.any(axis=1), shifts[np.argmax(unseen, axis=1)], shifts[-1])
