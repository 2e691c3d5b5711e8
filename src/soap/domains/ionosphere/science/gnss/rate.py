"""How fast slant TEC changes: its rate, and how unsteady the rate is."""

from __future__ import annotations

import numpy as np

from soap.core.errors import BadParameter


def rate_of_tec(seconds: np.ndarray, stec: np.ndarray, arc: np.ndarray, *, step_s: float = 30.0) -> np.ndarray:
    """Rate of change of slant TEC [TECU/min] over the step up to each time, shape (sv, time).

    `stec` [TECU] and `arc` have shape (sv, time), `seconds` (time,). The step is `step_s`, or the samples' own where
    that is longer, never across two arcs; NaN where there is no sample a step (to a tenth) before.
    """
    from soap.domains.ionosphere.science.gnss.rate_kernel import rates

    if not step_s > 0:
        raise BadParameter(f"step_s is {step_s} s; it must be above 0.")
    rate = np.full(stec.shape, np.nan)
    if len(seconds) > 1:
        rates(seconds, stec, arc, max(step_s, float(np.median(np.diff(seconds)))), rate)
    return rate


def rate_of_tec_index(
    seconds: np.ndarray, rate: np.ndarray, arc: np.ndarray, *, window_s: float = 300.0, share: float = 0.5
) -> np.ndarray:
    """ROTI [TECU/min]: standard deviation of `rate` over the `window_s` up to each time, within one arc.

    NaN where less than `share` of the window has rates, or fewer than three. X. Pi, A. J. Mannucci, U. J. Lindqwister,
    C. M. Ho, Geophys. Res. Lett. 24, 2283-2286, 1997, doi:10.1029/97GL02273: 30-s rates over 5 minutes; above 0.5
    there are irregularities of some kilometres.
    """
    from soap.domains.ionosphere.science.gnss.rate_kernel import unsteadiness

    if not (window_s > 0 and 0 < share <= 1):
        raise BadParameter(f"window_s is {window_s} s and share {share}; they must be above 0, share at most 1.")
    index = np.full(rate.shape, np.nan)
    if len(seconds) > 1:
        least = max(3.0, share * window_s / float(np.median(np.diff(seconds))))
        unsteadiness(seconds, rate, arc, window_s, least, index)
    return index
