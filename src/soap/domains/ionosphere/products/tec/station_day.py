"""TEC of what one receiver observed: orbits, slant TEC, biases, vertical TEC, and how it compares with a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from soap.core.errors import BadParameter
from soap.core.time import gps_to_utc
from soap.domains.ionosphere.formats import gnss_rinex_observation
from soap.domains.ionosphere.names import OBSERVATION_CODES
from soap.domains.ionosphere.products.tec.aids import Aids
from soap.domains.ionosphere.products.tec.archived import observations_of
from soap.domains.ionosphere.products.tec.parameters import TecParameters
from soap.domains.ionosphere.products.tec.place import Place, place_of, sky_over
from soap.domains.ionosphere.products.tec.result import Comparison, StationDay, derived
from soap.domains.ionosphere.science.gnss.bias import Biases
from soap.domains.ionosphere.science.gnss.calibrate import CalibrationChoices, calibrate
from soap.domains.ionosphere.science.gnss.geometry import geocentric
from soap.domains.ionosphere.science.gnss.observation import Observations
from soap.domains.ionosphere.science.gnss.signals import SignalPair, choose_pairs
from soap.domains.ionosphere.science.gnss.slant import SlantChoices, SlantTec, remarks, slant_tec
from soap.domains.ionosphere.science.gnss.vertical import StationSeries
from soap.domains.ionosphere.science.ionex_interpolation import vtec_at
from soap.formats.derivation import Derived
from soap.formats.source import Source

if TYPE_CHECKING:
    import xarray as xr

NEEDED = frozenset(variable.symbol for variable in OBSERVATION_CODES if variable.symbol[0] in "CL")
"""Pseudoranges and phases: no other observations are needed."""


def of_file(source: Source, aids: Aids, chosen: TecParameters) -> Derived:
    """TEC of a RINEX observation file."""
    return tec(gnss_rinex_observation.parse(source, NEEDED), aids, chosen)


def of_observations(datasets: Sequence[xr.Dataset], aids: Aids, chosen: TecParameters) -> Derived:
    """TEC of what an archive holds of one receiver and day."""
    return tec(observations_of(datasets), aids, chosen)


def tec(observations: Observations, aids: Aids, chosen: TecParameters) -> Derived:
    """Slant and vertical TEC of each ray, and vertical TEC over the receiver.

    `BadParameter` where the receiver's place is not told, or no satellite was observed on two frequencies.
    """
    observations, place, records = slant_of(observations, aids, chosen)
    notes = [*observations.notes, *remarks(observations, records), *_without_orbit(records)]
    calibration = CalibrationChoices(shell_height_km=chosen.shell_height_km, mapping=chosen.mapping)
    biases, about = _biases(observations, aids)
    notes += about
    given = _given(records, observations.station, biases) if chosen.receiver_bias == "file" else {}
    calibrated = calibrate(records, place.position_m, biases, calibration, given)
    notes += calibrated.notes
    compared = _compared(calibrated.series, place, aids.maps)
    notes += _without_map(calibrated.series, aids, compared)
    origin = "none" if biases is None else "file" if aids.network is None else aids.network.text
    return derived(StationDay(observations, place, calibrated, compared, chosen, origin, tuple(notes)))


def slant_of(
    observations: Observations, aids: Aids, chosen: TecParameters
) -> tuple[Observations, Place, tuple[SlantTec, ...]]:
    """The observations of the chosen systems, the receiver's place, and their slant TEC, levelled and with biases in.

    `BadParameter` where the receiver's place is not told, or no satellite was observed on two frequencies.
    """
    wanted = {name: one for name, one in observations.systems.items() if name in chosen.systems}
    observations = replace(observations, systems=wanted)
    place = place_of(observations, aids.coordinates, chosen)
    sky = sky_over(observations, place, aids.orbits)
    choices = SlantChoices(min_elevation_deg=chosen.min_elevation_deg, roti_window_s=chosen.roti_window_s)
    records = slant_tec(observations, sky, choices)
    if not records:
        raise _no_tec(observations, choices)
    return observations, place, records


def _biases(observations: Observations, aids: Aids) -> tuple[Biases | None, tuple[str, ...]]:
    """Satellites' biases of the day, from the file or else from the network; and what is to be said of them."""
    if aids.biases is not None:
        found = aids.biases.at(observations.time[len(observations.time) // 2])
        return found, found.notes
    if aids.network is not None:
        return aids.network.biases, (f"Satellite biases: {aids.network.text}.",)
    return None, ()


def _no_tec(observations: Observations, choices: SlantChoices) -> BadParameter:
    """Why a receiver's observations hold no TEC."""
    who = observations.station or "The station"
    codes = sorted({code for one in observations.systems.values() for code in one.codes})
    if not any(choose_pairs(one) for one in observations.systems.values()):
        return BadParameter(
            f"{who}: no satellite was observed on two frequencies, with codes and phases, so there is no TEC in it;"
            f" observed were {', '.join(codes) or 'none of the chosen systems'}."
        )
    return BadParameter(
        f"{who}: no satellite was followed above {choices.min_elevation_deg:g} degrees without a break for"
        f" {choices.min_arc_s / 60:g} minutes, so there is no TEC in it; times are {observations.interval_s:g} s apart."
    )


def _without_orbit(records: Sequence[SlantTec]) -> list[str]:
    """A note of satellites that have TEC but no orbit."""
    lost = sorted(
        sv
        for record in records
        for sv, known in zip(record.sv, np.isfinite(record.elevation_deg).any(axis=0), strict=True)
        if not known
    )
    if not lost:
        return []
    notes = [f"No orbit of {', '.join(lost)}: their rays have no place, and no vertical TEC."]
    if len(lost) == len({sv for record in records for sv in record.sv}):
        first, last = (str(one.astype("datetime64[m]")) for one in gps_to_utc(records[0].time[[0, -1]]))
        notes.append(f"The orbits tell of no satellite at these times; give those from {first} to {last} UTC.")
    return notes


def _without_map(series: StationSeries, aids: Aids, compared: Comparison | None) -> list[str]:
    """A note where maps were given and tell nothing of the station's series."""
    if aids.maps is None or compared is not None or not np.isfinite(series.vtec).any():
        return []
    first, last = (str(one.astype("datetime64[m]")) for one in aids.maps["time"].values[[0, -1]])
    return [f"The maps, from {first} to {last} UTC, do not reach these times or this place: nothing is compared."]


def _given(records: Sequence[SlantTec], station: str, biases: Biases | None) -> dict[SignalPair, float]:
    """The receiver's biases that the bias file has."""
    if biases is None:
        return {}
    found = {
        record.pair: biases.receiver(station, record.system, record.pair.code_1, record.pair.code_2)
        for record in records
    }
    return {pair: value for pair, value in found.items() if np.isfinite(value)}


def _compared(series: StationSeries, place: Place, maps: xr.Dataset | None) -> Comparison | None:
    """The station's series less the maps over it; None without maps, or where these tell nothing."""
    if maps is None or not len(series.time):
        return None
    there = vtec_at(maps, gps_to_utc(series.time), geocentric(place.latitude), place.longitude)
    off = (series.vtec - there)[np.isfinite(series.vtec) & np.isfinite(there)]
    return Comparison(float(off.mean()), float(np.sqrt((off**2).mean())), len(off)) if len(off) else None
