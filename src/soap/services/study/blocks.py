"""A study by blocks: one station's range in the hours before one earthquake, against every background it states.

Such case studies are how most claimed precursors are shown, and the z-score of a single block against a handful of
chosen days is fragile. The analysis therefore gives, beside the score against each background: the same rule applied to
all other blocks of the window, blocks without an earthquake, the geomagnetic activity of each block, and what the
activity alone makes one expect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from pydantic import Field

from soap.core.errors import BadParameter
from soap.core.time import utc
from soap.science.method import Method, Parameters
from soap.services.study.spec import BlockBackground, Blocks, ControlBlock

STATISTIC = "z of {variable}'s range in the last {hours} h against {background}"
RULE = "|z| ≥ {threshold:g} on Gaussian noise, {blocks} background blocks"
"""What the null rate is the rate of."""
_NOISE_SAMPLES = 100_000
_HOUR = np.timedelta64(1, "h")
_KP_BIN = np.timedelta64(3, "h")
_EVENT_BLOCK = -1
LEAST_BLOCKS = 3
"""Fewest blocks that make a background, and fewest to which Kp is fitted."""


@dataclass(frozen=True)
class Series:
    """Values of one variable: `time` (`datetime64[ns]`), `values` (NaN where missing or flagged), `units`."""

    time: np.ndarray
    values: np.ndarray
    units: str


@dataclass(frozen=True)
class BlockRanges:
    """Blocks of equal length, block -1 ending at the key time: `day` (block), `start`, `stop`, and their ranges.

    `ranges` is variable → (block); NaN where less than the asked share of the values is there. `max_kp` (block) is the
    largest Kp whose 3 hours touch the block.
    """

    day: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    ranges: Mapping[str, np.ndarray]
    max_kp: np.ndarray


class BlockScore(Parameters):
    """When a block counts as unusual."""

    threshold_sigma: float = Field(default=2.0, gt=0, le=10, description="|z| from which a block is marked.")


def cut_blocks(study: Blocks, series: Mapping[str, Series], kp: Series) -> BlockRanges:
    """Every whole block of the study's window, and the range [units of the series] of each variable in it."""
    length, key = np.timedelta64(study.block_hours, "h"), utc(study.key_time)
    window = study.window.window
    days = np.arange(int(np.ceil((window.start - key) / length)), int(np.floor((window.stop - key) / length)))
    start = key + days * length
    stop = start + length
    ranges = {name: _ranges(part, start, stop, study.min_coverage) for name, part in series.items()}
    touching = [kp.values[(kp.time + _KP_BIN > a) & (kp.time < b)] for a, b in zip(start, stop, strict=True)]
    max_kp = np.array([np.nanmax(part) if np.isfinite(part).any() else np.nan for part in touching])
    return BlockRanges(days, start, stop, ranges, max_kp)


def _ranges(series: Series, start: np.ndarray, stop: np.ndarray, min_coverage: float) -> np.ndarray:
    step = np.median(np.diff(series.time).astype(float))
    expected = (stop[0] - start[0]).astype("timedelta64[ns]").astype(float) / step
    out = np.full(len(start), np.nan)
    for i, (a, b) in enumerate(zip(start, stop, strict=True)):
        part = series.values[np.searchsorted(series.time, a) : np.searchsorted(series.time, b)]
        if np.isfinite(part).sum() >= min_coverage * expected:
            out[i] = np.nanmax(part) - np.nanmin(part)
    return out


def score(value: float, background: np.ndarray) -> float:
    """z of `value` against the mean and standard deviation (ddof 1) of the known `background` values.

    NaN with fewer than `LEAST_BLOCKS` of them, or when all are the same. The band of S. Kon, M. Nishihashi, K. Hattori,
    J. Asian Earth Sci. 41, 410-420, 2011, doi:10.1016/j.jseaes.2010.10.005, on blocks instead of days.
    """
    known = background[np.isfinite(background)]
    scatter = known.std(ddof=1) if len(known) >= LEAST_BLOCKS else 0.0
    return float((value - known.mean()) / scatter) if scatter > 0 else float("nan")


METHOD = Method(
    "block_score_kon_2011",
    title="Range of a block of hours against mean and standard deviation of blocks before it",
    takes="series",
    gives="number",
    parameters=BlockScore,
    run=score,
    reference="10.1016/j.jseaes.2010.10.005",
)


def analyse_blocks(study: Blocks, series: Mapping[str, Series], kp: Series) -> dict[str, Any]:
    """All numbers of the study, as `result.json` holds them; `BadParameter` when the last block has no value."""
    blocks = cut_blocks(study, series, kp)
    primary = study.variables[0]
    values = blocks.ranges[primary]
    at = np.flatnonzero(blocks.day == _EVENT_BLOCK)
    if not len(at):
        raise BadParameter(
            f"The block of {study.block_hours} h that ends at {study.key_time} does not lie in the study's window;"
            " change key_time or [window]."
        )
    if not np.isfinite(values[at[0]]):
        raise BadParameter(
            f"The block of {study.block_hours} h that ends at {study.key_time} holds too few values of {primary} in"
            f" {study.collection}; widen the window or choose another station."
        )
    event = values[at[0]]
    others = values[(blocks.day != _EVENT_BLOCK) & np.isfinite(values)]
    p = float((np.sum(others >= event) + 1) / (len(others) + 1))
    backgrounds = [_against(study, blocks, background) for background in study.backgrounds]
    noise = noise_rates(len(backgrounds[0]["days"]), study)
    return {
        "n_events": 1,
        "statistic": backgrounds[0]["z"][primary],
        "statistic_name": STATISTIC.format(
            variable=primary, hours=study.block_hours, background=backgrounds[0]["name"]
        ),
        "p_value": {"circular_shift": p, "worst": p},
        "n_as_large": np.sum(others >= event),
        "observed": {name: part[at[0]] for name, part in blocks.ranges.items()},
        "n_surrogates": {"circular_shift": len(others)},
        "null_rate": {
            "value": noise[0.0],
            "n": _NOISE_SAMPLES,
            "rule": RULE.format(threshold=study.threshold_sigma, blocks=len(backgrounds[0]["days"])),
        },
        "power": [{"size_sigma": size, "power": rate} for size, rate in noise.items()],
        "units": {name: part.units for name, part in series.items()},
        "blocks": [
            {
                "day": blocks.day[i],
                "start": blocks.start[i],
                "stop": blocks.stop[i],
                "max_kp": blocks.max_kp[i],
                "range": {name: part[i] for name, part in blocks.ranges.items()},
            }
            for i in range(len(blocks.day))
        ],
        "backgrounds": backgrounds,
        "controls": [_control(study, blocks, control) for control in study.control_blocks],
        "same_rule_elsewhere": _same_rule_elsewhere(study, blocks, primary),
        "activity": _activity(study, blocks, primary, kp),
        "trace": _trace(study, series[primary], kp),
    }


def _of_background(blocks: BlockRanges, background: BlockBackground, without: int) -> np.ndarray:
    return (blocks.day >= background.first_day) & (blocks.day <= background.last_day) & (blocks.day != without)


def _against(study: Blocks, blocks: BlockRanges, background: BlockBackground) -> dict[str, Any]:
    """The last block against one background."""
    chosen = _of_background(blocks, background, _EVENT_BLOCK)
    event = blocks.day == _EVENT_BLOCK
    known = {name: part[chosen & np.isfinite(part)] for name, part in blocks.ranges.items()}
    for name, part in known.items():
        if len(part) < LEAST_BLOCKS:
            raise BadParameter(
                f"The background {background.name!r} (blocks {background.first_day} to {background.last_day}) has"
                f" {len(part)} value(s) of {name}; a scatter needs {LEAST_BLOCKS} or more. The window holds blocks"
                f" {blocks.day[0]} to {blocks.day[-1]}."
            )
    return {
        "name": background.name,
        "reason": background.reason,
        "days": blocks.day[chosen],
        "lowest": {name: part.min() for name, part in known.items()},
        "highest": {name: part.max() for name, part in known.items()},
        "mean": {name: part.mean() for name, part in known.items()},
        "scatter": {name: part.std(ddof=1) for name, part in known.items()},
        "max_kp": blocks.max_kp[chosen].max(),
        "z": {name: score(float(part[event][0]), part[chosen]) for name, part in blocks.ranges.items()},
    }


def _control(study: Blocks, blocks: BlockRanges, control: ControlBlock) -> dict[str, Any]:
    """A block without an earthquake, scored against the same backgrounds (itself left out)."""
    day, here = control.day, np.flatnonzero(blocks.day == control.day)
    if not len(here):
        raise BadParameter(f"The control block {control.name!r} (day {day}) is no whole block of the window.")
    at = here[0]
    return {
        "name": control.name,
        "reason": control.reason,
        "day": day,
        "max_kp": blocks.max_kp[at],
        "range": {variable: part[at] for variable, part in blocks.ranges.items()},
        "z": [
            {
                "background": background.name,
                "z": {
                    variable: score(float(part[at]), part[_of_background(blocks, background, day)])
                    for variable, part in blocks.ranges.items()
                },
            }
            for background in study.backgrounds
        ],
    }


def _same_rule_elsewhere(study: Blocks, blocks: BlockRanges, variable: str) -> dict[str, Any]:
    """Every block scored against as many blocks before it as the first background has."""
    first = study.backgrounds[0]
    values, scores = blocks.ranges[variable], []
    for i, day in enumerate(blocks.day):
        behind = blocks.day - day + _EVENT_BLOCK
        before = (behind >= first.first_day) & (behind <= first.last_day)
        whole = before.sum() == first.last_day - first.first_day + 1
        scores.append(score(float(values[i]), values[before]) if whole and np.isfinite(values[i]) else np.nan)
    scored = np.array(scores)
    elsewhere = np.isfinite(scored) & (blocks.day != _EVENT_BLOCK)
    return {
        "variable": variable,
        "day": blocks.day,
        "z": scored,
        "n_scored": int(elsewhere.sum()),
        "n_marked": int((np.abs(scored[elsewhere]) >= study.threshold_sigma).sum()),
        "days_marked": blocks.day[elsewhere & (np.abs(scored) >= study.threshold_sigma)],
    }


def _activity(study: Blocks, blocks: BlockRanges, variable: str, kp: Series) -> dict[str, Any]:
    """What Kp alone makes one expect of the last block: a line through log range against largest Kp of all others."""
    values, event = blocks.ranges[variable], blocks.day == _EVENT_BLOCK
    others = ~event & np.isfinite(values) & np.isfinite(blocks.max_kp)
    logarithm = np.log(np.where(values > 0, values, np.nan))
    others &= np.isfinite(logarithm)
    if others.sum() < LEAST_BLOCKS or not np.ptp(blocks.max_kp[others]) > 0:
        raise BadParameter(
            f"{others.sum()} other blocks of {variable} have a value and a Kp, or all the same Kp: what activity"
            f" explains cannot be told; widen the window (it needs {LEAST_BLOCKS} or more) or take another Kp."
        )
    slope, level = np.polyfit(blocks.max_kp[others], logarithm[others], 1)
    scatter = float(np.std(logarithm[others] - level - slope * blocks.max_kp[others], ddof=2))
    expected = level + slope * blocks.max_kp[event][0]
    in_bin = (kp.time <= utc(study.key_time)) & (kp.time + _KP_BIN > utc(study.key_time))
    return {
        "variable": variable,
        "kp_at_key_time": kp.values[in_bin][0] if in_bin.any() else np.nan,
        "max_kp": blocks.max_kp[event][0],
        "n_blocks": int(others.sum()),
        "log_level": level,
        "log_slope_per_kp": slope,
        "log_scatter": scatter,
        "correlation": float(np.corrcoef(blocks.max_kp[others], logarithm[others])[0, 1]),
        "expected": float(np.exp(expected)),
        "observed": float(values[event][0]),
        "z": float((logarithm[event][0] - expected) / scatter),
        "n_disturbed": int((blocks.max_kp > study.max_kp).sum()),
    }


def _trace(study: Blocks, series: Series, kp: Series) -> dict[str, Any]:
    """What a figure needs of the window: lowest and highest value of each hour, less the median of all, and Kp."""
    window = study.window.window
    hours = np.arange(window.start, window.stop, _HOUR)
    edges = np.searchsorted(series.time, np.append(hours, window.stop))
    parts = [series.values[a:b] for a, b in pairwise(edges)]
    level = float(np.nanmedian(series.values))
    known = [part[np.isfinite(part)] for part in parts]
    inside = window.holds(kp.time)
    return {
        "start": window.start,
        "level": level,
        "low": [part.min() - level if len(part) else np.nan for part in known],
        "high": [part.max() - level if len(part) else np.nan for part in known],
        "kp_start": kp.time[inside][0] if inside.any() else None,
        "kp": kp.values[inside],
    }


def noise_rates(n_background: int, study: Blocks) -> dict[float, float]:
    """Share of Gaussian noise blocks that the rule marks, with a signal of each size [sigma] added; same `score`."""
    rng = np.random.default_rng(study.seed)
    noise = rng.standard_normal((_NOISE_SAMPLES, n_background))
    value, mean, scatter = rng.standard_normal(_NOISE_SAMPLES), noise.mean(axis=1), noise.std(axis=1, ddof=1)
    sizes = (0.0, 0.5, 1.0, 2.0, 3.0, 5.0)
    return {size: float(np.mean(np.abs(value + size - mean) >= study.threshold_sigma * scatter)) for size in sizes}
