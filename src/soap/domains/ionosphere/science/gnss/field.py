"""The ionosphere over one receiver, as smooth as it must be, fitted together with the receiver's biases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.domains.ionosphere.science.gnss.rays import Rays, Receiver

_SMOOTHNESS = (1.0, 0.5, 0.25)
"""Usual second difference between neighbouring hours [TECU] of content, slope and curvature over 5 degrees, where the
content is 20 TECU or less; in proportion to it where it is more."""

_SMOOTH_TECU = 20.0

_POWERS = 3
_HUBER = 1.5
_ITERATIONS = 12
_HEIGHT_STEP = 50.0
"""[km]"""
_LEAST_SCALE = 0.05
_FLOOR_SIGMA = 0.3
"""How firmly content below zero is drawn up to zero [TECU]."""


@dataclass(frozen=True)
class FitChoices:
    """What the fit takes and how.

    Errors of mapping and of levels hang together over `correlation_s`: so many seconds of a satellite's rays count as
    one observation. Hours between the knots of the splines: `knot_hours`.
    """

    mask_deg: float = 28.0
    every_s: float = 150.0
    knot_hours: float = 1.0
    correlation_s: float = 6000.0


@dataclass(frozen=True)
class Fit:
    """Fitted content of the shell, `V(hours, north)`, and biases.

    `biases` are the columns after the field's coefficients, with their `covariance`; `by_height` is how they change
    with the height of the shell [per km]. `scale` [TECU] is the usual vertical misfit of one ray at the zenith.
    """

    first: float
    step: float
    coefficients: np.ndarray
    biases: np.ndarray
    covariance: np.ndarray
    by_height: np.ndarray
    scale: float

    def content(self, hours: np.ndarray, north: np.ndarray) -> np.ndarray:
        """Content of the shell [TECU] at hours and latitudes as in `Rays`, arrays of one shape (row,)."""
        out = np.empty(len(hours))
        none = np.full(len(hours), -1)
        zero = np.zeros(len(hours))
        knots = self.first, self.step, len(self.coefficients) // _POWERS - 3
        _kernel().misfit(hours, north, zero, zero, none, none, *knots, self.coefficients, out)
        return -out


def fit(rays: Rays, receiver: Receiver, link: np.ndarray, prior_sigma: np.ndarray, choices: FitChoices) -> Fit:
    """Content over a receiver and biases that describe its rays best.

    Parameters
    ----------
    rays : rows; `rays.record` numbers the biases of the receiver, from 0
    link : second bias of each row (bias of one satellite's link to the receiver), counted on from the records; -1 none
    prior_sigma : usual size of each bias [ns], shape (bias,); infinite where nothing is known beforehand

    The content is a cubic spline (hourly knots) in a time that goes with the Sun, times a quadratic in modified dip
    latitude, both held smooth; single rays count less the farther they are off (P. J. Huber, Ann. Math. Stat. 35,
    73-101, 1964, doi:10.1214/aoms/1177703732). Content below zero is drawn to zero.
    """
    problem = _Problem.of(rays, receiver, link, prior_sigma, choices)
    weight, scale = rays.weight, 1.0
    floor = np.zeros(len(problem.floor_hours))
    solution, roughness = np.zeros(problem.size), 1.0
    for _ in range(_ITERATIONS):
        before = solution
        normal, right = problem.equations(weight, floor, roughness)
        solution = _solve(normal, right)
        off = problem.residual(solution) * np.sqrt(rays.weight)
        scale = max(1.4826 * float(np.median(np.abs(off))), _LEAST_SCALE)
        one = scale**2 * max(choices.correlation_s / choices.every_s, 1.0)
        weight = rays.weight / one * np.minimum(1.0, _HUBER * scale / np.maximum(np.abs(off), 1e-12))
        content = problem.value - problem.residual(solution) + problem.biased(solution)
        roughness = max(float(np.median(content)) / _SMOOTH_TECU, 1.0)
        floor = np.where(problem.at_floor(solution) < 0, _FLOOR_SIGMA**-2, 0.0)
        if np.abs(solution - before)[problem.fields :].max(initial=0.0) < 1e-3:
            break
    normal, right = problem.equations(weight, floor, roughness)
    solution, covariance = _solve(normal, right), np.linalg.inv(normal)
    raised = _Problem.of(rays, receiver, link, prior_sigma, choices, higher_km=_HEIGHT_STEP)
    moved = _solve(*raised.equations(weight, floor, roughness))
    n = problem.fields
    return Fit(
        problem.first, choices.knot_hours, solution[:n], solution[n:], covariance[n:, n:],
        (moved - solution)[n:] / _HEIGHT_STEP, scale,
    )  # fmt: skip


@dataclass(frozen=True)
class _Problem:
    """Rows divided by their slant factor, so that they are vertical, and what is known beforehand."""

    rays: Rays
    value: np.ndarray
    per_ns: np.ndarray
    bias: np.ndarray
    link: np.ndarray
    first: float
    step: float
    intervals: int
    prior: np.ndarray
    floor_hours: np.ndarray
    floor_north: np.ndarray

    @classmethod
    def of(cls, rays, receiver, link, prior_sigma, choices, higher_km: float = 0.0) -> _Problem:
        factor = receiver.slant_factor(rays.elevation_deg, higher_km)
        first = float(np.floor(rays.hours.min()))
        intervals = max(int(np.ceil((rays.hours.max() - first) / choices.knot_hours)), 1)
        fields = (intervals + 3) * _POWERS
        prior = np.zeros((fields + len(prior_sigma),) * 2)
        for power, usual in enumerate(_SMOOTHNESS):
            bend = np.diff(np.eye(intervals + 3), 2, axis=0) / usual
            prior[power:fields:_POWERS, power:fields:_POWERS] = bend.T @ bend
        prior[np.diag_indices(fields)] += 1e-6
        biases = np.arange(fields, len(prior))
        prior[biases, biases] = 1.0 / np.square(prior_sigma) + 1e-9
        knots = first + choices.knot_hours * np.arange(intervals + 1)
        reach = np.percentile(rays.north, [5, 50, 95])
        return cls(
            rays, rays.slant / factor, rays.tecu_per_ns / factor, fields + rays.record,
            np.where(link >= 0, fields + link, -1), first, choices.knot_hours, intervals, prior,
            np.repeat(knots, 3), np.tile(reach, len(knots)),
        )  # fmt: skip

    @property
    def size(self) -> int:
        return len(self.prior)

    @property
    def fields(self) -> int:
        return (self.intervals + 3) * _POWERS

    @property
    def _knots(self) -> tuple[float, float, int]:
        return self.first, self.step, self.intervals

    def equations(self, weight: np.ndarray, floor: np.ndarray, roughness: float) -> tuple[np.ndarray, np.ndarray]:
        """Normal matrix and right hand side.

        `floor` weighs the rows that hold the content at zero; the field may be `roughness` times as rough as usual.
        """
        normal, right = np.zeros_like(self.prior), np.zeros(self.size)
        rays, kernel = self.rays, _kernel()
        kernel.accumulate(
            rays.hours, rays.north, self.value, self.per_ns, self.bias, self.link, weight, *self._knots, normal, right
        )
        zero, none = np.zeros(len(floor)), np.full(len(floor), -1)
        kernel.accumulate(
            self.floor_hours, self.floor_north, zero, zero, none, none, floor, *self._knots, normal, right
        )
        normal += np.tril(normal, -1).T
        n = self.fields
        normal += self.prior
        normal[:n, :n] += self.prior[:n, :n] * (roughness**-2 - 1.0)
        return normal, right

    def residual(self, solution: np.ndarray) -> np.ndarray:
        out = np.empty(len(self.value))
        rays = self.rays
        _kernel().misfit(
            rays.hours, rays.north, self.value, self.per_ns, self.bias, self.link, *self._knots, solution, out
        )
        return out

    def biased(self, solution: np.ndarray) -> np.ndarray:
        """What the biases add to the content at the rows."""
        second = np.where(self.link >= 0, solution[self.link], 0.0)
        return self.per_ns * (solution[self.bias] + second)

    def at_floor(self, solution: np.ndarray) -> np.ndarray:
        """Content where it must not be below zero."""
        out, none = np.empty(len(self.floor_hours)), np.full(len(self.floor_hours), -1)
        zero = np.zeros(len(out))
        _kernel().misfit(self.floor_hours, self.floor_north, zero, zero, none, none, *self._knots, solution, out)
        return -out


def _solve(normal: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.linalg.solve(normal, right)


def _kernel():
    from soap.domains.ionosphere.science.gnss import field_kernel

    return field_kernel
