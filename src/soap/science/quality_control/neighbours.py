"""Neighbours of samples in a series: steps between them, windows around them, robust statistics of these."""

from __future__ import annotations

import numpy as np

SIGMA_OF_MAD = 1.4826
"""Standard deviation of Gaussian noise in median absolute deviations (P. J. Rousseeuw and C. Croux, J. Am. Stat. Assoc.
88, 1273-1283, 1993, doi:10.1080/01621459.1993.10476408)."""

AT_ONCE = 50_000
"""Candidates judged together, so that noise that makes every sample one needs no more than tens of megabytes."""


def gaps(times: np.ndarray) -> np.ndarray:
    """True (n - 1,) where two successive times are more than 1.5 usual steps apart."""
    apart = np.diff(times).astype(np.int64)
    if not len(apart) or (apart == apart[0]).all():
        return np.zeros(len(apart), dtype=bool)
    return apart > 1.5 * np.median(apart)


def steps(values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Differences of successive values (n - 1,), NaN where either is missing and across gaps."""
    found = np.diff(values)
    found[gaps(times)] = np.nan
    return found


def beside(values: np.ndarray, times: np.ndarray, at: np.ndarray, offsets: np.ndarray, usual_ns: int) -> np.ndarray:
    """Windows (len(at), len(offsets)) of values at those distances [samples] from the indices `at`.

    NaN before the start and behind the end, and where the time lies further off than 1.5 times what the usual step
    asks for: a window does not reach over a gap.
    """
    index = at[:, None] + offsets
    inside = (index >= 0) & (index < len(values))
    index = index.clip(0, len(values) - 1)
    apart = np.abs((times[index] - times[at][:, None]).astype(np.int64))
    return np.where(inside & (apart <= 1.5 * usual_ns * np.abs(offsets)), values[index], np.nan)


def usual_step(times: np.ndarray) -> int:
    """The median distance of successive times [ns]; 0 for fewer than two."""
    return int(np.median(np.diff(times).astype(np.int64))) if len(times) > 1 else 0


def median(windows: np.ndarray) -> np.ndarray:
    """Median along the last axis of the values that are not NaN; NaN where there are none."""
    ordered = np.sort(windows, axis=-1)  # NaN last
    known = np.isfinite(ordered).sum(axis=-1)
    middle = np.stack([(known - 1).clip(0) // 2, np.minimum(known // 2, (known - 1).clip(0))], axis=-1)
    return np.take_along_axis(ordered, middle, axis=-1).mean(axis=-1)


def spread(windows: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """Robust standard deviation along the last axis: 1.4826 median absolute deviations from `centre`."""
    return SIGMA_OF_MAD * median(np.abs(windows - centre[..., None]))
