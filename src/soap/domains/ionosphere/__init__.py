"""The ionosphere seen from the ground: maps of total electron content."""

from soap.domains.ionosphere.formats import scintillation_ismr, tec_ionex
from soap.domains.ionosphere.names import NAMES
from soap.domains.ionosphere.science import simulate_vtec

READERS = (tec_ionex.READER, scintillation_ismr.READER)
METHODS = ()
SIMULATORS = {"vtec_map": simulate_vtec.SIMULATOR}

__all__ = ["METHODS", "NAMES", "READERS", "SIMULATORS"]
