"""Noise level: how much successive values differ, which the slow field hardly adds to."""

from __future__ import annotations

import numpy as np

from soap.science.quality_control.neighbours import SIGMA_OF_MAD

LEAST_DIFFERENCES = 12
"""Fewer differences tell no noise level."""


def difference_noise(differences: np.ndarray) -> np.ndarray:
    """Standard deviation of white noise that would give such first differences; (rows, n), NaN missing, to (rows,).

    1.4826 times the median of their magnitudes, over the square root of 2, as the difference of two independent
    values has twice their variance; NaN for rows with fewer than 12. Robust against spikes and steps; not finer than
    the last digit of the values. J. von Neumann et al., Ann. Math. Stat. 12, 153-162, 1941,
    doi:10.1214/aoms/1177731746 (differences); P. J. Rousseeuw and C. Croux, J. Am. Stat. Assoc. 88, 1273-1283, 1993,
    doi:10.1080/01621459.1993.10476408 (median).
    """
    size = np.abs(np.asarray(differences, dtype=np.float64))
    known = np.count_nonzero(size == size, axis=-1)
    last = np.maximum(known - 1, 0)
    low, high = last // 2, np.minimum(known // 2, last)
    wanted = sorted({*low.tolist(), *high.tolist()})
    bits = size.view(np.int64)  # of what is not negative in the same order, NaN last, and faster to put in order
    if len(wanted) <= 8:
        bits.partition(wanted, axis=-1)
    else:
        bits.sort(axis=-1)
    rows = np.arange(len(size))
    middle = (size[rows, low] + size[rows, high]) / 2
    return np.where(known >= LEAST_DIFFERENCES, SIGMA_OF_MAD * middle / np.sqrt(2.0), np.nan)
