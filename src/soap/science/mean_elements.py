"""Mean elements of a satellite's orbit fitted to places where it was, and where it will be by them.

The orbit is SGP4's, whose mean elements take the Earth's oblateness and a mean drag into account. Every place comes
with how uncertain it is: by the fit, by what SGP4 leaves out, and by the drag, which changes with the sun.
F. R. Hoots and R. L. Roehrich, Spacetrack Report 3, 1980; D. A. Vallado et al., Revisiting Spacetrack Report 3,
AIAA 2006-6753, 2006, doi:10.2514/6.2006-6753.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soap.core.errors import BadObservation
from soap.science.earth_rotation import to_earth_fixed, to_inertial
from soap.science.ellipsoid import earth_fixed, geodetic

FEWEST_PLACES = 12
"""Places that a fit takes at least."""

LEAST_SPAN_S = 7_000.0
"""From the first place to the last [s]: three half-orbits; less does not tell the period."""

MOST_RESIDUAL_KM = 30.0
"""Places that lie farther from every orbit, root mean square, are not those of one satellite."""

_DRAG, _DRAG_SIGMA = 2e-4, 4e-4
"""B* before anything is known [1/Earth radius]: of CSES-01 3e-5 when the sun was quiet, 9e-4 when it was active."""

_DRAG_CHANGES = 0.5
"""Share by which the drag of the days to come may differ from that of the days observed, one standard deviation."""

_MODEL_KM = 0.7
"""What SGP4 leaves out within a revolution, one standard deviation."""

_ALIKE_S = 700.0
"""Residuals nearer in time than this are alike, for what SGP4 leaves out goes with the revolution."""

_SILENCE_S = 600.0
_TRUSTED_KM = 1_500.0
"""A piece is taken in when its places are foretold to this by those later: no revolution is counted wrongly."""

_STEPS = np.array([1e-8, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6, 1e-5])
_ROUNDS, _CONVERGED_KM = 25, 1e-3
_EPOCH_OF_SGP4 = np.datetime64("1949-12-31", "ns")


@dataclass(frozen=True)
class Track:
    """Foretold places: `time` (n,), geodetic `latitude`, `longitude` [degree] and `height_km`, and whether `rising`.

    In 95 of 100 cases files tell the satellite to be no farther from there than `along_km` along its track and
    `across_km` to the side.
    """

    time: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    height_km: np.ndarray
    rising: np.ndarray
    along_km: np.ndarray
    across_km: np.ndarray


@dataclass(frozen=True)
class MeanElements:
    """A fitted orbit.

    `state` is mean motion [rad/min], e cos w, e sin w, inclination, node, w + mean anomaly [rad] and B* at `epoch`,
    the time of the last place; `covariance` is of the fit. `residual_km` is how far the `places`, the first of which
    is of `first`, lie from the orbit, root mean square: along the track, across, and up.
    """

    epoch: np.datetime64
    first: np.datetime64
    state: np.ndarray
    covariance: np.ndarray
    residual_km: tuple[float, float, float]
    places: int

    @property
    def inclination_deg(self) -> float:
        """Of the plane to the equator [degree]."""
        return float(np.degrees(self.state[3]))

    @property
    def eccentricity(self) -> float:
        """Mean eccentricity."""
        return float(np.hypot(self.state[1], self.state[2]))

    @property
    def revolutions_per_day(self) -> float:
        """Mean motion [1/day]."""
        return float(self.state[0] * 720 / np.pi)

    def track(self, time: np.ndarray) -> Track:
        """Where the satellite is at `time` (n,), `datetime64`, and how far from there it may be.

        `BadObservation` where by these elements it has come down before.
        """
        place, motion = _flown(self.state, self.epoch, time)
        along, across = self._errors(time, place, motion)
        latitude, longitude, height = geodetic(to_earth_fixed(place, time) * 1e3)
        return Track(time, latitude, longitude, height / 1e3, motion[:, 2] > 0, 1.96 * along, 1.96 * across)

    def _errors(self, time: np.ndarray, place: np.ndarray, motion: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Standard deviations [km] along the track and across."""
        slopes = _slopes(self.state, self.epoch, time)
        along, across = (np.einsum("kna,na->nk", slopes, axis) for axis in _axes(place, motion)[:2])
        by_fit = [np.einsum("nk,kl,nl->n", one, self.covariance, one) for one in (along, across)]
        # What a wrong drag does before the epoch is in the fit; after it, it adds up with the square of the time.
        later = np.where(time > self.epoch, along[:, 6], 0.0)
        by_drag = (_DRAG_CHANGES * max(abs(self.state[6]), _DRAG) * later) ** 2
        of_places = [max(one, _MODEL_KM) ** 2 for one in self.residual_km[:2]]
        return np.sqrt(by_fit[0] + by_drag + of_places[0]), np.sqrt(by_fit[1] + of_places[1])


def fit_mean_elements(time: np.ndarray, latitude: np.ndarray, longitude: np.ndarray, height_km: np.ndarray
                      ) -> MeanElements:  # fmt: skip
    """The orbit through geodetic places (n,) [degree, km] at `time` (n,), `datetime64` rising; NaN are left out.

    The latest uninterrupted piece gives a first orbit, to which earlier pieces are added as long as it foretells them
    well enough that no revolution is miscounted. `BadObservation` for fewer than `FEWEST_PLACES` places, a span below
    `LEAST_SPAN_S`, and for places that no orbit comes near to.
    """
    known = np.isfinite(latitude) & np.isfinite(longitude) & np.isfinite(height_km)
    time = time[known].astype("datetime64[ns]")
    fixed = earth_fixed(latitude[known], longitude[known], height_km[known] * 1e3) / 1e3
    seconds = np.diff(time) / np.timedelta64(1, "s")
    if len(time) < FEWEST_PLACES or seconds.sum() < LEAST_SPAN_S:
        raise BadObservation(
            f"An orbit needs {FEWEST_PLACES} places over {LEAST_SPAN_S / 60:.0f} minutes; there are {len(time)} over"
            f" {seconds.sum() / 60:.0f}."
        )
    inertial = to_inertial(fixed, time)
    starts = np.concatenate([[0], np.flatnonzero(seconds > _SILENCE_S) + 1])
    found = _grown(time, inertial, starts)
    apart = float(np.linalg.norm(found.residual_km))
    if apart > MOST_RESIDUAL_KM:
        raise BadObservation(
            f"The places lie {apart:.0f} km from every orbit, root mean square; those of one satellite lie"
            f" within {MOST_RESIDUAL_KM:g} km. Look for wrong positions or times, or several satellites under one name."
        )
    return found


def _grown(time: np.ndarray, inertial: np.ndarray, starts: np.ndarray) -> MeanElements:
    """The orbit of the latest piece that tells one, and of all pieces that its growing fit foretells."""
    lengths = np.diff(np.append(starts, len(time)))
    begin = int(starts[np.flatnonzero(lengths >= min(lengths.max(), FEWEST_PLACES))[-1]])
    found = _fit(time[begin:], inertial[begin:], _first_orbit(time[begin:], inertial[begin:]))
    while begin > 0 and np.linalg.norm(found.residual_km) <= MOST_RESIDUAL_KM:
        earlier = starts[starts < begin]
        foretold = found.track(time[earlier]).along_km < _TRUSTED_KM
        if not foretold[-1]:
            break
        begin = int(earlier[len(earlier) - int(np.argmin(np.append(foretold[::-1], False)))])
        found = _fit(time[begin:], inertial[begin:], found.state)
    return found


def _first_orbit(time: np.ndarray, inertial: np.ndarray) -> np.ndarray:
    """A circular orbit through one piece, near enough for the fit to begin with."""
    normal = np.cross(inertial[:-1], inertial[1:]).sum(axis=0)
    normal /= np.linalg.norm(normal)
    node = np.arctan2(normal[0], -normal[1])
    to_node = np.array([np.cos(node), np.sin(node), 0.0])
    angle = np.unwrap(np.arctan2(inertial @ np.cross(normal, to_node), inertial @ to_node))
    minutes = (time - time[-1]) / np.timedelta64(1, "ns") / 60e9
    rate, last = np.polyfit(minutes, angle, 1)
    return np.array([rate, 0.0, 0.0, np.arccos(normal[2]), node, last, _DRAG])


def _fit(time: np.ndarray, inertial: np.ndarray, state: np.ndarray) -> MeanElements:
    """Least squares by Gauss and Newton, with what is known of drag beforehand."""
    epoch = time[-1]
    span = np.minimum(np.diff(time) / np.timedelta64(1, "s"), _ALIKE_S).sum()
    share = min(1.0, (1 + span / _ALIKE_S) / len(time))
    prior = np.zeros((7, 7))
    prior[6, 6] = _DRAG_SIGMA**-2
    state = state.copy()
    for _ in range(_ROUNDS):
        residual = inertial - _flown(state, epoch, time)[0]
        variance = max(float(np.mean(residual**2)), _MODEL_KM**2)
        slopes = _slopes(state, epoch, time).reshape(7, -1)
        normal = slopes @ slopes.T * (share / variance) + prior
        wanted = slopes @ residual.ravel() * (share / variance) + prior @ (np.eye(7)[6] * _DRAG - state)
        step = np.linalg.solve(normal, wanted)
        state += step
        if np.abs(slopes.T @ step).max() < _CONVERGED_KM:
            break
    place, motion = _flown(state, epoch, time)
    apart = (np.sqrt(np.mean(np.sum((inertial - place) * axis, axis=1) ** 2)) for axis in _axes(place, motion))
    along, across, up = (float(one) for one in apart)
    return MeanElements(epoch, time[0], state, np.linalg.inv(normal), (along, across, up), len(time))


def _axes(place: np.ndarray, motion: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unit vectors (n, 3) along the track, across it, and up."""
    along = motion / np.linalg.norm(motion, axis=1)[:, None]
    across = np.cross(place, along)
    across /= np.linalg.norm(across, axis=1)[:, None]
    return along, across, np.cross(along, across)


def _slopes(state: np.ndarray, epoch: np.datetime64, time: np.ndarray) -> np.ndarray:
    """Change of the places with each element, shape (7, n, 3) [km]."""
    steps = np.diag(_STEPS)
    return np.stack([
        (_flown(state + step, epoch, time)[0] - _flown(state - step, epoch, time)[0]) / (2 * size)
        for step, size in zip(steps, _STEPS, strict=True)
    ])  # fmt: skip


def _flown(state: np.ndarray, epoch: np.datetime64, time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inertial places [km] and velocities [km/s], each (n, 3)."""
    from sgp4.api import WGS72, Satrec

    motion, along, aside, inclination, node, longitude, drag = state.tolist()
    eccentricity, perigee = float(np.hypot(along, aside)), float(np.arctan2(aside, along))
    satellite = Satrec()
    days = float((epoch - _EPOCH_OF_SGP4) / np.timedelta64(1, "ns")) / 86_400e9
    satellite.sgp4init(WGS72, "i", 0, days, drag, 0.0, 0.0, eccentricity, perigee, inclination,
                       longitude - perigee, motion, node)  # fmt: skip
    since = (time - epoch) / np.timedelta64(1, "ns") / 86_400e9
    whole = np.full(len(time), satellite.jdsatepoch)
    errors, places, velocities = satellite.sgp4_array(whole, satellite.jdsatepochF + since)
    if errors.any():
        raise BadObservation("By these elements the satellite has come down, or flies on no closed orbit.")
    return places, velocities
