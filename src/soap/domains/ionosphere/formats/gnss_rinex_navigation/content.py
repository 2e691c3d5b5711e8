"""What the numbers of a message mean, system by system."""

from __future__ import annotations

from collections import Counter

import numpy as np

from soap.core.time import utc_to_gps
from soap.domains.ionosphere.formats.gnss_rinex_navigation.records import Records
from soap.domains.ionosphere.science.gnss.broadcast_message import GlonassMessages, KeplerMessages, Messages
from soap.domains.ionosphere.science.gnss.broadcast_orbit import Elements

VALID_S = {"G": 7200.0, "J": 7200.0, "E": 14_400.0, "C": 7200.0, "R": 1860.0}
"""How long either side of its reference time a message is used [s].

GPS: half of the standard fit interval of 4 h, longer where the message says so (IS-GPS-200N, 20.3.4.4). Galileo: 4 h
(Galileo OS SDD 1.3, 2023, 2.4.4.1). BeiDou and QZSS renew theirs every hour (BDS-SIS-ICD B1I 3.0, table 5-8;
IS-QZSS-PNT-005, 4.1.2.3); a message missed is bridged. GLONASS: 15 min (ICD 5.1, 3.3.3), one missed is bridged.
"""

_WEEK_S = 604_800
_GPS_START = np.datetime64("1980-01-06", "ns")
_BEIDOU_BEHIND = np.timedelta64(14, "s")
_LONGEST_FIT_H = 26.0
_RADIUS_M = (1.5e7, 3.5e7)
_SPEED = 6e3
_ACCELERATION = 1e-4


def messages(found: list[Records]) -> tuple[tuple[Messages, ...], list[str]]:
    """Tables of messages, and notes on those that make no sense."""
    tables: list[Messages] = []
    wrong: Counter[str] = Counter()
    for record in found:
        table: GlonassMessages | KeplerMessages
        if record.system == "R":
            table = _glonass(record)
            good = _possible_states(table)
        else:
            table = _kepler(record)
            good = _possible_elements(table.elements)
        good &= ~np.isnat(record.clock)
        wrong.update(record.sv[~good].tolist())
        if good.any():
            tables.append(table.taken(np.flatnonzero(good)))
    named = ", ".join(f"{sv} ({count})" for sv, count in sorted(wrong.items()))
    return tuple(tables), [f"Messages whose numbers can be no orbit were left out: {named}."] if wrong else []


def _kepler(record: Records) -> KeplerMessages:
    """Messages of GPS, Galileo, BeiDou or QZSS, whose records share one layout."""
    number = record.numbers
    elements = Elements(**{name: number[name] for name in Elements.__dataclass_fields__})
    valid = np.full(len(record.sv), VALID_S[record.system])
    if record.system == "G":
        fit = np.nan_to_num(number["fit_h"])
        valid = np.where((fit > 4) & (fit <= _LONGEST_FIT_H), fit * 1800.0, valid)
    healthy = number["health"] == 0
    if record.system == "J":  # 1 marks one signal only in many files, not the satellite
        healthy |= number["health"] == 1
    return KeplerMessages(
        record.sv, _reference(record.system, record.clock, elements.toe_of_week), valid, healthy, elements
    )


def _reference(system: str, clock: np.ndarray, toe_of_week: np.ndarray) -> np.ndarray:
    """Reference time as GPS time: the second of the week in the week that brings it nearest to the clock's time."""
    of_week = ((clock - _GPS_START) / np.timedelta64(1, "s")) % _WEEK_S
    apart = (toe_of_week - of_week + _WEEK_S / 2) % _WEEK_S - _WEEK_S / 2
    shift = (np.nan_to_num(apart) * 1e9).astype("timedelta64[ns]")
    return clock + shift + (_BEIDOU_BEHIND if system == "C" else np.timedelta64(0, "s"))


def _glonass(record: Records) -> GlonassMessages:
    """Messages of GLONASS: km, km/s and km/s2, times in UTC."""
    number, reference = record.numbers, record.clock.copy()
    there = ~np.isnat(reference)
    reference[there] = utc_to_gps(np.maximum(reference[there], _GPS_START))
    position, velocity, acceleration = (
        np.stack([number[axis + order] for axis in "xyz"], axis=1) * 1e3 for order in ("", "_rate", "_pull")
    )
    valid = np.full(len(reference), VALID_S["R"])
    return GlonassMessages(record.sv, reference, valid, number["health"] == 0, position, velocity, acceleration)


def _possible_states(table: GlonassMessages) -> np.ndarray:
    """True where the state is that of a GNSS satellite."""
    radius = np.linalg.norm(table.position_m, axis=1)
    speed, pull = np.abs(table.velocity).max(axis=1), np.abs(table.acceleration).max(axis=1)
    return (radius > _RADIUS_M[0]) & (radius < _RADIUS_M[1]) & (speed < _SPEED) & (pull < _ACCELERATION)


def _possible_elements(elements: Elements) -> np.ndarray:
    """True where each of the elements is within what an orbit of a GNSS satellite can have."""
    possible = np.ones(len(elements.sqrt_a), bool)
    for name, (low, high) in _RANGES.items():
        values = getattr(elements, name)
        possible &= (values >= low) & (values <= high)
    return possible


_ANGLE, _HARMONIC_RAD, _HARMONIC_M = (-7.0, 7.0), (-1e-3, 1e-3), (-1e4, 1e4)
_RANGES = {
    "sqrt_a": (4000.0, 8000.0), "eccentricity": (0.0, 0.5), "toe_of_week": (0.0, float(_WEEK_S)),
    "mean_anomaly": _ANGLE, "perigee": _ANGLE, "node": _ANGLE, "inclination": _ANGLE,
    "delta_n": (-1e-7, 1e-7), "node_rate": (-1e-6, 1e-6), "inclination_rate": (-1e-7, 1e-7),
    "cuc": _HARMONIC_RAD, "cus": _HARMONIC_RAD, "cic": _HARMONIC_RAD, "cis": _HARMONIC_RAD,
    "crc": _HARMONIC_M, "crs": _HARMONIC_M,
}  # fmt: skip
