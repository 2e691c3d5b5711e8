"""Broadcast orbits of GPS, QZSS, Galileo and BeiDou: Keplerian elements with harmonic corrections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

EARTH_ROTATION = {"G": 7.2921151467e-5, "J": 7.2921151467e-5, "E": 7.2921151467e-5, "C": 7.2921150e-5}
"""Rotation rate of the Earth [rad/s] that each system's interface document prescribes."""

GRAVITATION = {"G": 3.986005e14, "J": 3.986005e14, "E": 3.986004418e14, "C": 3.986004418e14}
"""Earth's gravitational constant [m3/s2] that each system's interface document prescribes."""

_GEO_TILT = np.radians(-5.0)


@dataclass(frozen=True)
class Elements:
    """Elements of n messages, each an array (n,): angles and rates [rad, rad/s], sqrt_a [m^0.5], corrections."""

    sqrt_a: np.ndarray
    eccentricity: np.ndarray
    mean_anomaly: np.ndarray
    delta_n: np.ndarray
    perigee: np.ndarray
    node: np.ndarray
    node_rate: np.ndarray
    inclination: np.ndarray
    inclination_rate: np.ndarray
    cuc: np.ndarray
    cus: np.ndarray
    crc: np.ndarray
    crs: np.ndarray
    cic: np.ndarray
    cis: np.ndarray
    toe_of_week: np.ndarray


def kepler_positions(
    elements: Elements, elapsed_s: np.ndarray, system: str, geostationary: np.ndarray | None = None
) -> np.ndarray:
    """Earth-fixed positions [m], shape (n, m, 3), of n messages at `elapsed_s` (n, m) after their reference time.

    `toe_of_week` is that time in seconds of the system's own week. `geostationary` (n,) marks BeiDou's geostationary
    satellites, whose elements refer to a plane tilted by 5 degrees. IS-GPS-200N (2022), table 20-IV; Galileo OS SIS
    ICD 2.1 (2023), section 5.1.1; BDS-SIS-ICD B1I 3.0 (2019), section 5.2.4.12; IS-QZSS-PNT-005 (2023), section 5.5.1.
    """
    column = {name: getattr(elements, name)[:, None] for name in elements.__dataclass_fields__}
    rotation, axis = EARTH_ROTATION[system], column["sqrt_a"] ** 2
    motion = np.sqrt(GRAVITATION[system] / axis**3) + column["delta_n"]
    eccentricity = column["eccentricity"]
    anomaly = _eccentric_anomaly(column["mean_anomaly"] + motion * elapsed_s, eccentricity)
    true = np.arctan2(np.sqrt(1 - eccentricity**2) * np.sin(anomaly), np.cos(anomaly) - eccentricity)
    latitude = true + column["perigee"]
    sine, cosine = np.sin(2 * latitude), np.cos(2 * latitude)
    latitude = latitude + column["cus"] * sine + column["cuc"] * cosine
    radius = axis * (1 - eccentricity * np.cos(anomaly)) + column["crs"] * sine + column["crc"] * cosine
    inclination = (
        column["inclination"] + column["inclination_rate"] * elapsed_s + column["cis"] * sine + column["cic"] * cosine
    )
    still = np.zeros(len(axis), bool) if geostationary is None else geostationary
    turned = np.where(still[:, None], 0.0, rotation)
    node = column["node"] + (column["node_rate"] - turned) * elapsed_s - rotation * column["toe_of_week"]
    across, along = radius * np.cos(latitude), radius * np.sin(latitude)
    flat = along * np.cos(inclination)
    positions = np.stack(
        [
            across * np.cos(node) - flat * np.sin(node),
            across * np.sin(node) + flat * np.cos(node),
            along * np.sin(inclination),
        ],
        axis=-1,
    )
    if still.any():
        positions[still] = _from_tilted_plane(positions[still], rotation * elapsed_s[still])
    return positions


def _eccentric_anomaly(mean: np.ndarray, eccentricity: np.ndarray) -> np.ndarray:
    """Kepler's equation by Newton's method; six steps converge to rounding for every eccentricity below 0.5."""
    anomaly = mean + eccentricity * np.sin(mean)
    for _ in range(6):
        change = (anomaly - eccentricity * np.sin(anomaly) - mean) / (1 - eccentricity * np.cos(anomaly))
        anomaly = anomaly - change
        if np.abs(change).max(initial=0.0) < 1e-13:
            break
    return anomaly


def _from_tilted_plane(positions: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """BeiDou's geostationary satellites: turn by -5 degrees about x, then with the Earth by `angle` about z."""
    x, y, z = np.moveaxis(positions, -1, 0)
    y, z = y * np.cos(_GEO_TILT) + z * np.sin(_GEO_TILT), z * np.cos(_GEO_TILT) - y * np.sin(_GEO_TILT)
    return np.stack([x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle), z], axis=-1)
