"""Calibrated total electron content of a GNSS receiver, from its observations, orbits and satellite biases."""

from __future__ import annotations

from soap.domains.ionosphere.formats import gnss_rinex_observation
from soap.domains.ionosphere.products.tec.aids import AIDS, open_aids
from soap.domains.ionosphere.products.tec.archived import takes, uses
from soap.domains.ionosphere.products.tec.network import AGREEMENT
from soap.domains.ionosphere.products.tec.parameters import TecParameters
from soap.domains.ionosphere.products.tec.region import MapParameters, regional_map
from soap.domains.ionosphere.products.tec.station_day import of_file, of_observations
from soap.formats.derivation import Derivation

DERIVATION = Derivation(
    name="tec",
    title="calibrated slant and vertical TEC of a GNSS receiver",
    version="2",
    reference="S. Schaer, Geodätisch-geophysikalische Arbeiten in der Schweiz 59, 1999",
    aids=AIDS,
    parameters=TecParameters,
    sniff=gnss_rinex_observation.sniff,
    open_aids=open_aids,
    of_file=of_file,
    of_observations=of_observations,
    takes=takes,
    uses=uses,
    least_hours=0.25,
    agreement=AGREEMENT,
    map_parameters=MapParameters,
    map_together=regional_map,
)
