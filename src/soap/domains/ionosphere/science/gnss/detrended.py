"""Detrended TEC: what waves of a band of periods do to slant TEC, without the Sun's daily course and the geometry's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from soap.core.errors import BadParameter


def detrended_tec(
    seconds: np.ndarray, stec: np.ndarray, arc: np.ndarray, *,
    shortest_s: float = 180.0, longest_s: float = 3600.0, causal: bool = False, order: int = 2,
) -> np.ndarray:  # fmt: skip
    """Variations of slant TEC [TECU] with periods from `shortest_s` to `longest_s`, shape (sv, time).

    A Butterworth band-pass of twice `order` over each arc. Not causal, it runs forward and backward: no delay, but
    every value knows what came after it, and a sudden drop casts its shadow before it. `causal`: forward only, with
    the filter's delay; this alone may speak of what was seen before an event. NaN in arcs shorter than twice
    `longest_s`, and for `longest_s` from the start of each (not causal: half of it from both ends), where the filter
    has not settled.

    `stec` [TECU] and `arc` have shape (sv, time), `seconds` (time,); gaps within an arc are bridged in a straight
    line. Travelling disturbances have periods of 10 to 60 min, acoustic and gravity waves of earthquakes and tsunamis
    3 to 30: E. Astafyeva, Rev. Geophys. 57, 1265-1288, 2019, doi:10.1029/2019RG000668.
    """
    from scipy.signal import butter, sosfilt, sosfilt_zi, sosfiltfilt

    step = _step(seconds, shortest_s, longest_s)
    sections = butter(
        2 * order if causal else order, [1.0 / longest_s, 1.0 / shortest_s], "bandpass", fs=1.0 / step, output="sos"
    )
    out = np.full(stec.shape, np.nan)
    for sv, at in arc_samples(arc):
        t = seconds[at]
        if t[-1] - t[0] < 2.0 * longest_s:
            continue
        even = np.arange(t[0], t[-1] + 0.5 * step, step)
        level = np.interp(even, t, stec[sv, at])
        if causal:
            passed = sosfilt(sections, level, zi=sosfilt_zi(sections) * level[0])[0]
            settled = t >= t[0] + longest_s
        else:
            passed = sosfiltfilt(sections, level)
            settled = (t >= t[0] + 0.5 * longest_s) & (t <= t[-1] - 0.5 * longest_s)
        out[sv, at[settled]] = np.interp(t[settled], even, passed)
    return out


def arc_samples(arc: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Each arc's satellite, and the indices of its samples in time; `arc` (sv, time), -1 where there is none."""
    for sv, numbers in enumerate(arc):
        inside = np.flatnonzero(numbers >= 0)
        for at in np.split(inside, np.flatnonzero(np.diff(numbers[inside])) + 1):
            if len(at) > 1:
                yield sv, at


def _step(seconds: np.ndarray, shortest_s: float, longest_s: float) -> float:
    """Sampling step [s], fine enough for the band."""
    step = float(np.median(np.diff(seconds))) if len(seconds) > 1 else np.inf
    if not 2.0 * step < shortest_s < longest_s:
        raise BadParameter(
            f"Periods from {shortest_s} to {longest_s} s cannot be taken out of samples {step} s apart:"
            " the shortest must be above two steps and below the longest."
        )
    return step
