"""Satellites whose bias cannot be right: all their rays disagree with what the other satellites see.

A wrong line of a bias file lifts or lowers every ray of one satellite by the same number of nanoseconds. The ionosphere
that is fitted to all of them hardly follows one, so that the error shows in full as what its rays are off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from soap.domains.ionosphere.science.gnss.field import Fit, FitChoices, fit
from soap.domains.ionosphere.science.gnss.rays import Rays, Receiver
from soap.domains.ionosphere.science.gnss.slant import SlantTec

_LEAST_NS = 3.0
_TIMES_USUAL = 5.0
"""A satellite is doubted that is off by more than both: so many ns, and so many times what is usual among the
satellites of its record, or its own standard error. On 14 real station-days the farthest off was 4.4 ns, 4.3 times the
usual, at the height of the solar cycle under the equatorial anomaly; elsewhere GPS satellites were within 2.2 ns."""

_STANDING_NS = 6.0
"""As `_LEAST_NS`, for a satellite that stands still: the fit does not know it, and what the field is wrong by in that
place stays. The five of BeiDou were off by 2.4 to 3.0 ns at CIBG 2024-010."""

_LEAST_SATELLITES = 5
"""Fewer do not tell which of them is wrong."""

_ROUNDS = 5
"""Of leaving out satellites: a wrong one can hide another until it is left out."""


@dataclass(frozen=True)
class Doubt:
    """A satellite of a record (`sv`, its index there) whose bias is too high by `off_ns`, and the standard error."""

    sv: int
    off_ns: float
    sigma_ns: float


@dataclass(frozen=True)
class Judgement:
    """What the satellites of one record are off [ns], shape (sv,); NaN for those that are not judged.

    `sigma_ns` is the standard error of each, `usual_ns` the scatter among the satellites (NaN where they are too few);
    `left_out` are those that the fit was made without, `least_ns` what each must be off to be doubted.
    """

    off_ns: np.ndarray
    sigma_ns: np.ndarray
    usual_ns: float
    left_out: np.ndarray
    least_ns: np.ndarray

    @property
    def doubted(self) -> np.ndarray:
        """True (sv,) for those that are off by more than chance and the fitted ionosphere explain."""
        if not np.isfinite(self.usual_ns):
            return np.zeros(len(self.off_ns), dtype=bool)
        most = np.maximum(self.least_ns, _TIMES_USUAL * np.fmax(self.sigma_ns, self.usual_ns))
        return np.abs(self.off_ns) > most

    @property
    def next_out(self) -> np.ndarray:
        """True (sv,) for those to be left out next: of the newly doubted only the farthest off, for what these do to
        the fit may be why others are."""
        off = np.abs(self.off_ns)
        worst = off[self.doubted & ~self.left_out].max(initial=0.0)
        return self.doubted & (self.left_out | (off > worst / 2.0))


@dataclass(frozen=True)
class Undoubted:
    """A fit, the rays it was made of, and what the satellites of each record are off it."""

    fit: Fit
    rays: Rays
    judgements: list[Judgement]


def fit_undoubted(
    records: Sequence[SlantTec], rays: Rays, link: np.ndarray, receiver: Receiver, prior_sigma: np.ndarray,
    choices: FitChoices,
) -> Undoubted:  # fmt: skip
    """`field.fit` without satellites that stand still and those whose bias cannot be right.

    Arguments as there, `link` for all of `rays`. Satellites whose link is estimated are judged by what that does not
    take up. Where a record has fewer than five satellites, all are kept.
    """
    left_out = [np.zeros(len(record.sv), dtype=bool) for record in records]
    for remaining in reversed(range(_ROUNDS)):
        kept = ~(rays.standing | _rows_of(left_out, rays))
        used = rays.where(kept)
        fitted = fit(used, receiver, link[kept], prior_sigma, choices)
        judged = _judge(records, rays, link, receiver, fitted, choices)
        judged = [replace(one, left_out=out) for one, out in zip(judged, left_out, strict=True)]
        wanted = [one.next_out for one in judged]
        if remaining == 0 or all(np.array_equal(*pair) for pair in zip(wanted, left_out, strict=True)):
            break
        left_out = wanted
    return Undoubted(fitted, used, judged)


def _rows_of(svs: Sequence[np.ndarray], rays: Rays) -> np.ndarray:
    """True (row,) for the rays of the satellites that are True in `svs`, by record."""
    found = np.zeros(len(rays), dtype=bool)
    for number, chosen in enumerate(svs):
        mine = rays.record == number
        found[mine] = chosen[rays.sv[mine]]
    return found


def _judge(
    records: Sequence[SlantTec], rays: Rays, link: np.ndarray, receiver: Receiver, fitted: Fit, choices: FitChoices
) -> list[Judgement]:
    """What each satellite's rays are off the fitted ionosphere and biases, less the median satellite
    of those that move.

    `rays` are all, those of satellites that the fit was made without included. A satellite's value is the weighted
    median over its rays. Its standard error has the errors of its arcs' levels, and the misfit of rays to the fitted
    ionosphere, correlated over `choices.correlation_s`.
    """
    factor = receiver.slant_factor(rays.elevation_deg)
    content = factor * fitted.content(rays.hours, rays.north)
    off = (rays.slant - content) / rays.tecu_per_ns + fitted.biases[rays.record]
    off += np.where(link >= 0, fitted.biases[link], 0.0)
    weight = rays.weight * (rays.tecu_per_ns / factor) ** 2
    misfit = fitted.scale**2 * max(choices.correlation_s / choices.every_s, 1.0)
    told = ~(rays.standing & (link >= 0))  # no link of a satellite that stands still is estimated
    found = []
    for number, record in enumerate(records):
        mine = told & (rays.record == number)
        value, total = _medians(off[mine], weight[mine], rays.sv[mine], len(record.sv))
        least = np.full(len(value), _LEAST_NS)
        least[rays.sv[mine & rays.standing]] = _STANDING_NS
        known = total > 0.0
        fitted_too = value[known & (least == _LEAST_NS)]
        enough = len(fitted_too) >= _LEAST_SATELLITES
        middle = float(np.median(fitted_too)) if enough else np.nan
        usual = 1.4826 * float(np.median(np.abs(fitted_too - middle))) if enough else np.nan
        sigma = np.full(len(value), np.nan)
        for sv in np.flatnonzero(known).tolist():
            sigma[sv] = np.hypot(np.sqrt(misfit / total[sv]), _level_sigma_ns(record, sv, choices.mask_deg))
        found.append(Judgement(value - middle, sigma, usual, np.zeros(len(value), dtype=bool), least))
    return found


def _medians(values: np.ndarray, weight: np.ndarray, sv: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Weighted median and sum of the weights of each satellite, shape (count,); NaN and 0 where it has no rows."""
    median, total = np.full(count, np.nan), np.bincount(sv, weight, minlength=count)
    for one in np.flatnonzero(total > 0.0):
        rows = np.flatnonzero(sv == one)
        order = rows[np.argsort(values[rows])]
        reached = np.cumsum(weight[order])
        median[one] = values[order[np.searchsorted(reached, reached[-1] / 2.0)]]
    return median, total


def _level_sigma_ns(record: SlantTec, sv: int, mask_deg: float) -> float:
    """Standard error [ns] of the mean level of a satellite's arcs, each counted by its samples above the mask."""
    high = np.isfinite(record.stec_levelled[:, sv]) & (record.elevation_deg[:, sv] > mask_deg)
    _, first, count = np.unique(record.arc[high, sv], return_index=True, return_counts=True)
    levels = record.levelling_sigma[high, sv][first]
    return float(np.sqrt(np.sum((count * levels) ** 2)) / count.sum() / record.tecu_per_ns[sv])
