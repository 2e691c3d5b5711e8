"""Spikes: values that stand alone far from their neighbours on both sides.

The identifier of Hampel (a distance from the median of the neighbours, in robust standard deviations of these), with
three more conditions, because the field is no white noise: a spike is entered and left in one step each, of more than
`floor`; it lasts at most `longest` samples; and it stands out of the whole range of its neighbours on both sides by
more than `prominence` times that range. A step that stays (sudden commencement), a wave train (pulsation), a bay and
the peak of a substorm have neighbours that reach as far as they do, and are none.
"""

from __future__ import annotations

import numpy as np
from pydantic import Field

from soap.science.method import Method, NullRate, Parameters
from soap.science.quality_control.neighbours import AT_ONCE, beside, median, spread, steps, usual_step


class Spike(Parameters):
    """What is a spike."""

    floor: float = Field(
        default=5.0, ge=0, description="Least step into and out of a spike, in the variable's unit (or in log10)."
    )
    longest: int = Field(default=1, ge=1, le=10, description="Most samples that a spike lasts.")
    half_window: int = Field(default=10, ge=3, le=100, description="Neighbours looked at on each side, in samples.")
    factor: float = Field(default=10.0, gt=0, le=100, description="Least distance in robust standard deviations.")
    prominence: float = Field(default=2.0, ge=0, le=10, description="Least distance in ranges of the neighbours.")
    logarithmic: bool = Field(default=False, description="Judge log10 of the values; values of 0 and less are none.")
    upward_only: bool = Field(default=False, description="Judge only spikes above their neighbours.")


def spike_hampel_1974(
    values: np.ndarray,
    times: np.ndarray,
    *,
    floor: float = 5.0,
    longest: int = 1,
    half_window: int = 10,
    factor: float = 10.0,
    prominence: float = 2.0,
    logarithmic: bool = False,
    upward_only: bool = False,
) -> np.ndarray:
    """True (n,) for values that stand alone; `values` (n,) in any unit, NaN missing, at rising `times` (n,).

    Not judged, hence False: values next to a gap, and those with fewer than half of the neighbours on either side.
    F. R. Hampel, J. Am. Stat. Assoc. 69, 383-393, 1974, doi:10.1080/01621459.1974.10482962; see the module's text.
    """
    values, times = np.asarray(values, dtype=float), np.asarray(times)
    marked = np.zeros(len(values), dtype=bool)
    if len(values) < 3:
        return marked
    if logarithmic:
        values = np.log10(values, where=values > 0, out=np.full(len(values), np.nan))
    step = steps(values, times)
    large = np.flatnonzero(np.abs(step) > floor)
    usual = usual_step(times) if len(large) > 1 else 0
    for width in range(1, longest + 1):
        into = large[large + width < len(step)]
        into = into[(step[into] * step[into + width] < 0) & (np.abs(step[into + width]) > floor)]
        into = into[step[into] > 0] if upward_only else into
        for low in range(0, len(into), AT_ONCE):
            first = into[low : low + AT_ONCE] + 1
            alone = _alone(values, times, usual, first, width, half_window, (floor, factor, prominence))
            marked[(first[alone][:, None] + np.arange(width)).ravel()] = True
    return marked


def _alone(
    values: np.ndarray,
    times: np.ndarray,
    usual: int,
    first: np.ndarray,
    width: int,
    half_window: int,
    least: tuple[float, float, float],
) -> np.ndarray:
    """Which groups of `width` samples from the indices `first` on stand out of their neighbours."""
    floor, factor, prominence = least
    before = beside(values, times, first, np.arange(-half_window, 0), usual)
    after = beside(values, times, first, np.arange(width, width + half_window), usual)
    known = np.minimum(np.isfinite(before).sum(axis=1), np.isfinite(after).sum(axis=1))
    around = np.hstack([before, after])
    group = values[first[:, None] + np.arange(width)]
    low, high = np.fmin.reduce(around, axis=1), np.fmax.reduce(around, axis=1)
    outside = np.maximum(group.min(axis=1) - high, low - group.max(axis=1))
    centre = median(around)
    distance = np.abs(group - centre[:, None]).min(axis=1)
    return (
        (2 * known >= half_window)
        & (outside > np.maximum(floor, prominence * (high - low)))
        & (distance > factor * spread(around, centre))
    )


def null_rate(parameters: Spike, n: int = 1_000_000, seed: int = 0) -> NullRate:
    """Share of white Gaussian noise of standard deviation 10 `floor` (1 where it is 0) that is marked."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal(n) * (10 * parameters.floor or 1.0)
    times = np.datetime64("2000-01-01", "ns") + np.arange(n) * np.timedelta64(1, "s")
    chosen = parameters.model_dump() | ({"logarithmic": False} if parameters.logarithmic else {})
    return NullRate(float(spike_hampel_1974(noise, times, **chosen).mean()), n, "Gaussian, white, ten floors", seed)


METHOD = Method(
    "spike_hampel_1974",
    title="Values that stand alone far from their neighbours",
    takes="series",
    gives="flags",
    parameters=Spike,
    run=spike_hampel_1974,
    reference="10.1080/01621459.1974.10482962",
    null_rate=null_rate,
)
