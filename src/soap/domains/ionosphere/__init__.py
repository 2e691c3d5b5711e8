"""The ionosphere seen from the ground: GNSS receivers, maps of total electron content."""

from soap.domains.ionosphere.formats import gnss_rinex_observation, scintillation_ismr, tec_ionex
from soap.domains.ionosphere.names import NAMES
from soap.domains.ionosphere.products import tec
from soap.domains.ionosphere.science import simulate_vtec

READERS = (tec_ionex.READER, gnss_rinex_observation.READER, scintillation_ismr.READER)
METHODS = ()
DERIVATIONS = (tec.DERIVATION,)
SIMULATORS = {"vtec_map": simulate_vtec.SIMULATOR}

__all__ = ["DERIVATIONS", "METHODS", "NAMES", "READERS", "SIMULATORS"]
