"""Vertical TEC over a region from the pierce points of many receivers: a robust local fit, with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from soap.core.errors import BadParameter
from soap.core.place import east180
from soap.core.time import NS

_KM_PER_DEGREE = 111.2
_DAY_NS = 86_400 * 10**9
_BISQUARE = 4.685
_ROUNDS = 4
_SLOPE, _BEND = 0.5, 0.5
"""How much content may change, and its change change, over one reach, as shares of it (standard deviations)."""

_BLOCK = 16
"""Places fitted at once; neighbours on a grid share most of the rays within reach."""


@dataclass(frozen=True)
class PiercePoints:
    """Vertical TEC of n rays: `station` and `arc` (numbers, equal for rays of one receiver, of one of its satellites),
    `time` (`datetime64[ns]`), geocentric `latitude`, `longitude` [degree] at the shell, `vtec` and `sigma` [TECU].

    `sigma` is taken as common to all rays of a receiver, as the error of its bias is. Nothing is NaN.
    """

    station: np.ndarray
    arc: np.ndarray
    time: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    vtec: np.ndarray
    sigma: np.ndarray

    def taken(self, rows: np.ndarray) -> PiercePoints:
        """The rays of some rows."""
        return PiercePoints(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True)
class MapChoices:
    """How the local fit is made; `BadParameter` for values that make none."""

    reach_north_km: float = 900.0
    """Half axis, north to south, of the ellipse of rays that bear on a place; content varies faster that way."""
    reach_east_km: float = 1500.0
    window_s: float = 900.0
    """Rays within half of this before and after bear on a map."""
    least_arcs: int = 4
    """A place within reach of fewer satellites' arcs has no value."""

    def __post_init__(self) -> None:
        if not (50 <= self.reach_north_km <= 5000 and 50 <= self.reach_east_km <= 5000):
            raise BadParameter(
                f"The reach is {self.reach_north_km} km by {self.reach_east_km} km; 50 to 5000 is accepted."
            )
        if not (30 <= self.window_s <= 7200 and self.least_arcs >= 3):
            raise BadParameter(
                f"window_s is {self.window_s}, least_arcs {self.least_arcs}; 30 to 7200 and at least 3 are accepted."
            )


def vtec_maps(
    points: PiercePoints, times: np.ndarray, latitudes: np.ndarray, longitudes: np.ndarray, choices: MapChoices
) -> tuple[np.ndarray, np.ndarray]:
    r"""
    Maps of vertical TEC and of its standard error.

    Parameters
    ----------
    points : rays of many receivers
    times : array of datetime64, shape (map,)
    latitudes, longitudes : arrays [degree]
        The grid; latitudes of the points' kind (geocentric, as in IONEX).
    choices : reach, window and the least number of arcs

    Returns
    -------
    vtec, sigma : arrays of shape (map, latitude, longitude) [TECU]
        NaN where too few arcs are within reach.

    Notes
    -----
    At each node a plane :math:`a + b\,x + c\,y` is fitted to the rays within reach and window, each first moved with
    the Sun to the map's time; :math:`a` is the map. Weights fall with distance (tricube) and with the residual
    (bisquare, four rounds). The error of :math:`a = \sum_i l_i v_i` is
    :math:`\sigma^2 = \sum_r (\sum_{i \in r} l_i \sigma_i)^2 + s^2 \sum_k (\sum_{i \in k} l_i)^2` over receivers r and
    arcs k, with s the spread of the rays about the plane: what rays of one receiver or arc have wrong, they have
    wrong together. Slopes are held towards zero, with a standard deviation of half the content over one reach, so
    that a plane does not run away from rays on one side; what the true slope, and a bend of that size, would then
    change is added to the error.

    References
    ----------
    .. [1] W. S. Cleveland, "Robust locally weighted regression and smoothing scatterplots," J. Am. Stat. Assoc. 74,
       829-836, 1979, doi:10.1080/01621459.1979.10481038.
    """
    latitude, longitude = (axis.ravel() for axis in np.meshgrid(latitudes, longitudes, indexing="ij"))
    maps = [_map(points, time, latitude, longitude, choices) for time in np.asarray(times, NS)]
    shape = (len(maps), len(latitudes), len(longitudes))
    return np.array([vtec for vtec, _ in maps]).reshape(shape), np.array([sigma for _, sigma in maps]).reshape(shape)


@dataclass(frozen=True)
class WithheldError:
    """Rays of a receiver less the map made without it: mean, root mean square [TECU], how many, and of how many rays.

    `normalised` is the root mean square of the differences over their standard error, 1 where that is right.
    """

    mean_tecu: float
    rms_tecu: float
    normalised: float
    count: int
    rays: int


def withheld_errors(points: PiercePoints, times: np.ndarray, choices: MapChoices) -> Mapping[int, WithheldError]:
    """For each receiver, how well the others' rays tell what it saw, at the given times (leave one receiver out)."""
    errors = {}
    for station in np.unique(points.station):
        others, own = points.taken(points.station != station), points.taken(points.station == station)
        off, error, rays = [], [], 0
        for time in np.asarray(times, NS):
            seen = own.taken(np.abs(own.time - time) <= _ns(choices.window_s / 10))
            rays += len(seen.vtec)
            if len(seen.vtec):
                vtec, sigma = _map(others, time, seen.latitude, _with_the_sun(seen, time), choices)
                off.append(seen.vtec - vtec)
                error.append(np.hypot(sigma, seen.sigma))
        difference = np.concatenate(off) if off else np.empty(0)
        scaled = difference / np.concatenate(error) if off else np.empty(0)
        known = np.isfinite(difference)
        if known.any():
            errors[int(station)] = WithheldError(
                float(difference[known].mean()), float(np.sqrt((difference[known] ** 2).mean())),
                float(np.sqrt((scaled[known] ** 2).mean())), int(known.sum()), rays,
            )  # fmt: skip
        else:
            errors[int(station)] = WithheldError(np.nan, np.nan, np.nan, 0, rays)
    return errors


def _ns(seconds: float) -> np.timedelta64:
    return np.timedelta64(round(seconds * 1e9), "ns")


def _with_the_sun(points: PiercePoints, time: np.datetime64) -> np.ndarray:
    """Longitudes that have at `time` the local time that the rays had [degree]."""
    return points.longitude + (points.time - time).astype(np.int64) * (360.0 / _DAY_NS)


def _map(points: PiercePoints, time: np.datetime64, latitude, longitude, choices: MapChoices):
    """Value and standard error at places (n,) at one time."""
    near = points.taken(np.abs(points.time - time) <= _ns(choices.window_s / 2))
    vtec, sigma = np.full(len(latitude), np.nan), np.full(len(latitude), np.nan)
    if not len(near.vtec):
        return vtec, sigma
    near = near.taken(np.lexsort((near.arc, near.station)))
    sunward = _with_the_sun(near, time)
    for start in range(0, len(latitude), _BLOCK):
        part = slice(start, start + _BLOCK)
        north = (near.latitude - latitude[part, None]) * _KM_PER_DEGREE / choices.reach_north_km
        middle = np.cos(np.radians((near.latitude + latitude[part, None]) / 2))
        east = east180(sunward - longitude[part, None]) * _KM_PER_DEGREE * middle / choices.reach_east_km
        within = np.flatnonzero((np.hypot(north, east) < 1.0).any(axis=0))
        if len(within):
            vtec[part], sigma[part] = _fits(near.taken(within), north[:, within], east[:, within], choices)
    return vtec, sigma


def _fits(near: PiercePoints, north: np.ndarray, east: np.ndarray, choices: MapChoices):
    """Values and standard errors at places from rays at `north` and `east` (place, ray), in units of the reach.

    Rays are in order of station and arc.
    """
    distance = np.minimum(np.hypot(north, east), 1.0)
    nearness = (1.0 - distance**3) ** 3
    terms = np.stack([np.ones_like(north), north, east], axis=1)
    stations, arcs = (np.flatnonzero(np.diff(owner, prepend=-1)) for owner in (near.station, near.arc))
    level = (nearness @ near.vtec) / np.maximum(nearness.sum(axis=1), 1e-12)
    per_arc, slope = len(near.vtec) / len(arcs), np.maximum(_SLOPE * np.abs(level), 0.5)
    spread, trust = np.full(len(level), 1.0), np.ones_like(nearness)
    for _ in range(_ROUNDS):
        weight = nearness * trust
        operator = _operator(terms, weight, per_arc * (spread / slope) ** 2)
        plane = operator @ near.vtec
        residual = near.vtec - (plane[:, None, :] @ terms)[:, 0]
        total = np.maximum(weight.sum(axis=1), 1e-12)
        spread = 1.2533 * (weight * np.abs(residual)).sum(axis=1) / total  # mean deviation of a normal distribution
        spread = np.maximum(spread, 0.1)
        trust = np.maximum(1 - (residual / (_BISQUARE * spread)[:, None]) ** 2, 0.0) ** 2
    share = operator[:, 0]
    variance = (np.add.reduceat(share * near.sigma, stations, axis=1) ** 2).sum(axis=1)
    variance += spread**2 * (np.add.reduceat(share, arcs, axis=1) ** 2).sum(axis=1)
    for place in (north, east):
        tilt, bend = (share * place).sum(axis=1), (share * place**2).sum(axis=1) / 2
        variance += level**2 * ((_SLOPE * tilt) ** 2 + (_BEND * bend) ** 2)
    enough = (np.maximum.reduceat(weight, arcs, axis=1) > 0).sum(axis=1) >= choices.least_arcs
    return np.where(enough, plane[:, 0], np.nan), np.where(enough, np.sqrt(variance), np.nan)


def _operator(terms: np.ndarray, weight: np.ndarray, stiffness: np.ndarray) -> np.ndarray:
    """What turns rays into coefficients of planes, shape (place, term, ray); `stiffness` (place) holds slopes down."""
    weighted = terms * weight[:, None, :]
    normal = weighted @ np.swapaxes(terms, 1, 2)
    held = np.zeros_like(normal)
    held[:, 0, 0] = 1e-9
    held[:, 1, 1] = held[:, 2, 2] = np.maximum(stiffness, 1e-9)
    return np.linalg.solve(normal + held, weighted)
