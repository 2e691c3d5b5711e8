"""The topside ionosphere and the field at satellite height, measured along orbits."""

import numpy as np

from soap.domains.topside.formats import cses_l2_h5
from soap.domains.topside.names import NAMES
from soap.domains.topside.science.quality_controls import QUALITY_CONTROLS
from soap.domains.topside.science.simulate_magnetometer import scalar_magnetometer
from soap.domains.topside.science.simulate_plasma import langmuir_probe
from soap.science.simulator import Simulator

READERS = cses_l2_h5.READERS
METHODS = ()
SIMULATORS = {
    "langmuir_probe": Simulator(
        "Langmuir probe on a half-orbit", "half_orbit", np.timedelta64(3, "s"), "cses_lap_l2_h5",
        cses_l2_h5.file_name, langmuir_probe, "10.1029/2023SW003739",
    ),
    "scalar_magnetometer": Simulator(
        "Scalar magnetometer on a half-orbit", "half_orbit", np.timedelta64(1, "s"), "cses_hpm6_l2_h5",
        cses_l2_h5.file_name, scalar_magnetometer, "10.1186/s40623-020-01288-x",
    ),
}  # fmt: skip

__all__ = ["METHODS", "NAMES", "QUALITY_CONTROLS", "READERS", "SIMULATORS"]
