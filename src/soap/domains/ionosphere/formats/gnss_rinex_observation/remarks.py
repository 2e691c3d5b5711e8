"""What a person should hear about an observation file that was read."""

from __future__ import annotations

from collections import Counter

import numpy as np

from soap.core.time import gps_to_utc, iso
from soap.domains.ionosphere.formats.gnss_rinex_observation.assembly import Filled
from soap.domains.ionosphere.formats.gnss_rinex_observation.header import Header
from soap.domains.ionosphere.formats.gnss_rinex_observation.observation_types import LEFT_OUT, READ
from soap.domains.ionosphere.formats.gnss_rinex_observation.walk import EVENTS, Walk

_SHOWN = 5


def remarks(
    header: Header,
    walk: Walk,
    filled: Filled,
    time: np.ndarray,
    kept: np.ndarray,
    again: np.ndarray,
    usable: np.ndarray,
    interval_s: float,
) -> tuple[str, ...]:
    """Sentences on what was left out, is missing, or contradicts itself."""
    said = [
        *_of_epochs(walk, time, kept, again, usable, interval_s),
        *_of_values(walk, filled, header.compact),
        *_of_systems(walk),
        *_of_header(header, time, interval_s),
    ]
    return tuple(said)


def _of_epochs(walk: Walk, time, kept, again, usable, interval_s) -> list[str]:
    said = []
    if walk.cut:
        said.append("The file ends inside an epoch, which was left out.")
    if n := int(again.sum()):
        said.append(f"{_count(n, 'epoch repeats', 'epochs repeat')} an earlier time and {_was(n)} left out.")
    if n := int((usable & ~kept & ~again).sum()):
        said.append(f"{_count(n, 'epoch is', 'epochs are')} out of order in time and {_was(n)} left out.")
    if n := sum(stop - start for start, stop in walk.away):
        said.append(f"{_count(n, 'epoch', 'epochs')} of a moving antenna or of another site {_was(n)} left out.")
    for flag, n in sorted(walk.events.items()):
        said.append(f"{_count(n, 'event', 'events')} of kind {flag} ({EVENTS[flag]}).")
    if walk.miscounted:
        said.append(f"{_count(walk.miscounted, 'epoch has', 'epochs have')} another number of satellites than stated.")
    if len(time) > 1 and interval_s > 0:
        expected = round(float((time[-1] - time[0]) / np.timedelta64(1, "s")) / interval_s) + 1
        gaps = int((np.diff(time) > np.timedelta64(round(1.5e9 * interval_s), "ns")).sum())
        if expected > len(time):
            said.append(f"{expected - len(time)} of {expected} epochs are missing, in {_count(gaps, 'gap', 'gaps')}.")
    return said


def _of_values(walk: Walk, filled: Filled, compact: bool) -> list[str]:
    said = []
    if n := walk.doubled:
        said.append(f"{_count(n, 'satellite is', 'satellites are')} given twice in an epoch; both were left out.")
    if n := filled.spoilt:
        said.append(
            f"{_count(n, 'field is', 'fields are')} no number, or none that F14.3 holds, and {_was(n)} left out"
            + (", in this compression with all of the satellite until it begins anew." if compact else ".")
        )
    if n := filled.unstarted:
        said.append(
            f"{_count(n, 'difference continues', 'differences continue')} a value that is not there; what follows"
            " such a difference was left out until its series begins anew."
        )
    return said


def _of_systems(walk: Walk) -> list[str]:
    seen = Counter((np.unique(walk.rows[walk.rows > 0]) // 100).tolist())
    said = []
    for letter, n in sorted(seen.items()):
        system = chr(letter + 64)
        if system not in READ:
            known = LEFT_OUT.get(system, "a system not known here")
            said.append(f"{_count(n, 'satellite', 'satellites')} of system {system} ({known}) {_was(n)} left out.")
    return said


def _of_header(header: Header, time: np.ndarray, interval_s: float) -> list[str]:
    said = []
    leap = int((time[0] - gps_to_utc(time[0])) / np.timedelta64(1, "s")) if len(time) else None
    if header.leap_seconds is not None and header.leap_seconds != leap:
        said.append(f"LEAP SECONDS of the header is {header.leap_seconds}; it was {leap} on {iso(time[0])[:10]}.")
    if np.isfinite(header.interval_s) and header.interval_s != interval_s:
        said.append(f"INTERVAL of the header is {header.interval_s:g} s; most steps are {interval_s:g} s.")
    if not np.isfinite(header.position_m).all():
        said.append("The header has no usable APPROX POSITION XYZ.")
    if header.unknown:
        shown = ", ".join(f"{name!r} ({n})" for name, n in list(header.unknown.items())[:_SHOWN])
        more = f" and {len(header.unknown) - _SHOWN} more kinds" if len(header.unknown) > _SHOWN else ""
        said.append(f"Header lines {shown}{more} are not known here and were left out.")
    return said


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def _was(n: int) -> str:
    return "was" if n == 1 else "were"
