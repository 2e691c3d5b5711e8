"""Scintillation from observations of 1 Hz or faster: S4 and sigma-phi over a minute.

Receivers made for it sample amplitude and phase at 50 Hz (`scintillation_ismr` reads what they found). From one
sample a second only what is slower than half a hertz is seen: both indices are then lower bounds. From 15- or
30-second observations neither can be had; ROTI (`rate`) tells of larger irregularities instead.
"""

from __future__ import annotations

import numpy as np

from soap.core.errors import BadParameter
from soap.domains.ionosphere.science.gnss.detrended import arc_samples
from soap.domains.ionosphere.science.gnss.signals import REFRACTION, SPEED_OF_LIGHT

_SLOWEST_S = 1.0
_SHARE = 0.75
"""Of a window that must have values."""


def amplitude_index(seconds: np.ndarray, strength_dbhz: np.ndarray, *, window_s: float = 60.0) -> np.ndarray:
    """S4: standard deviation of the intensity over its mean, in windows of `window_s` up to each time.

    `strength_dbhz` [dBHz], shape (sv, time), `seconds` (time,). NaN where less than three quarters of a window were
    observed. The receiver's own noise and the rounding of the strengths are in it: 0.05 at the middle satellite of a
    calm quarter of an hour.
    B. H. Briggs, I. A. Parkin, J. Atmos. Terr. Phys. 25, 339-366, 1963, doi:10.1016/0021-9169(63)90150-8.
    """
    least = _least(seconds, window_s)
    intensity = 10.0 ** (strength_dbhz / 10.0)
    out = np.full(intensity.shape, np.nan)
    for sv, row in enumerate(intensity):
        at = np.flatnonzero(np.isfinite(row))
        mean, deviation, count = _windows(seconds[at], row[at], window_s)
        out[sv, at] = np.where(count >= least, deviation / mean, np.nan)
    return out


def phase_index(
    seconds: np.ndarray, stec: np.ndarray, arc: np.ndarray, frequency_hz, *,
    window_s: float = 60.0, slowest_hz: float = 0.1,
) -> np.ndarray:  # fmt: skip
    """Sigma-phi [rad] at `frequency_hz`: standard deviation of the ionosphere's phase faster than `slowest_hz`.

    `stec` [TECU] and `arc` have shape (sv, time); `frequency_hz` a number or (sv, 1). The phase is that of the
    geometry-free combination scaled to the carrier, so that clocks of receiver and satellites are not in it, but the
    noise of two phases is: 0.03 rad at the middle satellite of a calm quarter of an hour. High-pass of sixth order as
    in A. J. Van Dierendonck, J. Klobuchar, Q. Hua, Proc. ION GPS-93, 1333-1342, 1993. Arcs shorter than three windows
    have none.
    """
    from scipy.signal import butter, sosfiltfilt

    least, step = _least(seconds, window_s), float(np.median(np.diff(seconds)))
    sections = butter(3, slowest_hz, "highpass", fs=1.0 / step, output="sos")  # forward and backward make six
    phase = 2.0 * np.pi * REFRACTION / (SPEED_OF_LIGHT * frequency_hz) * stec
    out = np.full(stec.shape, np.nan)
    for sv, at in arc_samples(arc):
        t = seconds[at]
        if t[-1] - t[0] < 3.0 * window_s:
            continue
        even = np.arange(t[0], t[-1] + 0.5 * step, step)
        fast = np.interp(t, even, sosfiltfilt(sections, np.interp(even, t, phase[sv, at])))
        _, deviation, count = _windows(t, fast, window_s)
        out[sv, at] = np.where((count >= least) & (t >= t[0] + window_s), deviation, np.nan)
    return out


def _least(seconds: np.ndarray, window_s: float) -> float:
    """Samples that a window must have; refuses what is sampled too slowly."""
    step = float(np.median(np.diff(seconds))) if len(seconds) > 1 else np.inf
    if step > _SLOWEST_S:
        raise BadParameter(
            f"Observations every {step:g} s tell no scintillation indices: they need one a second or more."
            " Use ROTI, or the file of a scintillation receiver."
        )
    return _SHARE * window_s / step


def _windows(t: np.ndarray, values: np.ndarray, window_s: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, standard deviation and count of the values in the window up to each time."""
    first = np.searchsorted(t, t - window_s, side="right")
    count = np.arange(1, len(t) + 1) - first
    centre = values.mean() if len(values) else 0.0
    sums, squares = (np.concatenate([[0.0], np.cumsum((values - centre) ** power)]) for power in (1, 2))
    mean = (sums[1:] - sums[first]) / count
    variance = (squares[1:] - squares[first]) / count - mean**2
    return mean + centre, np.sqrt(np.maximum(variance, 0.0)), count
