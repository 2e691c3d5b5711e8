"""A receiver under an ionosphere that is known throughout: a Chapman layer integrated along each ray.

Nothing of it comes from the methods it is to test: no shell, no mapping function, no spline.
"""

from functools import cache

import numpy as np

from soap.domains.ionosphere.science.gnss.geometry import look_angles
from soap.domains.ionosphere.science.gnss.signals import SignalPair
from soap.domains.ionosphere.science.gnss.slant import SlantTec
from soap.science.ellipsoid import earth_fixed

PAIR = SignalPair("G", "C1W", "C2W", "L1W", "L2W")
PER_NS = 2.853
START = np.datetime64("2020-01-01T00:00:00", "ns")
PLACE = (35.0, 20.0)
_PEAK_KM, _SCALE_KM, _RADIUS_KM, _ORBIT_KM = 350.0, 60.0, 6371.0, 26_560.0
_HEIGHTS_KM = np.linspace(100.0, 1000.0, 181)


def vertical(latitude, longitude, hours):
    """Content [TECU] over a place: a bulge under the Sun, higher towards the equator."""
    local = hours + longitude / 15.0
    return (6.0 + 12.0 * np.maximum(np.cos((local - 14.0) * np.pi / 12.0), -0.2)) * (1.0 - 0.012 * (latitude - 35.0))


def receiver_m():
    return earth_fixed(*PLACE)


def _profile():
    reduced = (_HEIGHTS_KM - _PEAK_KM) / _SCALE_KM
    density = np.exp(0.5 * (1.0 - reduced - np.exp(-reduced)))
    return density / density.sum()


def _along(position_m, elevation_deg, azimuth_deg, hours):
    """Content along rays [TECU], shape as the directions."""
    up = position_m / np.linalg.norm(position_m)
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= np.linalg.norm(east)
    north = np.cross(up, east)
    elevation, azimuth = np.radians(elevation_deg)[..., None], np.radians(azimuth_deg)[..., None]
    ray = np.cos(elevation) * (np.sin(azimuth) * east + np.cos(azimuth) * north) + np.sin(elevation) * up
    place = position_m / 1e3
    along, ground = ray @ place, place @ place
    total = np.zeros(elevation.shape[:-1])
    for height, share in zip(_HEIGHTS_KM, _profile(), strict=True):
        radius = _RADIUS_KM + height
        reach = -along + np.sqrt(along**2 + radius**2 - ground)
        point = place + reach[..., None] * ray
        slope = (point * ray).sum(axis=-1) / radius
        latitude = np.degrees(np.arcsin(point[..., 2] / radius))
        longitude = np.degrees(np.arctan2(point[..., 1], point[..., 0]))
        total += share * vertical(latitude, longitude, hours) / slope
    return total


@cache
def _rays(hours, sats, step_s):
    """Seconds, elevations, azimuths and content of all rays."""
    time = np.arange(0.0, hours * 3600.0, step_s)
    plane = np.arange(sats) % 6
    turn = 2 * np.pi * time[:, None] / 43_082.0 + np.arange(sats) // 6 * np.pi / 2 + plane * 0.7
    across, tilt = np.sin(turn) * np.cos(np.radians(55.0)), np.sin(turn) * np.sin(np.radians(55.0))
    node = plane * np.pi / 3 - 7.2921e-5 * time[:, None]
    x, y = np.cos(turn) * np.cos(node) - across * np.sin(node), np.cos(turn) * np.sin(node) + across * np.cos(node)
    elevation, azimuth, _ = look_angles(receiver_m(), 1e3 * _ORBIT_KM * np.stack([x, y, tilt], axis=-1))
    seen = elevation > 15.0
    return (
        time,
        elevation,
        azimuth,
        _along(receiver_m(), np.where(seen, elevation, 90.0), azimuth, time[:, None] / 3600),
    )


def record(satellite_ns, receiver_ns, hours=24.0, level_sigma=0.3, seed=1, sats=24, step_s=150.0):
    """Slant TEC of one receiver for `hours`, with biases in it and each arc off its level by chance."""
    rng = np.random.default_rng(seed)
    time, elevation, azimuth, stec = _rays(hours, sats, step_s)
    seen = elevation > 15.0
    begins = seen & ~np.vstack([np.zeros((1, sats), bool), seen[:-1]])
    arc = np.where(seen, np.cumsum(begins.T.ravel()).reshape(sats, -1).T - 1, -1).astype(np.int32)
    off = rng.normal(0.0, level_sigma, arc.max() + 1)
    levelled = stec - PER_NS * (np.asarray(satellite_ns) + receiver_ns) + np.where(seen, off[arc], 0.0)
    none = np.zeros(seen.shape, np.uint8)
    return SlantTec(
        "G", PAIR, START + (time * 1e9).astype("timedelta64[ns]"), tuple(f"G{n + 1:02}" for n in range(sats)),
        np.where(seen, levelled, np.nan), arc, np.where(seen, level_sigma, np.nan), elevation, azimuth,
        np.full(seen.shape, np.nan), 300.0, none, np.zeros(sats, np.int64), np.full(sats, PER_NS),
    )  # fmt: skip
