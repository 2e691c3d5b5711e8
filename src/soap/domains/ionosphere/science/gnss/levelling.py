"""Levelling: the phase of each arc is moved to the mean level of its codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_BLOCK_S = 600.0
"""Multipath of a code hangs together over some minutes; over blocks this long it is taken for independent."""

_PRIOR_BLOCKS = 5.0
"""An arc's own blocks and the usual error of the pair's codes weigh the same at this many blocks."""


@dataclass(frozen=True)
class Levels:
    """Level of each arc [TECU] to be added to its phase, and its standard error [TECU]; shape (arc,), NaN: no code."""

    level: np.ndarray
    sigma: np.ndarray


def level(
    seconds: np.ndarray, phase_tec: np.ndarray, code_tec: np.ndarray, arc: np.ndarray, n_arcs: int,
    elevation_deg: np.ndarray,
) -> Levels:  # fmt: skip
    """Robust mean of code minus phase over each arc, weighted by the sine squared of the elevation.

    Arrays (sv, time) but `seconds` (time,); `arc` -1 where a sample is in none, `code_tec` NaN where it does not count.
    An unknown elevation weighs as 30 degrees do. The standard error comes from how blocks of ten minutes differ within
    the arc, drawn to the error usual at this receiver and pair where an arc has few blocks: a code's noise and
    multipath hang together in time, so that the number of samples says little (L. Ciraolo et al., J. Geod. 81,
    111-120, 2007, doi:10.1007/s00190-006-0093-1).
    """
    from soap.domains.ionosphere.science.gnss.arcs_kernel import level_arcs

    weight = np.where(np.isnan(elevation_deg), 0.25, np.sin(np.radians(np.clip(elevation_deg, 5.0, 90.0))) ** 2)
    levels, one, unit, spread = (np.full(n_arcs, np.nan) for _ in range(4))
    blocks = np.zeros(n_arcs)
    level_arcs(seconds, code_tec - phase_tec, weight, arc, _BLOCK_S, levels, one, unit, blocks, spread)
    return Levels(levels, np.sqrt(_shrunk(one, unit, blocks, spread)))


def _shrunk(one: np.ndarray, unit: np.ndarray, blocks: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Variance of each level: that of its own blocks, and that of the blocks of all arcs spread as its own are."""
    with np.errstate(invalid="ignore", divide="ignore"):
        usual = np.nanmean(np.where(blocks >= 4, unit / spread, np.nan)) if (blocks >= 4).any() else np.nan
        usual = usual if np.isfinite(usual) else np.nanmedian(np.append(one, 0.0)) ** 2
        return (blocks * unit + _PRIOR_BLOCKS * usual * spread) / (blocks + _PRIOR_BLOCKS)
