"""Biases of satellites from the receivers of a day together, where no file gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from soap.core.time import gps_to_utc
from soap.domains.ionosphere.formats import gnss_rinex_observation
from soap.domains.ionosphere.products.tec.aids import Aids, Network
from soap.domains.ionosphere.products.tec.parameters import TecParameters
from soap.domains.ionosphere.products.tec.station_day import NEEDED, slant_of
from soap.domains.ionosphere.science.gnss.field import FitChoices
from soap.domains.ionosphere.science.gnss.network_bias import NetworkBiases, network_satellite_biases
from soap.domains.ionosphere.science.gnss.rays import thinned
from soap.domains.ionosphere.science.gnss.receiver_bias import LEAST_HOURS
from soap.formats import Source
from soap.formats.derivation import Agreement, Told


def _wanted(aids: Aids) -> bool:
    """True without a bias file."""
    return aids.biases is None


def _told(source: Source, aids: Aids, chosen: TecParameters) -> Told:
    """A receiver's slant TEC, as much as biases are estimated from, and its place; its group is the day."""
    observations, place, records = slant_of(gnss_rinex_observation.parse(source, NEEDED), aids, chosen)
    every_s = FitChoices().every_s
    middle = gps_to_utc(observations.time)[len(observations.time) // 2]
    content = tuple(thinned(record, every_s) for record in records), place.position_m
    return Told(str(middle.astype("datetime64[D]")), observations.station, content)


def _agreed(told: Sequence[Told], chosen: TecParameters) -> Network | None:
    """Biases that the receivers agree on; None where they have none in common."""
    enough = [one for one in told if _hours(one) >= LEAST_HOURS]
    stations = sorted({one.station for one in enough})
    if len(stations) < 2:
        return None
    shell = chosen.shell_height_km, chosen.mapping
    biases = network_satellite_biases([one.content for one in enough], shell)
    if biases == NetworkBiases():
        return None
    text = (
        f"estimated from {len(stations)} receivers of {told[0].group} together ({', '.join(stations)}),"
        " with a mean of zero over the satellites of each pair of signals; a receiver's bias counts from there"
    )
    return Network(biases, text)


def _hours(told: Told) -> float:
    time = told.content[0][0].time
    return float((time[-1] - time[0]) / np.timedelta64(1, "h"))


def _added(aids: Aids, network: Network) -> Aids:
    return replace(aids, network=network)


AGREEMENT = Agreement(wanted=_wanted, told=_told, agreed=_agreed, added=_added)
