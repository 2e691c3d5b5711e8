"""Arcs: stretches of one satellite's phase that are continuous."""

from __future__ import annotations

import numpy as np


def find_arcs(
    seconds: np.ndarray, state: np.ndarray, used: np.ndarray, *, least_s: float = 600.0, least_samples: int = 10
) -> tuple[np.ndarray, int]:
    """Number of the arc of each sample, shape (sv, time), int32, -1 where there is none; and how many arcs.

    `state` (sv, time) comes from `cycle_slips.find_slips`; samples where `used` is False (too low) are in no arc but
    do not end one. An arc shorter than `least_s` seconds or `least_samples` samples cannot be levelled and is none.
    """
    from soap.domains.ionosphere.science.gnss.arcs_kernel import number_arcs

    arc = np.full(state.shape, -1, dtype=np.int32)
    return arc, number_arcs(seconds, state, used, least_s, least_samples, arc)
