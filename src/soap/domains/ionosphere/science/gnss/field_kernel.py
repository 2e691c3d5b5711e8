"""Compiled loops of the fit of an ionosphere over a receiver; `soap.domains.ionosphere.science.gnss.field` is the door.

Kept apart so that importing the door does not import numba; see `soap.science.superpose_kernel`.

The field is `V(hours, north) = sum over splines i, powers k of c[i, k] B_i(hours) x^k`, with cubic B-splines on even
knots and x the latitude in `_DEGREES`; coefficients stand spline by spline, so that a row touches twelve in a run.
"""

from __future__ import annotations

import numpy as np
from numba import njit

POWERS = 3
"""Of the latitude: constant, slope and curvature."""
_DEGREES = 5.0


@njit(cache=True, nogil=True)
def basis(hours, north, first, step, intervals, terms):
    """Values of the twelve terms at a place into `terms`; returns the first one's column."""
    place = (hours - first) / step
    knot = min(max(int(np.floor(place)), 0), intervals - 1)
    f = min(max(place - knot, 0.0), 1.0)
    x = north / _DEGREES
    spline = ((1 - f) ** 3 / 6, (3 * f**3 - 6 * f**2 + 4) / 6, (-3 * f**3 + 3 * f**2 + 3 * f + 1) / 6, f**3 / 6)
    for i in range(4):
        terms[i * POWERS] = spline[i]
        terms[i * POWERS + 1] = spline[i] * x
        terms[i * POWERS + 2] = spline[i] * x * x
    return knot * POWERS


@njit(cache=True, nogil=True)
def accumulate(hours, north, value, per_ns, bias, link, weight, first, step, intervals, normal, right):
    """Add rows to the normal equations (lower triangle) of `value = V - per_ns * (c[bias] + c[link])`.

    `bias` and `link` are columns, -1 for none.
    """
    terms = np.empty(4 * POWERS)
    for row in range(len(hours)):
        w = weight[row]
        if w == 0.0:
            continue
        at = basis(hours[row], north[row], first, step, intervals, terms)
        for i in range(4 * POWERS):
            wi = w * terms[i]
            for j in range(i + 1):
                normal[at + i, at + j] += wi * terms[j]
            right[at + i] += wi * value[row]
        for column in (bias[row], link[row]):
            if column >= 0:
                wg = -w * per_ns[row]
                for i in range(4 * POWERS):
                    normal[column, at + i] += wg * terms[i]
                normal[column, column] -= wg * per_ns[row]
                right[column] += wg * value[row]
        if bias[row] >= 0 and link[row] >= 0:
            high, low = max(bias[row], link[row]), min(bias[row], link[row])
            normal[high, low] += w * per_ns[row] ** 2


@njit(cache=True, nogil=True)
def misfit(hours, north, value, per_ns, bias, link, first, step, intervals, solution, residual):
    """Rows minus the model of `accumulate` into `residual`."""
    terms = np.empty(4 * POWERS)
    for row in range(len(hours)):
        at = basis(hours[row], north[row], first, step, intervals, terms)
        model = 0.0
        for i in range(4 * POWERS):
            model += terms[i] * solution[at + i]
        for column in (bias[row], link[row]):
            if column >= 0:
                model -= per_ns[row] * solution[column]
        residual[row] = value[row] - model
