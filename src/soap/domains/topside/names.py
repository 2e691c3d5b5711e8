"""Variables measured in place along satellite orbits."""

from soap.core.names import B_TOTAL, Variable

ELECTRON_DENSITY = Variable(
    "electron_density",
    "Ne",
    "m-3",
    "electron density at the satellite",
    plausible=(5e8, 1e13),
)
"""The range that the CSES Langmuir probe was built for: 5e2 to 1e7 cm-3 (R. Yan et al., 2018)."""

ELECTRON_TEMPERATURE = Variable(
    "electron_temperature",
    "Te",
    "K",
    "electron temperature at the satellite",
    plausible=(500.0, 10_000.0),
)
"""The range that the CSES Langmuir probe was built for: 500 to 10,000 K (R. Yan et al., 2018)."""

NAMES = (ELECTRON_DENSITY, ELECTRON_TEMPERATURE, B_TOTAL)
