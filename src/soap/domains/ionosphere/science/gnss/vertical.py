"""Vertical TEC at the pierce points of one receiver's rays, and over the receiver, each with its uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from soap.domains.ionosphere.science.gnss.field import Fit
from soap.domains.ionosphere.science.gnss.geometry import pierce_points
from soap.domains.ionosphere.science.gnss.rays import HOUR, Receiver, usual_step_s
from soap.domains.ionosphere.science.gnss.receiver_bias import HEIGHT_SIGMA_KM, ReceiverBias
from soap.domains.ionosphere.science.gnss.slant import SlantTec
from soap.observations.quality import Quality

_PLASMASPHERE_SHARE = 0.5
"""How well the modelled plasmasphere is known, as a share of it."""


@dataclass(frozen=True)
class VerticalTec:
    """Calibrated TEC of one record; arrays of shape (time, sv), NaN where there is none."""

    slant: SlantTec
    bias: ReceiverBias
    stec: np.ndarray
    """[TECU] Along the ray, all biases removed."""
    vtec: np.ndarray
    """[TECU] Vertical at the pierce point, the plasmasphere above the shell included."""
    sigma: np.ndarray
    """[TECU] Standard error of `vtec`: level, biases and mapping together."""
    level_sigma: np.ndarray
    """[TECU] What of it is the arc's level; the rest is common to all rays of the receiver."""
    latitude: np.ndarray
    """[degree] Geodetic, of the pierce point; `longitude` alike."""
    longitude: np.ndarray

    @property
    def slant_sigma(self) -> np.ndarray:
        """[TECU] Standard error of `stec`: that of the arc's level, and of the receiver's bias."""
        sigma = np.hypot(self.slant.levelling_sigma, self.slant.tecu_per_ns * self.bias.sigma_ns)
        return np.where(np.isfinite(self.stec), sigma, np.nan)


@dataclass(frozen=True)
class StationSeries:
    """Vertical TEC over a receiver, means of windows; shape (window,), NaN where no ray was high enough."""

    time: np.ndarray
    """GPS time of the middle of each window."""
    vtec: np.ndarray
    sigma: np.ndarray
    spread: np.ndarray
    """[TECU] Standard deviation between the rays of a window."""
    rays: np.ndarray


def vertical_tec(
    record: SlantTec, satellite_ns: np.ndarray, bias: ReceiverBias, receiver: Receiver
) -> VerticalTec:  # fmt: skip
    """TEC of one record with its biases removed, along the rays and vertical at their pierce points.

    `stec = stec_levelled + tecu_per_ns (satellite + receiver + link)`; `vtec = (stec - plasmasphere along the ray) /
    slant factor + plasmasphere above the receiver`. Satellites without a bias, from a file or estimated, have none; nor
    have those whose bias cannot be right, and their rays are flagged CONTAMINATED.
    """
    record = _flagged(record, bias)
    total_ns = np.nan_to_num(satellite_ns) + bias.links_ns + bias.value_ns
    stec = record.stec_levelled + record.tecu_per_ns * total_ns
    seen = np.isfinite(record.stec_levelled) & np.isfinite(record.elevation_deg)
    sv = np.nonzero(seen)[1]
    elevation, azimuth = record.elevation_deg[seen], record.azimuth_deg[seen]
    factor = receiver.slant_factor(elevation)
    above, overhead = receiver.plasmasphere.slant(elevation, azimuth), receiver.plasmasphere.vertical
    shell = (stec[seen] - above) / factor
    level = record.levelling_sigma[seen] / factor
    from_bias = record.tecu_per_ns[sv] * bias.sigma_ns / factor
    from_height = shell * (receiver.slant_factor(elevation, HEIGHT_SIGMA_KM) / factor - 1.0)
    from_above = _PLASMASPHERE_SHARE * (overhead - above / factor)
    sigma = np.sqrt(level**2 + from_bias**2 + from_height**2 + from_above**2)
    pierced = pierce_points(receiver.latitude, receiver.longitude, elevation, azimuth, receiver.shell_height_km)
    planes = (_plane(seen, column) for column in (shell + overhead, sigma, level, *pierced))
    return VerticalTec(record, bias, stec, *planes)


def _flagged(record: SlantTec, bias: ReceiverBias) -> SlantTec:
    """The record with the rays of doubted satellites flagged."""
    if not bias.doubts:
        return record
    doubted = np.isin(np.arange(len(record.sv)), [one.sv for one in bias.doubts])
    wrong = doubted & np.isfinite(record.stec_levelled)
    return replace(record, quality=record.quality | np.where(wrong, np.uint8(Quality.CONTAMINATED), np.uint8(0)))


def _plane(seen: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values of the rays that are seen as a plane (time, sv), NaN elsewhere."""
    plane = np.full(seen.shape, np.nan)
    plane[seen] = values
    return plane


def station_series(
    parts: Sequence[VerticalTec], receiver: Receiver, fitted: Fit | None, *, window_s: float = 300.0,
    mask_deg: float = 30.0,
) -> StationSeries:  # fmt: skip
    """Mean vertical TEC over a receiver in windows of `window_s` seconds, from rays above `mask_deg`.

    Rays weigh by the sine squared of their elevation: what is wrong with biases and mapping grows toward the horizon.

    With `fitted`, each ray is first moved over the receiver by what the fitted ionosphere differs between there and
    its pierce point; without, values count where they are.
    """
    start, windows = _windows(parts, window_s)
    sums = np.zeros((6, windows))
    for part in parts:
        time, sv = np.nonzero(np.isfinite(part.vtec) & (part.slant.elevation_deg > mask_deg))
        window = ((part.slant.time[time] - start) // _ns(window_s)).astype(np.int64)
        value = part.vtec[time, sv]
        if fitted is not None:
            hours = (part.slant.time[time] - _first(parts)) / HOUR
            ahead, north = receiver.sun_and_field(part.longitude[time, sv], part.latitude[time, sv])
            value = value - fitted.content(hours + ahead, north) + fitted.content(hours, np.zeros(len(hours)))
        level = part.level_sigma[time, sv] ** 2
        common = np.sqrt(np.maximum(part.sigma[time, sv] ** 2 - level, 0.0))
        weight = np.sin(np.radians(part.slant.elevation_deg[time, sv])) ** 2
        for row, column in enumerate((np.ones(len(value)), value, value**2, level, common)):
            sums[row] += np.bincount(window, weight * column, minlength=windows)
        sums[5] += np.bincount(window, minlength=windows)
    step = min((usual_step_s(part.slant.time) for part in parts), default=0.0)
    return _series(start, window_s, sums, step)


def _series(start: np.datetime64, window_s: float, sums: np.ndarray, step_s: float) -> StationSeries:
    """Means from weighted sums over the windows; the rays of one satellite in a window count as one."""
    weight, total, squares, level, common, count = sums
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / weight
        spread = np.sqrt(np.maximum(squares / weight - mean**2, 0.0))
        satellites = np.maximum(count * min(step_s / window_s, 1.0), 1.0)
        sigma = np.sqrt((common / weight) ** 2 + (level / weight + spread**2) / satellites)
    time = start + _ns(window_s) * np.arange(len(count)) + _ns(window_s / 2)
    return StationSeries(time, mean, sigma, spread, count.astype(np.int64))


def _windows(parts: Sequence[VerticalTec], window_s: float) -> tuple[np.datetime64, int]:
    """Beginning of the first window, a whole number of them since midnight, and how many there are."""
    times = [part.slant.time for part in parts if len(part.slant.time)]
    if not times:
        return np.datetime64(0, "ns"), 0
    first, last = min(time[0] for time in times), max(time[-1] for time in times)
    day = first.astype("datetime64[D]").astype("datetime64[ns]")
    start = day + ((first - day) // _ns(window_s)) * _ns(window_s)
    return start, int((last - start) // _ns(window_s)) + 1


def _first(parts: Sequence[VerticalTec]) -> np.datetime64:
    return min(part.slant.time[0] for part in parts if len(part.slant.time))


def _ns(seconds: float) -> np.timedelta64:
    return np.timedelta64(round(seconds * 1e9), "ns")
