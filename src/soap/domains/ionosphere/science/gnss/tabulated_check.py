"""Tabulated positions against their neighbours: a wrong one is left out, a single missing one is filled in."""

from __future__ import annotations

from math import comb

import numpy as np

from soap.core.time import iso

DEGREE = 10
"""Eleven positions in a row obey a polynomial of this degree to millimetres, in the frame that does not turn."""

CONTRADICTION_M = 10.0
"""A position farther from what its neighbours say is no position: centres agree to centimetres, seams to decimetres."""

_EDGE_M = 300.0
"""Tenth difference of a good orbit at most: 186 m at the perigee of Galileo's eccentric satellites (15-min steps)."""

_MOST_WRONG = 50
"""A satellite with more wrong positions than this has none that could be trusted."""

_COEFFICIENTS = np.array([(-1) ** k * comb(DEGREE, k) for k in range(DEGREE + 1)], float)
_EARTH_ROTATION = 7.2921151467e-5


def checked_positions(time: np.ndarray, sv, position_m: np.ndarray, step) -> tuple[np.ndarray, list[str]]:
    """Positions [m] (time, sv, 3) without those that contradict their neighbours, single gaps filled; and notes.

    The tenth difference of eleven positions at even `step`s, all in the frame that does not turn, is zero but for
    rounding. Where a satellite's is not, the position that explains the most of it is left out, and again, until no
    single error above 10 m is left (300 m at the first and last position, which only one difference sees). A single
    position missing among five on either side is what makes the tenth difference zero (error below 1 mm for 15-min
    steps); it is not filled where it would contradict others, as at a manoeuvre.
    """
    angle = _EARTH_ROTATION * ((time - time[0]) / np.timedelta64(1, "s"))
    fixed = _turned(position_m, angle)
    even = _even_windows(time, step)
    notes = []
    suspects = np.flatnonzero(np.nanmax(np.abs(_differences(fixed, even)), axis=(0, 2), initial=0.0) > CONTRADICTION_M)
    for column in suspects:
        wrong = _contradictions(fixed[:, column], even)
        fixed[wrong, column] = np.nan
        if len(wrong):
            named = ", ".join(iso(time[k]) for k in wrong[:3]) + (" …" if len(wrong) > 3 else "")
            notes.append(
                f"{len(wrong)} position(s) of {sv[column]} contradict those before and after and were left out"
                f" (GPS time {named})."
            )
    filled = _filled(fixed, even)
    return np.where(filled[:, :, None], _turned(fixed, -angle), np.where(np.isnan(fixed), np.nan, position_m)), notes


def _turned(position_m: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Positions (time, sv, 3) turned about the Earth's axis by `angle` (time)."""
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, y, z = np.moveaxis(position_m, -1, 0)
    return np.stack([cosine * x - sine * y, sine * x + cosine * y, z], axis=-1)


def _even_windows(time: np.ndarray, step) -> np.ndarray:
    """True where eleven times from this one on follow each other at the step."""
    return time[DEGREE:] - time[:-DEGREE] == DEGREE * step if len(time) > DEGREE else np.zeros(0, bool)


def _differences(positions: np.ndarray, even: np.ndarray) -> np.ndarray:
    """Tenth differences (window, ..., 3) of positions (time, ..., 3); NaN where one of the eleven is missing."""
    if not len(even):
        return np.full((0, *positions.shape[1:]), np.nan)
    total = sum(c * positions[k : k + len(even)] for k, c in enumerate(_COEFFICIENTS))
    return np.where(even.reshape(-1, *[1] * (positions.ndim - 1)), total, np.nan)


def _contradictions(positions: np.ndarray, even: np.ndarray) -> np.ndarray:
    """Indices of one satellite's positions (time, 3) to be left out: all, where too many contradict each other."""
    positions = positions.copy()
    wrong: list[int] = []
    for _ in range(_MOST_WRONG):
        differences = np.nan_to_num(_differences(positions, even))
        there = (~np.isnan(_differences(positions, even)[:, 0])).astype(float)
        seen = np.stack([np.convolve(part, _COEFFICIENTS) for part in differences.T], axis=1)
        power = np.convolve(there, _COEFFICIENTS**2)
        with np.errstate(invalid="ignore", divide="ignore"):
            error = np.linalg.norm(seen, axis=1) / power  # least squares over the windows that hold the position
            tolerated = np.maximum(CONTRADICTION_M, _EDGE_M / np.sqrt(power))
            explained = np.where(error > tolerated, error**2 * power, 0.0)
        if not explained.any():
            return np.array(sorted(wrong), np.int64)
        worst = int(np.argmax(explained))
        wrong.append(worst)
        positions[worst] = np.nan
    return np.flatnonzero(~np.isnan(positions[:, 0]) | np.isin(np.arange(len(positions)), wrong))


def _filled(positions: np.ndarray, even: np.ndarray) -> np.ndarray:
    """Fill single gaps of `positions` (time, sv, 3) in place; True (time, sv) where that was done."""
    middle = DEGREE // 2
    lacking = np.isnan(positions[..., 0])
    filled = np.zeros(lacking.shape, bool)
    for row, column in zip(*np.nonzero(lacking & _amid_others(lacking, even)), strict=True):
        first = row - middle
        window = positions[first : first + DEGREE + 1, column]
        window[middle] = -(np.nansum(_COEFFICIENTS[:, None] * window, axis=0)) / _COEFFICIENTS[middle]
        near = slice(max(first - middle, 0), first + 2 * DEGREE)
        around = _differences(positions[near, column], even[near][: max(len(positions[near]) - DEGREE, 0)])
        if np.nanmax(np.abs(around), initial=0.0) > CONTRADICTION_M * _COEFFICIENTS.max():
            window[middle] = np.nan
        else:
            filled[row, column] = True
    return filled


def _amid_others(lacking: np.ndarray, even: np.ndarray) -> np.ndarray:
    """True (time, sv) where at most one of the eleven positions around, at even steps, is lacking."""
    middle, alone = DEGREE // 2, np.zeros(lacking.shape, bool)
    if len(even):
        count = np.cumsum(np.insert(lacking, 0, False, axis=0), axis=0)
        alone[middle : middle + len(even)] = (count[DEGREE + 1 :] - count[: -DEGREE - 1] <= 1) & even[:, None]
    return alone
