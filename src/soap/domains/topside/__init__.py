"""The topside ionosphere and the field at satellite height, measured along orbits."""

from soap.domains.topside.formats import cses_l2_h5
from soap.domains.topside.names import NAMES

READERS = cses_l2_h5.READERS
METHODS = ()
SIMULATORS: dict = {}

__all__ = ["METHODS", "NAMES", "READERS", "SIMULATORS"]
