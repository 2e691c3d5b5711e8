"""The ionosphere seen from the ground: maps of total electron content."""

from soap.domains.ionosphere.formats import tec_ionex
from soap.domains.ionosphere.names import NAMES

READERS = (tec_ionex.READER,)
METHODS = ()
SIMULATORS: dict = {}

__all__ = ["METHODS", "NAMES", "READERS", "SIMULATORS"]
