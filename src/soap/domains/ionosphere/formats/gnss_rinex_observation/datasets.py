"""Observations of a receiver as datasets in UTC: one for each system."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from soap.core.errors import BadFile, BadObservation, BadParameter
from soap.core.time import duration, gps_to_utc, leap_seconds_note
from soap.domains.ionosphere.formats.gnss_rinex_observation.observation_types import READ
from soap.domains.ionosphere.formats.gnss_rinex_observation.observations import parse
from soap.domains.ionosphere.names import NAMES, OBSERVATION_CODES
from soap.domains.ionosphere.science.gnss.observation import Observations, SystemObservations
from soap.formats.reader import Reading
from soap.formats.source import Source
from soap.observations import rays
from soap.observations.quality import Quality
from soap.science.ellipsoid import geodetic

if TYPE_CHECKING:
    import xarray as xr

_NAMED = {variable.symbol: variable.name for variable in OBSERVATION_CODES}
_PLATFORM = "unknown"


def read(source: Source) -> Reading:
    """All that a receiver observed as `rays`, one dataset for each of GPS, GLONASS, Galileo, BeiDou and QZSS.

    A phase whose lock was lost, by its flag or by an event of the file, is flagged as a jump. Raises `BadFile`.
    """
    observations = parse(source)
    try:
        time, kept, notes = _utc(observations)
        made = [_dataset(observations, one, time, kept) for one in _named(observations, notes)]
    except (BadObservation, BadParameter) as error:
        raise BadFile(str(error), file=source.name) from error
    if not made:
        raise BadFile(
            "It holds no observation of GPS, GLONASS, Galileo, BeiDou or QZSS under a code that RINEX has",
            file=source.name,
            next_step="Other systems and codes are not read.",
        )
    return Reading(tuple(made), notes=(*observations.notes, *notes))


def _utc(observations: Observations) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """UTC of the epochs, which of them to keep, and notes: a leap second has no name of its own and gives way."""
    time = gps_to_utc(observations.time)
    kept = np.append(np.diff(time) > np.timedelta64(0), True)
    notes = [leap_seconds_note(time)] if leap_seconds_note(time) else []
    if n := int((~kept).sum()):
        notes.append(f"{n} times inside a leap second, which UTC here cannot spell, were left out.")
    return time[kept], kept, notes


def _named(observations: Observations, notes: list[str]) -> list[SystemObservations]:
    """The systems that have any observation code of RINEX; notes on the other codes."""
    systems = observations.systems.values()
    notes += [
        f"Observation code {code} of {READ[one.system]} is of no RINEX version and was left out."
        for one in systems
        for code in one.codes
        if code not in _NAMED
    ]
    return [one for one in systems if any(code in _NAMED for code in one.codes)]


def _dataset(
    observations: Observations, observed: SystemObservations, time: np.ndarray, kept: np.ndarray
) -> xr.Dataset:  # fmt: skip
    columns, flags = {}, {}
    rows = ... if kept.all() else kept  # what is indexed with an array is copied
    for k, code in enumerate(observed.codes):
        if code not in _NAMED:
            continue
        columns[_NAMED[code]] = observed.values[k][rows]
        if code[0] == "L":
            lost = (observed.lli[k] & 1).astype(bool)
            _break(lost, observed.values[k], observations.breaks)
            flags[_NAMED[code]] = np.where(lost[rows], np.uint8(Quality.JUMP), np.uint8(0))
    platform = observations.station.lower() or _PLATFORM
    cadence = duration(observations.interval_s)
    return rays(
        time,
        observed.sv,
        columns,
        names=NAMES,
        flags=flags,
        collection_id=f"ionosphere.{platform}.gnss_{READ[observed.system].lower()}.{cadence.lower().replace('.', '_')}",
        platform=platform,
        cadence=cadence,
        **_attributes(observations, observed.system),
    )


def _break(lost: np.ndarray, values: np.ndarray, breaks: np.ndarray) -> None:
    """Mark in `lost` (time, sv) the first phase of each satellite at or after each break."""
    known = ~np.isnan(values)
    for start, stop in pairwise([*breaks, len(values)]):
        part = known[start:stop]
        seen = np.flatnonzero(part.any(axis=0))
        lost[start + part.argmax(axis=0)[seen], seen] = True


def _attributes(observations: Observations, system: str) -> dict:
    made: dict = {"receiver": observations.receiver, "antenna": observations.antenna}
    if np.isfinite(observations.position_m).all():
        latitude, longitude, height = geodetic(observations.position_m)
        made |= {
            "latitude": round(float(latitude), 7),
            "longitude": round(float(longitude), 7),
            "height_m": round(float(height), 3),
        }
    if system == "R" and observations.channels:
        made["glonass_channels"] = " ".join(f"{sv}:{number}" for sv, number in sorted(observations.channels.items()))
    return made
