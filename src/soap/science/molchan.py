"""The Molchan diagram: how many earthquakes a rule of alarms misses, against how much it alarms.

`tau` is the share of space-time under alarm, *weighted by the reference rate of earthquakes* (a share of mere area or
time makes any rule look good that alarms where earthquakes are anyway); `nu` the share of earthquakes missed. Alarms
drawn by chance lie on nu = 1 - tau.
G. M. Molchan, Phys. Earth Planet. Inter. 61, 84-98, 1990, doi:10.1016/0031-9201(90)90097-H; J. D. Zechar, T. H. Jordan,
Geophys. J. Int. 172, 715-724, 2008, doi:10.1111/j.1365-246X.2007.03676.x.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, erfc, factorial, floor, sqrt

import numpy as np
from pydantic import Field

from soap.core.errors import BadParameter
from soap.science.method import Method, Parameters

EXACT_SKILL_EVENTS = 15
"""Most events for which the skill's null distribution is summed exactly; the alternating sum loses digits beyond."""


class AlarmScore(Parameters):
    """Nothing to choose: hits, events and alarmed share are what the alarms gave."""


class MolchanCurve(Parameters):
    """How wide the band of chance is drawn."""

    confidence: float = Field(default=0.95, gt=0, lt=1, description="Pointwise confidence of the band of chance.")


@dataclass(frozen=True)
class MolchanPoint:
    """One rule: `nu` share missed, `tau` share alarmed, `gain` (1 - nu) / tau, `p_value` of as many hits by chance."""

    nu: float
    tau: float
    gain: float
    p_value: float


@dataclass(frozen=True)
class MolchanDiagram:
    """All thresholds of an alarm function, strictest first: `tau` and `nu` from (0, 1) to (1, 0), and `threshold`.

    `chance_low`, `chance_high` (point): pointwise band of nu under chance; `skill` the area skill score, `p_value` the
    probability of as large a score by chance.
    """

    tau: np.ndarray
    nu: np.ndarray
    threshold: np.ndarray
    chance_low: np.ndarray
    chance_high: np.ndarray
    skill: float
    p_value: float


def molchan_point(hits: int, n_events: int, tau: float) -> MolchanPoint:
    """Score of alarms that cover the share `tau` and hold `hits` of `n_events` earthquakes (binomial, one-sided)."""
    from scipy.stats import binom

    if not (n_events >= 1 and 0 <= hits <= n_events and 0 < tau <= 1):
        raise BadParameter(
            f"{hits} hits of {n_events} events with a share {tau} alarmed is no score; give 0 <= hits <= events, at"
            " least one event, 0 < tau <= 1."
        )
    share = hits / n_events
    return MolchanPoint(1 - share, tau, share / tau, float(binom.sf(hits - 1, n_events, tau)))


def molchan_diagram(alarm, rate, event_cell, confidence: float = 0.95) -> MolchanDiagram:
    """Molchan diagram of an alarm function.

    `alarm` (cell) any real number, the larger the more alarmed, NaN where the rule says nothing (never alarmed before
    all others); `rate` (cell) the reference rate of earthquakes in each space-time cell, any unit, >= 0; `event_cell`
    (event) the cell of each earthquake. Cells of equal alarm are alarmed together.
    """
    alarm, rate = np.asarray(alarm, dtype=float).ravel(), np.asarray(rate, dtype=float).ravel()
    event_cell = np.asarray(event_cell)
    if alarm.shape != rate.shape or not (rate >= 0).all() or not rate.sum() > 0:
        raise BadParameter("Every cell needs an alarm value and a reference rate of 0 or more, not all of them 0.")
    if not event_cell.size or not np.issubdtype(event_cell.dtype, np.integer):
        raise BadParameter("A Molchan diagram needs at least one earthquake, each as the whole number of its cell.")
    if event_cell.min() < 0 or event_cell.max() >= alarm.size:
        raise BadParameter(f"An earthquake lies in cell {event_cell.max()} of {alarm.size}; cells count from 0.")
    ranked = np.where(np.isnan(alarm), -np.inf, alarm)
    levels, level_of_cell = np.unique(-ranked, return_inverse=True)
    tau = np.cumsum(np.bincount(level_of_cell, weights=rate)) / rate.sum()
    hits = np.cumsum(np.bincount(level_of_cell[event_cell], minlength=len(levels)))
    tau, hits = np.concatenate([[0.0], np.minimum(tau, 1.0)]), np.concatenate([[0], hits])
    tau[-1] = 1.0
    nu = 1 - hits / event_cell.size
    low, high = chance_band(tau, event_cell.size, confidence)
    skill = area_skill_score(tau, nu)
    threshold = np.concatenate([[np.inf], -levels])
    return MolchanDiagram(tau, nu, threshold, low, high, skill, skill_p_value(skill, event_cell.size))


def chance_band(tau, n_events: int, confidence: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Pointwise band of nu that alarms by chance reach, from the binomial distribution of hits at each `tau`."""
    from scipy.stats import binom

    tail = (1 - confidence) / 2
    tau = np.asarray(tau, dtype=float)
    return 1 - binom.ppf(1 - tail, n_events, tau) / n_events, 1 - binom.ppf(tail, n_events, tau).clip(0) / n_events


def area_skill_score(tau, nu) -> float:
    """Area above the Molchan trajectory, 0 to 1; 1/2 is expected by chance.

    Straight lines between the points: within cells alarmed at once, the share of earthquakes grows with that alarmed.
    """
    tau, nu = np.asarray(tau, dtype=float), np.asarray(nu, dtype=float)
    return float(1 - np.sum(np.diff(tau) * (nu[1:] + nu[:-1]) / 2))


def skill_p_value(skill: float, n_events: int) -> float:
    """Probability that chance gives an area skill score of at least `skill`.

    Under chance the score is the mean of `n_events` uniform numbers (Zechar and Jordan 2008): mean 1/2, variance 1 /
    (12 n). The exact distribution of that mean for up to 15 events, the normal one beyond, where the two agree to
    0.002.
    """
    if n_events > EXACT_SKILL_EVENTS:
        return 0.5 * erfc((skill - 0.5) * sqrt(12 * n_events / 2))
    total = min(max((1 - skill) * n_events, 0.0), float(n_events))  # P(mean >= s) = P(sum <= (1 - s) n), by symmetry
    terms = ((-1) ** k * comb(n_events, k) * (total - k) ** n_events for k in range(floor(total) + 1))
    return min(1.0, max(0.0, sum(terms) / factorial(n_events)))


METHODS = (
    Method(
        "alarm_score_molchan_1990",
        title="Gain and probability of alarms in the Molchan diagram",
        takes="number",
        gives="number",
        parameters=AlarmScore,
        run=molchan_point,
        reference="10.1016/0031-9201(90)90097-H",
    ),
    Method(
        "alarm_diagram_zechar_2008",
        title="Molchan diagram, band of chance and area skill score",
        takes="number",
        gives="number",
        parameters=MolchanCurve,
        run=molchan_diagram,
        reference="10.1111/j.1365-246X.2007.03676.x",
    ),
)
