"""Spectrogram: how the power of a series is spread over frequency, stretch of time after stretch of time.

Each stretch's spectrum is the mean of the periodograms of Hann-windowed segments that overlap by half (P. D. Welch,
IEEE Trans. Audio Electroacoust. 15, 70-73, 1967, doi:10.1109/TAU.1967.1161901), each freed of its straight line first.
A gap is no zero: a segment with too much missing tells nothing, and a stretch without a segment has no power.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadParameter

LEAST_SEGMENT = 8
"""Samples of the shortest segment."""

MOST_MISSING = 0.1
"""Share of a segment that may be missing."""

_VALUES_AT_ONCE = 1 << 22


@dataclass(frozen=True)
class Spectrogram:
    """Power spectral density [unit^2/Hz], (columns, rows), NaN where too much is missing.

    Row k is the mean over frequencies [Hz] from `frequency_edges[k]` to `frequency_edges[k + 1]`.
    """

    frequency_edges: np.ndarray
    power: np.ndarray


def spectrogram(values: np.ndarray, step_s: float, segment: int, edges: np.ndarray, rows: int) -> Spectrogram:
    """One-sided spectra of `values` (n,), a sample every `step_s` [s], NaN missing, by segments of `segment` samples.

    Column c is the stretch of the samples from `edges[c]` to before `edges[c + 1]` (rising); one that is no longer than
    a segment has the segment round its middle, which may reach beyond it. Frequencies are put together into at most
    `rows` of about equal width on a logarithmic scale, from 1/segment up to half the sampling rate; the mean of the
    spectrum, zero left out, is there as white noise of variance s^2 has 2 s^2 `step_s`. `BadParameter` for a segment
    shorter than 8 samples or than the values are.
    """
    if not LEAST_SEGMENT <= segment <= len(values):
        raise BadParameter(
            f"A segment of {segment} samples is none; of {len(values)}, take {LEAST_SEGMENT} to {len(values)}."
        )
    padding = np.full(segment, np.nan)
    padded = np.concatenate([padding, values, padding])
    bins = np.unique(np.round(np.geomspace(1, segment // 2 + 1, rows + 1)).astype(int))
    power = np.full((len(edges) - 1, len(bins) - 1), np.nan)
    for column, (begin, end) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)):
        spectra = _spectra(padded, _starts(begin, end, segment) + segment, segment, step_s)
        if spectra is not None:
            power[column] = np.add.reduceat(spectra, bins[:-1])[: len(bins) - 1] / np.diff(bins)
    return Spectrogram((bins - 0.5) / (segment * step_s), power)


def _starts(begin: int, end: int, segment: int) -> np.ndarray:
    """First samples of a stretch's segments."""
    length = end - begin
    if length <= segment:
        return np.array([(begin + end) // 2 - segment // 2])
    count = int(np.ceil((length - segment) / (segment / 2))) + 1
    return np.linspace(begin, end - segment, count).round().astype(int)


def _spectra(padded: np.ndarray, starts: np.ndarray, segment: int, step_s: float) -> np.ndarray | None:
    """Mean periodogram (segment // 2 + 1,) of the segments that tell one; None where none does."""
    inside = starts[(starts >= 0) & (starts + segment <= len(padded))]
    views = np.lib.stride_tricks.sliding_window_view(padded, segment)
    total, count = np.zeros(segment // 2 + 1), 0
    for part in np.array_split(inside, max(1, len(inside) * segment // _VALUES_AT_ONCE)):
        cut = views[part]
        cut = cut[np.isnan(cut).mean(axis=1) <= MOST_MISSING]
        total += _periodograms(cut, step_s).sum(axis=0)
        count += len(cut)
    return total / count if count else None


def _periodograms(cut: np.ndarray, step_s: float) -> np.ndarray:
    """One-sided periodograms of segments (k, n), each less its straight line; what is missing has no weight."""
    count = cut.shape[1]
    known = ~np.isnan(cut)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(count) / count)
    weight = np.where(known, window, 0.0)
    found = np.fft.rfft(_without_line(cut, known) * weight, axis=1)
    power = (found.real**2 + found.imag**2) * (2 * step_s / (weight**2).sum(axis=1, keepdims=True))
    if count % 2 == 0:
        power[:, -1] /= 2  # the one frequency that is its own mirror image
    return power


def _without_line(cut: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Segments (k, n) less the straight line that fits what is known best; zero where nothing is known."""
    place = np.arange(cut.shape[1], dtype=float)
    number = np.maximum(known.sum(axis=1, keepdims=True), 1)
    values = np.where(known, cut, 0.0)
    middle = (known * place).sum(axis=1, keepdims=True) / number
    level = values.sum(axis=1, keepdims=True) / number
    offset = np.where(known, place - middle, 0.0)
    apart = np.where(known, values - level, 0.0)
    spread = np.maximum((offset**2).sum(axis=1, keepdims=True), 1.0)
    return apart - offset * ((offset * apart).sum(axis=1, keepdims=True) / spread)
